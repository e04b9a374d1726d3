import { z } from 'zod';

const line = z.string().min(1);

/** What the management company says of itself, as it is stored: read with this, whatever stands in the row. */
export const companyDetails = z.object({
  name: line,
  legalName: line,
  inn: line.nullable(),
  kpp: line.nullable(),
  ogrn: line.nullable(),
  account: line.nullable(),
  bank: line.nullable(),
  bik: line.nullable(),
  correspondent: line.nullable(),
  contacts: z.array(z.object({ label: line, phone: line.nullable(), email: line.nullable() })).min(1),
  addresses: z.array(line),
  hours: line.nullable(),
});

export type Company = z.infer<typeof companyDetails>;
export type Contact = Company['contacts'][number];

/** The management company of an installation where nothing has been saved yet (manual, section 5). */
export const COMPANY: Company = {
  name: 'Спектр',
  legalName: 'ООО УК «МНПО «СПЕКТР»',
  inn: null,
  kpp: null,
  ogrn: null,
  account: null,
  bank: null,
  bik: null,
  correspondent: null,
  contacts: [
    { label: 'Служба сервиса', phone: '+7 495 626 53 16', email: 'service@spektrpm.ru' },
    { label: 'Секретариат', phone: '+7 495 411 99 00', email: 'infobox@spektrpm.ru' },
    { label: 'Отдел аренды', phone: '+7 495 411 99 00', email: 'rent@spektrpm.ru' },
    { label: 'Вопросы по работе личного кабинета клиента', phone: null, email: 'my@spektrpm.ru' },
  ],
  addresses: [],
  hours: null,
};

/** Whom to ask when something does not work: the first contact, and those that are only written to. */
export const helpers = ({ contacts }: Company): Contact[] =>
  contacts.filter(({ phone }, at) => at === 0 || !phone);

/** «позвоните в управляющую компанию: +7 …», or write where there is no number. */
export function askUs(company: Company): string {
  const { phone, reach } = supportOf(company);
  return phone ? `позвоните в управляющую компанию: ${phone}` : `напишите в управляющую компанию: ${reach}`;
}

/** Where to call or write about the cabinet itself, in a line of text: an address that answers no calls comes first. */
export function supportOf(company: Company): { phone: string | null; reach: string } {
  const [first] = company.contacts;
  const writable = company.contacts.find(({ phone, email }) => email && !phone) ?? first;
  return { phone: first?.phone ?? null, reach: writable?.email ?? first?.phone ?? '' };
}
