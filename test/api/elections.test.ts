/**
 * An event over HTTP from its notice to its proof, on the product's processes with the clearing house beside them: elections are
 * acknowledged, changed, withdrawn, telephoned; every bad one is refused with its reasons; the close is exact to the millisecond.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runsOf } from '../../activities/complaints/process-history';
import { openElections } from '../../activities/corporate-actions/open-elections';
import { seedClients } from '../../activities/clients/seed-clients';
import { dispatchSignals } from '../../activities/intake/dispatch-signals';
import { startSimulator, type RunningSimulator } from '../../simulators/launch';
import { holding, noticed, replied } from '../support/events';
import { isRecording, keepHistory } from '../support/kept-history';
import { openApiStage, type ApiStage, type Called } from './stage';
import { toldMessages } from '../support/told';
import { eventually } from '../support/eventually';
import { untilWaiting, whileLocked } from '../support/waiting-for-locks';

const DAYS = path.join(__dirname, '../../samples/days-a');
const EVENT = '/v1/corporate-actions/SH/TKOV1';
const OFFER = { kind: 'H07', code: '08005', eventCode: 'TKOV1', mark1: '1', date1: '2025-06-20', date2: '2025-06-23' };

let api: ApiStage;
let simulators: readonly RunningSimulator[];
const folder = mkdtempSync(path.join(tmpdir(), 'southbound-elections-'));
/** Accounts of the clients of the logins. */
const account: Record<'client-1' | 'client-2', string> = { 'client-1': 'A100000001', 'client-2': 'A100000002' };

beforeAll(async () => {
  const playing = { data: DAYS, inbox: path.join(folder, 'inbox'), stateDir: path.join(folder, 'state') };
  simulators = await Promise.all([startSimulator('clearing-house', playing), startSimulator('counter', playing)]);
  const [ccnet, counter] = simulators;
  api = await openApiStage('elections', {
    workflows: path.join(__dirname, '../../workflows/index.ts'),
    outside: { ccnetUrl: ccnet?.url ?? '', counterUrl: counter?.url ?? '', bulk: true },
  });
  const { pool } = api;
  await seedClients(pool, 4);
  await pool.query(
    `insert into clients (fund_account, securities_account, branch, seat, side, kind, commission_rate, commission_minimum_fen)
     select f.fund_account, 'A10000000' || right(l.person, 1), '1001', '21000', 'client', 'natural', 0.0003, 500
       from client_logins l join client_fund_accounts f using (client_no)`,
  );
  await pool.query(
    `insert into clients values ('6100000003', 'A100000003', '1001', '21000', 'client', 'natural', 0.0003, 500),
       ('6100000004', 'A100000004', '1002', '21000', 'client', 'natural', 0.0003, 500),
       ('8000000005', 'B100000005', '0001', '21000', 'proprietary', 'institution', 0, 0)`,
  );
  await holding(pool, '2025-06-20', '08005', [
    { account: 'A100000001', shares: 1000 },
    { account: 'A100000003', shares: 500 },
    { account: 'A100000004', shares: 300 },
  ]);
  await holding(pool, '2025-06-20', '08006', [
    { account: 'A100000002', shares: 900 },
    { account: 'B100000005', shares: 700 },
  ]);
  const meeting = { code: '08006', eventCode: 'MEET1', date2: '2025-06-20', date3: '2025-06-25', mark2: 'ADD' };
  await noticed(pool, '2025-06-20', [
    { ...OFFER, date3: '2025-06-25', price1: '5.60', mark2: 'ADD' },
    { ...meeting, kind: 'H06', mark1: 'Y' },
    { ...meeting, kind: 'H12', secondCode: '1' },
  ]);
  await api.stage.advance('2025-06-23T00:10:00.000Z');
}, 180_000);

/** An event that was closed and asked about, one that was cancelled, and what second persons decided; to be replayed by `histories.test.ts`. */
async function record(): Promise<void> {
  const runs: [string, string][] = [['corporate-action:SH:TKOV2', 'corporate-action-cancelled']];
  for (const kind of ['telephone-election', 'election-cut-change']) {
    const { rows } = await api.pool.query<{ id: string }>(
      `select min(workflow_id) as id from processes where starts_with(workflow_id, $1)`,
      [`${kind}:`],
    );
    runs.push([rows[0]?.id ?? '', `${kind}-approved`]);
  }
  for (const [workflowId, file] of runs) await keepHistory(api.stage.client, workflowId, `product/${file}.json`);
}

