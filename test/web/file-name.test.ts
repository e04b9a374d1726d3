import { describe, expect, it } from 'vitest';
import { cleanName } from '../../src/web/file-name.js';

describe('the name of a file', () => {
  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\Я\\Договор.pdf', 'Договор.pdf'],
    ['и\u0306.pdf', 'й.pdf'],
    ['a\r\nSet-Cookie: x.pdf', 'aSet-Cookie: x.pdf'],
    ['Счёт\u202Efdp.exe', 'Счётfdp.exe'],
    ['  a   b .pdf ', 'a b .pdf'],
    ['\ud800.pdf', '\ufffd.pdf'],
    ['..', 'файл'],
    ['', 'файл'],
    ['\0', 'файл'],
    [`${'я'.repeat(300)}.jpeg`, `${'я'.repeat(195)}.jpeg`],
    [`${'😀'.repeat(300)}`, '😀'.repeat(200)],
  ])('%j becomes %j', (given, expected) => expect(cleanName(given)).toBe(expected));
});
