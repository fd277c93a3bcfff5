/** The desk of breaks: exceptions that run out and are signed anew, never by whoever has a part in the break; assignment; what is written off. */
import { askBreakWriteOff, assignBreak } from '../../../activities/intake/desk-of-breaks';
import { closeDay, recordException } from '../../../activities/settlement/close-day';
import { openBreaks } from '../../../activities/settlement/reconcile-day';
import { signExceptionOfClosedDay } from '../../../activities/intake/sign-exception';
import { breakWriteOffSubject } from '../../../activities/breaks/write-off-subject';
import { inTransaction } from '../../../activities/database/transaction';
import { journalLines } from '../../../api/report-files/journal';
import { approvedOrder, clockAt, dayOf, DAYS_A, openBookOf, verbsOf, workflowOf } from '../../support/days-of-verbs';
import { enterPeople } from '../../support/people';
import { openPool } from '../../../prisma/pool';
import { openDatabase, type TestDatabase } from '../../support/database';
import { codesOf } from '../../support/tasks';
import { untilWaiting } from '../../support/waiting-for-locks';

const MONDAY = dayOf('2025-06-23');
let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('break_desk');
  await openBookOf(book.pool, DAYS_A);
  await clockAt(book.pool, MONDAY, '20:00');
  await verbsOf(book.pool).openDay({ ...MONDAY, workflowId: workflowOf(MONDAY) });
  await enterPeople(book.pool, [
    { person: 'sup', role: 'supervisor' },
    { person: 'sup-2', role: 'supervisor' },
  ]);
});
afterAll(() => book.close());

let listed = 0;
/** A break of the day. */
async function found(name: string, fen: number | null, key: readonly string[] = []): Promise<string> {
  listed += 1;
  const { rows } = await book.pool.query<{ id: string }>(
    `insert into findings (channel, business_date, file_name, class, outcome, attributes, reason_zh, reason_en, amount_fen, finding_key)
     values ('SH', '2025-06-23', 'f', $1, 'break', $2, '差', 'x', $3, $4) returning finding_id::text as id`,
    [name, JSON.stringify({ key }), fen, `k${listed}`],
  );
  return rows[0]!.id;
}

const sign = (findingId: string, by: string, expiresOn = '2025-06-25', reason = 'asked the bank') =>
  recordException({ pool: book.pool })({
    ...MONDAY,
    findingId,
    reason,
    expiresOn,
    signedBy: by,
    role: 'supervisor',
    requestId: 'r',
  });
const open = () => inTransaction(book.pool, (sql) => openBreaks(sql, MONDAY));
const act = (breakId: string, key: string) => ({
  breakId,
  key,
  by: 'operations-maker',
  role: 'operations',
  reason: 'nobody will pay it',
  requestId: 'r',
  sides: null,
});
const rowsOf = async (text: string): Promise<unknown[]> => (await book.pool.query(text)).rows as unknown[];

test('an exception runs until its day: then the break is open again, and may be signed anew, each time in the audit', async () => {
  const id = await found('FEE_MISMATCH', 100);
  expect(await open()).toBe(1);
  await sign(id, 'sup');
  expect(await open()).toBe(0);
  await expect(sign(id, 'sup-2', '2025-06-30')).rejects.toMatchObject({ code: 'BREAK_ALREADY_DECIDED' });
  await clockAt(book.pool, dayOf('2025-06-25'), '23:59');
  expect(await open()).toBe(0);
  await clockAt(book.pool, dayOf('2025-06-26'), '00:00');
  expect(await open()).toBe(1);
  expect(await closeDay({ pool: book.pool })({ ...MONDAY, workflowId: workflowOf(MONDAY) })).toEqual({ openBreaks: 1 });
  await sign(id, 'sup-2', '2025-06-30', 'still asked');
  expect(await open()).toBe(0);
  expect(
    await rowsOf(
      `select actor, after ->> 'expiresOn' as until from audit where action = 'sign exception for a break' order by at, actor`,
    ),
  ).toEqual([
    { actor: 'sup', until: '2025-06-25' },
    { actor: 'sup-2', until: '2025-06-30' },
  ]);
});

