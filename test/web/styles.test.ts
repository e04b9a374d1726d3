import { describe, expect, test } from 'vitest';
import { buildStyles } from '../../src/web/styles.js';

const tokens = `:root { --ink: #111; --card: #fff; --gap: 8px; }
@media (prefers-color-scheme: dark) { :root { --ink: #eee; --card: #222; } }`;
const DARK = '@media screen and (prefers-color-scheme:dark)';
const build = (source: string) => buildStyles(tokens, [source], (name) => `/assets/${name}.1`);

describe('tokens', () => {
  test('are replaced by what they stand for', () => {
    expect(build('.a { margin: var(--gap) 0; }')).toBe('.a{margin:8px 0}');
  });

  test('that nobody has named stop the build', () => {
    expect(() => build('.a { color: var(--inc); }')).toThrow('No such token: --inc');
  });

  test('of another value in the dark are said again for it, the colour alone', () => {
    expect(build('.a { border: 1px solid var(--ink); padding: 0.5em; }')).toBe(
      `.a{border:1px solid #111;padding:.5em}${DARK}{.a{border-color:#eee}}`,
    );
  });

  test('inside a condition are dark under both conditions', () => {
    expect(build('@media (max-width: 40em) { .a { color: var(--ink); } }')).toBe(
      `@media (max-width:40em){.a{color:#111}}${DARK} and (max-width:40em){.a{color:#eee}}`,
    );
  });

  test('are light on paper', () => {
    expect(build('@media print { .a { color: var(--ink); } }')).toBe('@media print{.a{color:#111}}');
  });
});

describe('the cascade', () => {
  test('is kept: what is written later still wins in the dark', () => {
    expect(build('.a { background: var(--card); } .b { background: none; }')).toBe(
      `.a{background:#fff}${DARK}{.a{background-color:#222}}.b{background:none}`,
    );
  });

  test('needs no second block where nothing is overridden', () => {
    expect(build('.a { color: var(--ink); } .b { margin: 0; } .c { color: var(--ink); }')).toBe(
      `.a{color:#111}.b{margin:0}.c{color:#111}${DARK}{.a{color:#eee}.c{color:#eee}}`,
    );
  });
});

test('files are named by their content, strings and selectors stay what they are', () => {
  expect(build(`.a > .b + .c::before { content: '›'; background: url(tick.svg); } /* why */`)).toBe(
    `.a>.b+.c::before{content:'›';background:url(/assets/tick.svg.1)}`,
  );
});
