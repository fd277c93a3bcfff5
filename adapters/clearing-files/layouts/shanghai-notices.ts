/** The notices of the Shanghai channel: one file for every kind of notice, so most fields depend on the kind. */
import { c, dbfLayout, type Condition } from './layout';
import {
  amountText,
  bonusRatioText,
  circulation,
  date,
  entitlementClasses,
  evening,
  marketCode,
  perShareText,
  ratio,
  securityClass,
  splitRatioText,
} from './shanghai-fields';

const notice = (...kinds: string[]): Condition => ({ TZLB: kinds });
const cashDividend: Condition = { TZLB: ['H01'], QYLB: ['HL'] };
const bonusShares: Condition = { TZLB: ['H01'], QYLB: ['S'] };
const changeCodes = ['ADD', 'UPD', 'DEL'];

/** Notices: settlement ratio (H05) every trading day, entitlements, meetings, takeovers, splits. Numbers are text. */
export const hkTzxx = dbfLayout({
  kind: 'hk_tzxx',
  source: 'clearing house',
  namePattern: 'hk_tzxx{date}{version}.dbf',
  keyFields: ['TZLB', 'ZQDM', 'FZDM1', 'FZDM2', 'LX2'],
  dateField: 'TZRQ',
  // Without the ratio of the day neither portfolio fee nor risk money nor the next day's fee can be computed.
  requiredRow: { values: { TZLB: 'H05' }, dateField: 'RQ1' },
  arrivals: evening,
  fields: [
    marketCode,
    c('QSBH', 6, 'Y'),
    c('TZLB', 3, 'Y', { codes: ['H01', 'H05', 'H06', 'H07', 'H08', 'H09', 'H10', 'H12', 'H13', 'H14'] }),
    c('TZRQ', 8, 'Y', date),
    c('ZQDM', 5, 'T', { requiredWhen: [notice('H01', 'H06', 'H07', 'H08', 'H09', 'H10', 'H12', 'H13', 'H14')] }),
    c('ZQLB', 2, 'N', securityClass),
    c('LTLX', 1, 'N', circulation),
    c('QYLB', 2, 'T', {
      requiredWhen: [notice('H01')],
      codes: entitlementClasses,
      codesWhen: [{ when: notice('H01'), codes: ['HL', 'S'] }],
    }),
    c('GPNF', 4, 'N'),
    c('QYCS', 2, 'N'),
    c('RQ1', 8, 'T', { requiredWhen: [notice('H01', 'H05', 'H07', 'H09', 'H10', 'H13', 'H14')], ...date }),
    c('RQ2', 8, 'T', { requiredWhen: [notice('H01', 'H06', 'H07', 'H10')], ...date }),
    c('RQ3', 8, 'T', { requiredWhen: [notice('H07', 'H13', 'H14')], ...date }),
    c('JG1', 14, 'T', { requiredWhen: [cashDividend, notice('H07', 'H13', 'H14')], form: perShareText }),
    c('JG2', 14, 'T', { requiredWhen: [cashDividend], form: perShareText }),
    c('BL1', 14, 'T', {
      requiredWhen: [notice('H05'), bonusShares],
      form: bonusRatioText,
      formWhen: [{ when: notice('H05'), form: ratio.form }],
    }),
    c('BL2', 14, 'T', {
      requiredWhen: [notice('H05'), bonusShares],
      form: bonusRatioText,
      formWhen: [{ when: notice('H05'), form: ratio.form }],
    }),
    c('SL1', 16, 'T', { requiredWhen: [notice('H10')], form: splitRatioText }),
    c('SL2', 16, 'T', { requiredWhen: [notice('H10')], form: splitRatioText }),
    c('LX1', 2, 'N', { codesWhen: [{ when: notice('H07'), codes: ['1', '2', '3'] }] }),
    c('LX2', 3, 'T', {
      requiredWhen: [notice('H01', 'H06', 'H07', 'H08', 'H09', 'H10')],
      codes: [...changeCodes, 'Y', 'N'],
      codesWhen: [
        { when: notice('H01'), codes: ['Y', 'N'] },
        { when: notice('H06', 'H07', 'H08', 'H09', 'H10'), codes: changeCodes },
      ],
    }),
    c('FZDM1', 16, 'T', { requiredWhen: [notice('H01', 'H06', 'H07', 'H08', 'H09', 'H10', 'H12', 'H13', 'H14')] }),
    c('FZDM2', 16, 'N'),
    c('ZH1', 10, 'N'),
    c('ZH2', 10, 'N'),
    c('JE1', 18, 'N', { form: amountText }),
    c('JE2', 18, 'N', { form: amountText }),
    c('JE3', 18, 'N', { form: amountText }),
    c('BZ', 3, 'N'),
    c('WBHL', 12, 'N', ratio),
    c('FJSM1', 80, 'N'),
    c('FJSM2', 80, 'N'),
    c('BY', 20, 'N'),
  ],
});
