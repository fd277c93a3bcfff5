/**
 * What is asked beside settlement days, as stories on the moved clock: a difference of an account, by finance and from an amount on by the general
 * manager. And overdrafts that stay uncovered: owed since Friday, called about from Monday on, purchases blocked after
 * ten days, recovered after thirty; one is covered, one is written off by finance and then the general manager.
 */
import { randomUUID } from 'node:crypto';
import { openArchive } from '../../activities/archive/open-archive';
import { askRetentionChange } from '../../activities/intake/ask-retention-change';
import { giveDelegation } from '../../activities/intake/give-delegation';
import { askPermissionChange } from '../../activities/intake/permissions/change-permission';
import { requestRoleGrant } from '../../activities/intake/request-role-grant';
import { askBreakWriteOff } from '../../activities/intake/desk-of-breaks';
import { askTradeCancellation } from '../../activities/intake/cancel-trade';
import { askCushionTopUp, withdrawCushionTopUp } from '../../activities/intake/cushion-top-ups';
import { askPostponement, askPostponementWithdrawal } from '../../activities/intake/postpone-settlement';
import { followCases } from '../../activities/overdrafts/open-cases';
import { topUpByAlarm } from '../../activities/cushion/top-up-by-alarm';
import { inTransaction } from '../../activities/database/transaction';
import { parseBusinessDate } from '../../domain/calendar/business-date';
import { onStage, type OnStage } from '../simulators/stage';
import { knownTo as calendarKnownTo } from '../support/as-owner';
import { CLIENTS, dayOfTheBank, OWN } from '../support/bank-day';
import { openOpeningStage, type OpeningStage } from './opening-stage';

const FRIDAY = parseBusinessDate('2025-06-20');
const MONDAY = parseBusinessDate('2025-06-23');
const BRANCH = { person: 'branch-1001', role: 'branch' };
const OPERATIONS = { person: 'ops-client-1', role: 'operations' };
const BROKERAGE = { person: 'brokerage-1', role: 'brokerage' };
const CALLED = { result: 'will pay', note: 'pays next week, said so' };
const at = (date: string) => new Date(`${date}T09:00:00+08:00`).toISOString();

let stage: OpeningStage;
let bank: OnStage;
beforeAll(async () => {
  bank = await onStage('bank', { data: dayOfTheBank('2025-08-06', [['203000', '70000.00']]) });
  stage = await openOpeningStage('overdraft_recovery', bank.url());
});
afterAll(() => stage.close());

const rows = async (query: string, ...values: unknown[]) => (await stage.pool.query(query, values)).rows as object[];
const knownTo = (day: string) => calendarKnownTo(stage.stage.book.ownerUrl, day);

/** A client with an open permission: the fund account and the number. */
async function withPermission(requestNo: string) {
  const [client] = (await rows(
    `with opened as (
       insert into permission_requests (request_no, client_no, permission, terms_from, kind, state, step, step_since, workflow_id, requested_at,
                                        lapses_at, ended_at)
       select $2, $1, permission, valid_from, 'opening', 'done', 'ended', business_now(), 'opened before ' || $2, business_now(),
              business_now(), business_now() from permission_types where permission = 'HKSC' returning request_no, client_no, permission),
     held as (insert into permissions (request_no, client_no, permission) select * from opened returning client_no)
     select client_no as "clientNo", fund_account as "fundAccount" from client_fund_accounts join held using (client_no)`,
    stage.client.nextRegular(),
    requestNo,
  )) as { clientNo: string; fundAccount: string }[];
  return client!;
}

