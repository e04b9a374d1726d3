import { keep, newestKept } from './kept.js';

/** An SMS ready to go. */
export interface Sms {
  id: string;
  /** A phone as `+79030000000`. */
  to: string;
  text: string;
}

/**
 * What became of an SMS. `accepted`: the gateway took it, which does not mean that it was delivered. `later` and
 * `refused`: surely not taken, for reasons that pass or for good. `unknown`: it may have been taken.
 */
export interface SmsAnswer {
  outcome: 'accepted' | 'later' | 'refused' | 'unknown';
  /** In our own words: a gateway's may repeat the text or the key. */
  reason: string;
}

/** Hands an SMS on. Never throws for the gateway's faults, and never asks twice: no gateway knows a repetition. */
export interface SmsGateway {
  send(sms: Sms, now: Date): Promise<SmsAnswer>;
}

export const ACCEPTED: SmsAnswer = { outcome: 'accepted', reason: '' };

/** The only numbers that are sent anything: dearer countries are what SMS pumping lives on. */
export const SERVED = /^\+7\d{10}$/;

/** Where no gateway is configured a message waits, as for a server that is away: a setting is mended within the day. */
export const noGateway: SmsGateway = {
  send: () => Promise.resolve({ outcome: 'later', reason: 'no SMS gateway is configured' }),
};

/** One SMS of the development phone. */
export interface KeptSms extends Omit<Sms, 'id'> {
  at: string;
}

/** Development without a gateway: messages become files of a folder, which `/dev/sms` shows. */
export function folderGateway(folder: string): SmsGateway {
  return {
    async send({ id, to, text }, now) {
      await keep(folder, { id, now }, { to, text });
      return ACCEPTED;
    },
  };
}

/** The development phone, newest first. */
export const keptSms = (folder: string) => newestKept<KeptSms>(folder);