test('whoever looked into a break, or made or approved its transfer, signs no exception for it', async () => {
  const looked = await found('FEE_MISMATCH', 200);
  await assignBreak(book.pool, { ...act(looked, 'a1'), by: 'sup-2', role: 'supervisor', to: 'sup' });
  await expect(sign(looked, 'sup')).rejects.toMatchObject({ code: 'EXCEPTION_BY_MAKER' });
  // Handed on it is still one that they looked into.
  await assignBreak(book.pool, { ...act(looked, 'a2'), by: 'sup-2', role: 'supervisor', to: 'operations-maker' });
  await expect(sign(looked, 'sup')).rejects.toMatchObject({ code: 'EXCEPTION_BY_MAKER' });
  await sign(looked, 'sup-2', '2025-06-30');

  await approvedOrder(book.pool, MONDAY, { side: 'client', kind: 'FUND', amountFen: '12345' });
  const transfer = await found('BANK_MISSING', 12_345);
  for (const person of ['operations-maker', 'operations-checker'])
    await expect(sign(transfer, person, '2025-06-30')).rejects.toMatchObject({ code: 'EXCEPTION_BY_MAKER' });
  await sign(transfer, 'sup', '2025-06-30');
  // Two transfers may make one difference: by side and day, not by the amount. The other side has no part in it.
  for (const key of [
    ['reserve', 'HKB0000001'],
    ['clearing', 'client'],
  ]) {
    const other = await found(key[0] === 'reserve' ? 'ACCOUNT_DIFFERENT' : 'CLEARING_NOT_EVEN', -9, key);
    await expect(sign(other, 'operations-checker', '2025-06-30')).rejects.toMatchObject({ code: 'EXCEPTION_BY_MAKER' });
    await sign(other, 'sup', '2025-06-30');
  }
  const own = await found('ACCOUNT_DIFFERENT', -9, ['reserve', 'HKZ0000001']);
  await sign(own, 'operations-checker', '2025-06-30');
  expect(await open()).toBe(0);
});

test('it is given to somebody who works on days; a repeated request changes nothing', async () => {
  const id = await found('FEE_MISMATCH', 300);
  const given = (key: string, to: string) =>
    assignBreak(book.pool, { ...act(id, key), by: 'sup', role: 'supervisor', to });
  expect(await codesOf(given('b1', 'nobody'))).toBe('NOT_FOUND');
  expect(await codesOf(given('b2', 'operations-maker'))).toBe('done');
  expect(await codesOf(given('b3', 'finance-maker'))).toBe('done');
  expect(await codesOf(given('b2', 'operations-maker'))).toBe('done');
  expect(await rowsOf(`select assigned_to, verdict from break_verdicts where finding_id = ${id}`)).toEqual([
    { assigned_to: 'finance-maker', verdict: 'open' },
  ]);
  await sign(id, 'sup', '2025-06-30');
});

test('of two who give it to somebody by what both were shown the second is told; what is decided since is shown too', async () => {
  const id = await found('FEE_MISMATCH', 310);
  const given = (key: string, to: string, ifMatch?: string) =>
    assignBreak(book.pool, { ...act(id, key), by: 'sup', role: 'supervisor', to, ifMatch });
  const shown = `"break-${id}-0-open"`;
  expect(await given('t1', 'operations-maker', shown)).toBe(`"break-${id}-1-open-operations-maker"`);
  await expect(given('t2', 'finance-maker', shown)).rejects.toMatchObject({
    ...{ code: 'REVISION_STALE', details: { shown: '0', current: 1 } },
  });
  // Given to the same one by both, nobody is misled; whoever sends no tag asks for nothing.
  expect(await codesOf(given('t3', 'operations-maker', shown))).toBe('done');
  expect(await codesOf(given('t4', 'finance-maker'))).toBe('done');
  await sign(id, 'sup-2', '2025-06-30');
  expect(await codesOf(given('t5', 'operations-maker', `"break-${id}-3-open-finance-maker"`))).toBe('REVISION_STALE');
  expect(await codesOf(given('t6', 'operations-maker', `"break-${id}-3-excepted-finance-maker"`))).toBe('done');
});