/** A client owes since Friday what was advanced; Monday's evening finds it. */
async function owing(fundAccount: string, fen: number) {
  await inTransaction(stage.pool, async (sql) => {
    await sql.query(`select open_business_date('2025-06-23')`);
    await sql.query(
      `insert into clients values ($1, 'A9' || right($1, 8), '1001', '21000', 'client', 'natural', 0.0003, 500)`,
      [fundAccount],
    );
    await sql.query(
      `with batch as (insert into batches (batch_key, channel, business_date, kind, content_sha256, cause)
         values ('lent ' || $1, 'SH', $3, 'test', 'x', 'x') returning batch_id)
       insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
       select $3, batch_id, n, case n when 1 then 'advance' else 'advance_contra' end, case n when 1 then $1 else 'CUSHION' end, 'CNY',
              case n when 1 then $2::bigint else -$2::bigint end, $3, 'x' from batch cross join generate_series(1, 2) n`,
      [fundAccount, fen, MONDAY],
    );
    // Three days at 18 % a year.
    await sql.query(`insert into advances values ('SH', $1, $2, 0, 0, $3, 0, $3::bigint * 3 * 180000000000, $4)`, [
      MONDAY,
      fundAccount,
      fen,
      FRIDAY,
    ]);
    await followCases(sql, { channel: 'SH', businessDate: MONDAY });
  });
  await stage.settled();
  const [found] = (await rows(
    'select case_no, workflow_id from overdraft_cases where fund_account = $1',
    fundAccount,
  )) as { case_no: string; workflow_id: string }[];
  return { caseNo: found!.case_no, process: stage.process(found!.workflow_id) };
}

/** The evening of a day finds nothing owed by anybody. */
async function covered(date: string, fundAccount: string): Promise<void> {
  await inTransaction(stage.pool, async (sql) => {
    await sql.query('select open_business_date($1)', [date]);
    await sql.query(
      `with batch as (insert into batches (batch_key, channel, business_date, kind, content_sha256, cause)
         values ('repaid ' || $1, 'SH', $2, 'test', 'x', 'x') returning batch_id)
       insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
       select $2, b.batch_id, row_number() over (), e.ledger, e.owner, 'CNY', -e.amount, $2, 'x'
       from batch b, entries e join batches l on l.batch_id = e.batch_id where l.batch_key = 'lent ' || $1`,
      [fundAccount, date],
    );
    await followCases(sql, { channel: 'SH', businessDate: parseBusinessDate(date) });
  });
  await stage.settled();
}

const steps = async (caseNo: string) =>
  (await rows('select act, by from overdraft_steps where case_no = $1 order by step_id', caseNo)) as {
    act: string;
    by: string;
  }[];

/** What was asked for of the client's permission because of a case. */
const changesOf = (caseNo: string) =>
  rows(
    `select r.kind, r.state, c.made_by from permission_changes c join permission_requests r using (request_no) where c.overdraft_case = $1 order by r.request_no`,
    caseNo,
  );

test('called by the branch, buying suspended after ten days, covered: allowed again, and the case ends', async () => {
  const { fundAccount } = await withPermission('P20250601-000001');
  const { caseNo, process } = await owing(fundAccount, 100_000);
  expect(caseNo).toBe('V20250623-000001');
  expect(await stage.untilStands(process, 'the branch calls')).toMatchObject({ waitsFor: 'branch', branch: '1001' });
  // 1,000.00 x 3 x 0.18 / 360 = 1.50.
  const { facts } = await stage.complete(process, BRANCH, CALLED);
  expect(facts).toMatchObject({ case: caseNo, owedSince: FRIDAY, owed: '1000.00', interest: '1.50' });
  expect(JSON.stringify(await process.fetchHistory())).not.toContain(fundAccount);

  const suspensions = () => changesOf(caseNo);
  await stage.stage.advance(at('2025-06-29'));
  expect(await suspensions()).toEqual([]);
  await stage.stage.advance(at('2025-06-30'));
  await stage.settled();
  expect(await suspensions()).toEqual([{ kind: 'suspension', state: 'under way', made_by: 'southbound' }]);
  const [asked] = (await rows('select workflow_id from permission_requests where kind = $1', 'suspension')) as {
    workflow_id: string;
  }[];
  const suspension = stage.process(asked!.workflow_id);
  await stage.complete(suspension, OPERATIONS, { decision: 'approve', reason: 'uncovered for ten days' });
  expect(await suspension.result()).toBe('done');

  await covered('2025-07-02', fundAccount);
  expect(await process.result()).toBe('covered');
  expect((await steps(caseNo)).map(({ act, by }) => `${act} by ${by}`)).toEqual([
    'call by branch-1001',
    'ask for block by southbound',
    'cover by southbound',
    'lift by southbound',
  ]);
  expect(await suspensions()).toEqual([
    { kind: 'suspension', state: 'done', made_by: 'southbound' },
    { kind: 'lifting', state: 'under way', made_by: 'southbound' },
  ]);
  expect(await rows('select state, ended_on::text from overdraft_cases where case_no = $1', caseNo)).toEqual([
    { state: 'covered', ended_on: '2025-06-30' },
  ]);
  await stage.record(process.workflowId, 'overdraft-covered');
});

