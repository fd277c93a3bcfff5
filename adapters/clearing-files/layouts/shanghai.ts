/**
 * The map of Shanghai's southbound files (沪港通下港股通): the clearing house's dBase files, the exchange's text files
 * and the broker's own files.
 *
 * Field names are public where a public source names them; widths, decimals, suffixes and times are assumed
 * (docs/questions.md). Nothing outside this folder knows a width.
 *
 * Units of N fields: quantities in shares; JG1 in HKD x 10^4; other amounts in 1/100 of their currency.
 */
import { settlementNotices, shanghaiExchangeLayouts, shanghaiOwnLayouts } from './shanghai-text-files';
import { c, dbfLayout, n, type ChannelLayouts } from './layout';
import {
  amount,
  circulation,
  date,
  entitlementClasses,
  evening,
  fee,
  LAST_MOMENT,
  marketCode,
  participant,
  priceE4,
  ratio,
  rowCount,
  runningNumber,
  securityClass,
  shares,
  time,
} from './shanghai-fields';
import { hkTzxx } from './shanghai-notices';

/** Settlement details: trades, portfolio fee, dividend and takeover money cleared that day. */
export const hkJsmx = dbfLayout({
  kind: 'hk_jsmx',
  source: 'clearing house',
  namePattern: 'hk_jsmx{date}{version}.dbf',
  keyFields: ['CJBH'],
  dateField: 'QSRQ',
  rowChecks: 'settlement details',
  arrivals: evening,
  fields: [
    marketCode,
    c('YWLX', 3, 'Y', { codes: ['H01', 'H60', 'H54', 'H55', 'H67', 'H63', 'H02', 'H64', 'H65', 'H70'] }),
    c('QSBZ', 3, 'Y', { codes: ['H01', 'H02', 'H60', 'H54', 'H55', 'H67', 'H63', 'H64', 'H65', 'H70'] }),
    c('BDLX', 3, 'N', { codes: ['001', '002', '003'] }),
    participant,
    c('ZJZH', 10, 'Y'),
    c('JYRQ', 8, 'Y', date),
    c('QSRQ', 8, 'Y', date),
    c('JSRQ', 8, 'Y', date),
    c('XWH1', 5, 'Y'),
    c('ZQZH', 10, 'Y'),
    c('ZQDM1', 5, 'T', {
      requiredWhen: [{ YWLX: ['H01', 'H54', 'H55', 'H67', 'H63', 'H02', 'H64', 'H65', 'H70'] }],
    }),
    c('ZQDM2', 5, 'N'),
    c('MMBZ', 1, 'T', { requiredWhen: [{ YWLX: ['H01'] }], codes: ['B', 'S'] }),
    c('SQBH', 16, 'T', { requiredWhen: [{ YWLX: ['H01', 'H54', 'H55', 'H67', 'H63', 'H02', 'H64', 'H65'] }] }),
    c('CJBH', 16, 'Y'),
    c('CJSJ', 6, 'N', time),
    n('SL', 16, 0, shares),
    n('CJSL', 16, 0, shares),
    n('JG1', 14, 4, priceE4),
    c('BZ', 3, 'Y', { codes: ['HKD', 'USD', 'GBP'] }),
    n('WBJE', 18, 2, amount),
    c('WBHL', 12, 'Y', ratio),
    n('YHS', 12, 2, fee),
    n('JYZF', 12, 2, fee),
    n('JYF', 12, 2, fee),
    n('SYF', 12, 2, fee),
    n('JSF', 12, 2, fee),
    n('QTJE', 12, 2, fee),
    n('WBYSF', 18, 2, amount),
    n('YSFJE', 18, 2, amount),
    c('FJSM', 40, 'N'),
  ],
});

