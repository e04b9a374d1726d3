import type { Day } from '../../lib/dates.js';

/** No contract begins or ends outside these years: such a day is a slip of the hand (`01.01.0225`). */
export const CONTRACT_YEARS = { first: 1990, last: 2100 };

export const isContractDay = (day: Day) =>
  day >= `${CONTRACT_YEARS.first}-01-01` && day <= `${CONTRACT_YEARS.last}-12-31`;
