/**
 * What can be wrong with a clearing file, in the order in which it is checked.
 *
 * outcome  `refused`: the file is not taken, every bad line is listed (for CONTROL_TOTAL_MISMATCH and
 *          ROLL_FORWARD_MISMATCH possibly both files of the comparison, which the comparison decides).
 *          `break`: the file is taken, the row is listed. `info`: listed, nothing held. `alarm`: somebody is told.
 * stage    A file with a refusal in `structure` is not read; with one in `values` it goes no further; after that every
 *          check of `rows` and `comparison` is made. `arrival` is about the file itself, not its content.
 *
 * Pure data; the place in the list is the order of reports.
 */

import { arrivalFindingClasses } from './arrival-finding-classes';
import type { FindingClassEntry } from './finding-class-entry';

/** The list. */
export const findingClasses = [
  { class: 'EMPTY_FILE', stage: 'structure', outcome: 'refused', zh: '文件长度为零。', en: 'The file has no bytes.' },
  {
    class: 'HEADER_INVALID',
    stage: 'structure',
    outcome: 'refused',
    zh: '文件头无效。',
    en: 'The file header is not valid.',
  },
  {
    class: 'FIELD_MISSING',
    stage: 'structure',
    outcome: 'refused',
    zh: '缺少接口规定的字段。',
    en: 'A field of the layout is missing.',
  },
  {
    class: 'FIELD_TYPE',
    stage: 'structure',
    outcome: 'refused',
    zh: '字段类型与接口不符。',
    en: 'A field has another type than the layout.',
  },
  {
    class: 'FIELD_LENGTH',
    stage: 'structure',
    outcome: 'refused',
    zh: '字段宽度或小数位与接口不符。',
    en: 'A field has another width or other decimals than the layout.',
  },
  {
    class: 'EXTRA_FIELD',
    stage: 'structure',
    outcome: 'info',
    zh: '文件含有接口未规定的字段，已忽略。',
    en: 'The file has a field that the layout does not know; it is ignored.',
  },
  {
    class: 'FILE_TRUNCATED',
    stage: 'structure',
    outcome: 'refused',
    zh: '文件被截断：完整记录数少于文件头所述。',
    en: 'The file is cut off: it has fewer whole records than its header says.',
  },
  {
    class: 'RECORD_COUNT_MISMATCH',
    stage: 'structure',
    outcome: 'refused',
    zh: '文件内容多于文件头所述的记录数。',
    en: 'The file has more bytes than the records of its header take.',
  },
  {
    class: 'BAD_ENCODING',
    stage: 'values',
    outcome: 'refused',
    zh: '字段不是有效的 GBK 编码。',
    en: 'The field is not valid GBK.',
  },
  {
    class: 'BAD_VALUE',
    stage: 'values',
    outcome: 'refused',
    zh: '字段值不符合接口规定。',
    en: 'The value does not follow the layout.',
  },
  {
    class: 'DELETED_ROWS',
    stage: 'rows',
    outcome: 'info',
    zh: '文件含有标记为删除的记录，未读取。',
    en: 'The file has records marked as deleted; they are not read.',
  },
  {
    class: 'DATE_MISMATCH',
    stage: 'rows',
    outcome: 'refused',
    zh: '日期字段与文件名日期不符。',
    en: 'The date field differs from the date of the file.',
  },
  {
    class: 'DUPLICATE_KEY',
    stage: 'rows',
    outcome: 'refused',
    zh: '主键重复。',
    en: 'An earlier row has the same key.',
  },
  {
    class: 'NEGATIVE_QUANTITY',
    stage: 'rows',
    outcome: 'refused',
    zh: '数量不得为负。',
    en: 'A quantity is below zero.',
  },
  {
    class: 'SIGN_RULE',
    stage: 'rows',
    outcome: 'refused',
    zh: '金额方向与业务不符。',
    en: 'The sign of an amount does not fit the business.',
  },
  {
    class: 'AMOUNT_INCONSISTENT',
    stage: 'rows',
    outcome: 'refused',
    zh: '金额与本记录其他字段计算结果不符。',
    en: 'An amount does not follow from the other fields of its row.',
  },
  {
    class: 'AMOUNT_TOLERANCE',
    stage: 'rows',
    outcome: 'break',
    zh: '人民币金额与计算结果相差 0.01，按文件金额入账。',
    en: 'The CNY amount is off by 0.01; the amount of the file is booked.',
  },
  {
    class: 'FEE_MISMATCH',
    stage: 'comparison',
    outcome: 'break',
    zh: '费用与本公司计算结果不符，按文件金额入账，差额另行追索。',
    en: 'A fee differs from our computation; the amount of the file is booked and the difference claimed.',
  },
  {
    class: 'RATIO_MISMATCH',
    stage: 'comparison',
    outcome: 'break',
    zh: '汇率与结算汇兑比率通知（H05）不符。',
    en: 'The ratio differs from the settlement ratio of its side (H05).',
  },
  {
    class: 'SETTLE_DATE_MISMATCH',
    stage: 'comparison',
    outcome: 'break',
    zh: '交收日期与交收日历不符。',
    en: 'The settlement date differs from the calendar.',
  },
  {
    class: 'UNKNOWN_ACCOUNT',
    stage: 'comparison',
    outcome: 'break',
    zh: '证券账户不在客户资料中，资金和股份记入待查账户。',
    en: 'The securities account is not in the client master; its amounts stay on suspense.',
  },
  {
    class: 'UNKNOWN_SECURITY',
    stage: 'comparison',
    outcome: 'break',
    zh: '证券代码不在证券资料、交易所文件或通知中。',
    en: 'The code is in no list of securities, exchange file or notice.',
  },
  {
    class: 'ENTITLEMENT_MISMATCH',
    stage: 'comparison',
    outcome: 'break',
    zh: '权益金额与登记日持有、通知条款或分配结果不符。',
    en: 'An entitlement differs from record-date position, notice terms or allocation.',
  },
  {
    class: 'CONTROL_TOTAL_MISMATCH',
    stage: 'comparison',
    outcome: 'refused',
    zh: '汇总数与明细不符。',
    en: 'A total differs from the rows behind it.',
  },
  {
    class: 'ROLL_FORWARD_MISMATCH',
    stage: 'comparison',
    outcome: 'refused',
    zh: '上日余额加本日变动不等于本日余额。',
    en: 'The balance is not the previous balance plus the movements.',
  },
  {
    class: 'MOVEMENT_MISMATCH',
    stage: 'comparison',
    outcome: 'break',
    zh: '股份变动与成交净额不符。',
    en: 'A movement of shares differs from the net of the trades.',
  },
  {
    class: 'SETTLED_DIFFERENT',
    stage: 'comparison',
    outcome: 'break',
    zh: '资金变动与前一日通知的交收金额不符。',
    en: 'A movement of money differs from what was announced the day before.',
  },
  {
    class: 'COUNTER_MISSING',
    stage: 'comparison',
    outcome: 'break',
    zh: '柜台没有该笔成交。',
    en: 'The trade is at the clearing house only.',
  },
  {
    class: 'CLEARING_MISSING',
    stage: 'comparison',
    outcome: 'break',
    zh: '结算文件没有该笔成交。',
    en: 'The trade is at the counter only.',
  },
  {
    class: 'COUNTER_DIFFERENT',
    stage: 'comparison',
    outcome: 'break',
    zh: '柜台与结算文件的成交内容不同。',
    en: 'Counter and clearing house record the trade differently.',
  },
  {
    class: 'BANK_MISSING',
    stage: 'comparison',
    outcome: 'break',
    zh: '银行流水没有该笔划转。',
    en: 'The bank statement has no line for the transfer.',
  },
  {
    class: 'BANK_EXTRA',
    stage: 'comparison',
    outcome: 'break',
    zh: '银行流水有结算文件没有的划转。',
    en: 'The bank statement has a transfer that the clearing house does not show.',
  },
  {
    class: 'BANK_BALANCE',
    stage: 'comparison',
    outcome: 'break',
    zh: '银行流水余额不连续。',
    en: 'The running balance of the bank statement does not add up.',
  },
  {
    class: 'NOTICE_NOT_ENTERED',
    stage: 'comparison',
    outcome: 'break',
    zh: '公告未能登记。',
    en: 'The notice could not be entered.',
  },
  ...arrivalFindingClasses,
] as const satisfies readonly FindingClassEntry[];

export type FindingClass = (typeof findingClasses)[number]['class'];

const entries: ReadonlyMap<string, FindingClassEntry> = new Map(findingClasses.map((entry) => [entry.class, entry]));

/** Outcome, stage and sentences of a class. */
export function findingClassEntry(name: FindingClass): FindingClassEntry {
  const entry = entries.get(name);
  if (entry === undefined) throw new RangeError(`no finding class ${String(name)}`);
  return entry;
}
