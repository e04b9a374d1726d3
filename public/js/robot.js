/* «Я не робот»: where the widget can run it takes the place of the plain task. ES5: other browsers read this far too. */
(function (window, document) {
  'use strict';

  /* The server takes a solution for 20 minutes; a form that is filled in for longer gets a fresh one in time. */
  var FRESH_FOR = 15 * 60 * 1000;

  var TICK = 'input[type=checkbox]';

  var box, plain, answer, place;

  function text(name) {
    return box.getAttribute('data-' + name) || '';
  }

  /*
   * altcha is not offered where it would fail loudly. It is written with private methods, which no script can ask for
   * under our policy; `at` came to Chrome and Safari after them and to Firefox with them (92, 15.4, 90).
   */
  function canRun() {
    var subtle = window.crypto && window.crypto.subtle;
    return !!(
      window.isSecureContext &&
      window.customElements &&
      subtle &&
      window.Worker &&
      Array.prototype.at
    );
  }

  function load(type) {
    var script = document.createElement('script');
    if (type) script.type = type;
    script.src = text('script');
    document.head.appendChild(script);
  }

  /* Whoever is answering already is not interrupted. */
  function isAnswering() {
    return answer.value || document.activeElement === answer;
  }

  /* The summary of errors points at the plain task. */
  function leadTo(selector) {
    function follow(event) {
      var link = event.target;
      var tick = box.querySelector(selector);
      if (!plain.hidden || !link.getAttribute || link.getAttribute('href') !== '#' + answer.id) return;
      event.preventDefault();
      event.stopPropagation();
      box.scrollIntoView();
      if (tick) tick.focus();
    }
    document.addEventListener('click', follow, true);
  }

  function showPlain() {
    plain.hidden = false;
  }

  /* A vendor's script calls this when it is there: late, or never. */
  function startVendor() {
    var api = window[text('api')];
    if (isAnswering()) return;
    place.hidden = false;
    var id = api.render(place.lastElementChild, {
      sitekey: text('key'),
      hl: 'ru',
      size: box.clientWidth < 304 ? 'compact' : 'normal',
      'error-callback': showPlain,
    });
    if (api.subscribe) api.subscribe(id, 'network-error', showPlain);
    plain.hidden = true;
    leadTo('iframe');
  }

  /* Hears of the widget standing in the page, so nothing was hidden before it is sure to be there. */
  function start() {
    var widget = this;
    var tick = widget.querySelector(TICK);
    var status = box.querySelector('[data-robot-state]');
    var working = false;
    var held = null;
    var fresh = 0;
    if (!tick) return;

    function configure(api) {
      var label = text('label');
      api.algorithms.set('PBKDF2/SHA-256', function () {
        return new window.Worker(text('worker'));
      });
      api.i18n.set('ru', {
        label: label,
        verifying: label,
        verified: label,
        verificationRequired: label,
        waitAlert: text('wait'),
        error: text('failed'),
        expired: text('failed'),
      });
    }

    function changed(event) {
      var state = event.detail.state;
      working = state === 'verifying';
      status.textContent = text(state);
      window.clearTimeout(fresh);
      if (state === 'verified') {
        fresh = window.setTimeout(function () {
          widget.verify();
        }, FRESH_FOR);
        plain.hidden = true;
      }
      if (state === 'error') showPlain();
      if (held && !working) sendHeld(state);
    }

    function sendHeld(state) {
      var form = answer.form;
      var button = held.submitter;
      held = null;
      if (state !== 'verified') answer.focus();
      else if (button) button.click();
      else if (form.requestSubmit) form.requestSubmit();
      else form.submit();
    }

    /* Sent while the check runs: goes as soon as it is done. */
    function hold(event) {
      if (!working) return;
      event.preventDefault();
      event.stopPropagation();
      held = event;
    }

    configure(window.$altcha);
    widget.addEventListener('statechange', changed);
    answer.form.addEventListener('submit', hold, true);
    leadTo(TICK);
    /* The server says what is missing: the browser would insist on the tick where the plain task was answered. */
    tick.required = false;
    tick.setAttribute('aria-required', 'true');
    if (box.querySelector('.err')) {
      tick.setAttribute('aria-invalid', 'true');
      tick.setAttribute('aria-describedby', 'error-robot-widget');
    }
    if (isAnswering()) return;
    place.hidden = false;
    plain.hidden = true;
  }

  function begin() {
    box = document.querySelector('[data-robot]');
    if (!box) return;
    plain = box.querySelector('[data-robot-plain]');
    answer = plain.querySelector('input');
    place = box.querySelector('[data-robot-widget]');
    if (text('api')) {
      window.robotReady = startVendor;
      load();
    } else if (canRun()) {
      box.querySelector('altcha-widget').addEventListener('load', start);
      load('module');
    }
  }

  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
  else begin();
})(window, document);