/** Securities movements booked that day, net per account, code, business type and trade date. */
export const hkZqbd = dbfLayout({
  kind: 'hk_zqbd',
  source: 'clearing house',
  namePattern: 'hk_zqbd{date}{version}.dbf',
  keyFields: ['ZQZH', 'ZQDM', 'YWLX', 'JYRQ'],
  dateField: 'FSRQ',
  arrivals: evening,
  fields: [
    marketCode,
    participant,
    c('BDLX', 3, 'Y', { codes: ['001', '003', '004', '005'] }),
    c('YWLX', 3, 'Y', { codes: ['H01', 'H58', 'H10', 'H63', 'H64', 'H65', 'H66'] }),
    c('ZQZH', 10, 'Y'),
    c('ZQDM', 5, 'Y'),
    c('ZQLB', 2, 'Y', securityClass),
    c('LTLX', 1, 'Y', circulation),
    c('QYLB', 2, 'N', { codes: entitlementClasses }),
    c('JYRQ', 8, 'Y', date),
    c('FSRQ', 8, 'Y', date),
    c('XWH', 5, 'Y'),
    n('BDSL', 16, 0, shares),
    c('KYRQ', 8, 'Y', date),
    c('GXDM', 16, 'N'),
    c('FJSM', 40, 'N'),
  ],
});

/** Settled securities balances after the day's movements. */
export const hkZqye = dbfLayout({
  kind: 'hk_zqye',
  source: 'clearing house',
  namePattern: 'hk_zqye{date}{version}.dbf',
  keyFields: ['ZQZH', 'ZQDM', 'QYLB', 'LTLX'],
  dateField: 'JZRQ',
  rowChecks: 'securities balances',
  arrivals: evening,
  fields: [
    marketCode,
    participant,
    c('ZQZH', 10, 'Y'),
    c('ZQDM', 5, 'Y'),
    c('ZQLB', 2, 'Y', securityClass),
    c('LTLX', 1, 'Y', circulation),
    c('QYLB', 2, 'N', { codes: entitlementClasses }),
    c('JZRQ', 8, 'Y', date),
    c('XWH', 5, 'Y'),
    n('YE', 16, 0, shares),
    n('DJSL', 16, 0, shares),
  ],
});

/** Reference rates of the morning, for freezing buys (HL1) and estimating sells (HL2). */
export const hkCkhl = dbfLayout({
  kind: 'hk_ckhl',
  source: 'clearing house',
  namePattern: 'hk_ckhl{date}{version}.dbf',
  keyFields: ['BZ'],
  dateField: 'RQ',
  arrivals: [{ expectedFrom: '08:30:00', awaitedBy: LAST_MOMENT }],
  fields: [
    marketCode,
    c('RQ', 8, 'Y', date),
    c('BZ', 3, 'Y', { codes: ['HKD'] }),
    c('HL1', 12, 'Y', ratio),
    c('HL2', 12, 'Y', ratio),
    c('SXSJ', 6, 'N', time),
  ],
});

const clearedTypes = ['JY', 'ZF', 'GX', 'FG', 'FKCE', 'FKAJ'];
const settlingTypes = ['JY', 'ZF', 'GX', 'FG', 'FK', 'FKTH', 'HJ'];

/** Money summary: Q rows what was cleared today, J rows what settles on the next business day. */
export const hkZjhz = dbfLayout({
  kind: 'hk_zjhz',
  source: 'clearing house',
  namePattern: 'hk_zjhz{date}{version}.dbf',
  keyFields: ['ZJZH', 'HZLB', 'YWLB', 'PCH', 'JSRQ'],
  dateField: 'QSRQ',
  arrivals: evening,
  fields: [
    marketCode,
    participant,
    c('ZJZH', 10, 'Y'),
    c('HZLB', 1, 'Y', { codes: ['Q', 'J'] }),
    c('YWLB', 4, 'Y', {
      codes: [...new Set([...clearedTypes, ...settlingTypes])],
      codesWhen: [
        { when: { HZLB: ['Q'] }, codes: clearedTypes },
        { when: { HZLB: ['J'] }, codes: settlingTypes },
      ],
    }),
    c('PCH', 1, 'Y', {
      codes: ['0', '1', '2'],
      codesWhen: [
        { when: { HZLB: ['Q'], YWLB: ['JY'] }, codes: ['0'] },
        { when: { HZLB: ['Q', 'J'] }, codes: ['1', '2'] },
      ],
    }),
    c('JYRQ', 8, 'N', date),
    c('QSRQ', 8, 'Y', date),
    c('JSRQ', 8, 'Y', date),
    n('BS', 10, 0, rowCount),
    n('YSJE', 18, 2, amount),
    n('YFJE', 18, 2, amount),
    n('JSJE', 18, 2, amount),
  ],
});