test('covered before anybody has decided about the suspension: where buying is suspended after all, it is asked to be resumed', async () => {
  const { fundAccount } = await withPermission('P20250601-000003');
  const { caseNo, process } = await owing(fundAccount, 50_000);
  const asked = { kind: 'suspension', made_by: 'southbound' };
  expect(await changesOf(caseNo)).toEqual([{ ...asked, state: 'under way' }]);
  await covered('2025-07-03', fundAccount);
  expect(await process.result()).toBe('covered');
  expect(await changesOf(caseNo)).toEqual([{ ...asked, state: 'under way' }]);
  const [change] = (await rows(
    'select workflow_id from permission_changes join permission_requests using (request_no) where overdraft_case = $1',
    caseNo,
  )) as { workflow_id: string }[];
  const suspension = stage.process(change!.workflow_id);
  await stage.complete(suspension, OPERATIONS, { decision: 'approve', reason: 'uncovered when it was asked' });
  expect(await suspension.result()).toBe('done');
  expect(await changesOf(caseNo)).toEqual([
    { ...asked, state: 'done' },
    { ...asked, kind: 'lifting', state: 'under way' },
  ]);
  expect((await steps(caseNo)).map(({ act }) => act)).toEqual(['ask for block', 'cover', 'lift', 'lift']);
});

test('nobody calls, no permission to suspend, thirty days: written off by finance and then the general manager, never by whoever proposed it', async () => {
  const { caseNo, process } = await owing('6912345678', 50_000);
  await stage.stage.advance(at('2025-07-20'));
  await stage.settled();
  // The call was due after a working day: told upwards, still to be made.
  expect(await rows(`select state from deadlines where business_key = $1`, `overdraft-call:${caseNo}`)).toEqual([
    { state: 'breached' },
  ]);
  await stage.complete(process, OPERATIONS, { done: true }, 'purchases-at-counter');
  await stage.complete(process, BRANCH, { ...CALLED, result: 'not reached' }, 'call-overdrawn-client');
  await stage.complete(process, BROKERAGE, { decision: 'go on', note: 'writes a letter first' }, 'recover-overdraft');
  await stage.complete(process, BROKERAGE, { decision: 'write off', note: 'moved away, unknown' }, 'recover-overdraft');
  const approve = (person: string, role: string) =>
    stage.complete(
      process,
      { person, role },
      { decision: 'approve', reason: 'nothing to recover' },
      'approve-overdraft-write-off',
    );
  const { facts } = await approve('fin-prop-1', 'finance');
  expect(facts).toMatchObject({ amount: '500.00', interestWaived: '0.75' });
  expect(await rows(`select posted_on from overdraft_write_offs`)).toEqual([{ posted_on: null }]);
  await approve('general-manager', 'general_manager');
  expect(await process.result()).toBe('written off');
  expect(
    await rows(
      `select e.business_date::text as day, e.ledger, e.owner, e.amount from entries e join batches b using (batch_id)
       where b.kind = 'write-off-overdraft' order by e.line_no`,
    ),
    // Decided on a Sunday.
  ).toEqual([
    { day: '2025-07-21', ledger: 'overdraft_loss', owner: 'CUSHION', amount: 50_000n },
    { day: '2025-07-21', ledger: 'advance', owner: '6912345678', amount: -50_000n },
  ]);
  expect(await rows('select state from overdraft_cases where case_no = $1', caseNo)).toEqual([
    { state: 'written off' },
  ]);
  await stage.record(process.workflowId, 'overdraft-written-off');
}, 180_000);

