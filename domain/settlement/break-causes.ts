/**
 * What a break most likely comes from, by its class and by the other breaks of the day: two that speak of the same money or the same
 * trade are one matter (A4 §11; clearing files 7).
 */
import type { Words } from '../messages/words';

export interface ComparedBreak {
  readonly breakId: string;
  readonly class: string;
  /** Outside less ours, fen; null where no money is at stake. */
  readonly amountFen: bigint | null;
  /** Number of the trade that it is about. */
  readonly trade: string | null;
  /** That trade is cancelled, by notice or by a newer file that lacks it. */
  readonly isCancelled: boolean;
}

export interface LikelyCause {
  readonly cause: string;
  readonly words: Words;
  /** The other break of the same matter. */
  readonly matches: string | null;
}

/** Classes that are two sides of one matter, and what it then is. */
const PAIRS: readonly (readonly [one: string, other: string, by: 'amount' | 'trade', cause: string])[] = [
  ['BANK_MISSING', 'BANK_EXTRA', 'amount', 'transfer at another time'],
  ['COUNTER_MISSING', 'CLEARING_MISSING', 'trade', 'trade under another number'],
  ['BANK_BALANCE', 'BANK_MISSING', 'amount', 'transfer not on the statement'],
  ['ACCOUNT_DIFFERENT', 'CLEARING_NOT_EVEN', 'amount', 'settled otherwise than announced'],
];

const WORDS: Readonly<Record<string, Words>> = {
  'transfer at another time': { zh: '同一划款，双方记录时间不同', en: 'one transfer, recorded at different times' },
  'trade under another number': { zh: '同一成交，编号不同', en: 'one trade under two numbers' },
  'transfer not on the statement': { zh: '划款未列入银行对账单', en: 'a transfer that the statement lacks' },
  'settled otherwise than announced': { zh: '交收结果与前一日公布不同', en: 'settled otherwise than announced' },
  'notice against the books': {
    zh: '公告内容与账簿或已有公告不符',
    en: 'the notice contradicts the books or a notice before it',
  },
  rounding: { zh: '对方舍入方式不同', en: 'rounded otherwise outside' },
  'rate in force': { zh: '费率或其生效日不同', en: 'a rate, or the day from which it holds, differs' },
  'ratio in force': { zh: '采用了另一结算汇兑比率', en: 'another settlement ratio was used' },
  calendar: {
    zh: '交收日推算不同，核对日历与延期公告',
    en: 'another settlement day: look at calendar and notices of postponement',
  },
  'master data': { zh: '客户或证券主数据缺失', en: 'client or security is missing in the master data' },
  'corporate action terms': { zh: '公告条款或登记持仓不同', en: 'terms of the notice or the record position differ' },
  'trade cancelled': {
    zh: '成交已由公告或新版文件撤销，柜台尚未同步撤销',
    en: 'the trade was cancelled, by notice or by a newer file; the counter still has it',
  },
  'trade cancelled or reported late': { zh: '成交被取消或延迟申报', en: 'a trade was cancelled or reported late' },
  'counter record lost': { zh: '柜台漏记', en: 'the counter lacks it' },
  'counter record wrong': { zh: '柜台记录要素不符', en: 'the counter recorded it otherwise' },
  'transfer on the way': {
    zh: '划款在途或对账单截止前未记',
    en: 'a transfer on the way, or after the statement was cut',
  },
  'transfer of somebody else': { zh: '非本系统发出的划款', en: 'a transfer that no order of ours made' },
  'limit at the counter': { zh: '柜台可取额度未及时更新', en: 'the counter did not know what could be withdrawn' },
  'movement not in our books': { zh: '账簿漏记一笔变动', en: 'a movement that our books lack' },
  unknown: { zh: '原因不明，须逐笔核对', en: 'unknown: compare line by line' },
};

const BY_CLASS: Readonly<Record<string, string>> = {
  AMOUNT_TOLERANCE: 'rounding',
  FEE_MISMATCH: 'rate in force',
  RATIO_MISMATCH: 'ratio in force',
  SETTLE_DATE_MISMATCH: 'calendar',
  UNKNOWN_ACCOUNT: 'master data',
  UNKNOWN_SECURITY: 'master data',
  ENTITLEMENT_MISMATCH: 'corporate action terms',
  CLEARING_MISSING: 'trade cancelled or reported late',
  COUNTER_MISSING: 'counter record lost',
  COUNTER_DIFFERENT: 'counter record wrong',
  BANK_MISSING: 'transfer on the way',
  BANK_EXTRA: 'transfer of somebody else',
  BANK_BALANCE: 'transfer not on the statement',
  MOVEMENT_MISMATCH: 'settled otherwise than announced',
  SETTLED_DIFFERENT: 'settled otherwise than announced',
  ACCOUNT_DIFFERENT: 'movement not in our books',
  SHARES_DIFFERENT: 'movement not in our books',
  CLEARING_NOT_EVEN: 'settled otherwise than announced',
  WITHDRAWAL_ABOVE_LIMIT: 'limit at the counter',
  NOTICE_NOT_ENTERED: 'notice against the books',
  CLIENT_MONEY_NOT_EVEN: 'movement not in our books',
};

/**
 * The likely cause of each break of a day, in the order given; wants all of the day. Each is one side of one matter at most: the first
 * that suits and is not taken yet.
 */
export function likelyCauses(breaks: readonly ComparedBreak[]): readonly LikelyCause[] {
  const paired = new Map<string, { readonly cause: string; readonly with: string }>();
  for (const found of breaks) {
    if (paired.has(found.breakId)) continue;
    for (const other of breaks) {
      const cause = paired.has(other.breakId) ? undefined : sameMatter(found, other);
      if (cause === undefined) continue;
      paired.set(found.breakId, { cause, with: other.breakId });
      paired.set(other.breakId, { cause, with: found.breakId });
      break;
    }
  }
  return breaks.map((found) => {
    const pair = paired.get(found.breakId);
    if (pair !== undefined) return told(pair.cause, pair.with);
    return told(found.isCancelled ? 'trade cancelled' : (BY_CLASS[found.class] ?? 'unknown'), null);
  });
}

function sameMatter(found: ComparedBreak, other: ComparedBreak): string | undefined {
  if (found.breakId === other.breakId) return undefined;
  const pair = PAIRS.find(
    ([one, two]) => (one === found.class && two === other.class) || (two === found.class && one === other.class),
  );
  if (pair === undefined) return undefined;
  const [, , by, cause] = pair;
  const same =
    by === 'trade'
      ? found.trade !== null && found.trade === other.trade
      : found.amountFen !== null && other.amountFen !== null && size(found.amountFen) === size(other.amountFen);
  return same ? cause : undefined;
}

const size = (fen: bigint): bigint => (fen < 0n ? -fen : fen);

const told = (cause: string, matches: string | null): LikelyCause => ({
  cause,
  words: WORDS[cause] ?? { zh: cause, en: cause },
  matches,
});

/** Classes whose money is a claim or a difference of an account: only these can be written off, everything else is put right. */
export const WRITTEN_OFF_CLASSES: readonly string[] = [
  'ACCOUNT_DIFFERENT',
  'AMOUNT_TOLERANCE',
  'FEE_MISMATCH',
  'ENTITLEMENT_MISMATCH',
];