test('only money that is a claim or a difference of an account is written off, and only once', async () => {
  const trade = await found('CLEARING_MISSING', null);
  expect(await codesOf(askBreakWriteOff(book.pool, act(trade, 'w1')))).toBe('BREAK_CANNOT_BE_WRITTEN_OFF');
  await expect(askBreakWriteOff(book.pool, act('999999', 'w2'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const fee = await found('FEE_MISMATCH', 400);
  const first = await askBreakWriteOff(book.pool, act(fee, 'w3'));
  expect(await askBreakWriteOff(book.pool, act(fee, 'w3'))).toEqual(first);
  expect(await codesOf(askBreakWriteOff(book.pool, act(fee, 'w4')))).toBe('BREAK_WRITE_OFF_PENDING');
  // Asked for, it is not decided yet.
  expect(await rowsOf(`select verdict from break_verdicts where finding_id = ${fee}`)).toEqual([{ verdict: 'open' }]);
});

test('whoever sees one side asks for no write-off of the other; one that is of no side is anybody’s', async () => {
  const own = await found('FEE_MISMATCH', 500, ['HKZ0000001', 'JY']);
  const asked = (key: string, side: 'client' | 'proprietary') =>
    askBreakWriteOff(book.pool, { ...act(own, key), sides: [side] });
  await expect(asked('s1', 'client')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await codesOf(asked('s2', 'proprietary'))).toBe('done');
  const nobodys = await found('FEE_MISMATCH', 600);
  expect(await codesOf(askBreakWriteOff(book.pool, { ...act(nobodys, 's3'), sides: ['client'] }))).toBe('done');
});

test('two supervisors at once: one signs, the other is told that it is decided', async () => {
  const id = await found('FEE_MISMATCH', 300);
  const owner = openPool(book.ownerUrl, 1);
  const holding = await owner.connect();
  await holding.query('begin');
  // Both have asked before either of them decides.
  await holding.query('lock table break_decisions in share row exclusive mode');
  const both = [sign(id, 'sup', '2025-07-05'), sign(id, 'sup-2', '2025-07-06')];
  await untilWaiting(holding, 2);
  await holding.query('commit');
  holding.release();
  await owner.end();
  const ended = await Promise.allSettled(both);
  expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'BREAK_ALREADY_DECIDED' },
  });
});

test('a write-off of a break that has gone is not approved, its process is told, and nothing is booked', async () => {
  const id = await found('ACCOUNT_DIFFERENT', -1_200_000, ['reserve', 'HKB0000001']);
  const { writeOffId } = await askBreakWriteOff(book.pool, act(id, 'gone'));
  const stays = await found('FEE_MISMATCH', 700);
  await askBreakWriteOff(book.pool, act(stays, 'stays'));
  await book.pool.query(`insert into finding_withdrawals (finding_id, cause) values ($1, 'no longer found')`, [id]);
  const approved = inTransaction(book.pool, async (sql) => {
    const end = { state: 'approved', by: 'finance-checker', at: '2025-06-26T04:00:00Z' } as const;
    await breakWriteOffSubject.end(sql, writeOffId, end, await breakWriteOffSubject.lock(sql, writeOffId));
  });
  await expect(approved).rejects.toMatchObject({ code: 'BREAK_CHANGED' });
  await verbsOf(book.pool).recordStepsDone({ ...MONDAY, steps: [] });
  expect(
    await rowsOf(
      `select workflow_id, payload ->> 'signal' as signal from outbox where message_key like 'break-gone:%'`,
    ),
  ).toEqual([{ workflow_id: `break-write-off:SH:${id}:1`, signal: 'breakGone' }]);
  expect(await rowsOf(`select 1 from batches where kind = 'write-off-break'`)).toEqual([]);
  // Whoever asked, also for one that was refused since, has a part in it.
  await book.pool.query(`update break_write_offs set state = 'refused' where finding_id = $1`, [stays]);
  await expect(sign(stays, 'operations-maker', '2025-06-30')).rejects.toMatchObject({ code: 'EXCEPTION_BY_MAKER' });
});

