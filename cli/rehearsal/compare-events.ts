/**
 * The events of a folder from their notices to their money: what their processes computed, filed and found credited, beside what the
 * folder expects. Dividends, takeovers and bonus shares stand in `expected.json` of the day on which they are cleared. A split's figures
 * are the positions of the evening before times its ratio; elections are those of `elections_DATE.csv`, taken up as far as the takeover
 * money says; votes are what the rule of the holders adds up to.
 */
import path from 'node:path';
import { addDays, type BusinessDate } from '../../domain/calendar/business-date';
import type { ApiClient } from './api-client';
import type { Entitlement, EventLine, EventPage, OwnEvent } from './api-answers';
import { SUPERVISOR } from './cast';
import { recordsOf } from './changed-rows';
import { compareFigures, differenceText } from './compare-figures';
import { expectedFigures, type DaysFolder } from './days-folder';
import { ballotsOf, electionsOf, loginOf, ownEvents, VOTERS, votesOn } from './holders';
import type { DayComparison } from './results';

interface Allocation {
  readonly securitiesAccount: string;
  readonly fundAccount: string;
  readonly quantity: number;
  readonly amount: string;
  readonly cny: string;
}
interface Allocated {
  readonly side: string;
  readonly security: string;
  readonly allocations: readonly Allocation[];
}
interface Bonus {
  readonly securitiesAccount: string;
  readonly security: string;
  readonly recordQuantity: number;
  readonly credited: number;
  readonly tradableFrom: string;
}
interface ExpectedDay {
  readonly corporateActions?: {
    readonly dividends: readonly Allocated[];
    readonly takeover: readonly Allocated[];
    readonly bonus: readonly Bonus[];
    readonly split: { readonly old: string; readonly new: string; readonly ratio: number } | null;
  };
  readonly positions?: readonly (readonly [account: string, code: string, shares: number])[];
}

type Figures = Readonly<Record<string, unknown>>;
/** Figures of an event, by kind and security: the folder does not name its number. */
type ByEvent = Map<string, Figures>;

const nameOf = (kind: string, code: string): string => `${kind} ${code}`;

/** What the folder expects of its events on these days; an event of which nothing is due yet is not in it. */
export function expectedEvents(folder: DaysFolder, days: readonly BusinessDate[]): ByEvent {
  const events: ByEvent = new Map();
  const byDay = new Map(days.map((date) => [date, (expectedFigures(folder, date) ?? {}) as ExpectedDay]));
  for (const [date, { corporateActions }] of byDay) {
    if (corporateActions === undefined) continue;
    const { dividends, takeover, bonus, split } = corporateActions;
    for (const one of dividends) add(events, nameOf('CASH_DIVIDEND', one.security), one.allocations.map(paid));
    for (const one of takeover) add(events, nameOf('TAKEOVER', one.security), one.allocations.map(paid));
    for (const one of bonus) add(events, nameOf('BONUS_SHARES', one.security), [received(one)]);
    if (split !== null) {
      const before = days.filter((day) => day < date).at(-1) ?? addDays(date, -1);
      const held = (byDay.get(before)?.positions ?? []).filter(([, code]) => code === split.old);
      const converted = held.map(([account, , shares]) => ({
        securitiesAccount: account,
        quantity: `${shares}`,
        out: `${shares} ${split.old}`,
        in: `${shares * split.ratio} ${split.new}`,
      }));
      const state = isConvertedLater(folder, days, split.old) ? 'announced' : 'ended';
      add(events, nameOf('SPLIT_OR_CONSOLIDATION', split.old), converted, state);
    }
  }
  return events;
}

/** By the notice of the folder: a day on which the temporary code becomes the new one lies behind the last of these days. */
function isConvertedLater(folder: DaysFolder, days: readonly BusinessDate[], code: string): boolean {
  const last = (days.at(-1) ?? '').replaceAll('-', '');
  return days
    .flatMap((day) => recordsOf(path.join(folder.folder, day, `hk_tzxx${day.replaceAll('-', '')}.dbf`)))
    .some(
      (row) => row['TZLB'] === 'H10' && row['ZQDM'] === code && [row['RQ2'], row['RQ3']].some((on = '') => on > last),
    );
}

