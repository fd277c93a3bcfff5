/**
 * Checks that need one row and nothing else.
 *
 * Source    Clearing-file checks NEGATIVE_QUANTITY, SIGN_RULE, AMOUNT_INCONSISTENT, AMOUNT_TOLERANCE; decisions S2, S3.
 * Units     Quantities in shares, JG1 in HKD x 10^4, amounts in 1/100 of their currency, WBHL text with 5 decimals.
 * Rounding  Half away from zero, once, where a formula says round.
 *
 * A row stops at its first class among NEGATIVE_QUANTITY, SIGN_RULE and AMOUNT_INCONSISTENT; within a class every field
 * that breaks it is listed. Each formula takes the figures of the file on its right-hand side, so that one wrong field
 * is one finding where the rest of the row follows it.
 */
import { amountText } from '../money';
import { dividedRounded, parseRatio, RATIO_ONE_E5 } from '../scaled';
import { finding, type BothLanguages, type Finding } from './finding';

/** The part of a settlement detail that these checks read; field names as in hk_jsmx. */
export interface SettlementDetail {
  readonly row: number;
  readonly YWLX: string;
  readonly MMBZ: string;
  readonly WBHL: string;
  readonly SL: bigint;
  readonly CJSL: bigint;
  readonly JG1: bigint;
  readonly WBJE: bigint;
  readonly YHS: bigint;
  readonly JYZF: bigint;
  readonly JYF: bigint;
  readonly SYF: bigint;
  readonly JSF: bigint;
  readonly QTJE: bigint;
  readonly WBYSF: bigint;
  readonly YSFJE: bigint;
}

/** The part of a securities balance that these checks read; field names as in hk_zqye. */
export interface SecuritiesBalance {
  readonly row: number;
  readonly YE: bigint;
  readonly DJSL: bigint;
}

const feeFields = ['YHS', 'JYZF', 'JYF', 'SYF', 'JSF', 'QTJE'] as const;
const unsignedFields = [...feeFields, 'WBJE'] as const;
const NONE: readonly Finding[] = [];

const TRADE = 'H01';
/** Portfolio fee, and fee and duty of non-trade transfers: always payable. */
const FEE_ROWS: ReadonlySet<string> = new Set(['H60', 'H70']);

/** The six fees of a row in HKD cents. */
export function feesCents(row: SettlementDetail): bigint {
  return row.YHS + row.JYZF + row.JYF + row.SYF + row.JSF + row.QTJE;
}

/** Every finding of one row of hk_jsmx, of one class at most. */
export function settlementDetailFindings(row: SettlementDetail): readonly Finding[] {
  if (row.SL < 0n || row.CJSL < 0n) return negativeQuantities(row.row, { SL: row.SL, CJSL: row.CJSL });
  const fees = feesCents(row);
  const signs = hasUsualSigns(row, fees) ? NONE : signFindings(row);
  if (signs.length > 0) return signs;
  return amountFindings(row, fees);
}

/** Every finding of one row of hk_zqye: balances and locked shares are not below zero. */
export function securitiesBalanceFindings(row: SecuritiesBalance): readonly Finding[] {
  return negativeQuantities(row.row, { YE: row.YE, DJSL: row.DJSL });
}

function negativeQuantities(row: number, quantities: Readonly<Record<string, bigint>>): readonly Finding[] {
  let found: Finding[] | undefined;
  for (const field in quantities) {
    const quantity = quantities[field];
    if (quantity !== undefined && quantity < 0n) {
      (found ??= []).push(finding('NEGATIVE_QUANTITY', { row, field, value: quantity.toString() }));
    }
  }
  return found ?? NONE;
}

/**
 * Whether nothing of a row is below zero that never may be, and its amounts go the way that they mostly go: such a row keeps the
 * sign rule. A million rows an evening pass here, so that only the others are looked at rule by rule.
 */
function hasUsualSigns(row: SettlementDetail, fees: bigint): boolean {
  const isUnsigned =
    row.YHS >= 0n &&
    row.JYZF >= 0n &&
    row.JYF >= 0n &&
    row.SYF >= 0n &&
    row.JSF >= 0n &&
    row.QTJE >= 0n &&
    row.WBJE >= 0n;
  if (!isUnsigned || row.YWLX !== TRADE) return false;
  if (row.MMBZ === 'B') return row.WBYSF <= 0n && row.YSFJE <= 0n;
  return fees > row.WBJE || (row.WBYSF >= 0n && row.YSFJE >= 0n);
}

