/** Callbacks as stories on the moved clock: hours, attempts, promise, the unreachable, and what answers bring. */
import { createHash, randomUUID } from 'node:crypto';
import { resumeClock, stopClock } from '../../activities/deadlines/stop-clock';
import { beginCall } from '../../activities/intake/callbacks/begin-attempt';
import { recordCall } from '../../activities/intake/callbacks/record-result';
import { askSample } from '../../activities/intake/quality/ask-sample';
import { askCallbackByHand } from '../../activities/intake/callbacks/ask-by-hand';
import { asOwner } from '../support/as-owner';
import { openOpeningStage, type OpeningStage } from './opening-stage';

let stage: OpeningStage;
beforeAll(async () => {
  stage = await openOpeningStage('callback');
});
afterAll(() => stage.close());

const HEAD = { person: 'service-2', role: 'service' };
/** Shanghai wall time as an instant. */
const at = (wall: string) => new Date(`${wall}:00+08:00`).toISOString();
const processOf = async (subject: string) => stage.process((await stage.callbackOf(subject)).row.workflowId);

/** A callback of the sample, asked for by compliance. */
async function asked(subject: string): Promise<string> {
  await askCallbackByHand(stage.pool, {
    ...{ key: randomUUID(), purpose: 'sample', subject, clientNo: stage.client.nextRegular() },
    ...{ by: 'compliance-1', roles: ['compliance'], reason: 'sample of June' },
  });
  await stage.settled();
  return subject;
}

const begin = async (subject: string, by = 'service-1') => {
  const { callbackNo } = (await stage.callbackOf(subject)).row;
  return beginCall(stage.pool, { callbackNo, key: randomUUID(), by, role: 'service' });
};
const rungsOf = async (callbackNo: string) => {
  const { rows } = await stage.pool.query<{ rung: number; state: string }>(
    'select rung, state from ladder_rungs where subject = $1 order by rung',
    [`callback:${callbackNo}`],
  );
  return rows.map(({ rung, state }) => `${rung} ${state}`);
};

test('confirmed in time: the promise is met, the record filed, nothing follows; the history holds no answer', async () => {
  const subject = await asked('sample:confirmed');
  const process = await processOf(subject);
  expect(await stage.untilStands(process, 'waiting for a call')).toMatchObject({ waitsFor: 'service' });
  const { row, dueAt, window } = await stage.callbackOf(subject);
  // Monday 23 June and ten business days: Monday 7 July, when the desk closes.
  expect([dueAt, window?.mayCallNow]).toEqual([at('2025-07-07T17:30'), true]);
  expect((await stage.callBack(subject)).row.outcome).toBe('confirmed');
  expect(await process.result()).toBe('confirmed');
  const { rows } = await stage.pool.query('select state from deadlines where business_key = $1', [
    `callback:${row.callbackNo}`,
  ]);
  expect(rows).toEqual([{ state: 'met' }]);
  const { rows: filed } = await stage.pool.query('select kind, client_no from archive_entries where workflow_id = $1', [
    row.workflowId,
  ]);
  expect(filed).toEqual([{ kind: 'callback record', client_no: row.clientNo }]);
  expect(JSON.stringify(await process.fetchHistory())).not.toContain('own-trades');
  await stage.record(row.workflowId, 'callback-confirmed');
});

