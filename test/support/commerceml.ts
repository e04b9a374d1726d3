/** A line of a document; what is not said is a rent of 1 500 roubles. */
export interface GoodsXml {
  name?: string;
  quantity?: string;
  price?: string;
  sum?: string;
  unit?: string;
  rate?: string;
  tax?: string;
  included?: string;
}

interface InvoiceXml {
  id: string;
  number?: string;
  inn?: string;
  kpp?: string;
  operation?: string;
  currency?: string;
  due?: string;
  parties?: string;
  requisites?: Record<string, string>;
  goods?: GoodsXml[];
  total?: string;
  more?: string;
}

const tag = (name: string, text: string | undefined) => (text ? `<${name}>${text}</${name}>` : '');

function goodsXml({ tax, included, ...good }: GoodsXml): string {
  const {
    name = 'Аренда',
    quantity = '1',
    price = '1500.00',
    sum = '1500.00',
    unit = 'шт',
    rate = '20',
  } = good;
  return `<Товар><Ид>${name.length}</Ид>${tag('Наименование', name)}
    <БазоваяЕдиница Код="796" НаименованиеПолное="Штука">${unit}<Пересчет><Единица>796</Единица></Пересчет></БазоваяЕдиница>
    ${tag('ЦенаЗаЕдиницу', price)}${tag('Количество', quantity)}${tag('Сумма', sum)}
    <СтавкиНалогов><СтавкаНалога><Наименование>НДС</Наименование><Ставка>${rate}</Ставка></СтавкаНалога></СтавкиНалогов>
    ${included ? `<Налоги><Налог><Наименование>НДС</Наименование><УчтеноВСумме>${included}</УчтеноВСумме>${tag('Сумма', tax)}</Налог></Налоги>` : ''}
    <ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Период</Наименование><Значение>чужой</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>
  </Товар>`;
}

/** A document of 1C. */
export function invoiceXml({ id, goods = [{}], requisites = {}, ...invoice }: InvoiceXml): string {
  const { inn = '7704374968', kpp = '770401001', operation = 'Счет на оплату', currency = 'RUB' } = invoice;
  const parties =
    invoice.parties ?? `<Контрагент><ИНН>${inn}</ИНН><КПП>${kpp}</КПП><Роль>Покупатель</Роль></Контрагент>`;
  const values = Object.entries(requisites).map(
    ([name, value]) =>
      `<ЗначениеРеквизита><Наименование>${name}</Наименование><Значение>${value}</Значение></ЗначениеРеквизита>`,
  );
  return `<Документ><Ид>${id}</Ид><Номер>${invoice.number ?? '15'}</Номер><Дата>2026-11-01T00:00:00</Дата>
    <ХозОперация>${operation}</ХозОперация><Роль>Продавец</Роль><Валюта>${currency}</Валюта>
    ${tag('Сумма', invoice.total ?? '1500.00')}${tag('СрокПлатежа', invoice.due)}
    <Контрагенты>${parties}</Контрагенты>${invoice.more ?? ''}
    <Товары>${goods.map(goodsXml).join('')}</Товары>
    <ЗначенияРеквизитов>${values.join('')}</ЗначенияРеквизитов></Документ>`;
}

/** A file of CommerceML 2 with these documents. */
export function commerceMl(
  documents: string,
  {
    encoding = 'UTF-8',
    namespace = '',
    container = false,
  }: { encoding?: string | null; namespace?: string; container?: boolean } = {},
): string {
  const declaration = encoding ? `<?xml version="1.0" encoding="${encoding}"?>\n` : '';
  const inside = container ? `<Контейнер>${documents}</Контейнер>` : documents;
  return `${declaration}<КоммерческаяИнформация ${namespace && `xmlns="${namespace}" `}ВерсияСхемы="2.10" ДатаФормирования="2026-11-02">${inside}</КоммерческаяИнформация>`;
}
