/**
 * What later notices, refusals and other deadlines do to an event and to what was elected in it: verbs on one database, an event of its own each.
 * Clearing house and counter are the simulated ones, with their faults for drills.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { httpCcnet } from '../../../adapters/ccnet/http-ccnet';
import { httpCounter } from '../../../adapters/counter/http-counter';
import {
  elect as electByLogin,
  electForFirm,
  leaveToDefault,
} from '../../../activities/intake/corporate-actions/elect';
import { recordTelephoneElection } from '../../../activities/intake/corporate-actions/draft-election';
import { loadReference } from '../../../activities/books/load-reference';
import { loadCalendarVersion } from '../../../activities/calendar/correct-calendar';
import { askAboutSellableDays } from '../../../activities/corporate-actions/sellable-days';
import { calendarWith } from '../../../activities/terms/calendar-term';
import type { BusinessDate } from '../../../domain/calendar/business-date';
import { telephoneElectionSubject } from '../../../activities/corporate-actions/election-subjects';
import { lockEvent, readEvent, shutDoor } from '../../../activities/corporate-actions/event-row';
import { fileElections } from '../../../activities/corporate-actions/file-elections';
import { takeElection } from '../../../activities/corporate-actions/take-election';
import { takeResults } from '../../../activities/corporate-actions/take-results';
import { inTransaction } from '../../../activities/database/transaction';
import { eventPageOf } from '../../../api/reads/corporate-actions/event-page';
import { parseBusinessDate } from '../../../domain/calendar/business-date';
import { startSimulator, type RunningSimulator } from '../../../simulators/launch';
import { DAYS_A, verbsOf } from '../../support/days-of-verbs';
import { openDatabase, type TestDatabase } from '../../support/database';
import { holding, noticed, replied, type NoticeOfTest } from '../../support/events';
import { toldMessages } from '../../support/told';
import { untilWaiting } from '../../support/waiting-for-locks';

let book: TestDatabase;
let clearingHouse: RunningSimulator;
let counter: RunningSimulator;
const folder = mkdtempSync(path.join(tmpdir(), 'southbound-changed-events-'));
beforeAll(async () => {
  const playing = { data: DAYS_A, inbox: path.join(folder, 'inbox'), stateDir: path.join(folder, 'state') };
  const simulators = [startSimulator('clearing-house', playing), startSimulator('counter', playing)] as const;
  book = await openDatabase('changed events');
  [clearingHouse, counter] = await Promise.all(simulators);
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('changed', 'test', 'manual', '2025-06-20T12:00:00Z')`,
  );
  await loadReference(book.pool);
  await book.pool.query(
    `insert into clients select '610000000' || n, 'A10000000' || n, '1001', '21000', 'client', 'natural', 0.0003, 500 from generate_series(1, 4) n`,
  );
  await holding(
    book.pool,
    '2025-06-20',
    '08005',
    [1, 2, 3, 4].map((nth) => ({ account: `A10000000${nth}`, shares: 1000 })),
  );
});
afterAll(async () => {
  await Promise.all([clearingHouse.stop(), counter.stop(), book.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const OPERATIONS = {
  person: 'operations-1',
  grants: [{ role: 'operations' as const, side: null, branch: null, mark: null }],
};
const at = (instant: string) => book.pool.query('update business_clock set now = $1', [instant]);
const keyOf = (eventNo: string) => ({ channel: 'SH', eventNo });
const takeover = (eventCode: string, more: Partial<NoticeOfTest> = {}): NoticeOfTest => ({
  kind: 'H07',
  code: '08005',
  eventCode,
  mark1: '1',
  mark2: 'ADD',
  date1: '2025-06-20',
  date2: '2025-06-23',
  date3: '2025-06-26',
  price1: '5.60',
  ...more,
});
const event = (eventNo: string) => inTransaction(book.pool, (sql) => readEvent(sql, keyOf(eventNo)));

/** Announced on Friday 20 June and collecting on Monday 23. */
async function collecting(eventNo: string, more: Partial<NoticeOfTest> = {}) {
  await at('2025-06-20T12:00:00Z');
  await noticed(book.pool, '2025-06-20', [takeover(eventNo, more)]);
  await verbsOf(book.pool).determineHolders(keyOf(eventNo));
  await at('2025-06-23T02:00:00Z');
  await verbsOf(book.pool).moveCorporateAction({ ...keyOf(eventNo), to: 'collecting' });
}

let acts = 0;
const elect = (eventNo: string, nth: number, quantity: string, option = 'ACCEPT', ballot = '') =>
  inTransaction(book.pool, async (sql) =>
    takeElection(sql, {
      ...keyOf(eventNo),
      securitiesAccount: `A10000000${nth}`,
      ballot,
      option,
      quantity,
      versionShown: (await readEvent(sql, keyOf(eventNo))).version,
      electedBy: 'holder',
      key: `act ${(acts += 1)}`,
      by: 'client-1',
      role: 'client',
    }),
  );

const lines = async (text: string, ...values: unknown[]): Promise<readonly string[]> =>
  (await book.pool.query<{ line: string }>(text, values)).rows.map(({ line }) => line);
const elections = (eventNo: string) =>
  lines(
    `select concat_ws(' ', right(securities_account, 1), nullif(ballot, ''), option, quantity) as line from elections
       join corporate_actions using (event_id) where event_no = $1 order by 1`,
    eventNo,
  );
const filings = (eventNo: string) =>
  lines(
    `select concat_ws(' ', right(securities_account, 1), quantity, f.state) as line from election_filings f
       join corporate_actions using (event_id) where event_no = $1 order by filing_seq`,
    eventNo,
  );
const breaks = (eventNo: string) =>
  lines(
    `select concat_ws(' ', b.kind, break_key, facts ->> 'contradiction') as line from corporate_action_breaks b
       join corporate_actions using (event_id) where event_no = $1 and cleared_at is null order by break_id`,
    eventNo,
  );
const told = async (eventNo: string, template: string) =>
  (
    await toldMessages(book.pool, `template = $2 and workflow_id = 'corporate-action:SH:' || $1`, eventNo, template)
  ).map(({ recipient_ref: to, text }) => `${to.slice(-1)} ${text.en}`);

interface Drill {
  readonly kind: 'refuse' | 'twice' | 'failed' | 'cancelled' | 'none';
  readonly status?: 422 | 503;
  /** SQL condition on the one filing that it meets; all of them where left away. */
  readonly which?: string;
}

