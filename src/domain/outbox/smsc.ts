import { askGateway, byCode, codeOf, type Codes } from './ask-gateway.js';
import { ACCEPTED, type SmsGateway } from './sms.js';

/** Their «Ответ сервера и коды ошибок», https://smsc.ru/api/http/send/sms/sms_answer/. They come with HTTP 200. */
const ERRORS: Codes = {
  1: ['refused', 'wrong parameters'],
  2: ['later', 'wrong login, password or key, or our address is not allowed'],
  3: ['later', 'no funds'],
  4: ['later', 'our address is blocked for a while'],
  5: ['refused', 'wrong date'],
  6: ['refused', 'forbidden by its text or its sender'],
  7: ['refused', 'wrong number'],
  8: ['refused', 'cannot be delivered to this number'],
  9: ['later', 'the same again, or too many at once'],
};

export interface SmscOptions {
  /** `https://smsc.ru` or a stand-in. */
  url: string;
  access: { login: string; psw: string } | { apikey: string };
  /** A name agreed with them; theirs if absent. */
  sender?: string | undefined;
  timeoutMs: number;
}

/** SMSC.ru. */
export function smscGateway({ url, access, sender, timeoutMs }: SmscOptions): SmsGateway {
  return {
    send: ({ to, text }) => {
      // With its plus a number is taken as it is; without, they would mend what they take for a slip.
      const fields = { ...access, phones: to, mes: text, charset: 'utf-8', fmt: '3', sender };
      return askGateway({ url: `${url}/sys/send.php`, fields, timeoutMs }, (said) => {
        // Some errors come with an id too: it is the error that counts.
        if (said.error_code === undefined && said.error === undefined && codeOf(said.id) > 0) return ACCEPTED;
        return byCode('SMSC', ERRORS, codeOf(said.error_code));
      });
    },
  };
}
