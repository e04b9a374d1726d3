import { domainToUnicode } from 'node:url';
import { leftOf } from '../domain/invoices/invoice.js';
import type { Invoice } from '../domain/invoices/invoices.data.js';
import type { Fate } from '../domain/payments/ledger.data.js';
import type { getAttempt } from '../domain/payments/payments.data.js';
import { money } from '../lib/text.js';

/** An attempt to pay, with the invoice it is at and what became of the money, if any came. */
export interface ShownPayment {
  payment: Awaited<ReturnType<typeof getAttempt>>;
  invoice: Invoice;
  fate: Fate | null;
  /** Null before the payer has gone; `asked` when it has been asked about since he came back. */
  back: string | null;
  /** Whether cards are taken. */
  card: boolean;
}

/** What a payment's page says, and where it leads. */
interface Said {
  title: string;
  lead: string;
  notes: string[];
  /** Where the money is taken. */
  site: { href: string; host: string } | null;
  /** Asking what became of it: `soon`, by itself as well. */
  check: 'button' | 'soon' | null;
  /** Paying what is left, with another attempt: the button's words. */
  again: string | null;
}

/** The page of an attempt in words. */
export function paymentWords(shown: ShownPayment): Said {
  const { state } = shown.payment;
  if (state === 'succeeded') return paid(shown);
  if (state === 'new' || state === 'pending') return open(shown);
  const again = shown.card && leftOf(shown.invoice) > 0 ? 'Оплатить картой ещё раз' : null;
  return { ...nothing, title: 'Не оплачено', lead: shown.payment.problem ?? '', again };
}

const nothing: Said = { title: '', lead: '', notes: [], site: null, check: null, again: null };

function paid({ payment, invoice, fate }: ShownPayment): Said {
  const { amount, refunded } = payment;
  const { ahead, back } = fate ?? { ahead: 0, back: 0 };
  const left = leftOf(invoice);
  const thanks = left > 0 ? `По счёту осталось оплатить ${money(left)}.` : 'Спасибо!';
  const returned = back >= amount;
  return {
    ...nothing,
    title: returned ? 'Деньги возвращены' : 'Оплачено',
    lead: `Получено ${money(amount)}.${returned ? '' : ` ${thanks}`}`,
    notes: [
      ...(ahead > 0 ? [advanceWords(invoice, ahead)] : []),
      ...(back > 0 ? [`Возвращено: ${money(back)}.`] : []),
      ...(refunded > back ? [`Возвращается на карту: ${money(refunded - back)}.`] : []),
    ],
  };
}

const advanceWords = ({ state }: Invoice, ahead: number) =>
  `${state === 'cancelled' ? 'Счёт отменён' : 'Счёту столько не понадобилось'}, поэтому ${money(ahead)} стали авансом: из него сами оплатятся следующие счета.`;

function open(shown: ShownPayment): Said {
  const { payment, back, card } = shown;
  const site = payment.confirmation_url ? siteOf(payment.confirmation_url) : null;
  const over = overWords(shown);
  const again = card && over?.again ? 'Оплатить картой' : null;
  if (back !== null)
    return {
      ...nothing,
      title: 'Проверяем оплату',
      lead:
        back === 'asked'
          ? 'Платёжный сервис ещё не сообщил, прошла ли оплата. Мы спрашиваем его сами; когда деньги придут, вы получите письмо.'
          : 'Платёжный сервис сообщит результат через несколько секунд.',
      notes: over
        ? [`${over.title}. ${over.lead}`]
        : site
          ? ['Если вы ещё не заплатили, вернитесь к оплате.']
          : [],
      site: over ? null : site,
      check: back === 'asked' ? 'button' : 'soon',
      again,
    };
  if (over) return { ...nothing, title: over.title, lead: over.lead, check: 'button', again };
  const title = 'Оплата картой';
  if (!site)
    return {
      ...nothing,
      title,
      lead: 'Платёжный сервис пока не ответил. Деньги не списаны. Мы повторим запрос сами; можно проверить сейчас.',
      check: 'button',
    };
  const lead = `Вы перейдёте на сайт ${site.host}: карту проверяет и деньги принимает он. Номер карты нам не передаётся.`;
  return { ...nothing, title, lead, site };
}

/** Why an open attempt is not to be paid any more; null: it is. */
function overWords({ payment, invoice }: ShownPayment) {
  const left = leftOf(invoice);
  const late = 'Если вы уже заплатили на сайте банка, деньги придут и станут авансом.';
  if (invoice.state === 'cancelled')
    return { title: 'Счёт отменён', lead: `Платить по нему не нужно. ${late}`, again: false };
  if (left <= 0) return { title: 'Счёт уже оплачен', lead: `Больше платить не нужно. ${late}`, again: false };
  if (payment.amount === left && !payment.set_aside) return null;
  const lead = `По счёту теперь осталось оплатить ${money(left)}: начните оплату заново. Если прежняя уже прошла, лишнее станет авансом.`;
  return { title: 'Сумма изменилась', lead, again: true };
}

/** Where the acquirer takes the money, and how people read that host. */
function siteOf(href: string) {
  const { hostname, port } = new URL(href);
  return { href, host: domainToUnicode(hostname) + (port && `:${port}`) };
}
