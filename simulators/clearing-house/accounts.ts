/**
 * What CCNET knows of the reserve and risk-fund accounts: the movements of hk_zjbd, each by the time in FSSJ, though
 * the file comes later. Nothing here follows from what the broker orders.
 */
import { copiesOf, type OpeningAccount, type PlayedDay } from '../common/days';
import { businessDateOf, fenOf, shanghaiInstant } from '../common/values';
import { readRows, type Row } from './records';

export type Movement = {
  readonly account: string;
  readonly businessDate: string;
  readonly number: number;
  readonly business: string;
  readonly amountFen: bigint;
  readonly balanceFen: bigint;
  readonly at: string;
  readonly counterAccount: string;
};

/** Movements of all days by account, in the order of their numbers. */
export type AccountBook = {
  /** Whether CCNET keeps this account. */
  has(account: string): boolean;
  /** The account's balance at an instant, in fen; before any movement, that of the opening state. */
  balanceFenAt(account: string, instant: string): bigint;
  /** The account's movements of the instant's business date up to the instant. */
  movementsUpTo(account: string, instant: string): readonly Movement[];
  /** Money that leaves the account for a bank on a business date (ZC), in the order of their numbers. */
  outgoingOn(account: string, businessDate: string): readonly Movement[];
};

const FIELDS = ['ZJZH', 'FSRQ', 'PCH', 'XH', 'YWLB', 'FSJE', 'YE', 'FSSJ', 'DFZH'];

/** Reads every day's movements. Throws where a day has the file and no copy of it can be read. */
export function openAccountBook(days: readonly PlayedDay[], opening: readonly OpeningAccount[]): AccountBook {
  const kept = opening.filter((account) => account.kind === 'reserve' || account.kind === 'risk_fund');
  const openingFen = new Map(kept.map((account) => [account.account, fenOf(account.balance)]));
  const byAccount = new Map<string, Movement[]>(kept.map((account) => [account.account, []]));
  for (const movement of days.flatMap(movementsOf)) byAccount.get(movement.account)?.push(movement);
  const upTo = (account: string, instant: string): readonly Movement[] =>
    (byAccount.get(account) ?? []).filter((movement) => movement.at <= instant);

  return {
    has: (account) => byAccount.has(account),
    balanceFenAt: (account, instant) => upTo(account, instant).at(-1)?.balanceFen ?? openingFen.get(account) ?? 0n,
    movementsUpTo: (account, instant) =>
      upTo(account, instant).filter((movement) => movement.businessDate === businessDateOf(instant)),
    outgoingOn: (account, businessDate) =>
      (byAccount.get(account) ?? []).filter((line) => line.businessDate === businessDate && line.business === 'ZC'),
  };
}

function movementsOf(day: PlayedDay): readonly Movement[] {
  const parts = ['1', '2'].flatMap((part) => movementsOfPart(day, part));
  return parts.sort((left, right) => left.number - right.number);
}

/** The best copy whose running balances add up; where none does, the best that can be read at all. */
function movementsOfPart(day: PlayedDay, part: string): readonly Movement[] {
  const paths = copiesOf(day, `hk_zjbd${day.businessDate.replaceAll('-', '')}_${part}`, '.dbf');
  if (paths.length === 0) return [];
  const readable: (readonly Movement[])[] = [];
  const faults: string[] = [];
  for (const path of paths) {
    try {
      const movements = readRows(path, FIELDS).map((row) => movementFrom(row, day, part));
      readable.push(movements.sort((left, right) => left.number - right.number));
    } catch (fault) {
      faults.push((fault as Error).message);
    }
  }
  const best = readable.find(addsUp) ?? readable[0];
  if (best === undefined) throw new Error(`no movements for ${day.businessDate}: ${faults.join('; ')}`);
  return best;
}

function movementFrom(row: Row, day: PlayedDay, part: string): Movement {
  const text = (name: string): string => row[name] ?? '';
  if (text('FSRQ') !== day.businessDate.replaceAll('-', '') || text('PCH') !== part || !/^\d+$/.test(text('XH'))) {
    throw new RangeError(`a movement of another day or part: ${text('FSRQ')}, ${text('PCH')}, number ${text('XH')}`);
  }
  return {
    account: text('ZJZH'),
    businessDate: day.businessDate,
    number: Number(text('XH')),
    business: text('YWLB'),
    amountFen: fenOf(text('FSJE')),
    balanceFen: fenOf(text('YE')),
    at: shanghaiInstant(day.businessDate, text('FSSJ')),
    counterAccount: text('DFZH'),
  };
}

function addsUp(movements: readonly Movement[]): boolean {
  const last = new Map<string, Movement>();
  return movements.every((movement) => {
    const before = last.get(movement.account);
    last.set(movement.account, movement);
    if (before === undefined) return true;
    return movement.number > before.number && movement.balanceFen === before.balanceFen + movement.amountFen;
  });
}