function add(events: ByEvent, name: string, holders: readonly Figures[], state = 'ended'): void {
  const before = (events.get(name)?.['holders'] ?? []) as readonly Figures[];
  events.set(name, { state, openBreaks: '0', holders: [...before, ...holders] });
}

/** Computed by ourselves and credited are both compared with the same figure. */
const paid = ({ securitiesAccount, quantity, amount, cny }: Allocation): Figures => ({
  securitiesAccount,
  quantity: `${quantity}`,
  gross: amount,
  computedCny: cny,
  creditedCny: cny,
});

const received = ({ securitiesAccount, security, recordQuantity, credited, tradableFrom }: Bonus): Figures => ({
  securitiesAccount,
  quantity: `${recordQuantity}`,
  in: `${credited} ${security}`,
  tradableFrom,
});

/** One holder as an event has it, in the same shape; what is computed and not credited alike is told as both. */
export function holderFigures(kind: string, one: Entitlement): Figures {
  const { securitiesAccount, recordQuantity } = one;
  const moved = (computed: string | null, credited: string | null, code: string | null) =>
    computed === credited
      ? `${computed ?? '0'} ${code ?? '?'}`
      : `computed ${computed ?? '-'}, credited ${credited ?? '-'}`;
  const of = { securitiesAccount, quantity: recordQuantity };
  switch (kind) {
    case 'BONUS_SHARES':
      return { ...of, in: moved(one.inShares, one.creditedIn, one.inCode), tradableFrom: one.tradableFrom };
    case 'SPLIT_OR_CONSOLIDATION':
      return {
        ...of,
        out: moved(one.outShares, one.creditedOut, one.outCode),
        in: moved(one.inShares, one.creditedIn, one.inCode),
      };
    default:
      return { ...of, gross: one.gross, computedCny: one.expectedCny, creditedCny: one.creditedCny };
  }
}

const EVENTS = '/v1/corporate-actions';

/** All events of which something is due, with elections and votes. `areProven`: every deadline of the clearing house has passed. */
export async function compareEvents(
  api: ApiClient,
  folder: DaysFolder,
  days: readonly BusinessDate[],
  areProven: boolean,
): Promise<DayComparison> {
  const wanted = expectedEvents(folder, days);
  const found: ByEvent = new Map();
  for (const line of await api.readAll<EventLine>(SUPERVISOR, EVENTS)) {
    const name = nameOf(line.kind, line.code);
    if (wanted.has(name)) found.set(name, await figuresOf(api, line));
    if (line.kind === 'VOTING' && line.state !== 'announced')
      await compareVotes(api, line, areProven, { wanted, found });
  }
  await compareElections(api, folder, days, { wanted, found });
  const { compared, differences } = compareFigures(Object.fromEntries(wanted), Object.fromEntries(found));
  const lines = differences.map((difference) => `公司行为 event ${differenceText(difference)}`);
  return { compared, differ: lines.length, differences: lines, remarks: [...found].map(remarkOf) };
}

const remarkOf = ([name, { state, filed, holders }]: readonly [string, Figures]): string => {
  const told = [state, filed].filter((one) => typeof one === 'string');
  if (Array.isArray(holders)) told.push(`${holders.length} 名持有人 holders`);
  return `公司行为 event ${name}: ${told.join(', ')}`;
};

async function figuresOf(api: ApiClient, line: EventLine): Promise<Figures> {
  const path = `${EVENTS}/${line.channel}/${line.eventNo}`;
  const page = await api.read<EventPage>(SUPERVISOR, path);
  const holders = await api.readAll<Entitlement>(SUPERVISOR, `${path}/entitlements`);
  return {
    state: page.state,
    openBreaks: openBreaksOf(page),
    holders: holders.map((one) => holderFigures(line.kind, one)),
  };
}

