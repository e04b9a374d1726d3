import { describe, expect, it } from 'vitest';
import { registerForm } from '../../src/sections/auth/auth.forms.js';
import { PASSWORD } from '../support/people.js';

const PERSON = {
  email: 'maria@tenant.test',
  surname: 'Константинопольская',
  name: 'Мария',
  password: PASSWORD,
  password_again: PASSWORD,
  consent: 'on',
};

/** The fields that the form refuses. */
const refused = (change: Record<string, string>) =>
  registerForm.safeParse({ ...PERSON, ...change }).error?.issues.map(({ path }) => path[0]) ?? [];

describe('a name', () => {
  it.each([
    'Приз http://evil.test/win',
    'Приз evil.test',
    'www.evil.test',
    'name@evil.test',
    'Анна\r\nBcc: x@evil.test',
    '<b>Анна</b>',
    'Позвоните 89990000000',
    'Счёт: оплатить',
  ])('carries nothing into a letter that could be followed (%j)', (name) => {
    expect(refused({ name })).toEqual(['name']);
    expect(refused({ surname: name })).toEqual(['surname']);
    expect(refused({ patronymic: name })).toEqual(['patronymic']);
  });

  it.each([
    'Анна-Мария',
    'О’Нил',
    "д'Артаньян",
    'Ян ван дер Ваальс',
    'А. Б.',
    'Пётр (мл.)',
    'José',
    'Мəдинə',
    '王',
  ])('may be %s', (name) => expect(refused({ name, surname: name, patronymic: name })).toEqual([]));
});

describe('a consent', () => {
  it.each(['', 'off', '0', 'false'])('is not %j', (consent) => {
    expect(refused({ consent })).toEqual(['consent']);
  });
});
