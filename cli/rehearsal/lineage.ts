/**
 * Which figures of a day rest on a record of its files: the way of each kind of line through the evening, written down once.
 * A figure may differ on a variant only where this way leads from a changed record to it.
 */
import path from 'node:path';
import type { Side } from '../../domain/channel';
import { recordsOf, type ChangedRow, type FileRecord } from './changed-rows';
import { isWithin, type FigureDifference } from './compare-figures';
import type { DaysFolder } from './days-folder';

/**
 * How far a line reaches into a section: the figures of its client, its client's holding of its security, its event (the
 * client's share and the sum), its side, or all of them.
 */
type Reach = 'client' | 'holding' | 'event' | 'side' | 'all';

type Reached = Readonly<Record<string, Reach>>;

const MONEY_OF_CLIENT = { cash: 'client', preClearingNegative: 'client' } as const satisfies Reached;
/** Money that is booked to the client tonight also repays advances, makes or cures an overdraft, and is client money. */
const BOOKED_TO_CLIENT = {
  ...MONEY_OF_CLIENT,
  overdrafts: 'client',
  advances: 'client',
  clientMoneyIdentity: 'side',
} as const satisfies Reached;
const RISK_MONEY = { riskMoney: 'side', forecastNext: 'side' } as const satisfies Reached;
const EVERYBODYS_RISK_MONEY = { riskMoney: 'all', forecastNext: 'all' } as const satisfies Reached;

/** By kind of file; lines of hk_jsmx by business too. What is not here reaches no figure: it is only compared with others. */
const REACHED: Readonly<Record<string, Reached>> = {
  hk_ckhl: { 'rates.reference': 'all' },
  hk_tzxx: { 'rates.settlement': 'all', 'corporateActions.split': 'all', ...EVERYBODYS_RISK_MONEY },
  'hk_jsmx H01': { trades: 'side', feesHKD: 'all', preClearing: 'client', ...MONEY_OF_CLIENT, ...RISK_MONEY },
  'hk_jsmx H60': { portfolioFee: 'client', ...MONEY_OF_CLIENT, forecastNext: 'side' },
  hk_jsmx: {
    'corporateActions.dividends': 'event',
    'corporateActions.takeover': 'event',
    ...BOOKED_TO_CLIENT,
    forecastNext: 'side',
  },
  hk_zqbd: { positions: 'holding', 'corporateActions.bonus': 'holding', ...RISK_MONEY },
  // CCNET answers from the clearing house's movements: what is settled, missing, drawn back.
  hk_zjbd: {
    settlement: 'side',
    defaults: 'side',
    transfers: 'side',
    'funding.client.drawBackAfter1030': 'side',
    'funding.proprietary.drawBackAfter1030': 'side',
  },
  hk_zjye: {
    'accounts.reserve': 'side',
    'accounts.riskFund': 'side',
    clientMoneyIdentity: 'side',
    forecastNext: 'side',
  },
  bank_client: { 'accounts.bank': 'side', transfers: 'side', clientMoneyIdentity: 'side' },
  // Commission goes from one account to the other: it counts as moved when both lines are there.
  bank_own: { 'accounts.bank': 'side', transfers: 'side', clientMoneyIdentity: 'all' },
  hkexclpr04: EVERYBODYS_RISK_MONEY,
  counter_trades: { preClearing: 'client' },
  counter_cash: BOOKED_TO_CLIENT,
};

/** What a record is about. */
interface Subject {
  readonly reached: Reached;
  /** Fund account and securities account, also where they are not ours. */
  readonly accounts: ReadonlySet<string>;
  readonly codes: ReadonlySet<string>;
  readonly side: Side | undefined;
}

/** Whether the lineage of a figure reaches one of these records. */
export function lineageOf(folder: DaysFolder, rows: readonly ChangedRow[]): (figure: FigureDifference) => boolean {
  const masters = readMasters(folder);
  const subjects = rows.map((row) => subjectOf(row, masters));
  return (figure) => subjects.some((subject) => isReached(figure, subject));
}

function isReached(figure: FigureDifference, { reached, accounts, codes, side }: Subject): boolean {
  const about = (words: ReadonlySet<string>) => figure.about.some((word) => words.has(word));
  // Client money has one identity, which names no side.
  const ofSide =
    side !== undefined && (figure.section === 'clientMoneyIdentity' ? side === 'client' : figure.about.includes(side));
  return Object.entries(reached).some(([section, reach]) => {
    if (!isWithin(figure.path, section)) return false;
    if (reach === 'all') return true;
    if (reach === 'side') return ofSide;
    if (reach === 'client') return about(accounts);
    if (reach === 'holding') return about(accounts) && about(codes);
    return about(codes) && ofSide && (!figure.path.includes('.allocations') || about(accounts));
  });
}

interface Masters {
  readonly fundAccountOf: ReadonlyMap<string, string>;
  readonly securitiesAccountOf: ReadonlyMap<string, string>;
  /** Of clients by either account, and of the broker's own accounts. */
  readonly sideOf: ReadonlyMap<string, Side>;
}

function readMasters({ opening }: DaysFolder): Masters {
  const clients = recordsOf(path.join(opening, 'clients.csv'));
  const own = recordsOf(path.join(opening, 'opening_accounts.csv'));
  const pairs = (from: string, to: string, rows: readonly FileRecord[]) =>
    rows.map((row) => [row[from] ?? '', row[to] ?? ''] as const);
  const letters = [
    ...pairs('fund_account', 'side', clients),
    ...pairs('securities_account', 'side', clients),
    ...pairs('account', 'side', own),
  ];
  return {
    fundAccountOf: new Map(pairs('securities_account', 'fund_account', clients)),
    securitiesAccountOf: new Map(pairs('fund_account', 'securities_account', clients)),
    sideOf: new Map(letters.map(([account, letter]) => [account, letter === 'P' ? 'proprietary' : 'client'])),
  };
}

function subjectOf({ kind, record }: ChangedRow, masters: Masters): Subject {
  const securitiesAccount = record['ZQZH'] ?? record['securities_account'] ?? '';
  const fundAccount = record['fund_account'] ?? masters.fundAccountOf.get(securitiesAccount) ?? '';
  const accounts = new Set([securitiesAccount, fundAccount, masters.securitiesAccountOf.get(fundAccount) ?? '']);
  const sideAccounts = [record['ZJZH'], record['account'], fundAccount, securitiesAccount];
  return {
    reached: reachedBy(kind, record),
    accounts: withoutEmpty(accounts),
    codes: withoutEmpty([record['ZQDM1'], record['ZQDM'], record['code']]),
    side: sideAccounts.flatMap((account) => masters.sideOf.get(account ?? '') ?? [])[0],
  };
}

/** A trade that settles on the evening of its own clearing is booked to the client like other money. */
function reachedBy(kind: string, record: FileRecord): Reached {
  const reached = REACHED[`${kind} ${record['YWLX'] ?? ''}`] ?? REACHED[kind] ?? {};
  const isBookedToday = record['JSRQ'] !== undefined && record['JSRQ'] === record['QSRQ'];
  return isBookedToday ? { ...reached, ...BOOKED_TO_CLIENT } : reached;
}

const withoutEmpty = (words: Iterable<string | undefined>): ReadonlySet<string> =>
  new Set([...words].filter((word): word is string => word !== undefined && word !== ''));