afterAll(async () => {
  if (isRecording) await record();
  await api.close();
  await Promise.all(simulators.map((one) => one.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const elect = (as: string, option: string, quantity: string, more: object = {}, event = EVENT): Promise<Called> =>
  api.call('POST', `${event}/elections`, { as, body: { option, quantity, versionShown: 1, ...more } });
const codesOf = ({ body }: Called): readonly string[] => body.errors.map(({ code }: { readonly code: string }) => code);
const page = async () => (await api.call('GET', EVENT, { as: 'ops-client-1' })).body;
const own = async (as = 'client-1') => (await api.call('GET', '/v1/me/corporate-actions', { as })).body.items;

/** What the counter was told to block of an event, or to let go. */
async function atCounter(event: string): Promise<readonly { readonly eventNo: string; readonly quantity: string }[]> {
  const { elections } = (await (await fetch(`${simulators[1]?.url}/elections`)).json()) as {
    elections: readonly { readonly eventNo: string; readonly quantity: string }[];
  };
  return elections.filter(({ eventNo }) => eventNo === event);
}

/** What a closing of the client's permission would find (A2 §12). */
async function asked(as: string) {
  const sql = await api.pool.connect();
  try {
    const { rows } = await sql.query('select client_no from client_logins where person = $1', [as]);
    return await openElections(sql, rows[0].client_no, ['SH']);
  } finally {
    sql.release();
  }
}

it('tells its holders and opens at its time', async () => {
  expect(codesOf(await elect('client-1', 'ACCEPT', '600'))).toEqual(['ELECTION_NOT_OPEN']);
  await api.stage.advance('2025-06-23T01:00:00.000Z');
  expect(await asked('client-1')).toEqual({ open: 1, answeredOrWaived: 0 });
  const { state, cuts, reach, options } = await page();
  expect([state, cuts.holdersUntil, cuts.brokerUntil, cuts.clearingHouseUntil]).toEqual([
    'collecting',
    '2025-06-25T04:30:00.000Z',
    '2025-06-25T05:00:00.000Z',
    '2025-06-25T07:00:00.000Z',
  ]);
  expect(reach.holders).toEqual({ holders: 3, shares: '1800' });
  expect(reach.silent).toEqual({ holders: 3, shares: '1800' });
  expect(options.map(({ option, isDefault }: any) => [option, isDefault])).toEqual([
    ['ACCEPT', false],
    ['DECLINE', true],
  ]);
});

it('acknowledges an election, files it with the clearing house, and shows it to its holder in one request', async () => {
  const { status, body } = await elect('client-1', 'ACCEPT', '600');
  expect([status, body.standing]).toEqual([200, [{ option: 'ACCEPT', quantity: '600' }]]);
  const filed = await eventually(async () => {
    const [event] = await own();
    return event?.filings[0]?.state === 'confirmed' ? event : undefined;
  });
  expect([filed.electable, filed.elected[0].shares, filed.filings[0].shares]).toEqual(['1000', '600', '600']);
  expect(await asked('client-1')).toEqual({ open: 1, answeredOrWaived: 1 });
  // A change files the difference, a withdrawal a negative one.
  await elect('client-1', 'ACCEPT', '400');
  await elect('client-1', 'DECLINE', '100');
  const after = await eventually(async () => {
    const [event] = await own();
    return event?.filings.length === 2 && event.filings[1].state === 'confirmed' ? event : undefined;
  });
  expect(after.filings.map(({ shares }: any) => shares)).toEqual(['600', '-200']);
  expect(after.elected.map(({ option, shares }: any) => `${option} ${shares}`)).toEqual(['ACCEPT 400', 'DECLINE 100']);
});

it('answers the same request as the first time, and elects once', async () => {
  const call = { as: 'client-1', key: 'again', body: { option: 'DECLINE', quantity: '200', versionShown: 1 } };
  const [one, two] = [
    await api.call('POST', `${EVENT}/elections`, call),
    await api.call('POST', `${EVENT}/elections`, call),
  ];
  expect(two.body).toEqual(one.body);
  // The process died behind the act and before its answer was kept: whoever asks again is answered within seconds, and nothing is elected twice.
  await api.pool.query(
    `update idempotency set status = null, response = null, created_at = clock_timestamp() - interval '6 seconds' where key = 'again'`,
  );
  const three = await api.call('POST', `${EVENT}/elections`, call);
  expect([three.status, three.body]).toEqual([200, one.body]);
  const { rows } = await api.pool.query(
    `select count(*)::int as steps from election_steps where act_key like '%again'`,
  );
  expect(rows).toEqual([{ steps: 1 }]);
});

it('of two parallel requests over what can be elected takes one', async () => {
  // Both have asked before either is judged.
  const holder = 'select from corporate_action_holders where securities_account = $1';
  const { asked } = await whileLocked(api.pool, holder, [account['client-1']], async (holdingRow) => {
    const parallel = Promise.all([elect('client-1', 'ACCEPT', '800'), elect('client-1', 'DECLINE', '600')]);
    await untilWaiting(holdingRow, 2);
    return { asked: parallel };
  });
  const both = await asked;
  expect(both.map(({ status }) => status).sort()).toEqual([200, 422]);
  expect(codesOf(both.find(({ status }) => status === 422) as Called)).toEqual(['EXCEEDS_ELECTABLE']);
  const [{ elected }] = await own();
  expect(elected.reduce((sum: number, { shares }: any) => sum + Number(shares), 0)).toBeLessThanOrEqual(1000);
  await elect('client-1', 'DECLINE', '100');
  await elect('client-1', 'ACCEPT', '600');
});

it('refuses whoever holds nothing, what is bad in itself, and says all of it at once', async () => {
  expect(codesOf(await elect('client-2', 'ACCEPT', '1'))).toEqual(['NOTHING_ELECTABLE']);
  expect(codesOf(await elect('client-1', 'STOCK', '5000', { versionShown: 7 }))).toEqual([
    'EVENT_VERSION_OUTDATED',
    'OPTION_UNKNOWN',
    'EXCEEDS_ELECTABLE',
  ]);
  expect(codesOf(await elect('client-1', 'ACCEPT', '-100'))).toEqual(['QUANTITY_NEGATIVE']);
  expect(codesOf(await elect('client-1', 'ACCEPT', '0.5'))).toEqual(['QUANTITY_NOT_WHOLE']);
  expect((await elect('client-1', 'ACCEPT', '1', { securitiesAccount: account['client-2'] })).status).toBe(403);
  // The attempts are in the audit.
  const { rows } = await api.pool.query(
    `select count(*)::int as n from audit where action = 'elect' and outcome = 'refused'`,
  );
  expect(rows[0].n).toBeGreaterThanOrEqual(5);
});

it('reminds and marks a selection of holders, each those of the own branch', async () => {
  const act = async (what: string, as: string, securitiesAccounts: readonly string[], more: object = {}) =>
    (await api.call('POST', `${EVENT}/${what}`, { as, body: { securitiesAccounts, ...more } })).body;
  const all = ['A100000001', 'A100000003', 'A100000004'];
  // The first has answered, the third is of another branch.
  expect(await act('reminders', 'branch-1001', all)).toEqual({ holders: 1 });
  const { rows } = await api.pool.query(`select recipient_ref as to from outbox where template = 'ELECTION_REMINDER'`);
  expect(rows).toEqual([{ to: 'fund-account:6100000003' }]);
  const reason = { reason: '三次未接 three calls in vain' };
  expect(await act('unreachable-holders', 'branch-1001', ['A100000004'], reason)).toEqual({ holders: 0 });
  expect(await act('unreachable-holders', 'branch-1002', ['A100000004'], reason)).toEqual({ holders: 1 });
  expect((await page()).reach.unreachable).toEqual({ holders: 1, shares: '300' });
  // Whoever cannot be reached is not reminded.
  expect(await act('reminders', 'ops-client-1', ['A100000004'])).toEqual({ holders: 0 });
  const back = { reason: '客户回电 the client called back' };
  expect(await act('reachable-holders', 'branch-1001', ['A100000004'], back)).toEqual({ holders: 0 });
  expect(await act('reachable-holders', 'branch-1002', all, back)).toEqual({ holders: 1 });
  expect(await act('reminders', 'ops-client-1', ['A100000004'])).toEqual({ holders: 1 });
  expect(await act('unreachable-holders', 'ops-client-1', ['A100000003', 'A100000004'], reason)).toEqual({
    holders: 2,
  });
  // The timeline, which other branches read, counts them; the audit names them.
  const { timeline } = await page();
  expect(
    timeline
      .filter(({ act: what }: any) => /unreachable/.test(what))
      .map(({ act: what, detail }: any) => [what, detail]),
  ).toEqual([
    ['mark unreachable', { holders: 1 }],
    ['take unreachable mark back', { holders: 1 }],
    ['mark unreachable', { holders: 2 }],
  ]);
  const { rows: named } = await api.pool.query(
    `select action, after -> 'accounts' as accounts from audit where action like 'mark holders %' and after ->> 'holders' <> '0' order by seq`,
  );
  expect(named).toEqual([
    { action: 'mark holders unreachable', accounts: ['A100000004'] },
    { action: 'mark holders reachable', accounts: ['A100000004'] },
    { action: 'mark holders unreachable', accounts: ['A100000003', 'A100000004'] },
  ]);
});

it('takes votes of a holder, and those of the own-account desk for the shares of the firm, each seen by its side', async () => {
  const meeting = '/v1/corporate-actions/SH/MEET1';
  const vote = { ballot: '1', option: 'FOR', versionShown: 1 };
  expect((await elect('client-2', 'FOR', '500', { ballot: '1' }, meeting)).status).toBe(200);
  const forFirm = (securitiesAccount: string, quantity: string, as = 'prop-1') =>
    api.call('POST', `${meeting}/own-account-elections`, { as, body: { ...vote, securitiesAccount, quantity } });
  expect((await forFirm('B100000005', '700', 'branch-1001')).status).toBe(403);
  expect(codesOf(await forFirm('A100000002', '100'))).toEqual(['NOT_A_HOLDER']);
  expect(codesOf(await forFirm('B100000005', '701'))).toEqual(['EXCEEDS_ELECTABLE']);
  expect((await forFirm('B100000005', '700')).status).toBe(200);
  const votesOf = async (as: string) => (await api.call('GET', meeting, { as })).body.votes[0];
  const done = await eventually(async () => {
    const [desk, clients] = [await votesOf('prop-1'), await votesOf('ops-client-1')];
    return desk.acknowledged.for !== '0' && clients.acknowledged.for !== '0' ? [desk, clients] : undefined;
  });
  expect(done.map(({ chosen, acknowledged }: any) => [chosen.for, acknowledged.for])).toEqual([
    ['700', '700'],
    ['500', '500'],
  ]);
  // The holder sees the own vote beside that of all.
  const [mine] = (await own('client-2')).filter(({ eventNo }: any) => eventNo === 'MEET1');
  expect([mine.votes[0].chosen.for, mine.votes[0].ofAll.for]).toEqual(['500', '1200']);
});

it('does not let shares in transit be elected', async () => {
  await api.pool.query(
    `insert into corporate_action_holders (event_id, securities_account, fund_account, side, branch, settled, unsettled_sales, in_transit, electable)
     select event_id, $1, c.fund_account, 'client', '1001', 0, 0, 700, 0 from corporate_actions, clients c where event_no = 'TKOV1' and c.securities_account = $1`,
    [account['client-2']],
  );
  expect(codesOf(await elect('client-2', 'ACCEPT', '700'))).toEqual(['NOTHING_ELECTABLE']);
  const inTransit = (await own('client-2')).find(({ eventNo }: any) => eventNo === 'TKOV1');
  expect(inTransit).toMatchObject({ electable: '0', inTransit: '700' });
  // However many events there are, none is cut off: the older ones stand on the next pages.
  const one = async (after = '') =>
    (await api.call('GET', `/v1/me/corporate-actions?limit=1${after}`, { as: 'client-2' })).body;
  const first = await one();
  const second = await one(`&cursor=${first.next}`);
  expect([first, second].map(({ items: [{ eventNo }] }) => eventNo)).toEqual(['MEET1', 'TKOV1']);
  expect(second.next).toBeNull();
  await expect(
    api.pool.query(`update corporate_action_holders set electable = 700 where securities_account = $1`, [
      account['client-2'],
    ]),
  ).rejects.toThrow(/transit_is_not_electable/);
});

async function taskOf(workflowId: string): Promise<{ readonly task_id: string; readonly revision: number }> {
  return eventually(async () => {
    const { rows } = await api.pool.query(
      `select task_id::text, revision from tasks where workflow_id = $1 and state = 'open'`,
      [workflowId],
    );
    return rows[0];
  });
}
const approve = (as: string, task: { readonly task_id: string; readonly revision: number }) =>
  api.call('POST', `/v1/tasks/${task.task_id}/completion`, {
    as,
    body: { revision: task.revision, form: { decision: 'approve', reason: '录音核对一致 as on the recording' } },
  });

it('takes down what a selection of holders elected by telephone, one by one; whoever answers is reached', async () => {
  const selection = (as: string, elections: readonly object[]) =>
    api.call('POST', `${EVENT}/telephone-elections/selection`, { as, body: { versionShown: 1, elections } });
  const one = (securitiesAccount: string, recording: string, quantity: string) => ({
    securitiesAccount,
    recording,
    option: 'ACCEPT',
    quantity,
  });
  const { status, body } = await selection('branch-1001', [
    one('A100000003', 'REC-A', '240'),
    one('A100000003', 'REC-B', '501'),
    one('A100000003', 'REC-A', '1'),
    one('A100000004', 'REC-D', '300'),
  ]);
  expect(status).toBe(200);
  const told = body.elections.map(({ recording, telephoneNo, refusals }: any) => [
    recording,
    telephoneNo !== null,
    refusals.map(({ code }: any) => code),
  ]);
  // More than can be elected; a recording that was used; a client of another branch.
  expect(told).toEqual([
    ['REC-A', true, []],
    ['REC-B', false, ['EXCEEDS_ELECTABLE']],
    ['REC-A', false, ['RECORDING_USED']],
    ['REC-D', false, ['NOT_A_HOLDER']],
  ]);
  const unreachable = async () => (await page()).reach.unreachable.holders;
  expect(await unreachable()).toBe(2);
  const task = await taskOf(`telephone-election:${body.elections[0].telephoneNo}`);
  expect((await approve('branch-1001-head', task)).status).toBe(200);
  // He has answered: no mark keeps reminders from him when the event is opened again.
  expect(await unreachable()).toBe(1);
  const { rows } = await api.pool.query(`select quantity::int from elections where securities_account = 'A100000003'`);
  expect(rows).toEqual([{ quantity: 240 }]);
});

it('takes an election by telephone when a second person has listened to it', async () => {
  const body = {
    securitiesAccount: 'A100000003',
    option: 'ACCEPT',
    quantity: '250',
    versionShown: 1,
    recording: 'REC-1',
  };
  const drafted = await api.call('POST', `${EVENT}/telephone-elections`, { as: 'branch-1001', body });
  // Somebody else still listens to it.
  expect([drafted.status, drafted.headers.get('location')]).toEqual([202, EVENT]);
  const again = await api.call('POST', `${EVENT}/telephone-elections`, { as: 'branch-1001', body });
  expect(codesOf(again)).toEqual(['RECORDING_USED']);
  expect((await api.call('POST', `${EVENT}/telephone-elections`, { as: 'branch-1002', body })).status).toBe(404);
  const task = await taskOf(`telephone-election:${drafted.body.telephoneNo}`);
  // Whose shares it is about goes through the process by reference, and stands in the task.
  const { rows: shown } = await api.pool.query(`select facts ->> 'account' as account from tasks where task_id = $1`, [
    task.task_id,
  ]);
  expect(shown).toEqual([{ account: 'A100000003' }]);
  expect(codesOf(await approve('branch-1001', task))).toContain('SAME_PERSON');
  expect((await approve('branch-1001-head', task)).status).toBe(200);
  const { rows } = await api.pool.query(
    `select option, quantity::int, elected_by from elections where securities_account = 'A100000003'`,
  );
  expect(rows).toEqual([{ option: 'ACCEPT', quantity: 250, elected_by: 'telephone' }]);
  await eventually(async () => {
    const { rowCount } = await api.pool.query(`select from election_filings where state <> 'confirmed'`);
    return rowCount === 0 ? true : undefined;
  });
});

it('takes back what the clearing house refuses, and tells the holder', async () => {
  const fault = (kind: string) =>
    fetch(`${simulators[0]?.url}/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind }),
    });
  expect((await fault('refuse')).ok).toBe(true);
  const before = (await own())[0].elected;
  await elect('client-1', 'ACCEPT', '650');
  const event = await eventually(async () => {
    const [one] = await own();
    return one.filings.at(-1).state === 'refused' ? one : undefined;
  });
  await fault('none');
  expect(event.elected.map(({ option, shares }: any) => [option, shares])).toEqual(
    before.map(({ option, shares }: any) => [option, shares]),
  );
  const { rows } = await api.pool.query(
    `select facts ->> 'code' as code from outbox where template = 'ELECTION_REFUSED'`,
  );
  expect(rows).toEqual([{ code: 'REFUSED_FOR_DRILL' }]);
});

/** Taken down by a branch, and approved by nobody. */
async function telephoned(recording: string, versionShown: number, event = EVENT): Promise<string> {
  const asked = { securitiesAccount: 'A100000004', option: 'ACCEPT', quantity: '100', versionShown, recording };
  const { status, body } = await api.call('POST', `${event}/telephone-elections`, { as: 'branch-1002', body: asked });
  expect(status).toBe(202);
  return `telephone-election:${body.telephoneNo}`;
}
/** What became of the tasks of a process. */
const tasksOf = async (workflowId: string) =>
  (await api.pool.query('select state from tasks where workflow_id = $1', [workflowId])).rows.map(({ state }) => state);
const lapsed = async () =>
  (await toldMessages(api.pool, `template = 'ELECTION_LAPSED'`)).map(({ recipient_ref: to, state, text }) => ({
    to,
    state,
    why: /The terms have changed|100 shares, does not stand\. It was not approved before|The corporate action is cancelled\.$/.test(
      text.en,
    ),
  }));
const LAPSED = { to: 'fund-account:6100000004', state: expect.not.stringMatching('blocked'), why: true };

it('re-opens what a newer version touches, and tells its holders', async () => {
  const draft = await telephoned('REC-2', 1);
  await noticed(api.pool, '2025-06-23', [{ ...OFFER, date3: '2025-06-25', price1: '5.85', mark2: 'UPD' }]);
  await api.stage.advance('2025-06-24T00:00:00.000Z');
  expect(codesOf(await elect('client-1', 'ACCEPT', '700'))).toEqual(['EVENT_VERSION_OUTDATED']);
  const { version, reach, versions } = await page();
  expect([version, reach.reopened.holders, versions[1].differences]).toEqual([
    2,
    2,
    [{ term: 'priceBeforeTax', before: '5.6', after: '5.85' }],
  ]);
  const { rows } = await api.pool.query(`select count(*)::int as n from outbox where template = 'ELECTION_REOPENED'`);
  expect(rows[0].n).toBe(2);
  expect((await elect('client-1', 'ACCEPT', '700', { versionShown: 2 })).status).toBe(200);
  expect((await own())[0].reopenedVersion).toBeNull();
  // What was given by telephone on the terms before lapses, its client is told, and nobody is asked to approve it any more.
  expect(await lapsed()).toEqual([LAPSED]);
  expect(await tasksOf(draft)).toEqual(['withdrawn']);
});

it('moves the deadline of the broker with a second person only, and never to that of the clearing house', async () => {
  const ask = (brokerUntil: string, as = 'ops-client-1') =>
    api.call('POST', `${EVENT}/deadline-changes`, { as, body: { brokerUntil, reason: '客户需要更多时间 more time' } });
  expect(codesOf(await ask('2025-06-25T15:00:00+08:00'))).toEqual(['CUT_OUT_OF_ORDER']);
  const asked = await ask('2025-06-25T14:00:00+08:00');
  expect([asked.status, asked.headers.get('location')]).toEqual([202, EVENT]);
  expect(codesOf(await ask('2025-06-25T14:30:00+08:00'))).toEqual(['CUT_CHANGE_ASKED_ALREADY']);
  await expect(
    api.pool.query(
      `update corporate_actions set broker_cut_at = broker_cut_at + interval '1 minute' where event_no = 'TKOV1'`,
    ),
  ).rejects.toThrow(/moves with an approval/);
  for (const cut of ['broker_cut_at', 'hkscc_cut_at'])
    await expect(
      api.pool.query(`update corporate_actions set clearing_cut_at = ${cut} where event_no = 'TKOV1'`),
    ).rejects.toThrow(/cuts_in_their_order/);
  const task = await taskOf(`election-cut-change:${asked.body.changeId}`);
  expect(codesOf(await approve('ops-client-1', task))).toContain('SAME_PERSON');
  expect((await approve('ops-client-2', task)).status).toBe(200);
  expect((await page()).cuts).toMatchObject({
    holdersUntil: '2025-06-25T05:30:00.000Z',
    brokerUntil: '2025-06-25T06:00:00.000Z',
  });
});

it('takes an election a millisecond before the deadline and refuses one at it and after it, the deadline named', async () => {
  await api.stage.advance('2025-06-25T05:29:59.999Z');
  expect((await elect('client-1', 'ACCEPT', '710', { versionShown: 2 })).status).toBe(200);
  await telephoned('REC-3', 2);
  await api.stage.advance('2025-06-25T05:30:00.000Z');
  const late = await elect('client-1', 'ACCEPT', '720', { versionShown: 2 });
  expect(codesOf(late)).toEqual(['AFTER_DEADLINE']);
  expect(late.body.errors[0].sentence.en).toContain('2025-06-25 13:30:00');
  await api.stage.advance('2025-06-25T05:30:00.001Z');
  expect(codesOf(await elect('client-1', 'ACCEPT', '720', { versionShown: 2 }))).toEqual(['AFTER_DEADLINE']);
});

it('gives the silent the default at the close, tells whoever elected by telephone in vain, and proves held = submitted = acknowledged', async () => {
  await api.stage.advance('2025-06-25T06:00:00.000Z');
  const { state, options, submissions, breaks, timeline } = await page();
  expect(state).toBe('closed');
  expect(await lapsed()).toEqual([LAPSED, LAPSED]);
  expect(await asked('client-1')).toEqual({ open: 0, answeredOrWaived: 0 });
  // 1000 + 500 + 300 shares: 710 and 250 accepted; 100 kept by choice, the rest by silence.
  expect(options.map(({ option, elected, byDefault }: any) => [option, elected.shares, byDefault])).toEqual([
    ['ACCEPT', '960', '0'],
    ['DECLINE', '840', '740'],
  ]);
  const confirmed = submissions.find((one: any) => one.state === 'confirmed');
  expect(confirmed.shares).toBe('960');
  expect(breaks).toEqual([]);
  expect(timeline.at(-1)).toMatchObject({ act: 'reconcile elections', detail: { breaks: 0, unanswered: 0 } });
  const acts = timeline.map(({ act }: any) => act);
  expect(acts.filter((act: string) => act === 'remind the silent')).toHaveLength(4);
  const { rows } = await api.pool.query(
    `select state from deadlines where step = 'reconcile elections' and subject = 'TKOV1'`,
  );
  expect(rows).toEqual([{ state: 'met' }]);
  // Of the meeting each side is proven by itself; what was not voted is withheld and not filed.
  const meeting = (await api.call('GET', '/v1/corporate-actions/SH/MEET1', { as: 'supervisor-1' })).body;
  expect([meeting.state, meeting.breaks]).toEqual(['closed', []]);
  const tally = meeting.timeline.filter(({ act }: any) => act === 'reconcile elections').at(-1).detail.tally;
  expect(
    tally
      .filter(({ option }: any) => option === 'FOR')
      .map(({ side, held, submitted, acknowledged }: any) => [side, held, submitted, acknowledged]),
  ).toEqual([
    ['client', '500', '500', '500'],
    ['proprietary', '700', '700', '700'],
  ]);
  const told = await atCounter('TKOV1');
  expect(told.reduce((sum, { quantity }) => sum + Number(quantity), 0)).toBe(960);
});

it('goes on in a history of its own where its life is long, and asks nothing twice', async () => {
  const { client } = api.stage;
  const id = 'corporate-action:SH:TKOV1';
  if (isRecording) await keepHistory(client, id, 'product/corporate-action-proven.json');
  // Started anew by hand it knows nothing of the life before, and finds in the book all that was done.
  const before = await page();
  const terminated = await client.workflow.getHandle(id).describe();
  await client.workflow.getHandle(id).terminate('another life');
  const started = await client.workflow.start('corporateAction', {
    taskQueue: `${client.options.namespace}-stories`,
    workflowId: id,
    args: [{ channel: 'SH', eventNo: 'TKOV1', renewsAfter: 60 }],
  });
  // Each signal has it look at the event again, in this run or in the next one.
  const longest = { events: 0 };
  const runAfter = (run: string) =>
    eventually(async () => {
      await client.workflow.getHandle(id).signal('eventChanged', 99);
      const { runId, historyLength } = await client.workflow.getHandle(id).describe();
      longest.events = Math.max(longest.events, historyLength);
      return runId === run ? undefined : runId;
    });
  await runAfter(await runAfter(started.firstExecutionRunId));
  expect(longest.events).toBeLessThan(120);
  const after = await page();
  expect(after).toEqual(before);
  // Whoever freezes it finds every life that the engine has: those that went on in one another, and the one that was ended by hand.
  const newest = await client.workflow.getHandle(id).describe();
  // Of one that is no part of the newest life the engine's list tells, which may be seconds late.
  const runs = await eventually(async () => {
    const found = await runsOf(client, id);
    expect(found.at(-1)?.runId).toBe(newest.runId);
    return found[0]?.runId === terminated.runId ? found : undefined;
  });
  const last = runs.map(({ events }) => events.at(-1)?.eventType.replace('EVENT_TYPE_WORKFLOW_EXECUTION_', ''));
  expect(last.slice(0, 3)).toEqual(['TERMINATED', 'CONTINUED_AS_NEW', 'CONTINUED_AS_NEW']);
  expect(runs[1]?.runId).toBe(started.firstExecutionRunId);
});

it('lists the holders of the own side and branch, and exports them', async () => {
  const list = async (as: string, query = '') => (await api.call('GET', `${EVENT}/holders${query}`, { as })).body.items;
  const accounts = (items: readonly any[]) => items.map(({ securitiesAccount }) => securitiesAccount);
  expect(accounts(await list('ops-client-1', '?which=answered'))).toEqual(['A100000001', 'A100000003']);
  expect(accounts(await list('branch-1002'))).toEqual(['A100000004']);
  expect(accounts(await list('ops-prop-1'))).toEqual([]);
  const csv = await api.call('GET', `${EVENT}/holders/csv`, { as: 'branch-1002' });
  expect(csv.body).toMatch(/A100000004,6100000004,1002,300,0,0,300,DECLINE 300 \(default\),/);
  expect(csv.body.trimEnd().split('\r\n')).toHaveLength(2);
});

it('takes nothing for an event that is cancelled, and keeps what cancels one that has been paid for people to decide', async () => {
  const other = { ...OFFER, eventCode: 'TKOV2', date3: '2025-06-27', price1: '4' };
  await noticed(api.pool, '2025-06-24', [{ ...other, mark2: 'ADD' }]);
  await api.stage.advance('2025-06-26T01:00:00.000Z');
  const at = '/v1/corporate-actions/SH/TKOV2';
  expect((await elect('client-1', 'ACCEPT', '10', {}, at)).status).toBe(200);
  const left = await api.call('POST', `${at}/waivers`, { as: 'client-1', body: { versionShown: 1 } });
  expect([left.status, left.body]).toEqual([200, { waivedAt: '2025-06-26T01:00:00.000Z' }]);
  await eventually(async () => ((await atCounter('TKOV2')).length === 1 ? true : undefined));
  const brokerUntil = '2025-06-27T14:00:00+08:00';
  const body = { brokerUntil, reason: '客户需要更多时间 more time' };
  const moved = await api.call('POST', `${at}/deadline-changes`, { as: 'ops-client-1', body });
  const drafts = [await telephoned('REC-4', 1, at), `election-cut-change:${moved.body.changeId}`];
  for (const draft of drafts) await taskOf(draft);
  await noticed(api.pool, '2025-06-25', [{ ...other, mark2: 'DEL' }]);
  await api.stage.advance('2025-06-26T01:10:00.000Z');
  for (const draft of drafts) expect(await tasksOf(draft)).toEqual(['withdrawn']);
  expect(await lapsed()).toEqual([LAPSED, LAPSED, LAPSED]);
  expect(codesOf(await elect('client-1', 'ACCEPT', '20', { versionShown: 2 }, at))).toContain('EVENT_CANCELLED');
  const { rows: standing } = await api.pool.query(
    `select count(*)::int as n from elections join corporate_actions using (event_id) where event_no = 'TKOV2'`,
  );
  expect(standing[0].n).toBe(0);
  // What the counter had blocked is let go.
  const blocked = await eventually(async () => {
    const quantities = (await atCounter('TKOV2')).map(({ quantity }) => quantity);
    return quantities.length === 2 ? quantities : undefined;
  });
  expect(blocked).toEqual(['10', '-10']);

  await api.pool.query(`update corporate_actions set paid_on = '2025-06-25' where event_no = 'TKOV1'`);
  await noticed(api.pool, '2025-06-25', [{ ...OFFER, mark2: 'DEL' }]);
  // Nobody announced this one.
  await noticed(api.pool, '2025-06-25', [{ ...other, eventCode: 'TKOV3', mark2: 'UPD' }]);
  await api.stage.advance('2025-06-26T01:20:00.000Z');
  const { state, versions, breaks } = await page();
  expect(state).toBe('closed');
  expect(versions.at(-1)).toMatchObject({ change: 'DEL', isTaken: false });
  expect(breaks.map(({ kind }: any) => kind)).toEqual(['contradiction']);
  const { rows } = await api.pool.query(
    `select workflow_id from tasks where kind = 'clear-corporate-action-breaks' and state = 'open' order by 1`,
  );
  expect(rows.map(({ workflow_id: id }) => id)).toEqual(['corporate-action:SH:TKOV1', 'corporate-action:SH:TKOV3']);
  // Before the clearing house's deadline by that deadline, after it by the end of the next working day; the tasks are due with their promises.
  expect([...(await owed('clear breaks'))].sort()).toEqual([
    'SH:TKOV1:1 running 2025-06-27T09:30:00.000Z',
    'SH:TKOV3:1 running 2025-06-27T07:00:00.000Z',
  ]);
  const { rows: due } = await api.pool.query(
    `select due_at as due from tasks where kind = 'clear-corporate-action-breaks' and state = 'open' order by workflow_id`,
  );
  expect(due).toEqual([{ due: '2025-06-27T09:30:00.000Z' }, { due: '2025-06-27T07:00:00.000Z' }]);
});

/** Promises of events, oldest first. */
async function owed(step: string): Promise<readonly string[]> {
  const { rows } = await api.pool.query(
    `select substring(business_key from '-owed:(.*)') as key, state, due_at as due from deadlines where step = $1 order by deadline_id`,
    [step],
  );
  return rows.map(({ key, state, due }) => `${key} ${state} ${due}`);
}

it('asks anew about an event that is over, whatever was answered about it before', async () => {
  const at = { eventCode: 'TKOV2', date3: '2025-06-27', mark2: 'UPD' };
  const id = 'corporate-action:SH:TKOV2';
  const breaksOf = async () =>
    (await api.call('GET', '/v1/corporate-actions/SH/TKOV2', { as: 'ops-client-1' })).body.breaks;
  // Notices of earlier days come late: kept, not in force, and asked about each.
  await noticed(api.pool, '2025-06-19', [{ ...OFFER, ...at, price1: '3' }]);
  await api.stage.advance('2025-06-26T01:21:00.000Z');
  const task = await taskOf(id);
  const form = { decision: 'leave as it stands', reason: '已核对 looked at' };
  const body = { revision: task.revision, form };
  expect((await api.call('POST', `/v1/tasks/${task.task_id}/completion`, { as: 'ops-client-1', body })).status).toBe(
    200,
  );
  await api.stage.advance('2025-06-26T01:22:00.000Z');
  expect((await breaksOf()).map(({ clearedBy }: any) => clearedBy)).toEqual(['ops-client-1']);
  await noticed(api.pool, '2025-06-18', [{ ...OFFER, ...at, price1: '2' }]);
  await api.stage.advance('2025-06-26T01:23:00.000Z');
  expect((await breaksOf()).map(({ clearedBy }: any) => clearedBy)).toEqual(['ops-client-1', null]);
  expect((await taskOf(id)).task_id).not.toBe(task.task_id);
  // Of each of the two a promise of its own: the first was kept by whoever answered.
  expect((await owed('clear breaks')).slice(2).map((one) => one.slice(0, 18))).toEqual([
    'SH:TKOV2:1 met 202',
    'SH:TKOV2:2 running',
  ]);
});

it('promises what an event brings from the day on which it is expected, tells upwards and asks where it does not come', async () => {
  const id = 'corporate-action:SH:DIVD1';
  const closed = async (day: string) => {
    await api.pool.query(
      `insert into settlement_days (channel, business_date, workflow_id, day_kind, settlement_day, previous_trading_day, next_trading_day, trades_settle,
                                    fee_settles, risk_settles, calendar_version, stage, closed_at)
       values ('SH', $1::date, 'settlement-day:SH:' || $1, 'full', true, $1::date - 1, $1::date + 1, $1, $1, $1, 1, 'closed', business_now())`,
      [day],
    );
    await api.stage.client.workflow.getHandle(id).signal('settlementDayClosed', day);
  };
  const dividend = { kind: 'H01', code: '08005', eventCode: 'DIVD1', entitlementClass: 'HL', mark2: 'N' };
  const told = { ...dividend, date1: '2025-06-20', price1: '0.5', price2: '0.4' };
  await noticed(api.pool, '2025-06-25', [{ ...told, date2: '2025-06-23' }]);
  await api.stage.advance('2025-06-26T01:24:00.000Z');
  await closed('2025-06-25');
  // Expected on 23 June, to be cleared within three trading days (A4 §23): 24, 25, 26.
  const promised = () => eventually(async () => (await owed('credit the entitlement'))[0]);
  expect(await promised()).toBe('SH:DIVD1:1 running 2025-06-26T09:30:00.000Z');
  await api.stage.advance('2025-06-26T09:30:00.000Z');
  expect(await promised()).toMatch(/breached/);
  await closed('2025-06-26');
  const task = await taskOf(id);
  const read = async () => (await api.call('GET', '/v1/corporate-actions/SH/DIVD1', { as: 'ops-client-1' })).body;
  // 1000 + 500 + 300 shares of natural persons at 0.40.
  expect((await read()).breaks[0].facts).toMatchObject({ expectedFrom: '2025-06-23', holders: 3 });
  const body = { revision: task.revision, form: { decision: 'leave as it stands', reason: '发行人违约 in default' } };
  // A newer version comes between the last look and the end: no end by the terms before, and no day more until it is looked at by these.
  const dividendRow = `select from corporate_actions where event_no = 'DIVD1'`;
  const { newer } = await whileLocked(api.pool, dividendRow, [], async (holdingEvent) => {
    const left = await api.call('POST', `/v1/tasks/${task.task_id}/completion`, { as: 'ops-client-1', body });
    expect(left.status).toBe(200);
    // What clients are entitled to is left by two.
    expect((await approve('fin-client-1', await taskOf(id))).status).toBe(200);
    await untilWaiting(holdingEvent, 1);
    const notice = noticed(api.pool, '2025-06-26', [{ ...told, date2: '2025-06-24' }]);
    await untilWaiting(holdingEvent, 2);
    return { newer: notice };
  });
  expect(await newer).toEqual({ versions: 1 });
  const { version } = await eventually(async () => {
    const event = await read();
    return event.state === 'ended' ? event : undefined;
  });
  expect(version).toBe(2);
  const [{ reason, clearedBy, approvedBy }] = (await read()).breaks;
  expect([reason, clearedBy, approvedBy]).toEqual(['发行人违约 in default', 'ops-client-1', 'fin-client-1']);
  expect((await toldMessages(api.pool, `template = 'LEFT_AS_IT_STANDS'`)).map((one) => one.recipient_ref)).toEqual([
    expect.stringMatching(/^fund-account:/),
    'fund-account:6100000003',
    'fund-account:6100000004',
  ]);
  expect(await promised()).toMatch(/withdrawn/);
});

it('leaves terms that cannot be computed by two people, and carries what it owes and asks into the next history', async () => {
  const id = 'corporate-action:SH:BONU1';
  const { client } = api.stage;
  // No share for ten.
  const bonus = { kind: 'H01', code: '08005', eventCode: 'BONU1', entitlementClass: 'S', mark2: 'N' };
  await noticed(api.pool, '2025-06-26', [{ ...bonus, date1: '2025-06-20', ratio1: '10', ratio2: '0' }]);
  await api.stage.advance('2025-06-26T09:31:00.000Z');
  const task = await taskOf(id);
  const renewed = async () => {
    const { runId: before } = await client.workflow.getHandle(id).describe();
    await eventually(async () => {
      await client.workflow.getHandle(id).signal('eventChanged', 99);
      return (await client.workflow.getHandle(id).describe()).runId === before ? undefined : true;
    });
  };
  await client.workflow.getHandle(id).terminate('another life');
  const args = [{ channel: 'SH', eventNo: 'BONU1', renewsAfter: 40 }];
  const taskQueue = `${client.options.namespace}-stories`;
  await client.workflow.start('corporateAction', { taskQueue, workflowId: id, args });
  await renewed();
  await renewed();
  const promises = async () => (await owed('clear breaks')).filter((one) => one.includes('BONU1'));
  expect(await promises()).toEqual([expect.stringMatching(/^SH:BONU1:1 running/)]);
  expect(await tasksOf(id)).toEqual(['open']);
  const form = { decision: 'leave as it stands', reason: '由中国结算计算 as the clearing house computes it' };
  const body = { revision: task.revision, form };
  const answered = await api.call('POST', `/v1/tasks/${task.task_id}/completion`, { as: 'ops-client-1', body });
  expect(answered.status).toBe(200);
  const approval = await taskOf(id);
  await renewed();
  const read = async () => (await api.call('GET', '/v1/corporate-actions/SH/BONU1', { as: 'ops-client-1' })).body;
  expect([(await read()).breaks[0].clearedAt, (await tasksOf(id)).sort()]).toEqual([null, ['done', 'open']]);
  expect((await approve('ops-client-2', approval)).status).toBe(403);
  expect((await approve('fin-client-1', approval)).status).toBe(200);
  expect(await eventually(async () => ((await read()).state === 'ended' ? 'ended' : undefined))).toBe('ended');
  const { rows } = await api.pool.query(
    `select cleared_by as by, approved_by as second from corporate_action_breaks join corporate_actions using (event_id) where event_no = 'BONU1'`,
  );
  expect(rows).toEqual([{ by: 'ops-client-1', second: 'fin-client-1' }]);
  expect(await promises()).toEqual([expect.stringMatching(/^SH:BONU1:1 met/)]);
});

it('lists the later conversions of a split, page by page, each those of the own side and branch', async () => {
  await api.pool.query(
    `update corporate_actions set terms = terms || '{"newCodeFrom": "2025-07-14", "newCodeAgainFrom": "2025-08-02"}' where event_no = 'DIVD1'`,
  );
  await api.pool.query(
    `insert into split_conversions (event_id, leg, securities_account, side, out_code, out_shares, in_code, in_shares, credited_out, credited_in, state)
     select event_id, leg, account, 'client', '02901', held, '02902', held, held, came, told
       from corporate_actions, (values (2, 'A100000001', 1000, 999, 'differs'), (2, 'A100000004', 300, 300, 'agreed'), (3, 'A100000001', 10, null, 'computed'))
              as converted (leg, account, held, came, told) where event_no = 'DIVD1'`,
  );
  const list = async (as: string, query = '') =>
    (await api.call('GET', `/v1/corporate-actions/SH/DIVD1/conversions${query}`, { as })).body;
  const told = ({ items }: any) =>
    items.map((one: any) =>
      [one.leg, one.on, one.securitiesAccount, one.outShares, one.inCode, one.creditedIn, one.state].join(' '),
    );
  const [short, agreed, second] = [
    'first 2025-07-14 A100000001 1000 02902 999 differs',
    'first 2025-07-14 A100000004 300 02902 300 agreed',
    'second 2025-08-02 A100000001 10 02902  computed',
  ];
  const page = await list('ops-client-1', '?limit=2');
  expect(told(page)).toEqual([short, agreed]);
  const rest = await list('ops-client-1', `?limit=2&cursor=${page.next}`);
  expect([told(rest), rest.next]).toEqual([[second], null]);
  expect(told(await list('ops-client-1', '?state=differs'))).toEqual([short]);
  expect(told(await list('branch-1002'))).toEqual([agreed]);
  expect(told(await list('ops-prop-1'))).toEqual([]);
});

it('asks anew about what was found while an answer came, and takes an answer for what the proof has shown', async () => {
  const id = 'corporate-action:SH:TKOV5';
  const at = '/v1/corporate-actions/SH/TKOV5';
  await noticed(api.pool, '2025-06-26', [
    { ...OFFER, eventCode: 'TKOV5', date3: '2025-06-30', price1: '4', mark2: 'ADD' },
  ]);
  await api.stage.advance('2025-06-27T01:00:00.000Z');
  expect((await elect('client-1', 'ACCEPT', '10', {}, at)).status).toBe(200);
  // The results of the evening say that it came to nothing: it goes back to its holder, who elects again.
  const mine = async () => (await own()).find(({ eventNo }: any) => eventNo === 'TKOV5');
  const filing = await eventually(async () => {
    const [first] = (await mine()).filings;
    return first?.state === 'confirmed' ? first.filingNo : undefined;
  });
  await replied(api.pool, '2025-06-26', 1, [[filing, '4', 0, '0012']]);
  await api.stage.client.workflow.getHandle(id).signal('settlementDayClosed', '2025-06-26');
  await eventually(async () => ((await mine()).elected.length === 0 ? true : undefined));
  expect((await elect('client-1', 'ACCEPT', '10', {}, at)).status).toBe(200);
  // Shares leave after the relevant day: 5 are left of 1,000.
  const held = `event_id = (select event_id from corporate_actions where event_no = 'TKOV5')`;
  await holding(api.pool, '2025-06-27', '08005', [{ account: account['client-1'], shares: -995 }]);
  await api.pool.query(
    `insert into settlement_days (channel, business_date, workflow_id, day_kind, settlement_day, previous_trading_day, next_trading_day, trades_settle,
                                  fee_settles, risk_settles, calendar_version, stage, closed_at)
     select channel, '2025-06-27', 'settlement-day:SH:2025-06-27', day_kind, settlement_day, business_date, '2025-06-30', trades_settle, fee_settles, risk_settles,
            calendar_version, stage, business_now() from settlement_days where business_date = '2025-06-26'`,
  );
  await api.stage.client.workflow.getHandle(id).signal('settlementDayClosed', '2025-06-27');
  const exceeding = `select from corporate_action_holders where ${held} and excess = 5`;
  await eventually(async () => ((await api.pool.query(exceeding)).rowCount === 1 ? true : undefined));
  expect((await elect('client-1', 'ACCEPT', '5', {}, at)).status).toBe(200);
  const found = (key: string) =>
    api.pool.query(
      `insert into corporate_action_breaks (event_id, kind, break_key, facts) select event_id, 'filing', $1, '{}' from corporate_actions where ${held}`,
      [key],
    );
  await found('counter F0');
  await api.stage.advance('2025-06-30T05:00:00.000Z');
  const first = await taskOf(id);
  // It is proven once more, and before the proof is kept somebody answers, and the counter refuses.
  const proof = await api.pool.connect();
  await proof.query('begin');
  await proof.query(
    `insert into corporate_action_steps (event_id, act, step_key, by)
     select event_id, 'reconcile elections', 'reconcile 1 ' || count(*) filter (where act = 'reconcile elections') + 1, 'test'
       from corporate_action_steps where ${held} group by event_id`,
  );
  await api.stage.client.workflow.getHandle(id).signal('eventChanged', 99);
  await untilWaiting(proof, 1);
  await found('counter F1');
  const form = { decision: 'leave as it stands', reason: '已核对 looked at' };
  const leave = ({ task_id: taskId, revision }: Awaited<ReturnType<typeof taskOf>>) =>
    api.call('POST', `/v1/tasks/${taskId}/completion`, { as: 'ops-client-1', body: { revision, form } });
  expect((await leave(first)).status).toBe(200);
  await proof.query('rollback');
  proof.release();
  const second = await taskOf(id);
  expect(second.task_id).not.toBe(first.task_id);
  const breaks = async () =>
    (await api.call('GET', at, { as: 'ops-client-1' })).body.breaks.map(({ key, clearedBy }: any) => [key, clearedBy]);
  expect(await breaks()).toEqual([
    ['counter F0', 'ops-client-1'],
    ['counter F1', null],
  ]);
  expect((await leave(second)).status).toBe(200);
  const proven = `select proven_round = round as proven from corporate_actions where event_no = 'TKOV5'`;
  expect(await eventually(async () => (await api.pool.query(proven)).rows[0].proven || undefined)).toBe(true);
});

it('looks again at an event that comes again while its process reads that it is cancelled', async () => {
  const id = 'corporate-action:SH:TKOV8';
  const offer = { ...OFFER, eventCode: 'TKOV8', date2: '2025-07-01', date3: '2025-07-04', price1: '4' };
  await noticed(api.pool, '2025-06-26', [{ ...offer, mark2: 'ADD' }]);
  await api.stage.advance('2025-06-30T06:00:00.000Z');
  await noticed(api.pool, '2025-06-27', [{ ...offer, mark2: 'DEL' }]);
  const holding = await api.pool.connect();
  await holding.query('begin');
  // The row of the event is read before what people have answered about it.
  await holding.query('lock table tasks in access exclusive mode');
  await dispatchSignals(api.stage.intake);
  await untilWaiting(holding, 1);
  await noticed(api.pool, '2025-06-30', [{ ...offer, mark2: 'ADD' }]);
  await dispatchSignals(api.stage.intake);
  await holding.query('rollback');
  holding.release();
  await api.stage.advance('2025-06-30T06:01:00.000Z');
  const { body } = await api.call('GET', '/v1/corporate-actions/SH/TKOV8', { as: 'ops-client-1' });
  expect(body.versions.map(({ change }: any) => change)).toEqual(['ADD', 'DEL', 'ADD']);
  expect([body.state, (await api.stage.client.workflow.getHandle(id).describe()).status.name]).toEqual([
    'announced',
    'RUNNING',
  ]);
});