async function drill(simulator: RunningSimulator, { which, ...fault }: Drill): Promise<void> {
  const { rows } = await book.pool.query<{ no: string }>(
    `select filing_no as no from election_filings where state in ('waiting', 'sent') and ${which ?? 'false'}`,
  );
  expect(rows).toHaveLength(which === undefined ? 0 : 1);
  const body = JSON.stringify({ ...fault, ...(rows[0] === undefined ? {} : { only: rows[0].no }) });
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${simulator.url}/faults`, { method: 'POST', headers, body })).ok).toBe(true);
}

/** All that waits goes out, to be answered at once; the clearing house, or the counter, in disorder. */
async function file(disorder: Drill = { kind: 'none' }, whose = clearingHouse): Promise<void> {
  await drill(whose, disorder);
  await fileElections({
    pool: book.pool,
    ccnet: httpCcnet(clearingHouse.url),
    counter: httpCounter(counter.url),
  });
  await drill(whose, { kind: 'none' });
}
const REFUSED = { kind: 'refuse' } as const;
/** What was said to the process of an event about what the sender had found. */
const woken = (eventNo: string) =>
  lines(
    `select concat_ws(' ', kind, payload ->> 'signal', payload ->> 'type') as line from outbox
      where workflow_id = 'corporate-action:SH:' || $1 and message_key ~ ':break:[0-9]+$' order by message_id`,
    eventNo,
  );

/** What the counter has taken of an event: what it blocks, or lets go. */
async function atCounter(eventNo: string): Promise<readonly string[]> {
  const { elections: taken } = (await (await fetch(`${counter.url}/elections`)).json()) as {
    readonly elections: readonly {
      readonly eventNo: string;
      readonly instructionKey: string;
      readonly quantity: string;
    }[];
  };
  return taken
    .filter((one) => one.eventNo === eventNo)
    .map(({ instructionKey, quantity }) => `${instructionKey.replace(/F\d+/, 'F')} ${quantity}`);
}

/** Security and quantity of each filing that the clearing house has taken of an event. */
const filedUnder = (eventNo: string): readonly string[] =>
  readFileSync(path.join(folder, 'state', 'clearing-house.json.filings'), 'utf8')
    .split('\n')
    .filter((line) => line.includes(`"${eventNo}"`))
    .map((line) => (JSON.parse(line) as { readonly filing: { readonly ZQDM: string; readonly SL: string } }).filing)
    .map(({ ZQDM, SL }) => `${ZQDM} ${SL}`)
    .sort();

describe('refusals of the clearing house', () => {
  test('what was asked for behind a refused filing is filed anew from what the clearing house holds', async () => {
    await collecting('R1');
    await elect('R1', 1, '100');
    await elect('R1', 1, '60');
    await file({ ...REFUSED, which: 'quantity = 100' });
    expect(await filings('R1')).toEqual(['1 100 refused', '1 -40 cancelled', '1 60 confirmed']);
    expect(await elections('R1')).toEqual(['1 ACCEPT 60']);
  });

  test('what a holder withdrew behind a refused filing stays withdrawn', async () => {
    await collecting('R2');
    await elect('R2', 1, '100');
    await elect('R2', 1, '0');
    await file(REFUSED);
    expect(await filings('R2')).toEqual(['1 100 refused', '1 -100 cancelled']);
    expect(await elections('R2')).toEqual([]);
  });

  test('the holder is told what stands', async () => {
    await collecting('R3');
    await elect('R3', 1, '100');
    await file();
    await elect('R3', 1, '30');
    await elect('R3', 2, '50');
    await file(REFUSED);
    expect(await elections('R3')).toEqual(['1 ACCEPT 100']);
    expect((await told('R3', 'ELECTION_REFUSED')).map((text) => text.replace(/F\d+/, 'F'))).toEqual([
      '1 R3: filing F was not taken (REFUSED_FOR_DRILL). The withdrawal was not taken: what was elected before stands again. Elect again before 2025-06-26 12:30 (Beijing time).',
      '2 R3: filing F was not taken (REFUSED_FOR_DRILL). What was elected with it stands no more. Elect again before 2025-06-26 12:30 (Beijing time).',
    ]);
    await elect('R3', 3, '20');
    await at('2025-06-26T05:00:00Z');
    await verbsOf(book.pool).closeElections(keyOf('R3'));
    await file(REFUSED);
    expect((await told('R3', 'ELECTION_REFUSED')).at(-1)).toMatch(/stands no more\. Elections are closed/);
    expect((await elections('R3')).filter((line) => line.startsWith('3'))).toEqual(['3 DECLINE 1000']);
    expect(await breaks('R3')).toHaveLength(1);
  });

  test('a filing whose answer was lost is asked about before it is sent again, and one that failed meanwhile is a refusal', async () => {
    await collecting('R7');
    const once = async (disorder?: Drill) => {
      await book.pool.query(`update election_filings set retry_at = null where state = 'sent'`);
      await file(disorder);
      return (await filings('R7')).at(-1);
    };
    // It was taken, and the answer was lost.
    await elect('R7', 1, '101');
    expect(await once({ kind: 'twice' })).toBe('1 101 sent');
    expect(await once()).toBe('1 101 confirmed');
    // It never came: it is sent once more.
    await elect('R7', 2, '102');
    expect(await once({ ...REFUSED, status: 503 })).toBe('2 102 sent');
    expect(await once()).toBe('2 102 confirmed');
    // Sent again unasked it would be acknowledged, as the key was taken.
    for (const [nth, kind] of [
      [3, 'failed'],
      [4, 'cancelled'],
    ] as const) {
      await elect('R7', nth, '103');
      await once({ kind: 'twice' });
      expect(await once({ kind })).toBe(`${nth} 103 refused`);
    }
    expect(await elections('R7')).toEqual(['1 ACCEPT 101', '2 ACCEPT 102']);
    expect(await told('R7', 'ELECTION_REFUSED')).toEqual([
      expect.stringContaining('(FAILED)'),
      expect.stringContaining('(CANCELLED)'),
    ]);
  });

  test('what stands again behind a refused withdrawal takes the place of what was chosen for the same shares', async () => {
    await collecting('R8');
    await elect('R8', 1, '1000');
    await file();
    await elect('R8', 1, '0');
    await elect('R8', 1, '600', 'DECLINE');
    await file(REFUSED);
    expect(await elections('R8')).toEqual(['1 ACCEPT 1000']);
    expect(await told('R8', 'ELECTION_REFUSED')).toEqual([
      expect.stringContaining('in the place of what was chosen for the same shares since'),
    ]);
    // Of 700 taken and 300 kept 400 were withdrawn and kept instead: 700 stand again, and 300 are kept.
    await elect('R8', 2, '700');
    await file();
    await elect('R8', 2, '300');
    await elect('R8', 2, '700', 'DECLINE');
    await file(REFUSED);
    expect(await elections('R8')).toEqual(['1 ACCEPT 1000', '2 ACCEPT 700', '2 DECLINE 300']);
    expect(
      await lines(
        `select concat_ws(' ', elected, excess) as line from corporate_action_holders join corporate_actions using (event_id)
          where event_no = 'R8' and elected > 0 order by securities_account`,
      ),
    ).toEqual(['1000 0', '1000 0']);
  });

  test('one refusal that cannot be kept is asked about, and the others are kept', async () => {
    await collecting('R4');
    await elect('R4', 1, '11');
    await elect('R4', 2, '12');
    // A step of that key stands already: whatever the cause, the transaction of this refusal fails.
    const [first = ''] = await lines(`select filing_no as line from election_filings where quantity = 11`);
    await book.pool.query(
      `insert into election_steps (event_id, securities_account, act, quantity_before, quantity_after, version_shown, elected_by, by, act_key, at, cut_at)
       values (1, 'A100000001', 'lapse', 0, 0, 1, 'house', 'test', 'refused:' || $1, business_now(), business_now())`,
      [first],
    );
    await file(REFUSED);
    expect(await filings('R4')).toEqual(['1 11 sent', '2 12 refused']);
    expect(await breaks('R4')).toEqual([`filing ${first}`]);
  });

  test('what the counter refuses is asked about, and what comes to nothing is let go there', async () => {
    await collecting('R6');
    await elect('R6', 1, '77');
    await elect('R6', 2, '90');
    await elect('R6', 3, '95');
    await elect('R6', 4, '40');
    await file({ ...REFUSED, which: 'quantity = 77' }, counter);
    expect([...(await atCounter('R6'))].sort()).toEqual(['F 40', 'F 90', 'F 95']);
    expect(await breaks('R6')).toEqual([expect.stringContaining('filing counter F')]);
    // People are asked at once, while the shares can still be sold.
    expect(await woken('R6')).toEqual(['signal eventChanged']);
    const result = (quantity: number, state: string, confirmed: number) =>
      book.pool.query(
        `update election_filings set state = $2, confirmed = $3, result_on = '2025-06-26', result_code = '0000' where quantity = $1 and state not in ('refused', 'cancelled')`,
        [quantity, state, confirmed],
      );
    await result(90, 'partly', 30);
    await result(95, 'partly', 35);
    await result(40, 'success', 40);
    await file();
    await result(95, 'failed', 0);
    await file();
    expect((await atCounter('R6')).slice(3)).toEqual(['F:released:60 -60', 'F:released:60 -60', 'F:released:95 -35']);
    // 77 were never blocked. What had been taken is let go with the event, and the row keeps its result.
    await noticed(book.pool, '2025-06-23', [takeover('R6', { mark2: 'DEL' })]);
    await file();
    await file();
    expect((await atCounter('R6')).slice(6).sort()).toEqual(['F:released:40 -40', 'F:released:90 -30']);
    expect(
      await lines(
        `select concat_ws(' ', f.quantity, f.state, confirmed, result_on, result_code) as line from election_filings f
           join corporate_actions using (event_id) where event_no = 'R6' and f.quantity in (90, 40) order by 1`,
      ),
    ).toEqual(['40 cancelled 40 2025-06-26 0000', '90 cancelled 30 2025-06-26 0000']);
    expect(await woken('R6')).toEqual(['signal eventChanged']);
  });

  test('what the counter does not let go of an event that is over has its process started again', async () => {
    await collecting('R10');
    await elect('R10', 1, '78');
    await file();
    await noticed(book.pool, '2025-06-23', [takeover('R10', { mark2: 'DEL' })]);
    await file(REFUSED, counter);
    expect(await breaks('R10')).toEqual([expect.stringMatching(/filing counter F\d+:released:78/)]);
    // Told first: a process that is about to end looks again, and one that has ended is started.
    expect(await woken('R10')).toEqual(['signal eventChanged', 'start corporateAction']);
  });

  test('what a result brings to nothing while its holder can elect goes back to him, and can be elected anew', async () => {
    await collecting('BACK1');
    await elect('BACK1', 1, '700');
    await elect('BACK1', 2, '75');
    await elect('BACK1', 2, '40');
    await file();
    const numbers = await lines(
      `select filing_no as line from election_filings join corporate_actions using (event_id) where event_no = 'BACK1' order by filing_seq`,
    );
    const [of1 = '', of2 = '', less2 = ''] = numbers;
    const take = async () => {
      const taken = await inTransaction(book.pool, async (sql) =>
        takeResults(sql, await readEvent(sql, keyOf('BACK1')), parseBusinessDate('2025-06-23')),
      );
      return [taken.comeBack, (await verbsOf(book.pool).takeBackFailed(keyOf('BACK1'))).takenBack];
    };
    await replied(book.pool, '2025-06-23', 1, [
      [of1, '4', 0, '0012'],
      [of2, '3', 75, '0000'],
      [less2, '6', 0, '0013'],
    ]);
    expect(await take()).toEqual([2, 2]);
    expect(await take()).toEqual([0, 0]);
    expect(await elections('BACK1')).toEqual(['2 ACCEPT 75']);
    expect(await breaks('BACK1')).toEqual([]);
    expect(await told('BACK1', 'ELECTION_REFUSED')).toEqual([
      expect.stringMatching(/^1 .*\(0012\)\. What was elected with it stands no more\. Elect again before/),
      expect.stringMatching(/^2 .*\(0013\)\. The withdrawal was not taken: what was elected before stands again/),
    ]);
    expect(await told('BACK1', 'ELECTION_RESULT')).toEqual([
      '2 BACK1: you elected accept the offer for 75 shares; 75 shares were confirmed.',
    ]);
    await elect('BACK1', 1, '700');
    await file();
    expect(await filings('BACK1')).toEqual(['1 700 refused', '2 75 success', '2 -35 refused', '1 700 confirmed']);
    // What was blocked for it is let go, and blocked anew.
    expect([...(await atCounter('BACK1'))].sort()).toEqual([
      'F -35',
      'F 700',
      'F 700',
      'F 75',
      'F:released:-35 35',
      'F:released:700 -700',
    ]);
  });

  test('a first vote that is refused leaves none that counts, a later one the vote before it', async () => {
    const meeting = { code: '08005', eventCode: 'R9', date2: '2025-06-20', date3: '2025-06-26', mark2: 'ADD' };
    await at('2025-06-20T12:00:00Z');
    await noticed(book.pool, '2025-06-20', [
      { ...meeting, kind: 'H06', mark1: 'Y' },
      { ...meeting, kind: 'H12', secondCode: '1' },
    ]);
    await verbsOf(book.pool).determineHolders(keyOf('R9'));
    await at('2025-06-23T02:00:00Z');
    await verbsOf(book.pool).moveCorporateAction({ ...keyOf('R9'), to: 'collecting' });
    await elect('R9', 1, '10', 'FOR', '1');
    await file(REFUSED);
    await elect('R9', 1, '20', 'FOR', '1');
    await file();
    await elect('R9', 1, '30', 'FOR', '1');
    await file(REFUSED);
    expect(await told('R9', 'ELECTION_REFUSED')).toEqual([
      expect.stringContaining('No vote counts at present.'),
      expect.stringContaining('The vote before it counts.'),
    ]);
  });

  test('an event that is closed is told with its last answer, in the same transaction', async () => {
    await collecting('R5');
    await elect('R5', 1, '100');
    await at('2025-06-26T05:00:00Z');
    await verbsOf(book.pool).closeElections(keyOf('R5'));
    await file();
    const signals = `select payload ->> 'signal' as line from outbox where workflow_id = 'corporate-action:SH:R5' and starts_with(message_key, 'corporate-action:SH:R5:filed:')`;
    expect(await lines(signals)).toEqual(['eventChanged']);
  });
});

/** Taken down from the first holder, and approved by nobody yet. */
async function telephoned(eventNo: string, recording: string, quantity: string, option = 'ACCEPT'): Promise<string> {
  const { telephoneNo } = await recordTelephoneElection(book.pool, {
    ...keyOf(eventNo),
    securitiesAccount: 'A100000001',
    ballot: '',
    option,
    quantity,
    versionShown: 1,
    recording,
    branches: null,
    by: 'branch-1',
    role: 'branch',
    key: recording,
    requestId: 'r',
  });
  return telephoneNo;
}
/** What was said to the process that asks for the approval. */
const takenOff = (no: string) =>
  lines(`select payload ->> 'signal' as line from outbox where message_key = $1`, `telephone-election:${no}:lapsed`);

test('whoever leaves it to the default is judged as one who elects, and asked again by other terms', async () => {
  await book.pool.query(`insert into archives (client_no, opened_on) values ('C10000001', '2025-06-01')`);
  await book.pool.query(
    `insert into registered_clients (client_no, kind, branch, account_manager, registered_on) values ('C10000001', 'natural', '1001', 'manager-1', '2025-06-01')`,
  );
  await book.pool.query(
    `insert into client_fund_accounts (fund_account, client_no) values ('6100000001', 'C10000001')`,
  );
  const waive = (key: string, versionShown = 1) =>
    leaveToDefault(book.pool, {
      ...keyOf('W1'),
      by: 'client-1',
      clientNo: 'C10000001',
      key,
      requestId: 'r',
      versionShown,
    });
  await collecting('W1');
  await at('2025-06-23T00:00:00Z');
  await expect(waive('outdated', 7)).rejects.toThrow(/EVENT_VERSION_OUTDATED/);
  await expect(waive('early')).rejects.toThrow(/ELECTION_NOT_OPEN/);
  await at('2025-06-23T02:00:00Z');
  const spoken = await telephoned('W1', 'W1-1', '100');
  const waived = await waive('once');
  expect(await waive('once')).toEqual(waived);
  // What was said by telephone before would be approved against the newer word.
  expect(await told('W1', 'ELECTION_LAPSED')).toEqual([
    expect.stringMatching(/100 shares, does not stand\. You have left it to the default option since/),
  ]);
  expect(await takenOff(spoken)).toEqual(['eventChanged']);
  const answered = () =>
    lines(
      `select concat_ws(' ', answered_at is not null, waived_at is not null, reopened_version) as line from corporate_action_holders
         join corporate_actions using (event_id) where event_no = 'W1' and securities_account = 'A100000001'`,
    );
  expect(await answered()).toEqual(['t t']);
  expect(await lines(`select act as line from election_steps where act_key = 'once'`)).toEqual(['waive']);
  await noticed(book.pool, '2025-06-23', [takeover('W1', { price1: '5.85', mark2: 'UPD' })]);
  expect(await answered()).toEqual(['f f 2']);
  await waive('by the new terms', 2);
  expect(await answered()).toEqual(['t t']);
  await noticed(book.pool, '2025-06-24', [takeover('W1', { mark2: 'DEL' })]);
  await expect(waive('cancelled', 3)).rejects.toThrow(/EVENT_CANCELLED/);

  // No process has run since the notice: whoever elects first has the holders determined.
  await at('2025-06-20T12:00:00Z');
  await noticed(book.pool, '2025-06-20', [takeover('W2')]);
  await at('2025-06-23T02:00:00Z');
  const own = (more: object = {}) =>
    electByLogin(book.pool, {
      ...keyOf('W2'),
      by: 'client-1',
      clientNo: 'C10000001',
      key: `W2 ${(acts += 1)}`,
      requestId: 'r',
      ballot: '',
      option: 'ACCEPT',
      quantity: '10',
      versionShown: 1,
      ...more,
    });
  expect(await own()).toMatchObject({ securitiesAccount: 'A100000001', quantity: '10' });
  // Of two accounts the one that can elect; where both can, the client says which.
  await book.pool.query(
    `insert into client_fund_accounts (fund_account, client_no) values ('6100000002', 'C10000001')`,
  );
  await expect(own()).rejects.toThrow(/ACCOUNT_TO_BE_NAMED/);
  expect(await own({ securitiesAccount: 'A100000002' })).toMatchObject({ securitiesAccount: 'A100000002' });
  await book.pool.query(
    `update corporate_action_holders set electable = 0, excess = elected where securities_account = 'A100000001' and event_id = (select event_id from corporate_actions where event_no = 'W2')`,
  );
  // Of many who find nobody determined one has it done: who comes behind it at the door finds it done.
  await verbsOf(book.pool).determineHolders({ ...keyOf('W2'), unlessKnown: true });
  expect(await own({ quantity: '20' })).toMatchObject({ securitiesAccount: 'A100000002', quantity: '20' });
  // The desk of the own account as any other.
  await book.pool.query(
    `insert into clients select '6200000001', 'B100000001', '1001', '21000', 'proprietary', 'institution', 0.0003, 500`,
  );
  await holding(book.pool, '2025-06-20', '08007', [{ account: 'B100000001', shares: 500 }]);
  await at('2025-06-20T12:00:00Z');
  await noticed(book.pool, '2025-06-20', [takeover('W3', { code: '08007' })]);
  await at('2025-06-23T02:00:00Z');
  const firm = { securitiesAccount: 'B100000001', ballot: '', option: 'ACCEPT', quantity: '500', versionShown: 1 };
  expect(
    await electForFirm(book.pool, { ...keyOf('W3'), ...firm, by: 'prop-1', key: 'W3', requestId: 'r' }),
  ).toMatchObject({ quantity: '500' });
});

test('a kind that is not served on its date is recorded and told, with what follows from it, and opens no election', async () => {
  await book.pool.query(
    `update served_event_kinds set valid_to = '2025-06-01' where kind = 'OPEN_OFFER' and valid_to is null`,
  );
  await book.pool.query(
    `insert into served_event_kinds (kind, is_served, name_zh, name_en, valid_from, source)
     values ('OPEN_OFFER', false, '公开配售', 'open offer', '2025-06-01', 'test')`,
  );
  await at('2025-06-20T12:00:00Z');
  await noticed(book.pool, '2025-06-20', [takeover('N1', { kind: 'H13', ratio1: '2', ratio2: '1' })]);
  expect(await event('N1')).toMatchObject({
    ...{ kind: 'OPEN_OFFER', state: 'announced', version: 1 },
    ...{ isServed: false, isElective: false, opensAt: null, brokerCutAt: null },
  });
  expect(await verbsOf(book.pool).determineHolders(keyOf('N1'))).toMatchObject({ holders: 4 });
  expect(await verbsOf(book.pool).forwardEvent(keyOf('N1'))).toEqual({ queued: 4 });
  expect(await told('N1', 'CORPORATE_ACTION_NOT_SERVED')).toEqual(
    [1, 2, 3, 4].map(
      (nth) =>
        `${nth} Of 08005, which you hold, there is a corporate action: open offer (number N1, version 1). Elections of this kind are not served. It cannot be subscribed for.`,
    ),
  );
  await at('2025-06-23T02:00:00Z');
  await expect(elect('N1', 1, '10', 'SUBSCRIBE')).rejects.toThrow(/EVENT_KIND_NOT_SERVED/);
});

test('whom a notice has reached, who has answered and who is silent is counted by number and by quantity', async () => {
  await collecting('N2');
  expect(await verbsOf(book.pool).forwardEvent(keyOf('N2'))).toEqual({ queued: 4 });
  // Of a second pass nobody is told twice.
  expect(await verbsOf(book.pool).forwardEvent(keyOf('N2'))).toEqual({ queued: 0 });
  await book.pool.query(
    `update outbox set state = case right(recipient_ref, 1) when '4' then 'sent' else 'delivered' end
      where workflow_id = 'corporate-action:SH:N2' and template = 'CORPORATE_ACTION' and right(recipient_ref, 1) in ('1', '2', '4')`,
  );
  await elect('N2', 1, '100');
  const { reach } = await eventPageOf(book.pool, OPERATIONS, keyOf('N2'));
  const counted = (holders: number) => ({ holders, shares: `${holders * 1000}` });
  expect(reach).toEqual({
    holders: counted(4),
    reached: counted(2),
    answered: counted(1),
    silent: counted(3),
    unreachable: counted(0),
    reopened: counted(0),
  });
});

test('after the close a difference of one holder hides none of another, is a break until it agrees, and only then is the close proven', async () => {
  await collecting('B1');
  await elect('B1', 1, '100');
  await elect('B1', 2, '100');
  await file();
  await at('2025-06-26T05:00:00Z');
  await verbsOf(book.pool).closeElections(keyOf('B1'));
  // Of one holder nothing has gone out, of the other twice as much: 200 held, 200 submitted, 200 acknowledged.
  const stateOf = (no: string, state: string) =>
    book.pool.query('update election_filings set state = $2 where filing_no = $1', [no, state]);
  const [first = ''] = await lines(
    `select filing_no as line from election_filings join corporate_actions using (event_id) where event_no = 'B1' order by filing_seq`,
  );
  await stateOf(first, 'waiting');
  await book.pool.query(
    `insert into election_filings (filing_no, event_id, securities_account, option, act_key, business, quantity, state, answered_at)
     select 'F209912310001', event_id, 'A100000002', 'ACCEPT', 'nobody', 'H63', 100, 'confirmed', business_now() from corporate_actions where event_no = 'B1'`,
  );
  const prove = (nth: number) => verbsOf(book.pool).reconcileElections({ ...keyOf('B1'), nth });
  const found = () =>
    lines(
      `select concat_ws(' ', b.kind, break_key, facts ->> 'held', facts ->> 'submitted', facts ->> 'acknowledged', facts ->> 'accounts', reason) as line
         from corporate_action_breaks b join corporate_actions using (event_id) where event_no = 'B1'`,
    );
  expect(await prove(1)).toMatchObject({ breaks: 1, unanswered: 1 });
  const differing = 'tally :ACCEPT 200 200 200 (2 holders differ) ["A100000001", "A100000002"]';
  expect(await found()).toEqual([differing]);
  await stateOf(first, 'confirmed');
  await stateOf('F209912310001', 'refused');
  expect(await prove(2)).toMatchObject({ breaks: 0, unanswered: 0, owed: null });
  expect(await found()).toEqual([`${differing} agrees`]);
  expect((await event('B1')).provenRound).toBe(1);
});

describe('later notices', () => {
  test('of three acceptances each is withdrawn by a filing of its own once the offer leaves no choice, and the event goes on to its money', async () => {
    await collecting('V1');
    for (const nth of [1, 2, 3]) await elect('V1', nth, '100');
    await file();
    await noticed(book.pool, '2025-06-23', [takeover('V1', { mark1: '3', mark2: 'UPD' })]);
    // All that they had elected lapsed: they are told so, as those are whose election stands.
    expect(
      await lines(
        `select concat_ws(' ', right(securities_account, 1), reopened_version, answered_at is null) as line from corporate_action_holders
           join corporate_actions using (event_id) where event_no = 'V1' and reopened_version is not null order by 1`,
      ),
    ).toEqual(['1 2 t', '2 2 t', '3 2 t']);
    expect((await filings('V1')).slice(3)).toEqual(['1 -100 waiting', '2 -100 waiting', '3 -100 waiting']);
    expect(await event('V1')).toMatchObject({ state: 'announced', isElective: false, brokerCutAt: null });
    // Refused all the same: the other answers are kept, and nothing stands that nobody can choose any more.
    await file({ ...REFUSED, which: `securities_account = 'A100000002'` });
    expect((await filings('V1')).slice(3)).toEqual(['1 -100 confirmed', '2 -100 refused', '3 -100 confirmed']);
    expect(await elections('V1')).toEqual(['2 ACCEPT 100']);
    expect(await breaks('V1')).toHaveLength(1);
  });

  test('a date outside the calendar, or none, leaves deadlines, options and elections as they are, and is asked about', async () => {
    await collecting('V2');
    await elect('V2', 1, '100');
    const before = await event('V2');
    await noticed(book.pool, '2025-06-23', [takeover('V2', { date3: '2099-06-26', mark2: 'UPD' })]);
    const { date3: _, ...undated } = takeover('V2', { mark2: 'UPD' });
    await noticed(book.pool, '2025-06-24', [undated]);
    const after = await event('V2');
    expect([after.state, after.isElective, after.brokerCutAt]).toEqual(['collecting', true, before.brokerCutAt]);
    expect(await elections('V2')).toEqual(['1 ACCEPT 100']);
    expect(await breaks('V2')).toEqual([
      expect.stringContaining('a date lies outside the calendar'),
      expect.stringContaining('names no deadline'),
    ]);
  });

  test('another security, or another kind, is a version: what was chosen and filed in the security before is withdrawn there', async () => {
    await holding(book.pool, '2025-06-20', '08006', [{ account: 'A100000003', shares: 700 }]);
    await collecting('V13');
    await elect('V13', 1, '100');
    await file();
    await elect('V13', 2, '50');
    await noticed(book.pool, '2025-06-23', [takeover('V13', { code: '08006', mark2: 'UPD' })]);
    expect(await event('V13')).toMatchObject({ version: 2, code: '08006', state: 'collecting' });
    expect(
      await lines(
        `select v.differences::text as line from corporate_action_versions v join corporate_actions using (event_id) where event_no = 'V13' and v.version = 2`,
      ),
    ).toEqual(['[{"term": "security", "after": "08006", "before": "08005"}]']);
    expect(await breaks('V13')).toEqual([expect.stringContaining('another security under the same event number')]);
    expect(await elections('V13')).toEqual([]);
    await verbsOf(book.pool).determineHolders(keyOf('V13'));
    await elect('V13', 3, '70');
    await file();
    // What waited under the security before goes out under it, with its withdrawal.
    expect(await filings('V13')).toEqual([
      '1 100 confirmed',
      '2 50 confirmed',
      '1 -100 confirmed',
      '2 -50 confirmed',
      '3 70 confirmed',
    ]);
    expect(filedUnder('V13')).toEqual(['08005 -100', '08005 -50', '08005 100', '08005 50', '08006 70']);
    await expect(elect('V13', 1, '1')).rejects.toThrow(/NOTHING_ELECTABLE/);
    // The same terms, of another kind: bonus shares in place of a dividend.
    const registered = {
      kind: 'H01',
      code: '08005',
      eventCode: 'V14',
      mark2: '',
      date1: '2025-06-25',
      ratio2: '1',
      ratio1: '10',
    };
    await noticed(book.pool, '2025-06-23', [{ ...registered, entitlementClass: 'HL' }]);
    await noticed(book.pool, '2025-06-24', [{ ...registered, entitlementClass: 'S' }]);
    expect(await event('V14')).toMatchObject({ version: 2, kind: 'BONUS_SHARES' });
  });

  test('one resolution that is withdrawn leaves its meeting and the votes on the others', async () => {
    const meeting = { code: '08005', eventCode: 'V3', date2: '2025-06-20', date3: '2025-06-26' };
    const resolution = (secondCode: string, mark2: string) => ({ ...meeting, kind: 'H12', secondCode, mark2 });
    await at('2025-06-20T12:00:00Z');
    await noticed(book.pool, '2025-06-20', [
      { ...meeting, kind: 'H06', mark1: 'Y', mark2: 'ADD' },
      resolution('1', 'ADD'),
      resolution('2', 'ADD'),
    ]);
    await verbsOf(book.pool).determineHolders(keyOf('V3'));
    await at('2025-06-23T02:00:00Z');
    await verbsOf(book.pool).moveCorporateAction({ ...keyOf('V3'), to: 'collecting' });
    for (const ballot of ['1', '2']) await elect('V3', 1, '500', 'FOR', ballot);
    await file();
    await noticed(book.pool, '2025-06-23', [resolution('2', 'DEL')]);
    expect((await event('V3')).state).toBe('collecting');
    expect(await elections('V3')).toEqual(['1 1 FOR 500']);
    expect(await breaks('V3')).toEqual([]);
    // Of the newest version, and on what it puts no more.
    await expect(elect('V3', 1, '1', 'FOR', '2')).rejects.toThrow(/OPTION_UNKNOWN/);
    // The vote on what is put no more is no difference after the close.
    await at('2025-06-26T05:00:00Z');
    await verbsOf(book.pool).closeElections(keyOf('V3'));
    expect(await verbsOf(book.pool).reconcileElections({ ...keyOf('V3'), nth: 1 })).toEqual({
      breaks: 0,
      unanswered: 0,
      owed: null,
      breaksAsOf: '0',
    });
    expect((await event('V3')).provenRound).toBe(1);
  });

  test('the file of an earlier day that comes late is kept and not in force; a resend of the newest day is', async () => {
    await collecting('V4');
    await noticed(book.pool, '2025-06-23', [takeover('V4', { price1: '5.85', mark2: 'UPD' })]);
    await noticed(book.pool, '2025-06-20', [takeover('V4')]);
    expect(await event('V4')).toMatchObject({ version: 2, terms: { priceBeforeTax: '5.85' } });
    expect(await breaks('V4')).toEqual([]);
    await noticed(book.pool, '2025-06-20', [takeover('V4', { price1: '5.50' })]);
    await noticed(book.pool, '2025-06-20', [takeover('V4', { mark2: 'DEL' })]);
    expect(await event('V4')).toMatchObject({
      version: 2,
      state: 'collecting',
      terms: { priceBeforeTax: '5.85' },
    });
    expect(await breaks('V4')).toHaveLength(2);
    await noticed(book.pool, '2025-06-23', [takeover('V4', { price1: '5.90', mark2: 'UPD' })]);
    expect(await event('V4')).toMatchObject({ version: 5, terms: { priceBeforeTax: '5.9' } });
    expect(await breaks('V4')).toHaveLength(2);
  });

  test('an approved deadline stands until the notice names another date; then it falls and people are told', async () => {
    await collecting('V5');
    const { eventId } = await event('V5');
    const approved = { brokerCutAt: '2025-06-26T06:30:00.000Z', clientCutAt: '2025-06-26T06:00:00.000Z' };
    await book.pool.query(
      `insert into election_cut_changes (event_id, version, broker_before, broker_after, client_after, reason, request_key, asked_by, state, decided_by, decided_at)
       values ($1, 1, '2025-06-26T05:00:00Z', $2, $3, 'more time for holders', 'V5', 'ops-1', 'approved', 'ops-2', business_now())`,
      [eventId, approved.brokerCutAt, approved.clientCutAt],
    );
    await book.pool.query('update corporate_actions set broker_cut_at = $2, client_cut_at = $3 where event_id = $1', [
      eventId,
      approved.brokerCutAt,
      approved.clientCutAt,
    ]);
    await noticed(book.pool, '2025-06-23', [takeover('V5', { price1: '5.85', mark2: 'UPD' })]);
    expect(await event('V5')).toMatchObject({ version: 2, ...approved });
    expect(await breaks('V5')).toEqual([]);
    await noticed(book.pool, '2025-06-24', [takeover('V5', { price1: '5.85', date3: '2025-06-27', mark2: 'UPD' })]);
    expect(await event('V5')).toMatchObject({ version: 3, brokerCutAt: '2025-06-27T05:00:00.000Z' });
    expect(await breaks('V5')).toEqual([expect.stringContaining('the one that was approved fell')]);
    await expect(
      book.pool.query(`update corporate_actions set version = 4, broker_cut_at = $2 where event_id = $1`, [
        eventId,
        approved.brokerCutAt,
      ]),
    ).rejects.toThrow(/another date of the notice/);
  });

  test('a deadline that is moved, moved back and moved there again is told each time', async () => {
    await collecting('V15');
    const { eventId, brokerCutAt } = await event('V15');
    const verbs = verbsOf(book.pool);
    let before = brokerCutAt;
    for (const [nth, broker] of ['04:30', '05:00', '04:30'].entries()) {
      const [brokerAfter, clientAfter] = [
        `2025-06-26T${broker}:00.000Z`,
        `2025-06-26T0${nth % 2 === 0 ? '4:00' : '4:30'}:00.000Z`,
      ];
      await book.pool.query(
        `insert into election_cut_changes (event_id, version, broker_before, broker_after, client_after, reason, request_key, asked_by, state, decided_by, decided_at)
         values ($1, 1, $2, $3, $4, 'as the issuer asks', $5, 'ops-1', 'approved', 'ops-2', business_now())`,
        [eventId, before, brokerAfter, clientAfter, `V15 ${nth}`],
      );
      await book.pool.query('update corporate_actions set broker_cut_at = $2, client_cut_at = $3 where event_id = $1', [
        eventId,
        brokerAfter,
        clientAfter,
      ]);
      before = brokerAfter;
      expect((await verbs.readCorporateAction(keyOf('V15'))).isDeadlineUntold).toBe(true);
      expect(await verbs.tellDeadline(keyOf('V15'))).toEqual({ queued: 4 });
      expect((await verbs.readCorporateAction(keyOf('V15'))).isDeadlineUntold).toBe(false);
    }
  });

  test('an offer that is extended after the close is opened again: defaults lapse, choices stand; one that is only changed is asked about', async () => {
    await collecting('V6');
    await elect('V6', 1, '300');
    await elect('V6', 1, '100', 'DECLINE');
    await file();
    await at('2025-06-26T05:00:00Z');
    await verbsOf(book.pool).closeElections(keyOf('V6'));
    expect(await elections('V6')).toEqual([
      '1 ACCEPT 300',
      '1 DECLINE 700',
      '2 DECLINE 1000',
      '3 DECLINE 1000',
      '4 DECLINE 1000',
    ]);
    await at('2025-06-26T10:00:00Z');
    await noticed(book.pool, '2025-06-25', [takeover('V6', { price1: '5.85', mark2: 'UPD' })]);
    expect(await event('V6')).toMatchObject({ state: 'closed', round: 1 });
    expect(await breaks('V6')).toEqual([expect.stringContaining('changed after the close')]);
    await noticed(book.pool, '2025-06-26', [takeover('V6', { price1: '5.85', date3: '2025-07-10', mark2: 'UPD' })]);
    expect(await event('V6')).toMatchObject({
      state: 'announced',
      isElective: true,
      closedAt: null,
      round: 2,
      brokerCutAt: '2025-07-10T05:00:00.000Z',
    });
    expect(await elections('V6')).toEqual(['1 ACCEPT 300', '1 DECLINE 100']);
    await at('2025-06-27T02:00:00Z');
    await verbsOf(book.pool).moveCorporateAction({ ...keyOf('V6'), to: 'collecting' });
    await elect('V6', 2, '50');
    await at('2025-07-10T05:00:00Z');
    await verbsOf(book.pool).closeElections(keyOf('V6'));
    expect(await elections('V6')).toEqual([
      '1 ACCEPT 300',
      '1 DECLINE 700',
      '2 ACCEPT 50',
      '2 DECLINE 950',
      '3 DECLINE 1000',
      '4 DECLINE 1000',
    ]);
    // By default at the second close: 600 + 950 + 1,000 + 1,000; the first 600 + 1,000 + 1,000 + 1,000 lapsed.
    expect((await eventPageOf(book.pool, OPERATIONS, keyOf('V6'))).options).toMatchObject([
      { option: 'ACCEPT', elected: { shares: '350' }, byDefault: '0' },
      { option: 'DECLINE', elected: { shares: '3650' }, byDefault: '3550' },
    ]);
  });

  test('who may vote without a record date is known on the day of the deadline of HKSCC, a mainland working day after that of the notice', async () => {
    await at('2025-06-20T12:00:00Z');
    const voted = { kind: 'H06', code: '08005', mark1: 'Y', mark2: 'ADD', date3: '2025-06-27' };
    await noticed(book.pool, '2025-06-20', [
      { ...voted, eventCode: 'V11' },
      { ...voted, eventCode: 'V12', date2: '2025-06-26' },
    ]);
    expect(await event('V11')).toMatchObject({ kind: 'VOTING', relevantOn: '2025-06-30' });
    expect((await event('V12')).relevantOn).toBe('2025-06-26');
  });

  test('an event that is cancelled after its close and announced anew is elected in again, and its silent get the default', async () => {
    await collecting('V7');
    await at('2025-06-26T05:00:00Z');
    await verbsOf(book.pool).closeElections(keyOf('V7'));
    await noticed(book.pool, '2025-06-26', [takeover('V7', { mark2: 'DEL' })]);
    expect(await elections('V7')).toEqual([]);
    await at('2025-06-27T10:00:00Z');
    await noticed(book.pool, '2025-06-27', [takeover('V7', { date3: '2025-07-10' })]);
    expect(await event('V7')).toMatchObject({ state: 'announced', closedAt: null, round: 2, endedAt: null });
    await at('2025-06-30T02:00:00Z');
    await verbsOf(book.pool).moveCorporateAction({ ...keyOf('V7'), to: 'collecting' });
    expect((await elect('V7', 1, '10')).quantity).toBe('10');
    await at('2025-07-10T05:00:00Z');
    await verbsOf(book.pool).closeElections(keyOf('V7'));
    expect(await elections('V7')).toHaveLength(5);
  });

  test('a notice that leaves no time opens nothing, says so to its holders, and is asked about', async () => {
    await at('2025-06-26T10:00:00Z');
    await noticed(book.pool, '2025-06-26', [takeover('V8')]);
    expect(await event('V8')).toMatchObject({ isElective: false, opensAt: null });
    expect(await breaks('V8')).toEqual([expect.stringContaining('there is no time to elect')]);
    await verbsOf(book.pool).determineHolders(keyOf('V8'));
    await verbsOf(book.pool).forwardEvent(keyOf('V8'));
    await expect(elect('V8', 1, '10')).rejects.toThrow(/ELECTIONS_NOT_OFFERED/);
    expect((await told('V8', 'CORPORATE_ACTION'))[0]).toMatch(/You cannot elect by yourself at present/);
    await expect(
      book.pool.query(
        `update corporate_actions set version = 2, opens_at = '2025-06-27T01:00:00Z', client_cut_at = '2025-06-26T04:30:00Z', broker_cut_at = '2025-06-26T05:00:00Z',
           clearing_cut_at = '2025-06-26T07:00:00Z', hkscc_cut_at = '2025-06-27T07:00:00Z' where event_no = 'V8'`,
      ),
    ).rejects.toThrow(/elections_open_before_they_close/);
  });
});

test('the newest instruction of a holder stands: what he said by telephone before it lapses, and he is told', async () => {
  await collecting('T1');
  const approve = (no: string) =>
    inTransaction(book.pool, async (sql) =>
      telephoneElectionSubject.end(
        sql,
        no,
        { state: 'approved', by: 'branch-2', at: '2025-06-23T02:30:00Z' },
        await telephoneElectionSubject.lock(sql, no),
      ),
    );
  const overtaken = await telephoned('T1', 'T1-1', '900');
  const beside = await telephoned('T1', 'T1-2', '100', 'DECLINE');
  await elect('T1', 1, '200');
  // Nobody is asked any more to listen to it.
  expect(await takenOff(overtaken)).toEqual(['eventChanged']);
  await expect(approve(overtaken)).rejects.toThrow(/ELECTION_DRAFT_DECIDED/);
  await approve(beside);
  expect(await elections('T1')).toEqual(['1 ACCEPT 200', '1 DECLINE 100']);
  // Of two recordings the later one stands, in whichever order they are approved.
  const [older, newer] = [await telephoned('T1', 'T1-3', '300'), await telephoned('T1', 'T1-4', '400')];
  await approve(newer);
  await expect(approve(older)).rejects.toThrow(/ELECTION_DRAFT_DECIDED/);
  expect(await elections('T1')).toEqual(['1 ACCEPT 400', '1 DECLINE 100']);
  expect(await told('T1', 'ELECTION_LAPSED')).toEqual([
    expect.stringMatching(/900 shares, does not stand\. You have elected on it since/),
    expect.stringMatching(/300 shares, does not stand\. You have elected on it since/),
  ]);
});

test('what a resend of the file of the day tells no more falls with the file before it, and is asked about', async () => {
  await collecting('F1');
  await elect('F1', 1, '100');
  await file();
  await elect('F1', 2, '50');
  const before = await event('F1');
  await at('2025-06-25T11:00:00Z');
  await noticed(book.pool, '2025-06-25', [takeover('F1', { mark2: 'DEL' }), takeover('F2')]);
  expect([(await event('F1')).state, await elections('F1')]).toEqual(['cancelled', []]);
  await file();
  // The resend tells neither: the cancellation is none, and the event that was announced by mistake is no event.
  await noticed(book.pool, '2025-06-25', [takeover('F3', { date3: '2025-07-10' })], { isResend: true });
  const { brokerCutAt, round } = before;
  expect(await event('F1')).toMatchObject({
    ...{ state: 'announced', isElective: true, version: 3, endedAt: null },
    ...{ brokerCutAt, round },
  });
  // The clearing house never cancelled: what was filed stands with what was elected, what waited goes out, and the counter blocks it again.
  expect([await elections('F1'), await filings('F1')]).toEqual([
    ['1 ACCEPT 100', '2 ACCEPT 50'],
    ['1 100 confirmed', '2 50 waiting'],
  ]);
  expect(
    await lines(
      `select concat_ws(' ', right(securities_account, 1), elected, answered_at is not null, reopened_version) as line from corporate_action_holders
         join corporate_actions using (event_id) where event_no = 'F1' and elected > 0 order by 1`,
    ),
  ).toEqual(['1 100 t 3', '2 50 t 3']);
  await file();
  expect(await filings('F1')).toEqual(['1 100 confirmed', '2 50 confirmed']);
  expect([...(await atCounter('F1'))].sort()).toEqual(['F 100', 'F 50', 'F:released:0:1 100', 'F:released:100 -100']);
  expect(await event('F2')).toMatchObject({ state: 'cancelled', version: 2 });
  for (const one of ['F1', 'F2'])
    expect(await breaks(one)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('the resend of the notice file does not tell the event any more'),
      ]),
    );
  expect((await event('F3')).version).toBe(1);
  // A cancellation that stands lets go of it by a key of its own; what is carried out all the same is asked about.
  await noticed(book.pool, '2025-06-26', [takeover('F1', { mark2: 'DEL' })]);
  await file();
  expect(await atCounter('F1')).toEqual(expect.arrayContaining(['F:released:100:1 -100', 'F:released:50:1 -50']));
});

/** Whoever waits for the row of an event holds its door already: nobody waits crosswise. */
test('a close waits at the door and holds nothing before it', async () => {
  await collecting('L1');
  await at('2025-06-26T05:00:00Z');
  const other = await book.pool.connect();
  await other.query('begin');
  await shutDoor(other, (await event('L1')).eventId);
  const closing = verbsOf(book.pool).closeElections(keyOf('L1'));
  await untilWaiting(other, 1);
  await other.query(`set local lock_timeout = '2s'`);
  await lockEvent(other, keyOf('L1'));
  await other.query('commit');
  other.release();
  expect((await closing).isClosed).toBe(true);
});

/** Last of all: the calendar of the book grows, and a day is closed. */
test('a date that the calendar does not know is left open and nothing is computed by it, until a newer calendar knows it', async () => {
  await at('2025-06-20T12:00:00Z');
  const registered = { kind: 'H01', code: '08005', mark2: '', price1: '0.5', price2: '0.4' };
  await noticed(book.pool, '2025-06-20', [
    { ...registered, entitlementClass: 'HL', eventCode: 'D1', date1: '2027-01-08', date2: '2027-01-15' },
    takeover('D2', { date3: '2027-01-05' }),
    { ...registered, entitlementClass: 'S', eventCode: 'D3', date1: '2025-06-20', ratio1: '10', ratio2: '1' },
  ]);
  expect(await event('D1')).toMatchObject({ recordOn: '2027-01-08', relevantOn: null });
  expect(await event('D2')).toMatchObject({ relevantOn: '2025-06-20', isElective: false, brokerCutAt: null });
  for (const one of ['D1', 'D2'])
    expect(await breaks(one)).toEqual([expect.stringContaining('it is computed once the calendar knows it')]);
  await book.pool.query(
    `insert into settlement_days (channel, business_date, workflow_id, day_kind, settlement_day, previous_trading_day, next_trading_day, trades_settle,
                                  fee_settles, risk_settles, calendar_version, stage, closed_at)
     values ('SH', '2025-06-20', 'settlement-day:SH:2025-06-20', 'full', true, '2025-06-19', '2025-06-23', '2025-06-20', '2025-06-20', '2025-06-20', 1, 'closed',
             business_now())`,
  );
  expect((await verbsOf(book.pool).determineHolders(keyOf('D1'))).holders).toBe(4);
  expect(await verbsOf(book.pool).settleEntitlements(keyOf('D1'))).toMatchObject({ computed: 0, isOver: false });
  expect(await verbsOf(book.pool).settleEntitlements(keyOf('D3'))).toMatchObject({ computed: 4 });

  const grown = (code: string, values: Record<string, 'CLOSED'> = {}) =>
    inTransaction(book.pool, async (sql) =>
      loadCalendarVersion(sql, {
        ...(await calendarWith(sql, code, { values, reason: 'next year', source: 'notice' })),
        ...{ knownTo: '2027-12-31' as BusinessDate, by: 'supervisor-1', reason: 'next year' },
      }),
    );
  // What one of the two exchanges does not know, the link does not know.
  await grown('SSE');
  expect((await event('D1')).relevantOn).toBeNull();
  await grown('SEHK');
  expect(await event('D1')).toMatchObject({ version: 1, revision: 2, relevantOn: '2027-01-08' });
  const opened = { version: 2, isElective: true, state: 'announced', brokerCutAt: '2027-01-05T05:00:00.000Z' };
  expect(await event('D2')).toMatchObject(opened);
  expect((await eventPageOf(book.pool, OPERATIONS, keyOf('D2'))).options).toHaveLength(2);
  for (const one of ['D1', 'D2']) expect(await breaks(one)).toEqual([]);
  // A closure moves the day that counts, and what was told of the deadlines stands.
  await grown('SSE', { '2027-01-08': 'CLOSED', '2027-01-06': 'CLOSED' });
  expect(await event('D1')).toMatchObject({ version: 1, relevantOn: '2027-01-07' });
  expect(await event('D2')).toMatchObject({ ...opened, hksccCutAt: expect.stringMatching(/^2027-01-0[78]/) as string });

  // Shares that come on the last day that is known can be sold from one that is not: it is left for the next look.
  const { eventId } = await event('D3');
  await book.pool.query(
    `update corporate_action_entitlements set credited_in = 100, credited_on = '2027-12-31', sellable_from = '2028-01-03' where event_id = $1`,
    [eventId],
  );
  const sellable = await inTransaction(book.pool, async (sql) =>
    askAboutSellableDays(sql, await readEvent(sql, keyOf('D3'))),
  );
  expect([sellable, await breaks('D3')]).toEqual([{ isKnown: false }, []]);
});