test('a difference of an account is written off: finance, and above 10,000.00 the general manager; it is booked with the last approval', async () => {
  await stage.pool.query(
    `insert into broker_accounts values ('HKB1', 'SH', 'reserve', 'client'), ('HKZ1', 'SH', 'reserve', 'proprietary')`,
  );
  const asked = async (account: string, fen: number) => {
    const [found] = (await rows(
      `insert into findings (channel, business_date, file_name, class, outcome, attributes, reason_zh, reason_en, amount_fen, finding_key)
       values ('SH', '2025-06-23', 'reconciliation', 'ACCOUNT_DIFFERENT', 'break', $1, '差', 'x', $2, $3) returning finding_id::text as id`,
      JSON.stringify({ key: ['reserve', account] }),
      fen,
      account,
    )) as { id: string }[];
    const breakId = found!.id;
    await askBreakWriteOff(stage.pool, {
      ...{
        breakId,
        key: account,
        by: 'ops-client-1',
        role: 'operations',
        reason: 'nobody will pay it',
        sides: null,
        requestId: 'r',
      },
    });
    await stage.settled();
    return { breakId, process: stage.process(`break-write-off:SH:${breakId}:1`) };
  };
  const approve = (of: typeof small.process, person: string, role: string) =>
    stage.complete(of, { person, role }, { decision: 'approve', reason: 'agreed with the bank' });
  // Outside lacks 10,000.00; and 10,000.01 is more than finance decides alone.
  const small = await asked('HKB1', -1_000_000);
  const large = await asked('HKZ1', 1_000_001);
  expect(await approve(small.process, 'fin-prop-1', 'finance')).toMatchObject({ facts: { amount: '-10000.00' } });
  expect(await small.process.result()).toBe('approved');
  await approve(large.process, 'fin-prop-1', 'finance');
  expect(await rows('select state from break_write_offs order by write_off_id')).toEqual([
    { state: 'approved' },
    { state: 'awaiting approval' },
  ]);
  await approve(large.process, 'general-manager', 'general_manager');
  expect(await large.process.result()).toBe('approved');
  expect(
    await rows(`select e.ledger, e.owner, e.amount from entries e join batches b using (batch_id)
                where b.kind = 'write-off-break' order by b.batch_id, e.line_no`),
  ).toEqual([
    { ledger: 'reserve', owner: 'HKB1', amount: -1_000_000n },
    { ledger: 'cushion', owner: 'CUSHION', amount: 1_000_000n },
    { ledger: 'reserve', owner: 'HKZ1', amount: 1_000_001n },
    { ledger: 'break_loss', owner: 'proprietary', amount: -1_000_001n },
  ]);
  expect(await rows('select distinct verdict from break_verdicts')).toEqual([{ verdict: 'written off' }]);
  await stage.record(small.process.workflowId, 'break-written-off');
});