test('unreachable: three days, each later in the day, then the head decides: again, then left', async () => {
  const subject = await asked('sample:unreachable');
  const process = await processOf(subject);
  const missed = () => stage.callBack(subject, { result: 'no answer' });
  await stage.stage.advance(at('2025-06-23T10:00'));
  await missed();
  await expect(begin(subject)).rejects.toMatchObject({ code: 'SAME_DAY_AS_LAST_ATTEMPT' });
  expect(await stage.untilStands(process, 'waiting for the hours of calls')).toMatchObject({ status: 'RUNNING' });
  await stage.stage.advance(at('2025-06-24T10:00'));
  await expect(begin(subject)).rejects.toMatchObject({ code: 'NOT_LATER_TIME_OF_DAY' });
  await stage.stage.advance(at('2025-06-24T19:59'));
  await missed();
  // Nothing of a day is left after that: any time of the next one.
  await stage.stage.advance(at('2025-06-25T09:00'));
  expect((await missed()).row.state).toBe('escalated');
  await expect(begin(subject)).rejects.toMatchObject({ code: 'NO_ATTEMPTS_LEFT' });
  const { rows: told } = await stage.pool.query(
    `select recipient_role as role, recipient_mark as mark from outbox where template = 'CALLBACK_UNREACHABLE' order by 1`,
  );
  expect(told).toEqual([
    { role: 'compliance', mark: null },
    { role: 'service', mark: 'head' },
  ]);

  await stage.complete(process, HEAD, { decision: 'call again', reason: 'abroad until Thursday' });
  await expect(begin(subject)).rejects.toMatchObject({ code: 'SAME_DAY_AS_LAST_ATTEMPT' });
  for (const wall of ['2025-06-26T09:01', '2025-06-27T09:02', '2025-06-28T09:03']) {
    await stage.stage.advance(at(wall));
    await missed();
  }
  const { facts } = await stage.complete(process, HEAD, { decision: 'leave', reason: 'letter sent to the client' });
  expect(facts).toMatchObject({ round: 2, subject });
  expect(await process.result()).toBe('unreachable');
  const { rows: decided } = await stage.pool.query(
    `select distinct actor, role from audit where action = 'decide about unreachable client' and object_id = $1`,
    [facts['callback']],
  );
  expect(decided).toEqual([{ actor: HEAD.person, role: HEAD.role }]);
  await stage.record(process.workflowId, 'callback-unreachable');
});

test('trouble answers: a task for each thing that follows, and the process ends when all are done', async () => {
  const subject = await asked('sample:trouble');
  const process = await processOf(subject);
  const { row, followUps } = await stage.callBack(subject, {
    answers: { 'own-trades': 'somebody-else', promised: 'yes' },
  });
  expect([row.outcome, followUps.map(({ followUp }) => followUp)]).toEqual(['doubtful', ['account-operation-review']]);
  // What the client complained of is a complaint by itself, about this very callback.
  const { rows: complaints } = await stage.pool.query(
    `select c.complaint_no, c.channel, c.category, c.about_workflow as about, c.received_by, w.client_no, w.facts as text
       from complaints c join complainants w using (complaint_no)`,
  );
  expect(complaints).toEqual([
    {
      complaint_no: 'T20250628-000001',
      channel: 'telephone',
      category: 'conduct',
      about: process.workflowId,
      received_by: 'service-1',
      client_no: row.clientNo,
      text: `回访 ${row.callbackNo} 中客户表示 said in a callback:\n是否有人向您承诺收益？ 有`,
    },
  ]);
  const { status, stage: standsAt } = await stage.untilStands(process, 'follow-ups');
  expect([status, standsAt]).toEqual(['RUNNING', 'follow-ups']);
  // Owed by compliance within five working days of the call, Saturday 28 June: until the end of Friday.
  const followUp = async () => {
    const { rows } = await stage.pool.query(
      `select d.state, d.owner_role as owes, to_char(d.due_at at time zone 'Asia/Shanghai', 'MM-DD HH24:MI') as due, t.due_at = d.due_at as "isDueThen"
         from deadlines d join tasks t using (workflow_id, business_key) where workflow_id = $1`,
      [process.workflowId],
    );
    return rows as unknown[];
  };
  const owed = { owes: 'compliance', due: '07-04 17:30', isDueThen: true };
  expect(await followUp()).toEqual([{ state: 'running', ...owed }]);
  const done = { finding: 'talked to the client, password changed' };
  await stage.complete(process, { person: 'compliance-1', role: 'compliance' }, done, 'account-operation-review');
  expect(await process.result()).toBe('doubtful');
  expect(await followUp()).toEqual([{ state: 'met', ...owed }]);
  await stage.record(process.workflowId, 'callback-complains');
});