/**
 * Buys pay, sells receive unless their fees exceed the consideration, fees are paid; single fees and the consideration
 * have no sign.
 */
function signFindings(row: SettlementDetail): readonly Finding[] {
  let found: Finding[] | undefined;
  const report = (field: 'WBYSF' | 'YSFJE' | (typeof unsignedFields)[number], rule: BothLanguages) => {
    (found ??= []).push(finding('SIGN_RULE', { row: row.row, field, value: amountText(row[field]) }, rule));
  };
  for (const field of unsignedFields) if (row[field] < 0n) report(field, unsigned);
  if (row.YWLX === TRADE) {
    if (row.MMBZ === 'B') {
      if (row.WBYSF > 0n) report('WBYSF', buyPays);
      if (row.YSFJE > 0n) report('YSFJE', buyPays);
    } else if (feesCents(row) <= row.WBJE) {
      if (row.WBYSF < 0n) report('WBYSF', sellReceives);
      if (row.YSFJE < 0n) report('YSFJE', sellReceives);
    }
  } else if (FEE_ROWS.has(row.YWLX)) {
    // A fee below half a Hong Kong cent shows 0.00 in HKD and still costs 0.01 CNY (S11).
    if (row.WBYSF > 0n) report('WBYSF', feePaid);
    if (row.YSFJE >= 0n) report('YSFJE', feePaid);
  }
  return found ?? NONE;
}

/**
 * Trade rows: WBJE = round(SL x JG1); buy WBYSF = -(WBJE + fees), sell WBYSF = WBJE - fees.
 * All rows: YSFJE within 0.01 of round(WBYSF x WBHL). A trade row that is off by exactly 0.01 is a break.
 */
function amountFindings(row: SettlementDetail, fees: bigint): readonly Finding[] {
  const isTrade = row.YWLX === TRADE;
  let considerationCents = row.WBJE;
  let netCents = row.WBYSF;
  if (isTrade) {
    // Shares x HKD/10^4 is in 1/10^4 HKD: one hundredth of it is cents.
    considerationCents = dividedRounded(row.SL * row.JG1, 100n);
    netCents = row.MMBZ === 'B' ? -(row.WBJE + fees) : row.WBJE - fees;
  }
  const fen = dividedRounded(row.WBYSF * ratioE5(row.WBHL), RATIO_ONE_E5);
  if (row.WBJE === considerationCents && row.WBYSF === netCents && row.YSFJE === fen) return NONE;

  const offFen = row.YSFJE > fen ? row.YSFJE - fen : fen - row.YSFJE;
  const found: Finding[] = [];
  if (row.WBJE !== considerationCents)
    found.push(amountFinding('AMOUNT_INCONSISTENT', row, 'WBJE', considerationCents));
  if (row.WBYSF !== netCents) found.push(amountFinding('AMOUNT_INCONSISTENT', row, 'WBYSF', netCents));
  if (offFen > 1n) found.push(amountFinding('AMOUNT_INCONSISTENT', row, 'YSFJE', fen));
  if (found.length > 0) return found;
  return isTrade && offFen === 1n ? [amountFinding('AMOUNT_TOLERANCE', row, 'YSFJE', fen)] : NONE;
}

let lastRatio = { text: '', ratioE5: 0n };
/** Rows name one of two ratios, mostly that of the row before. */
function ratioE5(text: string): bigint {
  if (text !== lastRatio.text) lastRatio = { text, ratioE5: parseRatio(text) };
  return lastRatio.ratioE5;
}

function amountFinding(
  name: 'AMOUNT_INCONSISTENT' | 'AMOUNT_TOLERANCE',
  row: SettlementDetail,
  field: 'WBJE' | 'WBYSF' | 'YSFJE',
  computed: bigint,
): Finding {
  return finding(name, {
    row: row.row,
    field,
    fileValue: amountText(row[field]),
    computed: amountText(computed),
  });
}

const unsigned: BothLanguages = { zh: '费用和成交金额不带符号。', en: 'Fees and the consideration have no sign.' };
const buyPays: BothLanguages = { zh: '买入应付，不得大于零。', en: 'A buy pays: not above zero.' };
const sellReceives: BothLanguages = {
  zh: '卖出应收，除非费用超过成交金额。',
  en: 'A sell receives, unless its fees exceed the consideration.',
};
const feePaid: BothLanguages = { zh: '费用应付，应小于零。', en: 'A fee is paid: below zero.' };