test('a typhoon: approved by a supervisor, the open day is planned anew and everybody is told; taken back by two people, they are told again', async () => {
  await rows(
    `insert into settlement_days values ('SH', '2025-08-04', 'settlement-day:SH:2025-08-04', 'full', true, '2025-08-01', '2025-08-05', '2025-08-06',
       '2025-08-05', '2025-08-05', 1, 'morning funding', '2025-08-04T00:00:00Z', null)`,
  );
  await stage.stage.advance('2025-08-04T04:00:00.000Z');
  const { postponementId } = await askPostponement(stage.pool, {
    ...{ channel: 'SH', cause: 'typhoon', notice: 'signal 8 at noon', key: 'typhoon' },
    ...{ from: parseBusinessDate('2025-08-04'), to: parseBusinessDate('2025-08-05') },
    ...{ by: 'ops-client-1', role: 'operations', requestId: 'r' },
  });
  await stage.settled();
  const [found] = (await rows('select workflow_id from settlement_postponements')) as { workflow_id: string }[];
  const process = stage.process(found!.workflow_id);
  const plans = () => rows(`select side, revision from figures where code = 'FUNDING' order by side`);
  const told = async (template: string) =>
    (await rows('select recipient_role from outbox where template = $1 order by 1', template)).length;
  expect([await plans(), await told('SETTLEMENT_POSTPONED_TOTALS')]).toEqual([[], 0]);
  const supervisor = { person: 'supervisor-1', role: 'supervisor' };
  const { facts } = await stage.complete(process, supervisor, { decision: 'approve', reason: 'as the notice says' });
  // The notice is there to be read, its words are in no history.
  expect(facts).toMatchObject({ from: '2025-08-04', to: '2025-08-05', cause: 'typhoon', notice: 'signal 8 at noon' });
  expect(JSON.stringify(await process.fetchHistory())).not.toContain('signal 8');
  expect(await stage.untilStands(process, 'postponed')).toMatchObject({ stage: 'postponed' });
  expect(await plans()).toEqual([
    { side: 'client', revision: 1 },
    { side: 'proprietary', revision: 1 },
  ]);
  expect(await told('SETTLEMENT_POSTPONED_TOTALS')).toBe(2);
  const takeBack = async (key: string) => {
    await askPostponementWithdrawal(stage.pool, {
      ...{ postponementId, reason: 'the signal was lowered', key },
      ...{ by: 'ops-client-1', role: 'operations', requestId: 'r' },
    });
    await stage.settled();
  };
  await takeBack('too early');
  await stage.complete(process, supervisor, { decision: 'refuse', reason: 'no notice of it yet' });
  expect(await told('SETTLEMENT_MOVED_BACK_TOTALS')).toBe(0);
  await takeBack('lowered');
  await stage.complete(process, supervisor, { decision: 'approve', reason: 'as the notice says' });
  expect(await process.result()).toBe('moved back');
  expect(await told('SETTLEMENT_MOVED_BACK_TOTALS')).toBe(2);
  await stage.record(process.workflowId, 'settlement-moved-back');
});

test('a trade is cancelled: a supervisor decides by its figures, the day on which it is due is planned anew, its client is told; refused, nothing is', async () => {
  await rows(`select open_business_date('2025-07-31')`);
  await rows(
    `insert into settlement_days values ('SH', '2025-07-31', 'settlement-day:SH:2025-07-31', 'full', true, '2025-07-30', '2025-08-01', '2025-08-04',
       '2025-08-01', '2025-08-01', 1, 'closed', '2025-07-31T00:00:00Z', '2025-07-31T14:00:00Z')`,
  );
  await rows(
    `insert into clients values ('6900000001', 'A900000901', '1001', '21000', 'client', 'natural', 0.0003, 500)`,
  );
  await rows(
    `with filed as (insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
       values ('SH', '2025-07-31', 'hk_jsmx', 1, 'hk_jsmx20250731.dbf', 'x', 'x', 1, business_now()) returning file_id),
     taken as (insert into file_states (file_id, state_no, state, cause) select file_id, 1, 'accepted', 'x' from filed)
     insert into clearing_lines select '2025-07-31', file_id, n, 'SH', 'H01', 'H01', 'HKB1', '2025-07-31', '2025-08-04', '21000', 'A900000901', '08001', 'B',
       'o', 'T' || n, 100, 100000, 'HKD', 100000, 90000, 0, 0, 0, 0, 0, 0, -100000, -90000, 500 from filed, generate_series(1, 2) n`,
  );
  const cancel = async (tradeNo: string) => {
    const { cancellationId } = await askTradeCancellation(stage.pool, {
      ...{
        channel: 'SH',
        tradeDate: parseBusinessDate('2025-07-31'),
        tradeNo,
        notice: 'the price was out of all reason',
      },
      ...{ key: tradeNo, by: 'ops-client-1', role: 'operations', requestId: 'r' },
    });
    await stage.settled();
    const [found] = (await rows(
      'select workflow_id from trade_cancellations where cancellation_id = $1',
      cancellationId,
    )) as {
      workflow_id: string;
    }[];
    return stage.process(found!.workflow_id);
  };
  const decide = (of: Awaited<ReturnType<typeof cancel>>, decision: 'approve' | 'refuse') =>
    stage.complete(of, { person: 'supervisor-1', role: 'supervisor' }, { decision, reason: 'as the notice says' });
  const trades = async () => {
    const [newest] = (await rows(
      `select t.amount_fen from figures f join figure_terms t using (figure_id) where f.business_date = '2025-08-04' and f.code = 'FUNDING'
         and f.side = 'client' and t.term = 'tradeNetFen' order by f.revision desc limit 1`,
    )) as { amount_fen: bigint }[];
    return newest?.amount_fen;
  };
  const told = () => rows(`select recipient_ref from outbox where template = 'TRADE_CANCELLED'`);
  const refused = await cancel('T1');
  await decide(refused, 'refuse');
  expect([await refused.result(), await told()]).toEqual(['refused', []]);
  const process = await cancel('T2');
  // 1,000.00 at 0.9; whose trade it is, and the words of the notice, are in no history.
  const { facts } = await decide(process, 'approve');
  expect(facts).toMatchObject({ trade: 'T2', amount: '-900.00', settles: '2025-08-04', effectiveOn: '2025-08-04' });
  expect(await process.result()).toBe('cancelled');
  expect(JSON.stringify(await process.fetchHistory())).not.toMatch(/A900000901|6900000001|out of all reason/);
  // T1 alone is due.
  expect(await trades()).toBe(-90_000n);
  expect(await told()).toEqual([{ recipient_ref: 'fund-account:6900000001' }]);
  await stage.record(process.workflowId, 'trade-cancelled');
});

