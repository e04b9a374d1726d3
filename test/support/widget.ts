import type { Config } from '../../src/config.js';
import { openStandIn, type Answer, type StandIn } from './stand-in.js';

type Vendor = Exclude<Config['captcha'], string>['vendor'];

export const VENDORS: Vendor[] = ['smartcaptcha', 'recaptcha'];

/** How a vendor's service is spoken to, and what it says. */
interface Speech {
  /** The form's field for the token, the widget's object, and where script and checker are. */
  field: string;
  api: string;
  script: string;
  checker: string;
  /** The checker's questions and answers. */
  question(token: string, ip: string): Record<string, string>;
  person(host: string): unknown;
  robot: unknown;
  wrongSecret: unknown;
}

export const SECRET = 'the-secret-that-nobody-sees';

export const SPEECH: Record<Vendor, Speech> = {
  smartcaptcha: {
    field: 'smart-token',
    api: 'smartCaptcha',
    script: '/captcha.js',
    checker: '/validate',
    question: (token, ip) => ({ secret: SECRET, token, ip }),
    person: (host) => ({ status: 'ok', message: '', host }),
    robot: { status: 'failed', message: 'Token invalid or expired.' },
    wrongSecret: { status: 'failed', message: 'Authentication failed. Secret has not provided.' },
  },
  recaptcha: {
    field: 'g-recaptcha-response',
    api: 'grecaptcha',
    script: '/recaptcha/api.js',
    checker: '/recaptcha/api/siteverify',
    question: (response, remoteip) => ({ secret: SECRET, response, remoteip }),
    person: (host) => ({ success: true, challenge_ts: '2027-03-10T09:00:00Z', hostname: host.split(':')[0] }),
    robot: { success: false, 'error-codes': ['timeout-or-duplicate'] },
    wrongSecret: { success: false, 'error-codes': ['invalid-input-secret'] },
  },
};

/** The configuration for this vendor's service at the address. */
export const configured = (vendor: Vendor, url: string, timeoutMs = 5_000) => ({
  vendor,
  url,
  siteKey: 'the-key-of-the-site',
  secret: SECRET,
  timeoutMs,
});

/** A stand-in for a vendor: its widget's script and frame, and a checker that knows the token `a-token`. */
export async function openVendor(vendor: Vendor, host: () => string): Promise<StandIn> {
  const { script, checker, person, robot } = SPEECH[vendor];
  const standIn = await openStandIn();
  const folder = script.slice(0, script.lastIndexOf('/') + 1);
  standIn.answer = ({ path, fields }): Answer => {
    const [at] = path.split('?');
    const token = fields.token ?? fields.response;
    if (at === checker) return { body: JSON.stringify(token === 'a-token' ? person(host()) : robot) };
    if (at === script)
      return { body: scriptOf(vendor, folder), headers: { 'Content-Type': 'text/javascript' } };
    if (at === `${folder}frame`)
      return { body: FRAME, headers: { 'Content-Type': 'text/html; charset=utf-8' } };
    if (at === `${folder}ticked`) return { body: 'a-token', headers: { 'Access-Control-Allow-Origin': '*' } };
    return { status: 404, body: '' };
  };
  return standIn;
}

const FRAME = `<!doctype html><meta charset="utf-8"><title>Проверка</title>
<button>Отметить</button><button>Сломать</button>
<script>
for (const button of document.querySelectorAll('button'))
  button.onclick = () => parent.postMessage(button.textContent, '*');
</script>`;

/** Does with the page what the vendors' scripts do: a field, a frame, requests, and a call when it is there. */
const scriptOf = (vendor: Vendor, folder: string) => `(function () {
  var source = new URL(document.currentScript.src);
  var broken;
  window.${SPEECH[vendor].api} = {
    render: function (place, params) {
      var field = document.createElement('${vendor === 'recaptcha' ? 'textarea' : 'input'}');
      if (field.type !== 'textarea') field.type = 'hidden';
      field.name = '${SPEECH[vendor].field}';
      field.className = '${SPEECH[vendor].field}';
      var frame = document.createElement('iframe');
      frame.title = 'Проверка';
      frame.src = source.origin + '${folder}frame?' + params.sitekey;
      broken = params['error-callback'];
      window.addEventListener('message', function (event) {
        if (event.origin !== source.origin) return;
        if (event.data === 'Сломать') return broken();
        fetch(source.origin + '${folder}ticked', { method: 'POST' })
          .then(function (answer) { return answer.text(); })
          .then(function (token) { field.value = token; });
      });
      place.appendChild(field);
      place.appendChild(frame);
      return 7;
    },
${vendor === 'smartcaptcha' ? `    subscribe: function (id, event, listener) { if (id === 7 && event === 'network-error') broken = listener; },` : ''}
  };
  window[source.searchParams.get('onload')]();
})();`;
