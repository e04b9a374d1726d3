import { expect } from 'vitest';
import type { Reply } from './client.js';
import { tags } from './markup.js';

/** The directives of a policy by name. */
export function directives(policy: string): Record<string, string> {
  return Object.fromEntries(
    policy.split(';').map((part) => /^\s*(\S+)\s*(.*)$/.exec(part)!.slice(1) as [string, string]),
  );
}

/** What every answer of ours carries, whatever it says. `what` names it when it does not. */
export function expectSafeHeaders(reply: Reply, what: string, { secure = false } = {}): void {
  const { headers } = reply;
  const policy = directives(headers['content-security-policy'] as string);
  const file = headers['content-disposition'] !== undefined;
  expect(policy['default-src'], what).toBe("'none'");
  expect(headers['content-security-policy'], what).not.toMatch(/unsafe|\*|https?:|data:|blob:/);
  if (file) {
    // A file of ours may be framed by our own page; saved, it is nothing that runs.
    const inline = (headers['content-disposition'] as string).startsWith('inline');
    expect(policy, what).toEqual({
      'default-src': "'none'",
      ...(inline ? { 'frame-ancestors': "'self'" } : { sandbox: '' }),
    });
  } else {
    expect(policy, what).toMatchObject({
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
      'form-action': "'self'",
      'script-src': "'self'",
    });
  }
  expect(headers, what).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(headers['x-frame-options'], what).toMatch(file ? /^(DENY|SAMEORIGIN)$/ : /^DENY$/);
  expect(headers['permissions-policy'], what).toMatch(/camera=\(\).*geolocation=\(\).*microphone=\(\)/);
  expect(Object.keys(headers), what).not.toContain('x-powered-by');
  expect(Object.keys(headers), what).not.toContain('server');
  if (secure) {
    const [, seconds] =
      /^max-age=(\d+); includeSubDomains$/.exec(headers['strict-transport-security'] ?? '') ?? [];
    expect(Number(seconds), what).toBeGreaterThanOrEqual(31_536_000);
  } else {
    expect(headers['strict-transport-security'], what).toBeUndefined();
  }
}

/** A page asks its browser for nothing that the policy would refuse, and nothing of anybody else. */
export function expectNothingInline({ text, headers }: Reply, what: string): void {
  if (!/^text\/html/.test(headers['content-type'] ?? '')) return;
  for (const { name, attributes } of tags(text)) {
    const handlers = Object.keys(attributes).filter((key) => key === 'style' || key.startsWith('on'));
    expect(handlers, `${what}: <${name}>`).toEqual([]);
    if (name === 'script') expect(attributes.src, what).toMatch(/^\/assets\//);
    expect(name, what).not.toBe('style');
    for (const address of [
      attributes.src,
      attributes.srcset,
      attributes.action,
      name === 'link' ? attributes.href : undefined,
    ]) {
      if (address !== undefined) expect(address, `${what}: <${name}>`).toMatch(/^(#|\/(?!\/))/);
    }
  }
}

const TRACE =
  /\bat \S+ \(|node_modules|\.[jt]s:\d|\b(Type|Range|Syntax|Reference)?Error\b|\b(select|insert|update|delete)\s+\S+\s+(from|into|set)\b|relation "|\/work\/|\/src\//i;

/**
 * A page for people: in Russian, what happened, whether anything was saved, whom to call with which number; and nothing of
 * how the house is built.
 */
export function expectErrorPage(reply: Reply, status: number, what = String(status)): void {
  const { text } = reply;
  expect([reply.status, reply.headers['content-type']], what).toEqual([status, 'text/html; charset=utf-8']);
  expect(text, what).toContain('<html lang="ru">');
  expect(text, what).toMatch(/<title>Ошибка: [А-ЯЁ]|<title>Ошибка на сервере/);
  expect(text, what).toMatch(/<h1>[А-ЯЁ][а-яё ]+<\/h1>/);
  expect(text, what).toMatch(/<p class="lead">[^<]{20,}<\/p>/);
  expect(text, what).toMatch(/Ничего не (сохранено|изменено)|не выполнен[ао]/);
  expect(text, what).toMatch(/\+7 495 \d{3} \d\d \d\d/);
  expect(text, what).toMatch(/[a-z]+@spektrpm\.ru/);
  expect(text, what).toMatch(/Код обращения: [\da-f]{8}-[\da-f-]{27}/);
  expect(text, what).toContain(`ошибка ${status}`);
  const words = text.replace(/<[^>]*>/g, ' ');
  expect(words, what).not.toMatch(TRACE);
  expect(reply.headers['cache-control'], what).toBe('no-store');
}
