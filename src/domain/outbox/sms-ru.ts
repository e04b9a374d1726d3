import { askGateway, byCode, codeOf, type Codes, within } from './ask-gateway.js';
import { ACCEPTED, type SmsGateway } from './sms.js';

const TAKEN = 100;

/** Their «Коды ответов», https://sms.ru/api/send. They come with HTTP 200, for the request or for the number in it. */
const ERRORS: Codes = {
  200: ['later', 'wrong key'],
  201: ['later', 'no funds'],
  202: ['refused', 'wrong number'],
  203: ['refused', 'no text'],
  204: ['later', 'the sender is not agreed'],
  205: ['refused', 'too long'],
  206: ['later', 'our limit of the day is reached'],
  207: ['refused', 'nothing can be sent to this number'],
  208: ['refused', 'wrong time'],
  209: ['refused', 'the number is on our stop list'],
  210: ['later', 'they want another method'],
  211: ['later', 'no such method'],
  212: ['refused', 'the text is not UTF-8'],
  213: ['refused', 'too many numbers'],
  214: ['refused', 'the number is abroad'],
  216: ['refused', 'a forbidden word'],
  217: ['refused', 'an advertisement without its warning'],
  220: ['later', 'out of service for a while'],
  221: ['later', 'no sender of our own'],
  230: ['later', 'the limit of the day for this number'],
  231: ['later', 'the limit of the minute for this text'],
  232: ['later', 'the limit of the day for this text'],
  233: ['later', 'too many codes to this number'],
  300: ['later', 'wrong token'],
  301: ['later', 'wrong key'],
  302: ['later', 'our account is not confirmed'],
};

export interface SmsRuOptions {
  /** `https://sms.ru` or a stand-in. */
  url: string;
  key: string;
  /** A name agreed with them; theirs if absent. */
  sender?: string | undefined;
  timeoutMs: number;
}

/** SMS.ru. */
export function smsRuGateway({ url, key, sender, timeoutMs }: SmsRuOptions): SmsGateway {
  return {
    send: ({ to, text }) => {
      const number = to.replace('+', '');
      const fields = { api_id: key, to: number, msg: text, json: '1', from: sender };
      return askGateway({ url: `${url}/sms/send`, fields, timeoutMs }, (said) => {
        const request = codeOf(said.status_code);
        if (request !== TAKEN) return byCode('SMS.ru', ERRORS, request);
        const message = codeOf(within(within(said, 'sms'), number).status_code);
        return message === TAKEN ? ACCEPTED : byCode('SMS.ru', ERRORS, message);
      });
    },
  };
}
