import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config.js';
import { environments } from '../support/environments.js';

const { development, production } = environments();
const login = { SMS_LOGIN: 'company', SMS_PASSWORD: 'secret' };
const key = { SMS_KEY: 'the-key' };

describe('the SMS gateway in the configuration', () => {
  it.each([
    ['a gateway that is none', { SMS_GATEWAY: 'pigeon' }, 'SMS_GATEWAY'],
    ['an address that is none', { SMS_GATEWAY: 'smsru', ...key, SMS_URL: 'ftp://sms.ru' }, 'SMS_URL'],
    ['smsc without anything', { SMS_GATEWAY: 'smsc' }, 'SMS_LOGIN'],
    ['smsc with half of it', { SMS_GATEWAY: 'smsc', SMS_LOGIN: 'company' }, 'SMS_LOGIN'],
    ['smsc with the other half', { SMS_GATEWAY: 'smsc', SMS_PASSWORD: 'secret' }, 'SMS_LOGIN'],
    ['smsc with both ways', { SMS_GATEWAY: 'smsc', ...login, ...key }, 'SMS_LOGIN'],
    ['smsru without its key', { SMS_GATEWAY: 'smsru' }, 'SMS_KEY'],
    ['smsru with a password', { SMS_GATEWAY: 'smsru', ...key, ...login }, 'SMS_LOGIN'],
    ['settings for no gateway', { SMS_SENDER: 'SPEKTR' }, 'SMS_SENDER'],
    ['settings for a folder', { SMS_GATEWAY: 'folder', ...key }, 'SMS_KEY'],
  ])('refuses %s', (_name, change, names) => {
    for (const read of [development, production]) {
      expect(() => read(change)).toThrow(ConfigError);
      expect(() => read(change)).toThrow(new RegExp(`^${names}`, 'm'));
    }
  });

  it('refuses in production what keeps messages in a folder, and an open line', () => {
    expect(() => production({ SMS_GATEWAY: 'folder' })).toThrow('SMS_GATEWAY');
    const open = { SMS_GATEWAY: 'smsru', ...key, SMS_URL: 'http://127.0.0.1:9999' };
    expect(() => production(open)).toThrow('SMS_URL');
    expect(development(open).sms).toMatchObject({ url: 'http://127.0.0.1:9999' });
  });

  it('unset is a folder outside production, and nobody in it', () => {
    expect(development({}).sms).toEqual({ gateway: 'folder' });
    expect(development({ SMS_GATEWAY: '', SMS_KEY: '' }).sms).toEqual({ gateway: 'folder' });
    expect(production({}).sms).toBeNull();
  });

  it('knows each gateway by its address', () => {
    expect(production({ SMS_GATEWAY: 'smsc', ...login, SMS_SENDER: 'SPEKTR' }).sms).toEqual({
      gateway: 'smsc',
      url: 'https://smsc.ru',
      access: { login: 'company', psw: 'secret' },
      sender: 'SPEKTR',
      timeoutMs: 12_000,
    });
    expect(
      production({ SMS_GATEWAY: 'smsc', ...key, SMS_URL: 'https://proxy.company.test/smsc/' }).sms,
    ).toMatchObject({
      url: 'https://proxy.company.test/smsc',
      access: { apikey: 'the-key' },
    });
    expect(production({ SMS_GATEWAY: 'smsru', ...key }).sms).toMatchObject({
      gateway: 'smsru',
      url: 'https://sms.ru',
      key: 'the-key',
    });
  });
});
