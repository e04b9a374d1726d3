import type { Clock } from './clock.js';
import type { SampleType } from './document-types.js';
import { Story } from './story.js';

/** The demo organisation's documents: every status, and everything that a history can show. */
export function ownDocuments({ ago, hours, day }: Clock): Story[] {
  const document = (type: SampleType, by = 'tenant') => new Story('spektr', type, by);
  return [
    document('insurance')
      .sent(ago(346, '10:12:09'), { comment: 'Полис на год, оплачен полностью.' })
      .accepted(ago(345, '15:40:31'), day(20))
      .renewed(hours(5), { comment: 'Полис на следующий год, действует сразу после прежнего.' }),

    document('fire').sent(ago(351, '11:05:44')).accepted(ago(350, '12:28:10'), day(15)),

    document('act')
      .sent(ago(211, '16:31:02'), { comment: 'Подписан нами, экземпляр арендодателя передан в секретариат.' })
      .changed(ago(211, '16:58:47'), { comment: 'Прошлый скан был без второй подписи.' })
      .accepted(ago(209, '10:14:55'), day(521)),

    document('weekend')
      .sent(ago(9, '18:20:13'))
      .rejected(ago(8, '11:47:26'), 'Не указаны должности сотрудников. Нет подписи или печати руководителя'),

    document('keys').sent(hours(26), { comment: 'Ключи будет получать новый офис-менеджер.' }),

    document('meters', 'former').sent(ago(740, '09:33:18')).accepted(ago(739, '13:02:40'), day(-12)),

    document('keys', 'former')
      .sent(ago(612, '14:40:00'))
      .accepted(ago(611, '10:20:15'), day(-246))
      .renewed(ago(255, '12:03:37'), { by: 'tenant' })
      .accepted(ago(254, '17:10:08'), day(112), 'staff'),

    document('insurance')
      .sent(ago(120, '12:12:12'), {
        stem: 'Полис для помещения 2-14',
        comment: 'Отдельный полис для помещения в Лефортове.',
      })
      .accepted(ago(118, '16:45:50'), day(247))
      .renewed(ago(4, '15:09:33'), { stem: 'Полис для помещения 2-14, новый' })
      .rejected(ago(2, '12:31:00'), 'Страховая сумма меньше требуемой договором аренды'),

    document('weekend', 'former').sent(ago(395, '17:22:41')).accepted(ago(394, '11:11:11'), day(-211)),

    document('fire', 'former').sent(ago(730, '10:10:30')).accepted(ago(729, '18:05:14'), day(-364)),

    document('keys', 'former')
      .sent(ago(300, '13:37:00'))
      .rejected(ago(299, '09:41:52'), 'Не указан срок доверенности')
      .removed(ago(298, '10:00:20')),
  ];
}
