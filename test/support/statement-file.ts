import { randomUUID } from 'node:crypto';

const OWN_ACCOUNT = '40702810900000002453';

export interface Payment {
  number?: string;
  day?: string;
  sum?: string;
  payer?: string;
  inn?: string;
  purpose?: string;
  /** The ИНН of whoever is paid. */
  owner?: string;
  /** To whom; the statement's own account unless it says otherwise. */
  to?: string;
}

/** A bank statement as a client bank writes it for 1C: windows-1251, CRLF. */
export function statementText(payments: Payment[]): string {
  const documents = payments.flatMap(
    ({ number = randomUUID().slice(0, 6), day = '25.11.2026', sum = '1000.00', ...payment }) => [
      'СекцияДокумент=Платежное поручение',
      `Номер=${number}`,
      `Дата=${day}`,
      `Сумма=${sum}`,
      'ПлательщикСчет=40702810400000001111',
      `ДатаПоступило=${day}`,
      `Плательщик1=${payment.payer ?? 'ООО «Плательщик»'}`,
      ...(payment.inn === undefined ? [] : [`ПлательщикИНН=${payment.inn}`]),
      ...(payment.owner === undefined ? [] : [`ПолучательИНН=${payment.owner}`]),
      `ПолучательСчет=${payment.to ?? OWN_ACCOUNT}`,
      `НазначениеПлатежа=${payment.purpose ?? 'Оплата по счёту'}`,
      'КонецДокумента',
    ],
  );
  return [
    '1CClientBankExchange',
    'ВерсияФормата=1.03',
    'Кодировка=Windows',
    'ДатаНачала=25.11.2026',
    'ДатаКонца=25.11.2026',
    `РасчСчет=${OWN_ACCOUNT}`,
    'СекцияРасчСчет',
    `РасчСчет=${OWN_ACCOUNT}`,
    'КонецРасчСчет',
    ...documents,
    'КонецФайла',
    '',
  ].join('\r\n');
}

/** The text in windows-1251; what it has no sign for does not occur here. */
export function windows1251(text: string): Buffer {
  const special: Record<string, number> = { Ё: 0xa8, ё: 0xb8, '№': 0xb9, '«': 0xab, '»': 0xbb };
  return Buffer.from(
    Array.from(text, (sign) => {
      const code = sign.charCodeAt(0);
      return special[sign] ?? (code >= 0x410 && code <= 0x44f ? code - 0x350 : code);
    }),
  );
}

export const statementFile = (payments: Payment[]) => ({
  bytes: windows1251(statementText(payments)),
  name: 'kl_to_1c.txt',
});