test('a wrong number brings the branch in at once, and counts as an attempt', async () => {
  const subject = await asked('sample:wrong-number');
  const { row, followUps, attempts } = await stage.callBack(subject, { result: 'wrong number' });
  expect([row.state, attempts.length]).toEqual(['open', 1]);
  const { rows } = await stage.pool.query('select role, branch from tasks where task_id = $1', [followUps[0]?.taskId]);
  expect(rows).toEqual([{ role: 'branch', branch: row.branch }]);
});

test('nobody calls: reminded, the head warned, told to head and compliance when due; it can still be done, late', async () => {
  const subject = await asked('sample:late');
  const process = await processOf(subject);
  const { row, dueAt } = await stage.callbackOf(subject);
  await stage.stage.advance(new Date(Date.parse(dueAt ?? '') - 1).toISOString());
  expect(await rungsOf(row.callbackNo)).toEqual(['1 acted', '2 acted']);
  await stage.stage.advance(dueAt ?? '');
  expect(await rungsOf(row.callbackNo)).toEqual(['1 acted', '2 acted', '3 escalated']);
  const { rows: told } = await stage.pool.query<{ role: string; mark: string }>(
    `select recipient_role as role, recipient_mark as mark from outbox where workflow_id = $1 and severity = 'critical' order by 1`,
    [row.workflowId],
  );
  expect(told).toEqual([
    { role: 'compliance', mark: 'head' },
    { role: 'service', mark: 'head' },
  ]);
  await stage.stage.advance(new Date(Date.parse(dueAt ?? '') + 3_600_000).toISOString());
  await stage.callBack(subject);
  expect(await process.result()).toBe('confirmed');
  const { rows } = await stage.pool.query('select state from deadlines where business_key = $1', [
    `callback:${row.callbackNo}`,
  ]);
  expect(rows).toEqual([{ state: 'met late' }]);
});

/** Every digest of "seed:member" anew, in the order of each branch: what was drawn must be the first of each. */
function drawnAgain(seed: string, members: readonly Member[], sizes: ReadonlyMap<string, number>): readonly string[] {
  const digest = (member: string) => createHash('sha256').update(`${seed}:${member}`).digest('hex');
  return [...sizes]
    .flatMap(([stratum, size]) =>
      members
        .filter((one) => one.stratum === stratum)
        .map(({ member }) => member)
        .sort((one, other) => (digest(one) < digest(other) ? -1 : 1))
        .slice(0, size),
    )
    .sort();
}

interface Member {
  readonly member: string;
  readonly stratum: string;
  readonly is_drawn: boolean;
}

const HEAD_OF_SERVICE = { by: 'service-2', roles: ['service'] };

test('the sample of a month: drawn by branch, population and seed kept, each of it called by somebody who did not ask', async () => {
  const ask = (more: object) =>
    askSample(stage.pool, { kind: 'callbacks', period: '2025-06', terms: {}, ...HEAD_OF_SERVICE, ...more });
  await expect(ask({ period: '2025-07' })).rejects.toMatchObject({ code: 'SAMPLE_PERIOD_NOT_OVER' });
  await expect(ask({ roles: ['audit'] })).rejects.toMatchObject({ code: 'SAMPLE_NOT_ASKED_BY_YOU' });
  await asOwner(stage.stage.book.ownerUrl, `update parameters set value = '8' where code = 'CALLBACK_SAMPLE_AT_LEAST'`);
  await ask({ seed: 'of-june' });
  await expect(ask({ seed: 'another' })).rejects.toMatchObject({ code: 'SAMPLE_ASKED_ALREADY' });
  await stage.settled();
  // 150 clients without the five who were called for the sample above: 0.9 % are 2, at least 8 here.
  expect(await stage.process('sample:callbacks:2025-06').result()).toEqual({ population: 145, size: 8 });
  const { rows: members } = await stage.pool.query<Member>(
    `select member, stratum, is_drawn from sample_members where sample_no = 'callbacks:2025-06'`,
  );
  const { rows: strata } = await stage.pool.query<{ stratum: string; population: number; size: number }>(
    `select stratum, population, size from sample_strata where sample_no = 'callbacks:2025-06' order by 1`,
  );
  const sizes = new Map(strata.map(({ stratum, size }) => [stratum, size]));
  expect([...sizes.values()].reduce((sum, size) => sum + size, 0)).toBe(8);
  for (const { population, size } of strata) expect(Math.abs(size - (8 * population) / 145)).toBeLessThan(1);
  const drawn = members.filter((one) => one.is_drawn).map(({ member }) => member);
  expect(drawn.sort()).toEqual(drawnAgain('of-june', members, sizes));
  const { rows: called } = await stage.pool.query<{ client: string; callback: string }>(
    `select client_no as client, callback_no as callback from callbacks where subject = 'callbacks:2025-06' order by 1`,
  );
  expect(called.map(({ client }) => client)).toEqual(drawn);
  const begin = (by: string) =>
    beginCall(stage.pool, { callbackNo: called[0]?.callback ?? '', key: randomUUID(), by, role: 'service' });
  await expect(begin('service-2')).rejects.toMatchObject({ code: 'CALLER_HAD_A_HAND' });
  await stage.record('sample:callbacks:2025-06', 'sample-callbacks');
});

