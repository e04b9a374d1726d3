/* «Я не робот»: where the widget can run it takes the place of the plain task. ES5: other browsers read this far too. */
(function (window, document) {
  'use strict';

  /* The server takes a solution for 20 minutes; a form that is filled in for longer gets a fresh one in time. */
  var FRESH_FOR = 15 * 60 * 1000;

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

  function load(box) {
    var widget = box.querySelector('altcha-widget');
    var script = document.createElement('script');
    widget.addEventListener('load', function () {
      start(box, widget);
    });
    script.type = 'module';
    script.src = box.getAttribute('data-script');
    document.head.appendChild(script);
  }

  /* Hears of the widget standing in the page, so nothing was hidden before it is sure to be there. */
  function start(box, widget) {
    var place = box.querySelector('[data-robot-widget]');
    var plain = box.querySelector('[data-robot-plain]');
    var answer = plain.querySelector('input');
    var tick = widget.querySelector('input[type=checkbox]');
    var status = box.querySelector('[data-robot-state]');
    var working = false;
    var held = null;
    var fresh = 0;
    if (!tick) return;

    function text(name) {
      return box.getAttribute('data-' + name) || '';
    }

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
      if (state === 'error') plain.hidden = false;
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

    /* The summary of errors points at the plain task. */
    function follow(event) {
      var link = event.target;
      if (!plain.hidden || !link.getAttribute || link.getAttribute('href') !== '#' + answer.id) return;
      event.preventDefault();
      event.stopPropagation();
      box.scrollIntoView();
      tick.focus();
    }

    configure(window.$altcha);
    widget.addEventListener('statechange', changed);
    answer.form.addEventListener('submit', hold, true);
    document.addEventListener('click', follow, true);
    /* The server says what is missing: the browser would insist on the tick where the plain task was answered. */
    tick.required = false;
    tick.setAttribute('aria-required', 'true');
    if (box.querySelector('.err')) {
      tick.setAttribute('aria-invalid', 'true');
      tick.setAttribute('aria-describedby', 'error-robot-widget');
    }
    /* Whoever is answering already is not interrupted. */
    if (answer.value || document.activeElement === answer) return;
    place.hidden = false;
    plain.hidden = true;
  }

  function begin() {
    var box = document.querySelector('[data-robot]');
    if (box && canRun()) load(box);
  }

  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
  else begin();
})(window, document);
