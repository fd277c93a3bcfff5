/** Promises on a real database: how they are given, stopped, extended, moved by a corrected calendar, and how they end. */
import type { PoolClient } from 'pg';
import type { CorrectCalendar } from '../../../activities/calendar/correct-calendar';
import { loadCalendarVersion, previewCalendar } from '../../../activities/calendar/correct-calendar';
import type { CalendarDay } from '../../../activities/calendar/calendar-versions';
import { holdCalendars } from '../../../activities/calendar/calendar-lock';
import { askMoreTime } from '../../../activities/intake/complaints/ask-more-time';
import { inTransaction } from '../../../activities/database/transaction';
import { loadReference } from '../../../activities/books/load-reference';
import { owedByProcess, owedByProcesses, withKey, withOneOfKeys } from '../../../activities/database/promises-found';
import { lockDeadline, type Climbed } from '../../../activities/deadlines/deadline-row';
import { abandonDeadlinesOf, meetDeadline, withdrawDeadline } from '../../../activities/deadlines/end-deadline';
import { askExtension } from '../../../activities/deadlines/extend-deadline';
import { loadDeadline } from '../../../activities/deadlines/load-deadline';
import { givePromise, openDeadline, type PromiseGiven } from '../../../activities/deadlines/open-deadline';
import { resumeClock, stopClock } from '../../../activities/deadlines/stop-clock';
import { recordRungs } from '../../../activities/ladders/record-rungs';
import { endSubject } from '../../../activities/tasks/approval-subject';
import { calendarWith } from '../../../activities/terms/calendar-term';
import { parseBusinessDate as d } from '../../../domain/calendar/business-date';
import type { TermValues } from '../../../domain/terms/change-of-terms';
import { enterPeople } from '../../support/people';
import { openDatabase, type TestDatabase } from '../../support/database';

const at = (wall: string) => new Date(`${wall}:00+08:00`).toISOString();
const wall = (instant: string) => new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 16);