test('a campaign: a share of the clients of a branch, with the questions of its own; whoever asked for it does not call', async () => {
  const of = { kind: 'campaign', period: 'autumn', seed: 's', by: 'brokerage-1' } as const;
  const terms = { branch: '1001', percent: '4' };
  await expect(askSample(stage.pool, { ...of, terms, roles: ['compliance'] })).rejects.toMatchObject({
    code: 'SAMPLE_NOT_ASKED_BY_YOU',
  });
  await askSample(stage.pool, { ...of, terms, roles: ['brokerage'] });
  await stage.settled();
  const { rows: branch } = await stage.pool.query<{ clients: number }>(
    `select count(*)::int as clients from registered_clients where branch = '1001'`,
  );
  const clients = branch[0]?.clients ?? 0;
  const size = Math.ceil((clients * 4) / 100);
  expect(await stage.process('sample:campaign:autumn').result()).toEqual({ population: clients, size });
  const { rows: called } = await stage.pool.query<{ no: string; branch: string; purpose: string }>(
    `select callback_no as no, c.branch, purpose from callbacks join registered_clients c using (client_no)
      where subject = 'campaign:autumn' order by 1`,
  );
  expect(called.map(({ branch: one, purpose }) => [one, purpose])).toEqual(
    Array.from({ length: size }, () => ['1001', 'campaign']),
  );
  const call = { callbackNo: called[0]?.no ?? '', role: 'service' };
  const { nth } = await beginCall(stage.pool, { ...call, by: 'service-1', key: randomUUID() });
  const recording = { reference: `REC-${call.callbackNo}`, sha256: 'c'.repeat(64) };
  await recordCall(stage.pool, {
    ...{ ...call, nth, by: 'service-1', result: 'reached', answers: { understood: 'no' } },
    ...{ doubt: 'somebody answers for the client', recording },
  });
  await stage.settled();
  // Not clear to the client: the branch explains; what was heard besides is reviewed.
  const { rows: followed } = await stage.pool.query(
    `select role, branch, facts ->> 'followUp' as what from tasks where workflow_id = $1 and kind = 'callback-follow-up' order by task_id`,
    [`callback:campaign:${call.callbackNo}`],
  );
  expect(followed).toEqual([
    { role: 'branch', branch: '1001', what: 'risk-explanation' },
    { role: 'compliance', branch: null, what: 'suitability-review' },
  ]);
});

