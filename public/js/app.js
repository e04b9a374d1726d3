/* Only makes nicer what works without it. ES5: runs in Internet Explorer 11. */
(function (window, document) {
  'use strict';

  var RESEND_AFTER = 10000;
  var ASK_AFTER = 3000;
  var LOST = 'Не удалось отправить: пропала связь. Всё введённое на месте — нажмите ещё раз';
  var OUTDATED = 'Страница устарела. Скопируйте введённое, обновите её, вставьте и отправьте ещё раз';

  function each(list, act) {
    Array.prototype.forEach.call(list, act);
  }

  function all(selector, act) {
    each(document.querySelectorAll(selector), act);
  }

  function element(tag, className, text) {
    var made = document.createElement(tag);
    made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  /* What failed is read first; a link in it leads into the field, not merely to it. */
  function focusSummary(otherwise) {
    var summary = document.querySelector('[data-focus]') || otherwise;
    if (summary) summary.focus();
  }

  function followToField(event) {
    var link = event.target;
    if (link.tagName !== 'A' || !/^#field-/.test(link.getAttribute('href'))) return;
    var field = document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    var part = field.parentNode;
    while (part.parentNode && !/\bfield\b/.test(part.className)) part = part.parentNode;
    if (part.scrollIntoView) part.scrollIntoView();
    field.focus();
  }

  /* Without a script a tick box folds the menu; with one it is a button that says whether it is open. */
  function makeMenuButton(box) {
    var label = box.nextElementSibling;
    var button = element('button', label.className);
    button.type = 'button';
    button.setAttribute('aria-controls', box.getAttribute('aria-controls'));
    while (label.firstChild) button.appendChild(label.firstChild);
    function show(open) {
      box.checked = open;
      button.setAttribute('aria-expanded', open);
    }
    button.onclick = function () {
      show(!box.checked);
    };
    box.parentNode.onkeydown = function (event) {
      if (event.keyCode !== 27 || !box.checked) return;
      show(false);
      button.focus();
    };
    show(false);
    box.hidden = true;
    box.parentNode.replaceChild(button, label);
  }

  /* Rows that became cards stay a table for those who listen. */
  function keepTable(table) {
    var roles = {
      thead: 'rowgroup',
      tbody: 'rowgroup',
      tr: 'row',
      td: 'cell',
      'thead th': 'columnheader',
      'tbody th': 'rowheader',
    };
    table.setAttribute('role', 'table');
    Object.keys(roles).forEach(function (selector) {
      each(table.querySelectorAll(selector), function (part) {
        part.setAttribute('role', roles[selector]);
      });
    });
  }

  function described(file) {
    var name = file.name + ', ';
    if (file.size < 1048576) return name + Math.max(1, Math.round(file.size / 1024)) + '\u00a0КБ';
    return name + String(Math.round(file.size / 104857.6) / 10).replace('.', ',') + '\u00a0МБ';
  }

  /* A browser that cannot put together a list of files keeps none: it would send the wrong ones too. */
  function keepOnly(input, files) {
    try {
      var list = new DataTransfer();
      files.forEach(function (file) {
        list.items.add(file);
      });
      input.files = list.files;
    } catch (cannot) {
      input.value = '';
      files.length = 0;
    }
  }

  /* Says what was chosen, and refuses at once what the server would refuse after the upload. */
  function watchFile(input) {
    var field = input.parentNode;
    var error = field.querySelector('.err') || field.insertBefore(element('span', 'err'), input);
    var note = field.appendChild(element('div', 'chosen'));
    error.id = 'error-' + input.name;
    error.hidden = !error.textContent;
    error.setAttribute('role', 'alert');
    note.setAttribute('role', 'status');

    /* The wrong ones are named where there may be several; the right ones are put into `good`. */
    function problemsOf(files, good) {
      var wrong = {};
      if (files.length > input.getAttribute('data-most')) return [input.getAttribute('data-too-many')];
      each(files, function (file) {
        var ending = '.' + file.name.split('.').pop().toLowerCase();
        var problem = file.size > input.getAttribute('data-max') ? input.getAttribute('data-too-big') : '';
        if (input.accept.split(',').indexOf(ending) < 0) problem = input.getAttribute('data-wrong-type');
        if (problem) wrong[problem] = (wrong[problem] || []).concat(file.name);
        else good.push(file);
      });
      return Object.keys(wrong).map(function (problem) {
        var taken = wrong[problem].length > 1 ? ' не взяты: ' : ' не взят: ';
        return input.multiple ? wrong[problem].join(', ') + taken + problem : problem;
      });
    }

    input.onchange = function () {
      var good = [];
      var problem = problemsOf(input.files || [], good).join('. ');
      var refused = '';
      if (problem) keepOnly(input, good);
      if (problem && good.length) {
        problem += '. ' + (good.length > 1 ? 'Остальные файлы' : 'Оставшийся файл') + ' на месте';
      } else if (problem) {
        refused = problem + '. ' + input.getAttribute('data-again');
        if (input.multiple) problem = refused;
        refused += input.getAttribute('data-without');
      }
      input.setAttribute('data-refused', refused);
      note.textContent = good.map(described).join('\n');
      error.textContent = problem;
      error.hidden = !problem;
      field.className = problem ? 'field bad' : 'field';
      input.setAttribute('aria-invalid', !!problem);
      input.setAttribute('aria-describedby', 'hint-' + input.name + (problem ? ' ' + error.id : ''));
    };
  }

  /* Whoever presses on past a refusal is told once that the file will not go along. */
  function tellRefused(form) {
    var input = form.querySelector('[data-refused]:not([data-refused=""])');
    if (!input) return false;
    document.getElementById('error-' + input.name).textContent = input.getAttribute('data-refused');
    input.setAttribute('data-refused', '');
    input.parentNode.scrollIntoView();
    input.focus();
    return true;
  }

  /* What stands in the page's other forms goes along, to wait on the next page. */
  function carry(form) {
    all('[data-carry]', function (area) {
      if (area.form === form) return;
      var along = form.elements[area.name] || form.appendChild(element('input', ''));
      along.type = 'hidden';
      along.name = area.name;
      along.value = area.value;
    });
  }

  /* A second click sends nothing. The mark goes when the page is shown again, or when a download left it standing. */
  function sendOnce(event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== 'post') return;
    if (form.getAttribute('data-sent') || tellRefused(form)) {
      event.preventDefault();
      return;
    }
    form.setAttribute('data-sent', 'yes');
    carry(form);
    if (form.hasAttribute('data-progress') && canUpload(form)) {
      event.preventDefault();
      upload(form);
    } else {
      window.setTimeout(function () {
        form.removeAttribute('data-sent');
      }, RESEND_AFTER);
    }
  }

  function forgetSent() {
    all('[data-sent]', function (form) {
      form.removeAttribute('data-sent');
    });
  }

  /*
   * Internet Explorer cannot say where a redirect led (no responseURL), and which of several buttons was pressed is
   * only known to the browser: such forms are sent the plain way.
   */
  function canUpload(form) {
    var input = form.querySelector('input[type=file]');
    return (
      input && input.files && input.files.length && window.FormData && 'responseURL' in new XMLHttpRequest()
    );
  }

  function upload(form) {
    var request = new XMLHttpRequest();
    var before = form.querySelector('.lost');
    var box = element('div', 'progress');
    var bar = element('progress', '');
    var note = element('div', 'note', 'Файл отправляется');
    bar.max = 100;
    bar.setAttribute('aria-label', 'Отправка');
    note.setAttribute('role', 'status');
    box.appendChild(bar);
    box.appendChild(note);
    if (before) form.removeChild(before);
    form.appendChild(box);
    request.open('POST', form.action);
    request.upload.onprogress = function (event) {
      if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100;
    };
    /* How long the server works nobody knows. */
    request.upload.onload = function () {
      bar.removeAttribute('value');
      note.textContent = form.getAttribute('data-progress');
    };
    function stay(words) {
      form.removeChild(box);
      form.removeAttribute('data-sent');
      form.appendChild(element('div', 'err lost', words)).setAttribute('role', 'alert');
    }
    /* Back from the page that says so, the form would be empty. */
    request.onload = function () {
      if (request.status === 403) stay(OUTDATED);
      else show(request.responseText, request.responseURL);
    };
    request.onerror = stay.bind(window, LOST);
    request.send(new FormData(form));
  }

  /* The answer is shown from what has come, not asked for again: its flash would be gone the second time. */
  function show(html, address) {
    var next = new DOMParser().parseFromString(html, 'text/html');
    window.history.replaceState('form', '');
    window.history.pushState('answer', '', address);
    document.title = next.title;
    var old = document.querySelector('body');
    old.parentNode.replaceChild(document.adoptNode(next.querySelector('body')), old);
    window.scrollTo(0, 0);
    start();
    focusSummary(document.getElementById('main'));
  }

  /* What is asked only after one of the answers is hidden until that one is chosen: data-when="field=answer". */
  function askWhen(part) {
    var when = part.getAttribute('data-when').split('=');
    var inputs = document.getElementsByName(when[0]);
    function follow() {
      part.hidden = !Array.prototype.some.call(inputs, function (input) {
        return input.checked && input.value === when[1];
      });
    }
    each(inputs, function (input) {
      input.addEventListener('change', follow);
    });
    follow();
  }

  /* What became of something elsewhere is asked once by itself, then by the button. */
  function askSoon(form) {
    window.setTimeout(function () {
      if (document.body.contains(form)) form.submit();
    }, ASK_AFTER);
  }

  function start() {
    all('form[data-ask]', askSoon);
    all('[data-when]', askWhen);
    all('.opener', makeMenuButton);
    all('table.stack', keepTable);
    all('input[type=file][data-max]', watchFile);
    focusSummary();
  }

  document.addEventListener('submit', sendOnce);
  document.addEventListener('click', followToField);
  window.addEventListener('pageshow', forgetSent);
  window.addEventListener('popstate', function (event) {
    if (event.state) window.location.reload();
  });
  start();
})(window, document);
