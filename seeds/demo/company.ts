import { COMPANY, type Company } from '../../src/domain/organisations/company.js';

/**
 * The company's requisites, of which the payment codes are made: no tax inspection has the number 7799 and no bank this
 * БИК, though all control digits are right. Everything else is what the code says.
 */
export const DEMO_COMPANY: Company = {
  ...COMPANY,
  inn: '7799000140',
  kpp: '779901001',
  ogrn: '1237700001406',
  account: '40702810300000001407',
  bank: 'АО «Учебный банк», г. Москва',
  bik: '044525999',
  correspondent: '30101810600000000999',
};
