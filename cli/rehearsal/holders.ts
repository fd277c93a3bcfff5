/**
 * Holders of a rehearsal, each by the own login: they elect when the folder's `elections_DATE.csv` says so, and vote at half past ten on
 * every meeting that is open to them. No folder says how anybody votes, so the rule below does, and what it adds up to is known.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { shanghaiInstant, type BusinessDate } from '../../domain/calendar/business-date';
import { ApiRefusal, type ApiClient } from './api-client';
import type { OwnEvent } from './api-answers';
import type { Cast } from './cast';
import type { DaysFolder } from './days-folder';

/** An election as the folder has it. Quantity is shares as text. */
export interface FiledElection {
  readonly filingNo: string;
  readonly account: string;
  readonly event: string;
  readonly quantity: string;
  /** UTC. */
  readonly at: string;
}

/** Logins that vote; of the directory of a rehearsal. */
export const VOTERS = ['holder-3', 'holder-5', 'holder-6', 'holder-9'] as const;
const VOTES_AT = '10:30';
/** What of an election is filed with the clearing house: the option that a takeover, an offer or a scrip dividend takes up. */
const TAKEN_UP: Readonly<Record<string, string>> = {
  H63: 'ACCEPT',
  H64: 'SUBSCRIBE',
  H65: 'EXERCISE',
  H66: 'SHARES',
};

/** `A900000005` belongs to `holder-5`. */
export const loginOf = (account: string): string => `holder-${Number.parseInt(account.slice(2), 10)}`;

/** Elections of a day; none where the folder has no such file. */
export function electionsOf(
  { folder }: Pick<DaysFolder, 'folder'>,
  date: BusinessDate,
): readonly (FiledElection & { readonly option: string })[] {
  const file = path.join(folder, date, `elections_${date.replaceAll('-', '')}.csv`);
  if (!existsSync(file)) return [];
  const rows: Record<string, string>[] = parse(readFileSync(file, 'latin1'), { columns: true });
  return rows.map(
    ({ filing_no = '', business = '', securities_account = '', event = '', quantity = '', time = '' }) => ({
      filingNo: filing_no,
      account: securities_account,
      event,
      quantity,
      option: TAKEN_UP[business] ?? business,
      at: shanghaiInstant(date, `${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4, 6)}`),
    }),
  );
}

/** How a holder votes on a resolution: on the first half for it and the rest against, on the others abstaining. */
export function votesOn(place: number, electable: bigint): Readonly<Record<'FOR' | 'AGAINST' | 'ABSTAIN', bigint>> {
  if (place > 0) return { FOR: 0n, AGAINST: 0n, ABSTAIN: electable };
  return { FOR: electable / 2n, AGAINST: electable - electable / 2n, ABSTAIN: 0n };
}

/** Acts of holders on a day, in the manner of the cast. */
export function openHolders(api: ApiClient, folder: DaysFolder, date: BusinessDate): Pick<Cast, 'nextAt' | 'actUntil'> {
  let left = [
    ...electionsOf(folder, date).map((election) => ({ at: election.at, act: () => elect(api, election) })),
    { at: shanghaiInstant(date, VOTES_AT), act: () => voteAll(api) },
  ].sort((one, other) => (one.at < other.at ? -1 : 1));
  return {
    nextAt: () => left[0]?.at,
    async actUntil(now) {
      const due = left.filter(({ at }) => at <= now);
      left = left.slice(due.length);
      let acted = false;
      for (const { act } of due) acted = (await act()) || acted;
      return acted;
    },
  };
}

const OWN = '/v1/me/corporate-actions';

/** The own events of a login; none where the directory or the opening state does not have it. */
export async function ownEvents(api: ApiClient, login: string, query = ''): Promise<readonly OwnEvent[]> {
  try {
    return await api.readAll<OwnEvent>(login, `${OWN}${query}`);
  } catch (error) {
    if (error instanceof ApiRefusal) return [];
    throw error;
  }
}

async function elect(api: ApiClient, election: FiledElection & { readonly option: string }): Promise<boolean> {
  const login = loginOf(election.account);
  const event = (await ownEvents(api, login)).find(({ eventNo }) => eventNo === election.event);
  if (event === undefined) return false;
  const { option, quantity, filingNo } = election;
  await choose(api, login, event, { option, quantity, key: `elect:${filingNo}` });
  return true;
}

async function voteAll(api: ApiClient): Promise<boolean> {
  let acted = false;
  for (const login of VOTERS) {
    const open = (await ownEvents(api, login)).filter(({ kind, state }) => kind === 'VOTING' && state === 'collecting');
    for (const meeting of open.filter(({ elected, electable }) => elected.length === 0 && electable !== '0')) {
      for (const [place, ballot] of ballotsOf(meeting).entries()) {
        const votes = Object.entries(votesOn(place, BigInt(meeting.electable))).filter(([, shares]) => shares > 0n);
        for (const [option, shares] of votes) {
          const key = `vote:${meeting.eventNo}:${login}:${ballot}:${option}`;
          await choose(api, login, meeting, { ballot, option, quantity: `${shares}`, key });
          acted = true;
        }
      }
    }
  }
  return acted;
}

export const ballotsOf = ({ options }: Pick<OwnEvent, 'options'>): readonly string[] => [
  ...new Set(options.map(({ ballot }) => ballot)),
];

const FILED_WITHIN_MS = 20_000;
const ASK_AGAIN_MS = 100;

/** Gives it, and waits until the clearing house has answered: filings go on real time, beside the clock of the book. */
async function choose(
  api: ApiClient,
  login: string,
  { channel, eventNo, version }: OwnEvent,
  { key, ...choice }: { readonly ballot?: string; readonly option: string; readonly quantity: string; key: string },
): Promise<void> {
  const path = `/v1/corporate-actions/${channel}/${eventNo}/elections`;
  try {
    await api.write(login, 'POST', path, { ...choice, versionShown: version }, key);
  } catch (error) {
    // What was refused is missing from what stands: the comparison tells it.
    if (error instanceof ApiRefusal) return;
    throw error;
  }
  for (const until = Date.now() + FILED_WITHIN_MS; Date.now() < until;) {
    const event = (await ownEvents(api, login)).find((one) => one.eventNo === eventNo);
    if (event?.filings.every(({ state }) => state !== 'waiting' && state !== 'sent') !== false) return;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}
