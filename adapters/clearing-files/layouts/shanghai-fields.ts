/** What several files of the Shanghai channel share: codes, forms and times. */
import { c, type Arrival } from './layout';

/** From then on a file is missing, and whatever comes is late. */
export const LAST_MOMENT = '20:00:00';
export const evening: readonly Arrival[] = [{ expectedFrom: '18:00:00', awaitedBy: LAST_MOMENT }];

export const marketCode = c('SCDM', 2, 'Y', { codes: ['05'] });
export const participant = c('JSBH', 6, 'Y');
export const securityClass = { codes: ['PT', 'PG', 'PZ'] };
export const circulation = { codes: ['0', 'N'] };
export const entitlementClasses = ['HL', 'S', 'P', 'GG'];
export const date = { form: 'date' } as const;
export const time = { form: 'time' } as const;