test('what nobody has decided when the first day is posted lapses, told upwards before, and keeps no other notice out', async () => {
  const asked = (key: string) =>
    askPostponement(stage.pool, {
      ...{ channel: 'SH', cause: 'typhoon', notice: 'signal 9 at night', key },
      ...{ from: parseBusinessDate('2025-08-06'), to: parseBusinessDate('2025-08-07') },
      ...{ by: 'ops-client-1', role: 'operations', requestId: 'r' },
    });
  await stage.stage.advance('2025-08-05T02:00:00.000Z');
  const { postponementId } = await asked('nobody looks');
  await stage.settled();
  // Posted from 20:00 on.
  await stage.stage.advance('2025-08-06T12:00:00.000Z');
  await stage.settled();
  expect(await rows('select state from settlement_postponements where postponement_id = $1', postponementId)).toEqual([
    { state: 'recalled' },
  ]);
  expect(
    await rows(
      `select state, breached_at is not null as breached from deadlines where business_key = $1`,
      `approve-postponement:${postponementId}`,
    ),
  ).toEqual([{ state: 'withdrawn', breached: true }]);
  expect(Number((await asked('looked at')).postponementId)).toBeGreaterThan(Number(postponementId));
});

test('the cushion is raised: the alarm asks, one person of finance says how much, a second approves, and it is booked when the bank has paid', async () => {
  await rows(
    `insert into broker_accounts values ($1, 'SH', 'bank', 'proprietary'), ($2, 'SH', 'bank', 'client')`,
    OWN,
    CLIENTS,
  );
  await rows(
    `insert into settlement_days values ('SH', '2025-08-06', 'settlement-day:SH:2025-08-06', 'full', true, '2025-08-05', '2025-08-07', '2025-08-08',
       '2025-08-07', '2025-08-07', 1, 'closed', '2025-08-06T00:00:00Z', '2025-08-06T12:00:00Z')`,
  );
  await bank.clockTo('2025-08-06 20:00:00');
  const evening = (amountFen: bigint) =>
    inTransaction(stage.pool, (sql) =>
      topUpByAlarm(sql, { channel: 'SH', businessDate: parseBusinessDate('2025-08-06') }, amountFen),
    );
  // Posted twice: still one wish, of the newest amount.
  await evening(6_000_000n);
  await evening(6_250_001n);
  await stage.settled();
  const topUps = () =>
    rows('select top_up_id::text as id, origin, state, ended_by from cushion_top_ups order by top_up_id');
  expect(await topUps()).toEqual([{ id: '1', origin: 'alarm', state: 'open', ended_by: null }]);
  const process = stage.process('cushion-top-up:SH:2025-08-06:1');
  const first = { person: 'fin-prop-1', role: 'finance' };
  const decide = (person: string) =>
    stage.complete(process, { ...first, person }, { decision: 'approve', reason: 'agreed' }, 'approve-order');
  for (const amount of ['0.00', '-5.00', '70000'])
    await expect(stage.complete(process, first, { amount })).rejects.toThrow();
  const made = await stage.complete(process, first, { amount: '70000.00' });
  expect(made).toMatchObject({ kind: 'make-cushion-order', facts: { origin: 'alarm', amount: '62500.01' } });
  await expect(decide('fin-prop-1')).rejects.toMatchObject({ cause: { type: 'SAME_PERSON' } });
  await decide('fin-prop-2');
  // Approved: it is not taken back any more, neither by finance nor by a newer evening.
  const takenBack = (topUpId: string) =>
    withdrawCushionTopUp(stage.pool, { topUpId, by: 'fin-prop-1', reason: 'not needed', requestId: 'r' });
  await expect(takenBack('1')).rejects.toMatchObject({ code: 'CUSHION_TOP_UP_UNDER_WAY' });
  await evening(0n);
  await bank.clockTo('2025-08-06 20:30:00');
  await stage.stage.advance('2025-08-06T13:05:00.000Z');
  expect(await process.result()).toBe('paid');
  expect(await topUps()).toEqual([{ id: '1', origin: 'alarm', state: 'paid', ended_by: 'fin-prop-2' }]);
  expect(
    await rows(`select e.business_date::text as day, ledger, owner, amount from entries e join batches b using (batch_id)
                where b.kind = 'top-up-cushion' order by line_no`),
    // Paid at 20:30, when the day was closed: its books stay as they were told.
  ).toEqual([
    { day: '2025-08-07', ledger: 'bank', owner: OWN, amount: -7_000_000n },
    { day: '2025-08-07', ledger: 'cushion_paid_in', owner: 'proprietary', amount: 7_000_000n },
    { day: '2025-08-07', ledger: 'bank', owner: CLIENTS, amount: 7_000_000n },
    { day: '2025-08-07', ledger: 'cushion', owner: 'CUSHION', amount: -7_000_000n },
  ]);
  // Owed until the morning that lends: 08:00 of the next trading day.
  expect(await rows(`select state, due_at from deadlines where business_key = 'cushion-top-up:1'`)).toEqual([
    { state: 'met', due_at: '2025-08-07T00:00:00.000Z' },
  ]);

  // By finance: once, however often it is clicked; what was asked for is ordered; taken back its task goes.
  const ask = (key: string, amountFen = 10_000n) =>
    askCushionTopUp(stage.pool, {
      ...{ channel: 'SH', amountFen, reason: 'before the holidays', key },
      ...{ by: 'fin-prop-1', requestId: 'r' },
    });
  for (const amountFen of [0n, -1n])
    await expect(ask('none', amountFen)).rejects.toMatchObject({ code: 'AMOUNT_NOT_POSITIVE' });
  expect(await Promise.all([ask('clicked'), ask('clicked')])).toEqual([{ topUpId: '2' }, { topUpId: '2' }]);
  await expect(ask('another')).rejects.toMatchObject({ code: 'CUSHION_TOP_UP_PENDING' });
  await stage.settled();
  const second = stage.process('cushion-top-up:SH:2025-08-06:2');
  await expect(stage.complete(second, first, { amount: '100.01' })).rejects.toMatchObject({
    cause: { type: 'INPUT_INVALID' },
  });
  await stage.complete(second, first, { amount: '100.00' });
  await takenBack('2');
  await stage.settled();
  expect(await second.result()).toBe('not needed');
  expect(await rows(`select state from orders where kind = 'CUSHION' order by order_id`)).toEqual([
    { state: 'executed' },
    { state: 'withdrawn' },
  ]);
  await stage.record(process.workflowId, 'cushion-raised');
});

