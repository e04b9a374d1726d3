import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config.js';
import { localStore } from '../../src/domain/files/local-store.js';
import { openStore } from '../../src/house.js';
import { environments } from '../support/environments.js';

const { development, production } = environments();
const bucket = {
  S3_ENDPOINT: 'https://storage.yandexcloud.net',
  S3_BUCKET: 'company-cabinet',
  S3_ACCESS_KEY: 'the-key',
  S3_SECRET_KEY: 'the-secret',
};
const without = (name: keyof typeof bucket) =>
  Object.fromEntries(Object.entries(bucket).filter(([one]) => one !== name));

describe('the bucket in the configuration', () => {
  it.each([
    ['a store that is none', { FILES: 'tape' }, 'FILES'],
    ['s3 without anything', { FILES: 's3' }, 'S3_ENDPOINT: FILES=s3 needs it'],
    ['s3 without its address', { FILES: 's3', ...without('S3_ENDPOINT') }, 'S3_ENDPOINT'],
    ['s3 without its bucket', { FILES: 's3', ...without('S3_BUCKET') }, 'S3_BUCKET'],
    ['s3 without a key', { FILES: 's3', ...without('S3_ACCESS_KEY') }, 'S3_ACCESS_KEY'],
    ['s3 without the secret', { FILES: 's3', ...without('S3_SECRET_KEY') }, 'S3_SECRET_KEY'],
    ['half a bucket beside the folder', without('S3_SECRET_KEY'), 'S3_SECRET_KEY: goes with S3_ENDPOINT'],
    ['a prefix of no bucket', { S3_PREFIX: 'files' }, 'S3_BUCKET: goes with S3_PREFIX'],
    ['an address that is none', { ...bucket, S3_ENDPOINT: 'storage' }, 'S3_ENDPOINT'],
    ['a bucket in the address', { ...bucket, S3_ENDPOINT: 'https://s3.test/company' }, 'S3_ENDPOINT'],
    ['a bucket with a path', { ...bucket, S3_BUCKET: 'company/cabinet' }, 'S3_BUCKET'],
    ['a prefix that climbs', { ...bucket, S3_PREFIX: '../other' }, 'S3_PREFIX'],
    ['a region of two words', { ...bucket, S3_REGION: 'ru central' }, 'S3_REGION'],
  ])('refuses %s', (_name, change, words) => {
    for (const read of [development, production]) {
      expect(() => read(change)).toThrow(ConfigError);
      expect(() => read(change)).toThrow(new RegExp(`^${words}`, 'm'));
    }
  });

  it('says of all that is missing, and never a secret', () => {
    const change = { FILES: 's3', S3_SECRET_KEY: 'the-secret' };
    expect(() => development(change)).toThrow(/S3_ENDPOINT: .*\nS3_BUCKET: .*\nS3_ACCESS_KEY: /);
    expect(() => development(change)).not.toThrow('the-secret');
  });

  it('refuses an open line in production alone', () => {
    const open = { FILES: 's3', ...bucket, S3_ENDPOINT: 'http://127.0.0.1:9000' };
    expect(() => production(open)).toThrow('S3_ENDPOINT: must be https');
    expect(development(open).s3).toMatchObject({ endpoint: 'http://127.0.0.1:9000' });
  });

  it('is as it was told, or as is usual', () => {
    expect(production({})).toMatchObject({ files: 'folder', s3: null });
    expect(production({ FILES: 's3', ...bucket })).toMatchObject({
      files: 's3',
      s3: {
        endpoint: 'https://storage.yandexcloud.net',
        region: 'us-east-1',
        bucket: 'company-cabinet',
        prefix: 'files/',
        accessKey: 'the-key',
        secretKey: 'the-secret',
        timeoutMs: 30_000,
      },
    });
    const named = { S3_REGION: 'ru-central1', S3_PREFIX: 'my/cabinet/' };
    expect(production({ ...bucket, ...named })).toMatchObject({
      files: 'folder',
      s3: { region: 'ru-central1', prefix: 'my/cabinet/' },
    });
  });

  it('which is not told cannot be asked for', async () => {
    const config = development({});
    await expect(openStore(config, 's3')).rejects.toThrow(ConfigError);
    expect((await openStore(config)).temporaryDir).toBe(localStore(config.dataDir).temporaryDir);
    const told = development(bucket);
    expect((await openStore(told, 's3')).temporaryDir).toBe(localStore(config.dataDir).temporaryDir);
  });
});
