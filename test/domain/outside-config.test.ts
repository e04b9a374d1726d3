import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config.js';
import { environments } from '../support/environments.js';

const { development, production } = environments();

describe.each(['REQUESTS_URL', 'PASSES_URL'])('%s', (name) => {
  it.each([
    'helpdesk.company.test',
    '/portal',
    '//helpdesk.company.test',
    'ftp://helpdesk.company.test',
    'javascript:alert(1)//x',
    'data:text/html,hello',
    'https://',
    'https://operator@helpdesk.company.test',
    'https://operator:secret@helpdesk.company.test/portal',
    'https://helpdesk.company.test/portal?key=1',
    'https://helpdesk.company.test/portal?',
    'https://helpdesk.company.test/#top',
  ])('that is «%s» is refused', (address) => {
    for (const read of [development, production]) {
      expect(() => read({ [name]: address })).toThrow(ConfigError);
      expect(() => read({ [name]: address })).toThrow(new RegExp(`^${name}: `, 'm'));
    }
  });

  it('over an open line is for development alone', () => {
    const open = { [name]: 'http://localhost:8080/portal' };
    expect(() => production(open)).toThrow(`${name}: must be https in production`);
    expect(Object.values(development(open).outside)).toContainEqual({
      href: 'http://localhost:8080/portal',
      host: 'localhost:8080',
    });
  });

  it('never tells a secret in its refusal', () => {
    expect(() => development({ [name]: 'https://operator:secret@helpdesk.company.test' })).toThrow(
      /^(?!.*secret)/s,
    );
  });
});

describe('the outside systems', () => {
  it('are none where none is configured', () => {
    const none = { requests: null, passes: null };
    expect(production({}).outside).toEqual(none);
    expect(production({ REQUESTS_URL: '', PASSES_URL: '' }).outside).toEqual(none);
  });

  it('have each an address, and a host as people read it', () => {
    const given = {
      REQUESTS_URL: 'https://xn--80aswg.xn--p1ai/a/',
      PASSES_URL: 'https://Passes.Company.TEST',
    };
    expect(production(given).outside).toEqual({
      requests: { href: 'https://xn--80aswg.xn--p1ai/a/', host: 'сайт.рф' },
      passes: { href: 'https://passes.company.test/', host: 'passes.company.test' },
    });
    expect(production({ REQUESTS_URL: 'https://сайт.рф' }).outside.requests?.host).toBe('сайт.рф');
  });
});