test('an exception runs for thirty days at most, is told before it runs out, and is signed anew on a closed day too', async () => {
  // Today is 26 June.
  const id = await found('FEE_MISMATCH', 800);
  await expect(sign(id, 'sup', '2025-07-27')).rejects.toMatchObject({
    code: 'EXCEPTION_TOO_LONG',
    details: { days: 30, latest: '2025-07-26' },
  });
  await sign(id, 'sup', '2025-07-01');
  const told = () =>
    rowsOf(`select facts ->> 'until' as until from outbox where message_key = 'exception-runs-out:${id}:2025-07-01'`);
  const opens = async (date: string) => {
    await clockAt(book.pool, dayOf(date), '08:00');
    await verbsOf(book.pool).openDay({ ...dayOf(date), workflowId: workflowOf(dayOf(date)) });
  };
  await opens('2025-06-27');
  expect(await told()).toEqual([]);
  // 1 July is a holiday in Hong Kong: the next trading day is the 2nd, and it has run out by then.
  await opens('2025-06-30');
  expect(await told()).toEqual([{ until: '2025-07-01' }]);
  await clockAt(book.pool, dayOf('2025-07-02'), '08:00');
  const anew = {
    ...MONDAY,
    ...{
      findingId: id,
      reason: 'asked again',
      expiresOn: '2025-07-15',
      signedBy: 'sup-2',
      role: 'supervisor',
      requestId: 'r',
    },
  };
  await expect(signExceptionOfClosedDay(book.pool, anew)).rejects.toMatchObject({ code: 'DAY_CLOSED' });
  await book.pool.query(`update settlement_days set closed_at = business_now() where business_date = '2025-06-23'`);
  await signExceptionOfClosedDay(book.pool, anew);
  expect(await rowsOf(`select verdict from break_verdicts where finding_id = ${id}`)).toEqual([
    { verdict: 'excepted' },
  ]);
});

test('written off on a Saturday it stands in the journal of Monday, even on each side, with the day of the decision as its value date', async () => {
  const { rows: accounts } = await book.pool.query<{ account: string }>(
    `select account from broker_accounts where channel = 'SH' and kind = 'bank' and side = 'client'`,
  );
  const id = await found('ACCOUNT_DIFFERENT', -12_345, ['bank', accounts[0]!.account]);
  const { writeOffId } = await askBreakWriteOff(book.pool, act(id, 'on a Saturday'));
  await clockAt(book.pool, dayOf('2025-06-28'), '11:00');
  await inTransaction(book.pool, async (sql) => {
    const end = { state: 'approved', by: 'finance-checker', at: '2025-06-28T03:00:00Z' } as const;
    await breakWriteOffSubject.end(sql, writeOffId, end, await breakWriteOffSubject.lock(sql, writeOffId));
  });
  const journal = async (date: string) =>
    (await journalLines(book.pool, 'SH', dayOf(date).businessDate, ['client', 'proprietary']))
      .filter(({ batch }) => batch === `break-write-off:${id}`)
      .map(({ side, ledger, debit, credit }) => `${side} ${ledger} ${debit} ${credit}`);
  expect(await journal('2025-06-28')).toEqual([]);
  expect(await journal('2025-06-30')).toEqual(['client bank 0 12345', 'client cushion 12345 0']);
  expect(
    await rowsOf(`select distinct value_date::text as day from entries where cause = 'difference written off'`),
  ).toEqual([{ day: '2025-06-28' }]);
});
