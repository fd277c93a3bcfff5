/** Callbacks as stories on the moved clock: hours, attempts, promise, the unreachable, and what answers bring. */
import { randomUUID } from 'node:crypto';
import { beginCall } from '../../activities/intake/callbacks/begin-attempt';
import { askCallbackByHand } from '../../activities/intake/callbacks/ask-by-hand';
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
  await stage.record(process.workflowId, 'callback-unreachable');
});

test('trouble answers: a task for each thing that follows, and the process ends when all are done', async () => {
  const subject = await asked('sample:trouble');
  const process = await processOf(subject);
  const { row, followUps } = await stage.callBack(subject, {
    answers: { 'own-trades': 'somebody-else', promised: 'yes' },
  });
  expect([row.outcome, followUps.map(({ followUp }) => followUp)]).toEqual([
    'doubtful',
    ['account-operation-review', 'complaint-registration'],
  ]);
  const { status, stage: standsAt } = await stage.untilStands(process, 'follow-ups');
  expect([status, standsAt]).toEqual(['RUNNING', 'follow-ups']);
  const done = { finding: 'talked to the client, password changed' };
  await stage.complete(process, { person: 'compliance-1', role: 'compliance' }, done, 'account-operation-review');
  await stage.complete(process, { person: 'service-1', role: 'service' }, done, 'complaint-registration');
  expect(await process.result()).toBe('doubtful');
  await stage.record(process.workflowId, 'callback-doubtful');
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