let book: TestDatabase;
let count = 0;
beforeAll(async () => {
  book = await openDatabase('deadlines');
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('deadlines', 'test', 'manual', $1)`,
    [at('2026-03-16T10:00')],
  );
  await loadReference(book.pool);
});
afterAll(() => book.close());

const correctCalendar =
  ({ pool }: Pick<TestDatabase, 'pool'>) =>
  (given: CorrectCalendar) =>
    inTransaction(pool, (sql) => loadCalendarVersion(sql, given));
const deps = () => ({ pool: book.pool });
const clockTo = (instant: string) => book.pool.query('update business_clock set now = $1', [at(instant)]);
interface Row {
  readonly state: string;
  readonly calendar_version: string;
  readonly due_at: string;
  readonly breached_at: string | null;
  readonly revision: number;
}
const rowOf = async (key: string): Promise<Row> => {
  const { rows } = await book.pool.query<Row>('select * from deadlines where business_key = $1', [key]);
  return rows[0]!;
};
interface ChangeRow {
  readonly cause: string;
  readonly due_before: string;
  readonly due_after: string;
  readonly by: string;
}
const changesOf = async (key: string): Promise<readonly ChangeRow[]> => {
  const { rows } = await book.pool.query<ChangeRow>(
    `select c.* from deadline_changes c join deadlines d using (deadline_id) where business_key = $1 order by c.revision`,
    [key],
  );
  return rows;
};

const DUE = '2026-03-19T09:30:00.000Z';
const INSTANT = '2026-03-19 09:30:00+00';

/** A promise of three working days, received on Monday 16 March 2026 at 10:00, as case 01 of the published table. */
async function given(change: Partial<PromiseGiven> = {}) {
  const businessKey = `case:${(count += 1)}`;
  const promise: PromiseGiven = {
    businessKey,
    workflowId: `complaint:${count}`,
    process: 'complaint',
    step: 'answer',
    subject: `C-${count}`,
    owner: { role: 'service' },
    ladder: 'PROMISE',
    limit: { kind: 'BUSINESS_DAYS', n: 3 },
    receivedAt: at('2026-03-16T10:00'),
    ...change,
  };
  return { key: businessKey, promise, climbed: await openDeadline(deps())(promise) };
}

const ring = (key: string, workflowId: string, climbed: Climbed, place: number) => {
  const { condition: _, ...rung } = climbed.rungs[place]!;
  const state = rung.rung === 3 ? ('escalated' as const) : ('acted' as const);
  return recordRungs(deps())({
    workflowId,
    ladder: 'PROMISE',
    subject: key,
    rungs: [{ ...rung, state, doneBy: 'southbound' }],
    promise: { businessKey: key, revision: climbed.revision },
  });
};

describe('given', () => {
  beforeAll(() => clockTo('2026-03-16T10:00'));

  it.each([
    // process, key                            whole                tail      another process    why
    ['complaint:K-1', 'complaint-answer:K-1', null, null, null, 'all of it follows'],
    ['complaint:K-2', 'complaint-answer:K-2:10', null, ':10', null, 'what comes after does not'],
    ['complaint:K-3', 'elsewhere:K-3', 'elsewhere:K-3', null, null, 'its key begins otherwise'],
    ['request:K-4', 'complaint-answer:K-4:1', null, ':1', 'request:K-4', 'another process owes it'],
  ])('says once what it is about: %s owes %s', async (workflowId, businessKey, whole, tail, another, _) => {
    const subject = /K-\d/.exec(businessKey)![0];
    await given({ workflowId, businessKey, subject });
    const asRead = { workflow_id: workflowId, business_key: businessKey };
    expect(await rowOf(businessKey)).toMatchObject({
      ...asRead,
      other_key: whole,
      key_tail: tail,
      other_workflow: another,
    });
    // As it was before is read likewise.
    await book.pool.query(`update deadlines set owner_person = 'li' where business_key = $1`, [businessKey]);
    const { rows } = await book.pool.query(
      'select workflow_id, business_key, owner_person from history.deadlines where business_key = $1',
      [businessKey],
    );
    expect(rows).toEqual([{ ...asRead, owner_person: null }]);
  });

  it('is given once, however its key is kept', async () => {
    const { promise } = await given({
      businessKey: 'complaint-answer:K-5:1',
      subject: 'K-5',
      workflowId: 'complaint:K-5',
    });
    const again = book.pool.query(
      `insert into deadlines (other_key, other_workflow, other_process, step, subject, owner_role, limit_n, received_at, civil_version, due_at, rungs)
       select business_key, 'x', 'x', 'x', 'x', owner_role, limit_n, received_at, civil_version, due_at, rungs from deadlines where business_key = $1`,
      [promise.businessKey],
    );
    await expect(again).rejects.toThrow(/promises_are_given_once/);
  });

  it.each([
    [
      {},
      { other_process: null, other_limit_kind: null, other_channel: null, civil_version: 1, other_calendars: null },
      { process: 'complaint', limit_kind: 'BUSINESS_DAYS', channel: 'SH', calendar_version: 'CIVIL 1' },
      'what mostly is the same',
    ],
    [
      { process: 'permission', limit: { kind: 'TRADING_DAYS', n: 2 }, channel: 'SZ' },
      { other_process: 'permission', other_limit_kind: 'TRADING_DAYS', other_channel: 'SZ', civil_version: null },
      { process: 'permission', limit_kind: 'TRADING_DAYS', channel: 'SZ', calendar_version: 'SEHK 1, SZSE 1' },
      'what differs',
    ],
  ] as const)('keeps where it differs what mostly is the same: %j', async (change, kept, read, _) => {
    const { key } = await given(change);
    const usual = { other_stop_days: null, stopped_days_at_most: 30, later_revision: null, revision: 1 };
    expect(await rowOf(key)).toMatchObject({ ...usual, ...kept, ...read });
  });

  it('is found by its process and by its key, whichever number they bear, without reading the whole table', async () => {
    // Numbers of both are the same, differ, or are missing on either side.
    const differing = { process: 'x', step: 'x', subject: 'x' };
    await given({ workflowId: 'complaint:T20260316-000001', businessKey: 'complaint-answer:T20260316-000001:1' });
    await given({ ...differing, workflowId: 'x:20260316', businessKey: 'x-of:T20260316-000001' });
    await given({ ...differing, workflowId: 'x:none', businessKey: 'x-of:T20260316-000002' });
    await given({ ...differing, workflowId: 'x:20260317', businessKey: 'x-of:none' });
    const one = `select count(*)::int as count from deadlines w`;
    const { rows } = await book.pool.query<{ all: number; ofProcess: number; ofProcesses: number; keyed: number }>(
      `select (${one}) as "all", (select count(*)::int from deadlines w join deadlines d on ${owedByProcess('d', 'w.workflow_id')}
                                   where d.deadline_id = w.deadline_id) as "ofProcess",
              (select count(*)::int from deadlines d
                where ${owedByProcesses('d', '(array(select workflow_id from deadlines))')}) as "ofProcesses",
              (select count(*)::int from deadlines w join deadlines d on ${withKey('d', 'w.business_key')}) as keyed`,
    );
    const { all, ...found } = rows[0]!;
    expect(found).toEqual({ ofProcess: all, ofProcesses: all, keyed: all });
    await inTransaction(book.pool, async (sql) => {
      await sql.query('set local enable_seqscan = off');
      const plan = async (from: string, value: unknown) =>
        JSON.stringify((await sql.query(`explain (format json) select d.state from ${from}`, [value])).rows);
      const plans = [
        await plan(`deadlines d where ${owedByProcess('d', '$1')}`, 'x:20260316'),
        await plan(`deadlines d where ${owedByProcesses('d', '$1')}`, ['x:20260316']),
        await plan(`processes p join deadlines d on ${owedByProcess('d', 'p.workflow_id')} where p.type = $1`, 'x'),
      ];
      for (const found of plans) {
        expect(found).toMatch(/promises_are_given_once/);
        expect(found).toMatch(/deadlines_of_other_number/);
      }
      const keyed = [
        await plan(`deadlines d where ${withKey('d', '$1')}`, 'x-of:none'),
        await plan(withOneOfKeys('$1'), ['x-of:none']),
      ];
      for (const found of keyed) expect(found).toMatch(/Index Scan.*promises_are_given_once/);
      for (const found of [...plans, ...keyed]) expect(found).not.toMatch(/"Seq Scan"[^}]*"deadlines"/);
    });
  });

  it.each([
    ['[]', [], 'without rungs'],
    [`[{"rung": 1, "dueAt": "${DUE}"}]`, [INSTANT], 'when it is due alone'],
    [
      `[{"rung": 1, "dueAt": "2026-03-18T01:30:00Z"}, {"rung": 3, "dueAt": "${DUE}"}]`,
      ['2026-03-18 01:30:00+00', null, INSTANT],
      'the last when it is due, one number without a rung',
    ],
    [
      `[{"rung": 1, "dueAt": "${DUE}"}, {"rung": 2, "dueAt": "2026-03-18T01:30:00Z"}]`,
      [INSTANT, '2026-03-18 01:30:00+00'],
      'another than the last when it is due',
    ],
    [
      '[{"rung": 3, "dueAt": "2091-07-01T00:00:00.999999Z"}, {"rung": 1, "dueAt": "1999-12-31T23:59:59.123457Z"}]',
      ['1999-12-31 23:59:59.123457+00', null, '2091-07-01 00:00:00.999999+00'],
      'to the microsecond and years away, none when it is due',
    ],
  ])('keeps instants as they are: %s', async (rungs, instants) => {
    const { rows } = await book.pool.query<{ instants: readonly (string | null)[] }>(
      `select array(select at::text from unnest(rung_instants(rungs_kept($1, $2), $2)) with ordinality r (at, n) order by n) as instants`,
      [rungs, DUE],
    );
    expect(rows[0]?.instants).toEqual(instants);
  });

  it('keeps how it ended, and when and by which ladder where that does not follow', async () => {
    const asGiven = await given();
    expect(await rowOf(asGiven.key)).toMatchObject({
      ...{ state: 'running', ended_as: null, ladder: 'PROMISE', other_ladder: null, opened_later_at: null },
      opened_at: at('2026-03-16T10:00'),
    });
    const { key } = await given({ ladder: 'CALLBACK', receivedAt: at('2026-03-13T10:00') });
    const late = { opened_at: at('2026-03-16T10:00'), opened_later_at: at('2026-03-16T10:00') };
    expect(await rowOf(key)).toMatchObject({ ...late, ladder: 'CALLBACK', other_ladder: 'CALLBACK' });
    const ofAct = await given({ openedAt: at('2026-03-13T10:00'), receivedAt: at('2026-03-13T10:00') });
    expect(await rowOf(ofAct.key)).toMatchObject({ opened_at: at('2026-03-13T10:00'), opened_later_at: null });
    const set = (values: string) => book.pool.query(`update deadlines set ${values} where business_key = $1`, [key]);
    await set('breached_at = due_at');
    expect(await rowOf(key)).toMatchObject({ state: 'breached' });
    await set(`ended_as = 'met late', ended_at = due_at + interval '1 ms', ended_by = 'li'`);
    expect(await rowOf(key)).toMatchObject({ state: 'met late' });
    // Its versions say it likewise, and the first of them from when it was given on.
    const { rows } = await book.pool.query(
      'select state, ladder, opened_at, version_from from history.deadlines where business_key = $1 order by version',
      [key],
    );
    const version = { ladder: 'CALLBACK', opened_at: late.opened_at, version_from: late.opened_at };
    expect(rows).toEqual([
      { ...version, state: 'running' },
      { ...version, state: 'breached' },
    ]);
  });

  it('computes its instants once and records them with the calendar version; OWNER is who owes it', async () => {
    const { key, climbed } = await given();
    expect(climbed.rungs.map(({ rung, dueAt, audience }) => [rung, wall(dueAt), audience])).toEqual([
      [1, '2026-03-18T09:30', 'service'],
      [2, '2026-03-19T10:54', 'service head'],
      [3, '2026-03-19T17:30', 'service,compliance'],
    ]);
    const row = await rowOf(key);
    expect([row.state, row.calendar_version, wall(row.due_at)]).toEqual(['running', 'CIVIL 1', '2026-03-19T17:30']);
  });

  it('is one promise however often it is given, and another content is refused', async () => {
    const { promise, climbed } = await given();
    const again = await Promise.all([1, 2, 3].map(() => openDeadline(deps())(promise)));
    expect(again).toEqual([climbed, climbed, climbed]);
    const other = openDeadline(deps())({ ...promise, receivedAt: at('2026-03-16T10:01') });
    await expect(other).rejects.toMatchObject({ code: 'DEADLINE_CONTENT_DIFFERS' });
  });

  it.each([
    ['TRADING_DAYS' as const, 'SEHK 1, SSE 1'],
    ['SETTLEMENT_DAYS' as const, 'SEHK 1, SSE 1'],
    ['CALENDAR_DAYS' as const, 'CIVIL 1'],
  ])('%s rests on %s', async (kind, version) => {
    const { key } = await given({ limit: { kind, n: 2 } });
    expect(await rowOf(key)).toMatchObject({ calendar_version: version });
  });

  it('is not given beyond the calendar', async () => {
    const late = given({ receivedAt: at('2026-12-30T10:00') });
    await expect(late).rejects.toMatchObject({ code: 'CALENDAR_OUT_OF_RANGE' });
  });
});

describe('ended', () => {
  it.each([
    ['2026-03-19T17:30', 'met', 'at the instant itself'],
    ['2026-03-19T17:31', 'met late', 'a minute later'],
  ])('done %s is %s: %s', async (done, state) => {
    const { key } = await given();
    await expect(meetDeadline(deps())({ businessKey: key, by: 'li', at: at(done) })).resolves.toEqual({ state });
    expect(await rowOf(key)).toMatchObject({ state, ended_by: 'li' });
    // What has ended stays as it ended.
    await expect(withdrawDeadline(deps())({ businessKey: key, cause: 'x' })).resolves.toEqual({ state });
  });

  it('a rung that was reached only after its time is missed, and the last one breaches: met late', async () => {
    await clockTo('2026-03-20T09:00');
    const { key, promise, climbed } = await given();
    const rungs = climbed.rungs.map(({ condition: _, ...rung }) => ({
      ...rung,
      state: 'met' as const,
      doneBy: 'li',
      doneAt: at('2026-03-19T18:00'),
    }));
    const { workflowId } = promise;
    const recorded = await recordRungs(deps())({
      workflowId,
      ladder: 'PROMISE',
      subject: key,
      rungs,
      promise: { businessKey: key, revision: 1 },
    });
    expect(recorded).toEqual({ recorded: 3, ended: 'met late' });
    const { rows } = await book.pool.query('select rung, state from ladder_rungs where subject = $1 order by rung', [
      key,
    ]);
    expect(rows).toEqual([
      { rung: 1, state: 'acted' },
      { rung: 2, state: 'acted' },
      { rung: 3, state: 'escalated' },
    ]);
    expect((await rowOf(key)).breached_at).not.toBeNull();
  });

  it('the database itself refuses a late one as in time, and one that nobody ended', async () => {
    const { key } = await given();
    const set = (values: string) => book.pool.query(`update deadlines set ${values} where business_key = $1`, [key]);
    await expect(set(`ended_as = 'met', ended_at = due_at + interval '1 ms', ended_by = 'li'`)).rejects.toThrow(
      /met_in_time/,
    );
    await expect(set(`ended_as = 'met'`)).rejects.toThrow(/ended_by_somebody/);
    await expect(set(`breached_at = due_at - interval '1 s'`)).rejects.toThrow(/breached_when_due/);
  });
});

describe('a stopped clock', () => {
  it('stands with its reason; due moves by the hours of the desk that it stood (case 11)', async () => {
    await clockTo('2026-03-17T10:00');
    const { key } = await given();
    const stopped = await stopClock(deps())({ businessKey: key, reason: '等待客户补充材料', by: 'li' });
    // Not resumed, it would stand for 30 days: until 16 April, and 1.5 + 8.5 + 8.5 + ... hours of the desk are left.
    expect(wall(stopped.stoppedUntil ?? '')).toBe('2026-04-16T10:00');
    expect(stopped.revision).toBe(2);
    // The same stop again is the same stop; another one is refused.
    await expect(stopClock(deps())({ businessKey: key, reason: '等待客户补充材料', by: 'li' })).resolves.toEqual(
      stopped,
    );
    const another = stopClock(deps())({ businessKey: key, reason: 'another', by: 'li' });
    await expect(another).rejects.toMatchObject({ code: 'CLOCK_ALREADY_STOPPED' });
    await clockTo('2026-03-17T14:00');
    const resumed = await resumeClock(deps())({ businessKey: key, reason: '材料已到', by: 'wang' });
    expect(resumed.rungs.map(({ dueAt }) => wall(dueAt))).toEqual([
      '2026-03-18T13:30',
      '2026-03-19T14:54',
      '2026-03-20T13:00',
    ]);
    expect(resumed.stoppedUntil).toBeUndefined();
    const rows = await changesOf(key);
    expect(rows.map((row) => [row.cause, wall(row.due_before), row.by])).toEqual([
      ['stopped', '2026-03-19T17:30', 'li'],
      ['resumed', wall(rows[0]!.due_after), 'wang'],
    ]);
    expect(wall(rows[1]!.due_after)).toBe('2026-03-20T13:00');
    const { rows: told } = await book.pool.query(
      `select payload from outbox where workflow_id = $1 and kind = 'signal' order by message_id`,
      [`complaint:${count}`],
    );
    expect(told).toEqual([
      { payload: { signal: 'deadlineChanged', args: [key, 2] } },
      { payload: { signal: 'deadlineChanged', args: [key, 3] } },
    ]);
  });

  it('stands no longer than its bound in all, by the verb and by the database', async () => {
    await clockTo('2026-03-17T10:00');
    const { key } = await given({ limit: { kind: 'CALENDAR_DAYS', n: 60 } });
    await stopClock(deps())({ businessKey: key, reason: 'first', by: 'li' });
    await clockTo('2026-04-06T10:00');
    await resumeClock(deps())({ businessKey: key, reason: '材料已到', by: 'li' });
    const second = await stopClock(deps())({ businessKey: key, reason: 'second', by: 'li' });
    // 20 of 30 days are used up.
    expect(wall(second.stoppedUntil ?? '')).toBe('2026-04-16T10:00');
    await clockTo('2026-04-16T10:00');
    const third = stopClock(deps())({ businessKey: key, reason: 'third', by: 'li' });
    await expect(third).rejects.toMatchObject({ code: 'STOP_BOUND_REACHED', details: { days: 30 } });
    await expect(resumeClock(deps())({ businessKey: key, reason: '材料已到', by: 'li' })).rejects.toMatchObject({
      code: 'CLOCK_NOT_STOPPED',
    });
    // 60 days end on 15 May (case 22); with 30 of standing on 14 June, written 00:00 of the next day.
    expect(wall((await loadDeadline(deps())({ businessKey: key })).dueAt)).toBe('2026-06-15T00:00');
    const longer = book.pool.query(
      `insert into deadline_stops (deadline_id, from_at, to_at, reason, stopped_by)
       select deadline_id, '2026-05-01'::timestamptz, '2026-05-01 00:00:01'::timestamptz, 'x', 'x' from deadlines where business_key = $1`,
      [key],
    );
    await expect(longer).rejects.toThrow(/longer than its bound/);
    const twice = book.pool.query(
      `insert into deadline_stops (deadline_id, from_at, to_at, reason, stopped_by)
       select deadline_id, '2026-03-18'::timestamptz, '2026-03-18 00:00:01'::timestamptz, 'x', 'x' from deadlines where business_key = $1`,
      [key],
    );
    await expect(twice).rejects.toThrow(/stops_do_not_overlap/);
  });

  it('does not stand at or after the limit', async () => {
    const { key } = await given();
    await clockTo('2026-03-19T17:30');
    const late = stopClock(deps())({ businessKey: key, reason: 'late', by: 'li' });
    await expect(late).rejects.toMatchObject({ code: 'STOP_AFTER_LIMIT' });
  });
});

describe('more time', () => {
  const asked = (key: string, change: object = {}) =>
    askExtension(deps())({ businessKey: key, furtherN: 2, reason: '案情复杂', by: 'li', ...change });
  /** As the task of the approval ends it. */
  const decided = (extensionId: string, by: string, state: 'approved' | 'refused' | 'withdrawn', when: string) =>
    inTransaction(book.pool, async (sql) => {
      await endSubject(sql, { kind: 'deadline extension', id: extensionId }, { state, by, at: at(when) });
    });
  const stateOf = async (extensionId: string) => {
    const { rows } = await book.pool.query<{ state: string }>(
      'select state from deadline_extensions where extension_id = $1',
      [extensionId],
    );
    return rows[0]?.state;
  };
  beforeAll(() =>
    enterPeople(book.pool, [
      { person: 'li', role: 'service' },
      { person: 'li-2', role: 'service', naturalPerson: 'li' },
      { person: 'wang', role: 'service', mark: 'head' },
    ]),
  );

  it('is asked before the limit and decided by a second person; the rest of the ladder moves', async () => {
    await clockTo('2026-03-19T17:29');
    const { key, promise, climbed } = await given();
    await ring(key, promise.workflowId, climbed, 0);
    const { extensionId, extensionNo } = await asked(key);
    expect(extensionNo).toBe(1);
    await expect(asked(key)).resolves.toMatchObject({ extensionId });
    await expect(asked(key, { furtherN: 3 })).rejects.toMatchObject({ code: 'EXTENSION_ALREADY_ASKED' });
    await decided(extensionId, 'wang', 'approved', '2026-03-19T17:29');
    const longer = await loadDeadline(deps())({ businessKey: key });
    // Five working days: Monday 23 March. 50 % were at 09:30 on the 18th, which is past, and now are at 09:30 on the 19th, past too.
    expect([await stateOf(extensionId), longer.revision, wall(longer.dueAt)]).toEqual([
      'approved',
      2,
      '2026-03-23T17:30',
    ]);
    expect(longer.rungs.map(({ rung, dueAt }) => [rung, wall(dueAt)])).toEqual([
      [2, '2026-03-20T16:00'],
      [3, '2026-03-23T17:30'],
    ]);
    const again = decided(extensionId, 'wang', 'refused', '2026-03-19T17:29');
    await expect(again).rejects.toMatchObject({ code: 'EXTENSION_ALREADY_DECIDED' });
    const { rows: started } = await book.pool.query(
      `select count(*)::int as starts from waiting_messages where kind = 'start' and workflow_id = $1`,
      [`deadline-extension:${extensionId}`],
    );
    expect(started).toEqual([{ starts: 1 }]);
  });

  it.each([
    ['2026-03-19T17:29', 'approved', 'a minute before the limit'],
    ['2026-03-19T17:30', 'asked', 'at the limit nothing is approved any more'],
  ])('approved at %s it is %s: %s', async (when, state) => {
    await clockTo('2026-03-19T17:00');
    const { key } = await given();
    const { extensionId } = await asked(key);
    await clockTo(when);
    const decision = decided(extensionId, 'wang', 'approved', when);
    await (state === 'approved'
      ? expect(decision).resolves.toBeUndefined()
      : expect(decision).rejects.toMatchObject({ code: 'EXTENSION_AFTER_LIMIT' }));
    expect(await stateOf(extensionId)).toBe(state);
  });

  it('is decided until the limit as it stands: where the promise moves meanwhile, the task to decide moves along', async () => {
    await clockTo('2026-03-17T10:00');
    const { key, promise } = await given();
    const { extensionId } = await asked(key);
    const process = `deadline-extension:${extensionId}`;
    await book.pool.query(
      `insert into tasks (other_key, workflow_id, kind, title_id, role, form_id, form_version, facts_told, revision, state, due_at)
       select one, one, 'approve-extension', task_title('复核延期', 'approve more time'), 'service', task_form('{}'), 1, '{}', 1, 'open', due_at
         from deadlines, unnest(array[$2, $3]) one where business_key = $1`,
      [key, process, promise.workflowId],
    );
    await stopClock(deps())({ businessKey: key, reason: '等待客户补充材料', by: 'li' });
    await clockTo('2026-03-17T14:00');
    await resumeClock(deps())({ businessKey: key, reason: '材料已到', by: 'li' });
    const { rows } = await book.pool.query<{ due: string }>(
      'select due_at as due from tasks where workflow_id = any($1)',
      [[process, promise.workflowId]],
    );
    // As in the example above: the afternoon that it stood comes after.
    expect(rows.map(({ due }) => wall(due))).toEqual(['2026-03-20T13:00', '2026-03-20T13:00']);
  });

  it('is refused at the limit with its code', async () => {
    await clockTo('2026-03-19T17:30');
    const { key } = await given();
    await expect(asked(key)).rejects.toMatchObject({ code: 'EXTENSION_AFTER_LIMIT' });
  });

  it.each([
    ['li', /maker_never_extends|one person/, 'the account that asked'],
    ['li-2', /one person/, 'another account of the same human'],
  ])('is not decided by %s, by the database itself: %s', async (by, constraint) => {
    await clockTo('2026-03-19T10:00');
    const { key } = await given();
    const { extensionId } = await asked(key);
    await expect(decided(extensionId, by, 'approved', '2026-03-19T10:00')).rejects.toThrow(constraint);
    expect(await stateOf(extensionId)).toBe('asked');
  });

  it('a refusal changes nothing, and another may be asked after it; with the promise it lapses, and its process is told', async () => {
    await clockTo('2026-03-19T10:00');
    const { key } = await given();
    const { extensionId } = await asked(key);
    await decided(extensionId, 'wang', 'refused', '2026-03-19T10:00');
    expect((await rowOf(key)).revision).toBe(1);
    const second = await asked(key);
    expect(second.extensionNo).toBe(2);
    // Computed anew, and then over: its process is told of each.
    await stopClock(deps())({ businessKey: key, reason: '等待客户补充材料', by: 'li' });
    await meetDeadline(deps())({ businessKey: key, by: 'li', at: at('2026-03-19T10:01') });
    expect(await stateOf(second.extensionId)).toBe('lapsed');
    const { rows: told } = await book.pool.query(
      `select payload ->> 'signal' as signal from outbox where kind = 'signal' and workflow_id = $1`,
      [`deadline-extension:${second.extensionId}`],
    );
    expect(told).toEqual([{ signal: 'deadlineChanged' }, { signal: 'deadlineChanged' }]);
    // Its process takes the task away, and finds it ended.
    await decided(second.extensionId, 'southbound', 'withdrawn', '2026-03-19T10:02');
    await expect(decided(second.extensionId, 'wang', 'approved', '2026-03-19T10:02')).rejects.toMatchObject({
      code: 'EXTENSION_ALREADY_DECIDED',
    });
  });

  it('of what follows clock times there is none, nor does its clock stand: every reason at once', async () => {
    await clockTo('2026-03-19T10:00');
    const { key } = await given({
      ladder: 'FUNDING_CLIENT',
      limit: { kind: 'LADDER', on: d('2026-03-19') },
      receivedAt: at('2026-03-19T00:00'),
    });
    const codes = (act: Promise<unknown>) =>
      act.then(
        () => [],
        (error: { all?: { code: string }[] }) => error.all?.map(({ code }) => code),
      );
    expect(await codes(asked(key))).toEqual(['DEADLINE_FIXED', 'EXTENSION_AFTER_LIMIT']);
    expect(await codes(stopClock(deps())({ businessKey: key, reason: '银行系统故障', by: 'li' }))).toEqual([
      'DEADLINE_FIXED',
      'STOP_AFTER_LIMIT',
    ]);
  });
});

describe('a corrected calendar', () => {
  const civil = async (further: readonly CalendarDay[]): Promise<CorrectCalendar> => {
    const { rows } = await book.pool.query<CalendarDay>(
      `select day as date, kind, reason, source from calendar_days where calendar = 'CIVIL' and version = 1`,
    );
    return {
      calendar: 'CIVIL',
      knownFrom: d('2024-01-01'),
      knownTo: d('2026-12-31'),
      days: [...rows, ...further],
      source: 'notice',
      by: 'supervisor-1',
      reason: '临时放假通知',
    };
  };
  const closed = (date: string): CalendarDay => ({
    date: d(date),
    kind: 'CLOSED',
    reason: '台风 typhoon',
    source: 'notice',
  });

  it('moves the open promises that rest on it, keeps old and new, and tells their processes; a breach that moved away was none', async () => {
    await clockTo('2026-03-19T17:30');
    const open = await given();
    const far = await given({ receivedAt: at('2026-05-18T10:00') });
    const done = await given();
    await meetDeadline(deps())({ businessKey: done.key, by: 'li', at: at('2026-03-17T10:00') });
    const market = await given({ limit: { kind: 'TRADING_DAYS', n: 3 } });
    for (const place of [0, 1, 2]) await ring(open.key, open.promise.workflowId, open.climbed, place);
    expect((await rowOf(open.key)).state).toBe('breached');

    const correction = await civil([closed('2026-03-19')]);
    const preview = await previewCalendar(deps(), correction);
    expect(preview.lines.find(({ businessKey }) => businessKey === open.key)).toMatchObject({
      dueBefore: at('2026-03-19T17:30'),
      dueAfter: at('2026-03-20T17:30'),
    });
    expect((await rowOf(open.key)).revision).toBe(1);
    const corrected = await correctCalendar(deps())(correction);
    expect({ ...corrected, lines: preview.lines }).toEqual(preview);
    expect(corrected.version).toBe(2);

    const climbed = await loadDeadline(deps())({ businessKey: open.key });
    expect([climbed.state, climbed.revision, wall(climbed.dueAt)]).toEqual(['running', 2, '2026-03-20T17:30']);
    // 50 % were and are on the 18th; 80 % and the end lie on the 20th now and ring again.
    expect(climbed.rungs.map(({ rung, dueAt }) => [rung, wall(dueAt)])).toEqual([
      [2, '2026-03-20T10:54'],
      [3, '2026-03-20T17:30'],
    ]);
    for (const other of [far, done, market]) expect((await rowOf(other.key)).revision).toBe(1);
    const rows = await changesOf(open.key);
    expect(rows[0]).toMatchObject({ cause: 'calendar corrected', version_before: 'CIVIL 1', version_after: 'CIVIL 2' });
    // What was climbed with the old computation rings no more.
    await expect(ring(open.key, open.promise.workflowId, open.climbed, 2)).resolves.toEqual({
      recorded: 0,
      moved: true,
    });
    await clockTo('2026-03-20T17:30');
    await expect(ring(open.key, open.promise.workflowId, climbed, 0)).resolves.toEqual({ recorded: 1 });
    await expect(ring(open.key, open.promise.workflowId, climbed, 0)).resolves.toEqual({ recorded: 0 });
    const { rows: rung } = await book.pool.query(
      'select rung, round from ladder_rungs where subject = $1 order by rung, round',
      [open.key],
    );
    expect(rung.map((row: { rung: number; round: number }) => `${row.rung}.${row.round}`)).toEqual([
      '1.1',
      '2.1',
      '2.2',
      '3.1',
    ]);
    // The same content again is no new version.
    await expect(correctCalendar(deps())(correction)).resolves.toEqual({ version: 2, open: 0, moved: 0 });
  });

  it('entered late, it moves a breached promise to a limit that is over too: breached then', async () => {
    await clockTo('2026-03-20T17:30');
    const late = await given();
    for (const place of [0, 1, 2]) await ring(late.key, late.promise.workflowId, late.climbed, place);
    expect(await rowOf(late.key)).toMatchObject({ state: 'breached', breached_at: at('2026-03-20T17:30') });
    await clockTo('2026-03-25T09:00');
    await correctCalendar(deps())(await civil([closed('2026-03-19'), closed('2026-03-20')]));
    const moved = at('2026-03-23T17:30');
    expect(await rowOf(late.key)).toMatchObject({ state: 'breached', due_at: moved, breached_at: moved });
    await correctCalendar(deps())(await civil([closed('2026-03-19')]));
  });

  it('is refused as a whole where an open promise has no answer any more, and for days that cannot be', async () => {
    const shorter = { ...(await civil([])), knownTo: d('2026-03-18') };
    const days = shorter.days.filter(({ date }) => date <= '2026-03-18');
    await expect(correctCalendar(deps())({ ...shorter, days })).rejects.toMatchObject({
      code: 'CALENDAR_OUT_OF_RANGE',
    });
    const wrong = await civil([
      closed('2026-03-19'),
      closed('2026-03-19'),
      closed('2027-01-01'),
      { ...closed('2026-03-20'), kind: 'HALF' },
    ]);
    await expect(correctCalendar(deps())(wrong)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: {
        reason:
          '2026-03-19 stands twice; 2027-01-01 lies outside 2024-01-01 - 2026-12-31; 2026-03-20: people work whole days',
      },
    });
    const { rows } = await book.pool.query(
      `select max(version) as newest from calendar_versions where calendar = 'CIVIL'`,
    );
    expect(rows).toEqual([{ newest: 4 }]);
  });
});

it('of three hundred rungs that come due in the same minute, each rung twice at once, none is lost and none doubled', async () => {
  await clockTo('2026-03-20T17:30');
  const promises = [];
  for (let place = 0; place < 300; place += 1) promises.push(await given());
  const twice = async ({ key, promise, climbed }: Awaited<ReturnType<typeof given>>) => {
    const [one, other] = await Promise.all([1, 2].map(() => ring(key, promise.workflowId, climbed, 2)));
    return (one?.recorded ?? 0) + (other?.recorded ?? 0);
  };
  const recorded = await Promise.all(promises.map(twice));
  expect(recorded.filter((times) => times !== 1)).toEqual([]);
  const { rows } = await book.pool.query(
    `select count(*)::int as rungs, count(distinct r.subject)::int as promises,
            (select count(*)::int from outbox o where o.kind = 'notice' and o.workflow_id = any($2)) as notices,
            (select count(*)::int from deadlines d where d.business_key = any($1) and d.state = 'breached') as breached
       from ladder_rungs r where r.subject = any($1)`,
    [promises.map(({ key }) => key), promises.map(({ promise }) => promise.workflowId)],
  );
  // The owner and compliance are told once each.
  expect(rows).toEqual([{ rungs: 300, promises: 300, notices: 600, breached: 300 }]);
});

describe('while a calendar is being corrected', () => {
  const version = async (): Promise<number> => {
    const { rows } = await book.pool.query<{ newest: number }>(
      `select max(version) as newest from calendar_versions where calendar = 'CIVIL'`,
    );
    return rows[0]!.newest;
  };
  /** The newest version with one more day closed. */
  const closing = async (date: string): Promise<CorrectCalendar> => {
    const { rows: days } = await book.pool.query<CalendarDay>(
      `select day::text as date, kind, reason, source from calendar_days where calendar = 'CIVIL' and version = $1`,
      [await version()],
    );
    return {
      calendar: 'CIVIL',
      knownFrom: d('2024-01-01'),
      knownTo: d('2026-12-31'),
      days: [...days, { date: d(date), kind: 'CLOSED', reason: '临时放假', source: 'notice' }],
      source: 'notice',
      by: 'supervisor-1',
      reason: '临时放假通知',
    };
  };
  /** Until somebody waits for a lock of the kind; so the order of two transactions is what the test says. */
  const waitedFor = async (mode: 'ShareLock' | 'ExclusiveLock', kind: 'advisory' | 'transactionid' = 'advisory') => {
    for (;;) {
      const { rowCount } = await book.pool.query(
        `select 1 from pg_locks l join pg_stat_activity a using (pid)
          where locktype = $2 and not granted and mode = $1 and a.datname = current_database()`,
        [mode, kind],
      );
      if (rowCount !== 0) return;
    }
  };
  /** With its handler, who asks for more time. */
  const assignedComplaint = (no: string) =>
    book.pool.query(
      `insert into complaints (complaint_no, channel, product, category, received_at, received_by, received_role, other_state,
                               handler, handler_role)
       values ($1, 'telephone', 'southbound', 'service', business_now(), 'li', 'service', 'assigned', 'li', 'service')`,
      [no],
    );
  const promised = (key: string): PromiseGiven => ({
    businessKey: key,
    workflowId: key,
    process: 'complaint',
    step: 'answer',
    subject: key,
    owner: { role: 'service' },
    ladder: 'PROMISE',
    limit: { kind: 'BUSINESS_DAYS', n: 3 },
    receivedAt: at('2026-03-30T10:00'),
  });

  it('a promise whose computation began first is computed anew by the correction', async () => {
    const correction = await closing('2026-04-01');
    const sql = await book.pool.connect();
    try {
      await sql.query('begin');
      const climbed = await givePromise(sql, promised('race:1'));
      expect(wall(climbed.dueAt)).toBe('2026-04-02T17:30');
      const corrected = correctCalendar(deps())(correction);
      await waitedFor('ExclusiveLock');
      await sql.query('commit');
      expect((await corrected).moved).toBe(1);
    } finally {
      sql.release();
    }
    expect(wall((await rowOf('race:1')).due_at)).toBe('2026-04-03T17:30');
  });

  it.each(['askExtension', 'askMoreTime'] as const)(
    'more time for the answer to a complaint is judged by its days: %s waits without holding the promise that it corrects',
    async (asking) => {
      await clockTo('2026-03-30T10:00');
      const no = asking === 'askExtension' ? 'T20260330-000001' : 'T20260330-000002';
      await assignedComplaint(no);
      const key = `complaint-answer:${no}:1`;
      await openDeadline(deps())({ ...promised(key), workflowId: `complaint:${no}` });
      const correction = await closing(asking === 'askExtension' ? '2026-05-20' : '2026-05-21');
      const ask = { furtherN: 1, reason: '材料多', by: 'li' };
      const sql = await book.pool.connect();
      let asked: Promise<unknown> = Promise.resolve();
      try {
        await sql.query('begin');
        await holdCalendars(sql);
        asked =
          asking === 'askExtension'
            ? askExtension(deps())({ businessKey: key, ...ask })
            : askMoreTime(book.pool, { complaintNo: no, key: `more:${no}`, ...ask });
        await waitedFor('ShareLock');
        await loadCalendarVersion(sql, correction);
        await sql.query('commit');
      } finally {
        sql.release();
      }
      await expect(asked).resolves.toMatchObject({ extensionId: expect.stringMatching(/^\d+$/) as string });
    },
  );

  it('a promise that ends while more time is decided ends first: neither waits for the other for ever', async () => {
    await openDeadline(deps())(promised('race:ends'));
    const { extensionId } = await askExtension(deps())({
      ...{ businessKey: 'race:ends', furtherN: 1, reason: '材料多', by: 'li' },
    });
    const sql = await book.pool.connect();
    let decided: Promise<unknown> = Promise.resolve();
    try {
      await sql.query('begin');
      await lockDeadline(sql, 'race:ends');
      decided = inTransaction(book.pool, (other) =>
        endSubject(
          other,
          { kind: 'deadline extension', id: extensionId },
          { state: 'approved', by: 'wang', at: at('2026-03-30T10:00') },
        ),
      ).catch((error: unknown) => error);
      await waitedFor('ShareLock', 'transactionid');
      await abandonDeadlinesOf(sql, 'race:ends', 'its process ended');
      await sql.query('commit');
    } finally {
      sql.release();
    }
    expect(await decided).toMatchObject({ code: 'EXTENSION_ALREADY_DECIDED', details: { state: 'lapsed' } });
  });

  it('a promise, a stop and a longer limit that come while it goes on wait for it and are computed by it', async () => {
    await clockTo('2026-03-30T10:00');
    await openDeadline(deps())(promised('race:2'));
    await openDeadline(deps())(promised('race:3'));
    const { extensionId } = await askExtension(deps())({
      businessKey: 'race:3',
      furtherN: 1,
      reason: '材料多',
      by: 'li',
    });
    const correction = await closing('2026-04-02');
    const sql = await book.pool.connect();
    let later: Promise<unknown> = Promise.resolve();
    try {
      await sql.query('begin');
      await loadCalendarVersion(sql, correction);
      later = Promise.all([
        openDeadline(deps())(promised('race:4')),
        stopClock(deps())({ businessKey: 'race:2', reason: '等材料', by: 'li' }),
        inTransaction(book.pool, (other) =>
          endSubject(
            other,
            { kind: 'deadline extension', id: extensionId },
            { state: 'approved', by: 'wang', at: at('2026-03-30T10:00') },
          ),
        ),
      ]);
      await waitedFor('ShareLock');
      await sql.query('commit');
    } finally {
      sql.release();
    }
    await later;
    const newest = `CIVIL ${await version()}`;
    for (const key of ['race:2', 'race:3', 'race:4']) expect((await rowOf(key)).calendar_version).toBe(newest);
    // Two of three working days were taken away by the notices above; one more was given to the third.
    expect(wall((await rowOf('race:4')).due_at)).toBe('2026-04-07T17:30');
    expect(wall((await rowOf('race:3')).due_at)).toBe('2026-04-08T17:30');
  });

  it('files that are loaded meanwhile undo nothing of it; a decided day apart from what they know is refused by its date, never guessed up to', async () => {
    await enterPeople(book.pool, [
      { person: 'zhao', role: 'operations' },
      { person: 'qian', role: 'operations' },
    ]);
    const decide = (sql: Pick<PoolClient, 'query'>, values: TermValues) =>
      sql.query(
        `insert into parameter_changes (kind, code, old_values, new_values, effective_on, reason, risk, made_by, made_role, state, approved_by, approved_at)
         values ('calendar', 'SSE', '{}', $1, '2026-11-05', 'typhoon', 'deadline', 'zhao', 'operations', 'in force', 'qian', business_now())`,
        [values],
      );
    const knownOf = async () => {
      const { rows } = await book.pool.query(
        `select v.known_to::text as to, d.kind from calendar_versions v
           left join calendar_days d on d.calendar = v.calendar and d.version = v.version and d.day = '2026-11-05'
          where v.calendar = 'SSE' order by v.version desc limit 1`,
      );
      return rows[0] as unknown;
    };
    const values: TermValues = { '2026-11-05': 'CLOSED' };
    const sql = await book.pool.connect();
    let loaded: Promise<unknown> = Promise.resolve();
    try {
      await sql.query('begin');
      await loadCalendarVersion(sql, {
        ...(await calendarWith(sql, 'SSE', { values, reason: 'typhoon', source: 'notice' })),
        ...{ by: 'qian', reason: 'typhoon' },
      });
      loaded = loadReference(book.pool);
      await waitedFor('ExclusiveLock');
      await decide(sql, values);
      await sql.query('commit');
    } finally {
      sql.release();
    }
    await loaded;
    expect(await knownOf()).toEqual({ to: '2026-12-31', kind: 'CLOSED' });
    // The file ends on 31 December 2026: the first of January follows on it, the third does not.
    await decide(book.pool, { '2027-01-01': 'CLOSED', '2027-01-03': 'CLOSED' });
    await expect(loadReference(book.pool)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      details: { reason: expect.stringMatching(/^SSE 2027-01-01 .*; 2027-01-03 \(parameter change \d+\)$/) as string },
    });
    expect(await knownOf()).toEqual({ to: '2026-12-31', kind: 'CLOSED' });
  });
});
