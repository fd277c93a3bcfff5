/**
 * `southbound rehearse-complaints`: many complaints of seeded kinds over many business days, on a fresh book with a clock of its own, with the
 * real worker and API and simulators of the outside. It ends when no promise is owed any more that is not over; then somebody else says whether every
 * promise was met, acted on or escalated (check-promises.ts), after it has found the faults that are planted before its eyes.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { civilWorkingDaysOf } from '../../domain/calendar/counted-days';
import {
  addDays,
  businessDateOf,
  parseBusinessDate,
  shanghaiInstant,
  type BusinessDate,
} from '../../domain/calendar/business-date';
import { readReference } from '../../prisma/reference';
import { dropBook, makeBook } from '../../worker/book';
import { INTERRUPTED_STATUS, listenForInterruption } from '../interruption';
import { bookFolder, ROOT } from '../places';
import { startBookProcesses, takeBook } from '../processes/book-processes';
import { startServers } from '../processes/servers';
import { apiClient, ApiRefusal, type ApiClient } from '../rehearsal/api-client';
import { openJournal, type Journal } from '../rehearsal/journal';
import { nameOfRehearsal } from '../rehearsal/rehearsed-book';
import { writeBankDays } from './bank-days';
import { atOnce, Cast, type Known } from './cast';
import { RECEIVER } from './cast-list';
import { checkPromisesOfBook, isAsItMustBe, verdictLines } from './check-promises';
import { drawn, seededKinds, staysOpen, type ComplaintKind } from './kinds';

export interface ComplaintsOptions {
  readonly days: number;
  readonly complaints: number;
  readonly seed: number;
  /** Keep the book to be looked at. */
  readonly keep?: boolean;
}

/** A Monday. */
const FIRST = parseBusinessDate('2025-06-23');
/** When people sit down to work. */
const SITTINGS = ['09:30', '14:00', '16:30'] as const;
/** Of the days, the share in which complaints come in: what is owed for the last of them is over within the days or soon after. */
const INTAKE = { of: 3, from: 4 } as const;
/** Business days after which what is still owed is not waited for: more than the longest promise with its stops. */
const PATIENCE_DAYS = 80;
/** Days between two lines of progress. */
const TOLD_EVERY = 5;
const OPERATOR = 'ops-client-1';

/** @returns status to end with: 0, or 1 where a promise is not as it must be, or something was refused that nothing had overtaken */
export async function rehearseComplaints(options: ComplaintsOptions): Promise<number> {
  const began = performance.now();
  const journal = openJournal(process.stdout);
  const interruption = listenForInterruption(() => journal.say('\n正在停止…… Stopping.'));
  const days = businessDays(options.days + PATIENCE_DAYS);
  const book = nameOfRehearsal('complaints');
  const servers = await startServers((line) => journal.say(line));
  const release = await takeBook(book);
  let stop: () => Promise<void> = () => Promise.resolve();
  try {
    const data = path.join(bookFolder(book), 'days');
    writeBankDays(data, path.join(ROOT, 'samples/days-a/static'), days);
    const { appUrl } = await makeBook({
      adminUrl: servers.adminUrl,
      temporalAddress: servers.temporalAddress,
      name: book,
      kind: 'rehearsal',
      clockMode: 'manual',
      clockAt: shanghaiInstant(FIRST, '09:00'),
      openingFolder: path.join(data, 'static'),
      people: true,
      clients: options.complaints,
    });
    // The statements say which transfers the bank makes; as files of settlement days they do not come.
    const from = addDays(days.at(-1) as BusinessDate, 1);
    const processes = await startBookProcesses({ book, databaseUrl: appUrl, servers, data, from });
    ({ stop } = processes);
    const api = apiClient(processes.apiUrl);
    const run = goThrough({ api, journal, days, options, stopping: () => interruption.asked });
    const ended = await Promise.race([
      run,
      interruption.whenAsked,
      processes.failed.then((sentence) => Promise.reject(new Error(sentence))),
    ]);
    if (ended === undefined) return INTERRUPTED_STATUS;
    for (const line of ended.lines) journal.say(line);
    const verdict = await checkPromisesOfBook(servers, book);
    for (const line of verdictLines(verdict)) journal.say(line);
    journal.say(`账簿 book: ${book}   ${Math.round((performance.now() - began) / 1_000)} s`);
    return isAsItMustBe(verdict, ended.refused) ? 0 : 1;
  } finally {
    await stop();
    release();
    if (options.keep !== true) {
      await dropBook(servers.adminUrl, servers.temporalAddress, book);
      rmSync(bookFolder(book), { recursive: true, force: true });
    }
    await servers.stop();
    interruption.release();
  }
}

