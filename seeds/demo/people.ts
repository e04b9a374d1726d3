import type { StaffRole } from '../../src/domain/people/people.policy.js';
import type { Day } from '../../src/lib/dates.js';

/** Every account of the demo has this password. */
export const PASSWORD = 'Demo-2026-cabinet';

/** `key` is the address before @demo.test; the account was made so many days ago, or on a day. */
type Person = [key: string, name: string, made: number | Day, staff?: StaffRole[]];

/** What somebody wrote of himself in «Личные данные». */
export const INN: Record<string, string> = { outsider: '773474855420', pereverzev: '779930158407' };

/** Whose ИНН the company has confirmed, so many days ago: their invoices are open to them. */
export const CONFIRMED: Record<string, number> = { outsider: 35 };

export const PEOPLE: Person[] = [
  ['reviewer', 'Соловьёва Анна Петровна', '2020-03-02', ['reviewer']],
  ['staff', 'Рождественский Фёдор Николаевич', '2019-09-16', ['administrator']],
  ['operator', 'Лебедева Зоя Артуровна', 900, ['operator']],
  ['accountant', 'Гринёв Олег Юрьевич', 1300, ['accountant']],
  ['editor', 'Шувалова Инга Робертовна', 600, ['editor', 'reviewer']],
  ['head', 'Жуков Алексей Витальевич', '2021-11-22'],
  ['tenant', 'Константинопольская Мария Сергеевна', '2021-11-25'],
  ['outsider', 'Подъяблонский Игнатий Емельянович', 40],
  ['observer', 'Ёлкина Вера Павловна', 800],
  ['accounting', 'Цветкова Эльвира Юсуповна', 1100],
  ['passes', 'Щёголев Артём Юрьевич', 500],
  ['former', 'Мамин-Яхонтов Пётр Ильич', 1850],
  ['berezina', 'Березина Наталья Аркадьевна', 1500],
  ['voskresensky', 'Воскресенский Дмитрий Олегович', 1400],
  ['galiullin', 'Галиуллин Рустам Фаритович', 1320],
  ['dyachenko', 'Дьяченко-Полторацкая Ольга Станиславовна', 1250],
  ['yefremov', 'Ефремов Пётр Алексеевич', 1150],
  ['zaytseva', 'Зайцева Алёна Игоревна', 1020],
  ['ibragimova', 'Ибрагимова Лейла', 960],
  ['klyuev', 'Клюев Семён Борисович', 880],
  ['lomakina', 'Ломакина Светлана Викторовна', 820],
  ['mkrtchyan', 'Мкртчян Ашот Гагикович', 760],
  ['nechaev', 'Нечаев Владислав Эдуардович', 640],
  ['orlova', 'Орлова Екатерина Всеволодовна', 560],
  ['pereverzev', 'Переверзев Никита Андреевич', 500],
  ['romashkina', 'Ромашкина Юлия Ефимовна', 430],
  ['sukhorukov', 'Сухоруков Станислав Геннадьевич', 380],
  ['tikhonova', 'Тихонова Ксения Львовна', 300],
  ['ushakov', 'Ушаков Михаил Ярославович', 210],
];