/** Movements on the reserve and risk-fund accounts, in two parts a day. */
export const hkZjbd = dbfLayout({
  kind: 'hk_zjbd',
  source: 'clearing house',
  namePattern: 'hk_zjbd{date}_{part}{version}.dbf',
  parts: ['1', '2'],
  partField: 'PCH',
  keyFields: ['ZJZH', 'XH'],
  dateField: 'FSRQ',
  arrivals: [
    { part: '1', expectedFrom: '10:30:00', awaitedBy: LAST_MOMENT },
    { part: '2', expectedFrom: '18:00:00', awaitedBy: LAST_MOMENT },
  ],
  fields: [
    marketCode,
    participant,
    c('ZJZH', 10, 'Y'),
    c('FSRQ', 8, 'Y', date),
    c('PCH', 1, 'Y', { codes: ['1', '2'] }),
    n('XH', 8, 0, runningNumber),
    // FG is not named among the movements, but what hk_zjhz announces in a J row must be able to settle; GL, cross-cover, is assumed.
    c('YWLB', 4, 'Y', { codes: ['ZR', 'ZC', 'JY', 'FK', 'FKTH', 'GX', 'FG', 'ZF', 'GL'] }),
    n('FSJE', 18, 2, amount),
    n('YE', 18, 2, amount),
    c('FSSJ', 6, 'Y', time),
    c('DFZH', 24, 'N'),
    c('ZY', 40, 'N'),
  ],
});

/** Balances of both reserve and both risk-fund accounts at the end of the day. */
export const hkZjye = dbfLayout({
  kind: 'hk_zjye',
  source: 'clearing house',
  namePattern: 'hk_zjye{date}{version}.dbf',
  keyFields: ['ZJZH'],
  dateField: 'JZRQ',
  arrivals: evening,
  fields: [
    marketCode,
    participant,
    c('ZJZH', 10, 'Y'),
    c('ZHLB', 1, 'Y', { codes: ['1', '2'] }),
    c('JZRQ', 8, 'Y', date),
    n('QCYE', 18, 2, amount),
    n('SRJE', 18, 2, amount),
    n('ZCJE', 18, 2, amount),
    n('YE', 18, 2, amount),
    n('QKJE1', 18, 2, amount),
    n('QKJE2', 18, 2, amount),
  ],
});

/** Replies to our filings: acknowledgements of the day and results at its end. The name carries no date. */
export const hkYwhb = dbfLayout({
  kind: 'HK_YWHB',
  source: 'clearing house',
  namePattern: 'HK_YWHB{version}.dbf',
  keyFields: ['SBBH', 'ZT'],
  dateField: 'FSRQ',
  arrivals: evening,
  fields: [
    marketCode,
    c('SBBH', 16, 'Y'),
    c('YWLX', 3, 'Y', { codes: ['H62', 'H63', 'H64', 'H65', 'H66'] }),
    c('SBLX', 3, 'Y', { codes: ['HSB', 'HCX'] }),
    c('FSRQ', 8, 'Y', date),
    c('FSSJ', 6, 'Y', time),
    c('ZQZH', 10, 'Y'),
    c('ZQDM', 5, 'Y'),
    c('GXDM', 16, 'Y'),
    n('SL', 16, 0, shares),
    n('QRSL', 16, 0, shares),
    c('SLBH', 16, 'Y'),
    c('ZT', 1, 'Y', { codes: ['2', '3', '4', '6'] }),
    c('JGDM', 4, 'Y'),
    c('FJSM', 60, 'N'),
  ],
});

export { hkTzxx };

/** Every kind of file of the Shanghai channel. */
export const shanghaiLayouts: ChannelLayouts = {
  channel: 'SH',
  version: '1',
  layouts: [
    hkCkhl,
    hkZjbd,
    hkZjye,
    hkTzxx,
    hkJsmx,
    hkZjhz,
    hkZqbd,
    hkZqye,
    hkYwhb,
    settlementNotices,
    ...shanghaiExchangeLayouts,
    ...shanghaiOwnLayouts,
  ],
};
