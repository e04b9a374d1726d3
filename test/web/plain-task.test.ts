import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { inWords, newTask, openTask, readNumber } from '../../src/web/antibot/plain-task.js';
import { answerTask } from '../support/captcha.js';

const key = createHash('sha256').update('key').digest();
const expires = new Date('2024-03-01T09:20:00Z');
const now = new Date('2024-03-01T09:00:00Z');

it('asks in words for a number from 2 to 30, and opens to the same', () => {
  const tasks = Array.from({ length: 500 }, () => newTask(key, expires));
  for (const task of tasks) {
    expect(task.question).toMatch(/^Сколько будет [а-я ]+\? Напишите число$/);
    expect(answerTask(task.question)).toBe(String(task.answer));
    expect(openTask(key, task.sealed, now)).toEqual(task);
  }
  const answers = tasks.map((task) => task.answer);
  expect(Math.min(...answers)).toBeGreaterThanOrEqual(2);
  expect(Math.max(...answers)).toBeLessThanOrEqual(30);
  expect(new Set(answers).size).toBeGreaterThan(20);
});

it('counts in Russian', () => {
  const words = [
    'один',
    'два',
    'девять',
    'одиннадцать',
    'девятнадцать',
    'двадцать',
    'двадцать пять',
    'тридцать',
  ];
  expect([1, 2, 9, 11, 19, 20, 25, 30].map(inWords)).toEqual(words);
});

it('reads numbers as people write them', () => {
  const written = [
    '12',
    ' 12\u00a0',
    '012',
    '12.',
    '１２',
    'Двенадцать',
    'двадцать  один',
    'двадцать-один',
    'тридцать',
  ];
  expect(written.map(readNumber)).toEqual([12, 12, 12, 12, 12, 12, 21, 21, 30]);
  for (const text of ['', '-12', '1e1', '0x0c', '12 13', 'дюжина', '99999'])
    expect(readNumber(text)).toBeNaN();
});
