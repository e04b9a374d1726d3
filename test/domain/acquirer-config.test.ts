import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config.js';
import { isWithin } from '../../src/lib/networks.js';
import { environments } from '../support/environments.js';

const { development, production } = environments();
const shop = { YOOKASSA_SHOP_ID: '100500', YOOKASSA_SECRET: 'test_the-secret' };
const yookassa = { ACQUIRER: 'yookassa', ...shop };

describe('the acquirer in the configuration', () => {
  it.each([
    ['one that is none', { ACQUIRER: 'bank' }, 'ACQUIRER'],
    ['yookassa without anything', { ACQUIRER: 'yookassa' }, 'YOOKASSA_SHOP_ID'],
    ['yookassa without its secret', { ...yookassa, YOOKASSA_SECRET: '' }, 'YOOKASSA_SECRET'],
    ['yookassa without its shop', { ...yookassa, YOOKASSA_SHOP_ID: '' }, 'YOOKASSA_SHOP_ID'],
    ['a shop with a colon', { ...yookassa, YOOKASSA_SHOP_ID: '1:2' }, 'YOOKASSA_SHOP_ID'],
    ['a secret with a line', { ...yookassa, YOOKASSA_SECRET: 'a\r\nb' }, 'YOOKASSA_SECRET'],
    ['an address that is none', { ...yookassa, YOOKASSA_URL: 'ftp://api.test/v3' }, 'YOOKASSA_URL'],
    ['an address with a login', { ...yookassa, YOOKASSA_URL: 'https://a:b@api.test/v3' }, 'YOOKASSA_URL'],
    ['an address with a query', { ...yookassa, YOOKASSA_URL: 'https://api.test/v3?a' }, 'YOOKASSA_URL'],
    ['networks that are none', { ...yookassa, YOOKASSA_ADDRESSES: '10.0.0.0/33' }, 'YOOKASSA_ADDRESSES'],
    ['names of hosts', { ...yookassa, YOOKASSA_ADDRESSES: 'yookassa.ru' }, 'YOOKASSA_ADDRESSES'],
    ['settings for nobody', shop, 'YOOKASSA_SHOP_ID'],
    ['settings for the stand-in', { ACQUIRER: 'stand-in', ...shop }, 'YOOKASSA_SECRET'],
    ['settings although it is off', { ACQUIRER: 'off', ...shop }, 'YOOKASSA_SECRET'],
  ])('refuses %s', (_name, change, names) => {
    for (const read of [development, production]) {
      expect(() => read(change)).toThrow(ConfigError);
      expect(() => read(change)).toThrow(new RegExp(`^${names}: `, 'm'));
      expect(() => read(change)).toThrow(/^(?!.*the-secret)/s);
    }
  });

  it('refuses in production what takes no money, and an open line', () => {
    expect(() => production({ ACQUIRER: 'stand-in' })).toThrow('ACQUIRER: stand-in is refused in production');
    const open = { ...yookassa, YOOKASSA_URL: 'http://127.0.0.1:9999/v3' };
    expect(() => production(open)).toThrow('YOOKASSA_URL');
    expect(development(open).acquirer).toMatchObject({ url: 'http://127.0.0.1:9999/v3' });
  });

  it('unset is the stand-in outside production, and nobody in it', () => {
    expect(development({}).acquirer).toEqual({ kind: 'stand-in', networks: ['127.0.0.0/8', '::1'] });
    expect(production({}).acquirer).toBeNull();
    expect(development({ ACQUIRER: 'off' }).acquirer).toBeNull();
  });

  it('knows YooKassa, and from where its notices come', () => {
    expect(production(yookassa).acquirer).toEqual({
      kind: 'yookassa',
      url: 'https://api.yookassa.ru/v3',
      shopId: '100500',
      secret: 'test_the-secret',
      timeoutMs: 12_000,
      networks: [
        ...['185.71.76.0/27', '185.71.77.0/27', '77.75.153.0/25', '77.75.154.128/25'],
        ...['77.75.156.11', '77.75.156.35', '2a02:5180::/32'],
      ],
    });
    const own = production({ ...yookassa, YOOKASSA_ADDRESSES: '10.0.0.1, fd00::/8' }).acquirer;
    expect(own!.networks).toEqual(['10.0.0.1', 'fd00::/8']);
  });
});

describe('a network', () => {
  const networks = ['185.71.76.0/27', '77.75.156.11', '2a02:5180::/32', '::1'];

  it.each(['185.71.76.0', '185.71.76.31', '77.75.156.11', '::ffff:77.75.156.11', '2a02:5180::9', '::1'])(
    'has %s',
    (address) => expect(isWithin(networks, address)).toBe(true),
  );

  it.each(['185.71.76.32', '77.75.156.12', '2a02:5181::9', '::2', '', 'unknown', '77.75.156.11, 10.0.0.1'])(
    'has not «%s»',
    (address) => expect(isWithin(networks, address)).toBe(false),
  );
});