test('calls are listened to by somebody who did not make them, and what is wrong is corrected', async () => {
  await askSample(stage.pool, { kind: 'calls', period: '2025-06', terms: {}, seed: 's', ...HEAD_OF_SERVICE });
  await stage.settled();
  expect(await stage.process('sample:calls:2025-06').result()).toEqual({ population: 2, size: 2 });
  const { rows } = await stage.pool.query<{ id: string; workflow_id: string }>(
    'select inspection_id::text as id, workflow_id from inspections order by inspection_id',
  );
  const [first, second] = rows.map(({ workflow_id: id }) => stage.process(id));
  if (first === undefined || second === undefined) throw new Error('two calls are listened to');
  const right = { identity: 'yes', script: 'yes', answers: 'yes', 'no-promise': 'yes', manner: 'yes' };
  const by = (person: string) => ({ person, role: 'service' });
  await expect(stage.complete(first, by('service-1'), { answers: right, findings: [] })).rejects.toMatchObject({
    cause: { type: 'SAME_PERSON' },
  });
  const { facts: told } = await stage.complete(first, by('service-2'), { answers: right, findings: [] });
  // Which call it is, by the number under which it is found.
  const { rows: call } = await stage.pool.query(
    `select a.callback_no as callback, a.nth as attempt from inspections i join callback_attempts a on a.attempt_id::text = i.subject where i.workflow_id = $1`,
    [first.workflowId],
  );
  expect(call).toEqual([{ callback: told['callback'], attempt: told['attempt'] }]);
  expect(await first.result()).toBe('nothing found');
  const wrong = { ...right, manner: 'no' };
  const finding = { item: 'manner', role: 'service', dueDays: 5, what: '语气生硬，须培训' };
  const found = (answers: object, findings: readonly object[]) =>
    stage.complete(second, by('service-2'), { answers, findings });
  await expect(found(wrong, [])).rejects.toMatchObject({ cause: { type: 'FINDING_MISSING' } });
  await expect(found(right, [finding])).rejects.toMatchObject({ cause: { type: 'FINDING_WITHOUT_FAULT' } });
  await found(wrong, [finding]);
  const { facts } = await stage.complete(second, by('service-1'), { reason: '已完成话术培训' }, 'correct-finding');
  // Whoever corrects it is told what was found, in words; the history holds none of them.
  expect(facts).toMatchObject({ item: 'manner', what: finding.what });
  expect(await second.result()).toBe('corrected');
  const { rows: findings } = await stage.pool.query('select item, state, done_by, what from inspection_findings');
  expect(findings).toEqual([{ item: 'manner', state: 'done', done_by: 'service-1', what: finding.what }]);
  expect(JSON.stringify(await second.fetchHistory())).not.toContain(finding.what);
  await stage.record(second.workflowId, 'inspection-corrected');
});

test('the decision about an unreachable client is due when the callback is, also where its clock stood meanwhile', async () => {
  const subject = await asked('sample:moved');
  const process = await processOf(subject);
  const businessKey = `callback:${(await stage.callbackOf(subject)).row.callbackNo}`;
  const began = Date.parse(await stage.client.nowOf());
  /** 09:00 of one of the next days, and minutes. */
  const morning = (days: number, minutes = 0) => {
    const day = new Date(began + days * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10);
    return new Date(Date.parse(at(`${day}T09:00`)) + minutes * 60_000).toISOString();
  };
  for (const nth of [1, 2, 3]) {
    await stage.stage.advance(morning(nth, nth));
    await stage.callBack(subject, { result: 'no answer' });
  }
  const dueThen = async () => {
    const { rows } = await stage.pool.query<{ promise: string; task: string }>(
      `select d.due_at as promise, t.due_at as task from deadlines d join tasks t using (workflow_id)
        where d.business_key = $1 and t.kind = 'callback-unreachable'`,
      [businessKey],
    );
    return [rows[0]?.promise, rows[0]?.task];
  };
  const [first] = await dueThen();
  expect(await dueThen()).toEqual([first, first]);
  await stopClock(stage)({ businessKey, reason: '客户出境 the client is abroad', by: 'southbound' });
  await stage.settled();
  await stage.stage.advance(morning(5));
  await resumeClock(stage)({ businessKey, reason: '客户已返回 the client is back', by: 'southbound' });
  await stage.settled();
  const [moved] = await dueThen();
  expect(moved).not.toBe(first);
  expect(await dueThen()).toEqual([moved, moved]);
  await stage.complete(process, HEAD, { decision: 'leave', reason: 'letter sent to the client' });
  expect(await process.result()).toBe('unreachable');
  await stage.record(process.workflowId, 'callback-moved-undecided');
});