const openBreaksOf = ({ breaks }: EventPage): string =>
  `${breaks.filter(({ clearedAt }) => clearedAt === null).length}`;

interface Both {
  readonly wanted: ByEvent;
  readonly found: ByEvent;
}

/** Filed under the number of the folder, acknowledged and taken up whole; whose money is told, as far as it says. */
async function compareElections(
  api: ApiClient,
  folder: DaysFolder,
  days: readonly BusinessDate[],
  { wanted, found }: Both,
): Promise<void> {
  for (const date of days) {
    for (const { filingNo, account, event, quantity } of electionsOf(folder, date)) {
      const own = (await ownEvents(api, loginOf(account), '?ended=true')).find(({ eventNo }) => eventNo === event);
      const filing = own?.filings.find((one) => one.filingNo === filingNo);
      const result = own === undefined ? undefined : takenUp(wanted, own, account);
      const name = `election ${filingNo}`;
      wanted.set(name, { filed: quantity, ...(result === undefined ? {} : { state: 'success', confirmed: result }) });
      found.set(name, {
        filed: filing?.shares ?? null,
        ...(result === undefined ? {} : { state: filing?.state ?? null, confirmed: filing?.confirmed ?? null }),
      });
    }
  }
}

/** What the holder was paid for. */
function takenUp(wanted: ByEvent, own: OwnEvent, account: string): string | undefined {
  const holders = (wanted.get(nameOf(own.kind, own.code))?.['holders'] ?? []) as readonly Figures[];
  return holders.find((one) => one['securitiesAccount'] === account)?.['quantity'] as string | undefined;
}

/** Chosen, submitted and acknowledged are the same sums, and after the close they are proven. */
async function compareVotes(
  api: ApiClient,
  line: EventLine,
  areProven: boolean,
  { wanted, found }: Both,
): Promise<void> {
  const page = await api.read<EventPage>(SUPERVISOR, `${EVENTS}/${line.channel}/${line.eventNo}`);
  const sums = new Map<string, { for: bigint; against: bigint; abstain: bigint }>();
  for (const login of VOTERS) {
    const own = (await ownEvents(api, login, '?ended=true')).find(({ eventNo }) => eventNo === line.eventNo);
    for (const [place, ballot] of own === undefined ? [] : ballotsOf(own).entries()) {
      const votes = votesOn(place, BigInt(own?.electable ?? '0'));
      const sum = sums.get(ballot) ?? { for: 0n, against: 0n, abstain: 0n };
      sums.set(ballot, {
        for: sum.for + votes.FOR,
        against: sum.against + votes.AGAINST,
        abstain: sum.abstain + votes.ABSTAIN,
      });
    }
  }
  const name = nameOf(line.kind, line.code);
  const asText = (sum: Readonly<Record<string, bigint>>) =>
    Object.fromEntries(Object.entries(sum).map(([vote, shares]) => [vote, `${shares}`]));
  const three = (sum: Figures) => ({ chosen: sum, submitted: sum, acknowledged: sum });
  const proof = areProven ? { state: 'closed', openBreaks: '0', unanswered: '0' } : {};
  wanted.set(name, {
    ...Object.fromEntries([...sums].map(([ballot, sum]) => [`resolution ${ballot}`, three(asText(sum))])),
    ...proof,
  });
  const proven = page.timeline.filter(({ act }) => act === 'reconcile elections').at(-1)?.detail['unanswered'];
  const filed = ({ for: yes, against, abstain }: EventPage['votes'][number]['chosen']) => ({
    for: yes,
    against,
    abstain,
  });
  found.set(name, {
    ...Object.fromEntries(
      page.votes.map(({ ballot, chosen, submitted, acknowledged }) => [
        `resolution ${ballot}`,
        { chosen: filed(chosen), submitted: filed(submitted), acknowledged: filed(acknowledged) },
      ]),
    ),
    ...(areProven
      ? { state: page.state, openBreaks: openBreaksOf(page), unanswered: `${JSON.stringify(proven ?? null)}` }
      : {}),
  });
}