test('the list of holidays ends: what counts its days goes on without a due date, compliance is asked for them, and what is entered dates it', async () => {
  const { clientNo } = await withPermission('P20250601-000002');
  await openArchive(stage.pool, { clientNo, openedOn: '2025-06-20' });
  const today = parseBusinessDate((await stage.client.nowOf()).slice(0, 10));
  await knownTo(today);
  const asked = { reason: 'asked for on the last known day', requestId: 'r' };
  const { caseNo } = await owing('6912345699', 50_000);
  await giveDelegation({ pool: stage.pool })({
    ...{
      principal: 'ops-client-1',
      delegate: 'ops-client-2',
      role: 'operations',
      side: 'client',
      kinds: null,
      amountLimitFen: null,
    },
    ...{
      firstDay: today,
      lastDay: parseBusinessDate('2025-12-31'),
      person: 'compliance-1',
      requestKey: 'end',
      ...asked,
    },
  });
  await requestRoleGrant({ pool: stage.pool })({
    ...{
      person: 'service-1',
      role: 'brokerage',
      side: null,
      branch: null,
      mark: null,
      inChargeOf: [],
      validFrom: today,
    },
    ...{ validTo: null, exceptionReason: null, requestedBy: 'service-2', requestKey: 'end', ...asked },
    workflowIdOf: (id) => `role-grant:${id}`,
  });
  await askRetentionChange(stage.pool, {
    ...{ key: 'end', clientNo, kind: 'longer period', onDay: '2050-01-01', by: 'branch-1001', role: 'branch' },
    ...{ branches: null, ...asked },
  });
  await askPermissionChange(stage.pool, {
    ...{ key: randomUUID(), kind: 'suspension', clientNo, permission: 'HKSC', ...asked },
    ...{ by: OPERATIONS.person, role: 'operations' },
  });
  await askCushionTopUp(stage.pool, { channel: 'SH', amountFen: 100n, key: 'end', by: 'fin-prop-1', ...asked });
  await stage.settled();
  // Each has its task, without a due date, and the task by which its days are asked for.
  const waiting = () =>
    rows(
      `select t.kind, t.due_at from tasks t where t.state = 'open' and t.kind <> 'extend-calendar'
          and exists (select from tasks days where days.workflow_id = t.workflow_id and days.kind = 'extend-calendar' and days.state = 'open')
        order by t.kind`,
    );
  expect(await waiting()).toEqual(
    [
      'approve-delegation',
      'approve-retention-change',
      'approve-suspension',
      'call-overdrawn-client',
      'grant-role',
      'make-cushion-order',
      'purchases-at-counter',
      'recover-overdraft',
    ].map((kind) => ({ kind, due_at: null })),
  );
  await knownTo('2026-12-31');
  const [recovery] = (await rows('select workflow_id from overdraft_cases where case_no = $1', caseNo)) as {
    workflow_id: string;
  }[];
  const process = stage.process(recovery!.workflow_id);
  for (const _ of ['call', 'recover'])
    await stage.complete(process, { person: 'compliance-1', role: 'compliance' }, { entered: true }, 'extend-calendar');
  // A working day after Wednesday 6 August to call, twenty to recover.
  expect(
    await rows(
      `select step, state, to_char(due_at at time zone 'Asia/Shanghai', 'MM-DD HH24:MI') as due from deadlines where subject = $1 order by step`,
      caseNo,
    ),
  ).toEqual([
    { step: 'call', state: 'running', due: '08-07 17:30' },
    { step: 'recover', state: 'running', due: '09-03 17:30' },
  ]);
  // Done before a day was known: what asks for it is taken off the list.
  const held = stage.process('retention-change:1');
  await stage.complete(
    held,
    { person: 'compliance-1', role: 'compliance' },
    { decision: 'approve', reason: 'agreed' },
    'approve-retention-change',
  );
  expect(await held.result()).toBe('approved');
  expect(await rows(`select kind, state from tasks where workflow_id = $1 order by kind`, held.workflowId)).toEqual([
    { kind: 'approve-retention-change', state: 'done' },
    { kind: 'extend-calendar', state: 'withdrawn' },
  ]);
});
