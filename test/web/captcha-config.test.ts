import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config.js';
import { environments } from '../support/environments.js';

const { development, production } = environments();
const keys = { CAPTCHA_SITE_KEY: 'for-everybody', CAPTCHA_SECRET: 'for-nobody' };

describe('the anti-bot in the configuration', () => {
  it.each([
    ['one that is none', { CAPTCHA: 'turnstile' }, 'CAPTCHA'],
    ['smartcaptcha without its keys', { CAPTCHA: 'smartcaptcha' }, 'CAPTCHA_SECRET'],
    ['smartcaptcha without the secret', { CAPTCHA: 'smartcaptcha', CAPTCHA_SITE_KEY: 'x' }, 'CAPTCHA_SECRET'],
    ['recaptcha without the key', { CAPTCHA: 'recaptcha', CAPTCHA_SECRET: 'x' }, 'CAPTCHA_SITE_KEY'],
    ['a secret for altcha', { CAPTCHA_SECRET: 'x' }, 'CAPTCHA_SECRET'],
    ['a key for altcha', { CAPTCHA: 'altcha', CAPTCHA_SITE_KEY: 'x' }, 'CAPTCHA_SITE_KEY'],
    ['an address for altcha', { CAPTCHA_URL: 'https://captcha.test' }, 'CAPTCHA_URL'],
    ['a secret for none', { CAPTCHA: 'off', CAPTCHA_SECRET: 'x' }, 'CAPTCHA_SECRET'],
    [
      'an address that is none',
      { CAPTCHA: 'recaptcha', ...keys, CAPTCHA_URL: 'ftp://x.test' },
      'CAPTCHA_URL',
    ],
    ['a path', { CAPTCHA: 'recaptcha', ...keys, CAPTCHA_URL: 'https://x.test/a' }, 'CAPTCHA_URL'],
    [
      'what would change a policy',
      { CAPTCHA: 'smartcaptcha', ...keys, CAPTCHA_URL: 'https://x.test/;script-src *' },
      'CAPTCHA_URL',
    ],
  ])('refuses %s', (_name, change, names) => {
    for (const read of [development, production]) {
      expect(() => read(change)).toThrow(ConfigError);
      expect(() => read(change)).toThrow(new RegExp(`^${names}: `, 'm'));
    }
  });

  it('refuses an open line and none at all in production', () => {
    const open = { CAPTCHA: 'smartcaptcha', ...keys, CAPTCHA_URL: 'http://127.0.0.1:9999' };
    expect(() => production(open)).toThrow('CAPTCHA_URL: must be https');
    expect(development(open).captcha).toMatchObject({ url: 'http://127.0.0.1:9999' });
    expect(() => production({ CAPTCHA: 'off' })).toThrow('CAPTCHA: off');
  });

  it('unset is our own', () => {
    for (const read of [development, production]) {
      expect(read({}).captcha).toBe('altcha');
      expect(read({ CAPTCHA: '', CAPTCHA_SECRET: '', CAPTCHA_URL: '' }).captcha).toBe('altcha');
    }
  });

  it('knows each vendor by his address', () => {
    const given = { siteKey: 'for-everybody', secret: 'for-nobody', timeoutMs: 5_000 };
    expect(production({ CAPTCHA: 'smartcaptcha', ...keys }).captcha).toEqual({
      vendor: 'smartcaptcha',
      url: 'https://smartcaptcha.yandexcloud.net',
      ...given,
    });
    expect(production({ CAPTCHA: 'recaptcha', ...keys }).captcha).toEqual({
      vendor: 'recaptcha',
      url: 'https://www.google.com',
      ...given,
    });
    const mirror = { CAPTCHA: 'recaptcha', ...keys, CAPTCHA_URL: 'https://www.recaptcha.net/' };
    expect(production(mirror).captcha).toMatchObject({ url: 'https://www.recaptcha.net' });
  });
});