function businessDays(count: number): readonly BusinessDate[] {
  const civil = civilWorkingDaysOf(readReference().calendars);
  const days: BusinessDate[] = [];
  for (let date = FIRST; days.length < count; date = addDays(date, 1)) if (civil.counts(date)) days.push(date);
  return days;
}

interface Run {
  readonly api: ApiClient;
  readonly journal: Journal;
  readonly days: readonly BusinessDate[];
  readonly options: ComplaintsOptions;
  readonly stopping: () => boolean;
}

interface Ended {
  readonly lines: readonly string[];
  /** Complaints that were not received and acts that were not done. */
  readonly refused: number;
}

/** From sitting to sitting; @returns what happened, nothing where it was stopped */
async function goThrough({ api, journal, days, options, stopping }: Run): Promise<Ended | undefined> {
  const cast = new Cast(api);
  const arrivals = arrivalsOf(options);
  const moveTo = (to: string) => api.write(OPERATOR, 'POST', '/v1/clock/moves', { to });
  let acts = 0;
  let last = FIRST;
  for (const [place, date] of days.entries()) {
    for (const [sitting, time] of SITTINGS.entries()) {
      if (stopping()) return undefined;
      const now = shanghaiInstant(date, time);
      await moveTo(now);
      const came = arrivals.filter((one) => one.sitting === place * SITTINGS.length + sitting);
      await atOnce(came.map((one) => () => receive(api, cast, one, now)));
      await moveTo(now);
      // What was done is under way when the next move begins, which lets it come to rest first.
      acts += await cast.work(now, sitting);
    }
    last = date;
    await moveTo(shanghaiInstant(date, SITTINGS.at(-1) ?? ''));
    const owed = await running(api);
    if (place % TOLD_EVERY === TOLD_EVERY - 1)
      journal.say(
        `${date} ${place + 1}/${options.days}  投诉 complaints ${cast.known.size}, 办理 acts ${acts}, 未了承诺 running ${owed}`,
      );
    if (place + 1 >= options.days && owed === 0) break;
  }
  return {
    lines: [
      `${FIRST} 至 to ${last}: 投诉 ${cast.known.size} complaints, 办理 ${acts} acts, 意外被拒 refused unexpectedly ${cast.troubles.length}`,
      ...cast.troubles.map((line) => `✗ 未办成 not done: ${line}`),
    ],
    refused: cast.troubles.length,
  };
}

/** Promises that are not over: neither ended nor breached. */
async function running(api: ApiClient): Promise<number> {
  return (await api.readAll('compliance-1', '/v1/deadlines?state=running')).length;
}

interface Arrival {
  readonly nth: number;
  readonly kind: ComplaintKind;
  /** The complaint whose client complains: this one, of a duplicate an earlier one. */
  readonly ofClient: number;
  /** Counted from the first of all. */
  readonly sitting: number;
}

function arrivalsOf({ complaints, days, seed }: ComplaintsOptions): readonly Arrival[] {
  const sittings = Math.max(1, Math.floor((days * INTAKE.of) / INTAKE.from)) * SITTINGS.length;
  const kinds = seededKinds(complaints, seed);
  const open = kinds.flatMap((kind, nth) => (staysOpen(kind) ? [nth] : []));
  return kinds.map((kind, nth) => ({
    nth,
    kind,
    ofClient: (kind.registration === 'duplicate' ? open[drawn(seed, `client:${nth}`, open.length)] : undefined) ?? nth,
    // What others are linked to comes first.
    sitting: staysOpen(kind) ? 0 : drawn(seed, `sitting:${nth}`, sittings),
  }));
}

async function receive(api: ApiClient, cast: Cast, { nth, kind, ofClient }: Arrival, now: string): Promise<void> {
  const client = { clientNo: `C${String(ofClient + 1).padStart(8, '0')}` };
  const body = {
    channel: kind.channel,
    product: 'southbound',
    category: 'service',
    facts: '柜台等候两小时',
    complainant: kind.isClient ? client : { name: '某某', contact: '来信地址' },
    ...(kind.amount === '0.00' ? {} : { claimed: kind.amount }),
    ...(kind.channel === 'regulator' ? { transfer: { number: `12386-${nth}`, receivedAt: dayBefore(now) } } : {}),
  };
  const by = kind.channel === 'branch' ? 'branch-1001' : RECEIVER;
  try {
    const { complaintNo } = await api.write<Known>(by, 'POST', '/v1/complaints', body, `complaint:${nth}`);
    cast.known.set(complaintNo, {
      complaintNo,
      kind,
      nth,
      ofClient,
      assigned: 0,
      called: 0,
      asked: new Set(),
      addsAt: undefined,
      isOpen: true,
    });
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    cast.troubles.push(`${businessDateOf(now)} complaint ${nth}: ${error.code} ${error.message}`);
  }
}

const dayBefore = (now: string): string => new Date(Date.parse(now) - 86_400_000).toISOString();
