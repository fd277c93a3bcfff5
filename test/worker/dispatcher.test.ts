/** What goes on beside the processes of a real book, on the worker's own: notices, starts, files. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { noteEndedProcesses } from '../../activities/intake/note-ended-processes';
import { tellWaitingSignals } from '../../activities/outbox/tell-waiting-signals';
import { queueStart } from '../../activities/outbox/queue-message';
import { queueNotice } from '../../activities/outbox/queue-notice';
import { loadReference } from '../../activities/books/load-reference';
import { startSimulator, type RunningSimulator } from '../../simulators/launch';
import { openStoryStage, type StoryStage } from '../support/story-stage';
import { untilTrue } from '../support/eventually';

let folder: string;
let messages: RunningSimulator;
let stage: StoryStage;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'southbound-dispatcher-'));
  messages = await startSimulator('messages', { data: folder, inbox: folder, stateDir: path.join(folder, 'state') });
  stage = await openStoryStage({
    name: 'dispatcher',
    workflowsPath: require.resolve('./days'),
    mode: 'real',
    messagesUrl: messages.url,
    prepare: loadReference,
  });
});
afterAll(async () => {
  await stage.close();
  await messages.stop();
  rmSync(folder, { recursive: true, force: true });
});

const until = (query: string): Promise<void> => untilTrue(async () => (await stage.pool.query(query)).rowCount !== 0);

test('notices are sent, processes started and files noted without anybody asking', async () => {
  await queueNotice(stage.pool, {
    key: 'notice-1',
    severity: 'info',
    recipientRole: 'operations',
    // An alarm: the test runs at any hour.
    template: 'FILE_AFTER_CLOSE',
    facts: { date: '2025-06-20' },
  });
  const workflowId = 'settlement-day:SH:2025-06-23';
  const request = { key: 'start-1', workflowId, type: 'settlementDay', args: [{ businessDate: '2025-06-23' }] };
  expect(await queueStart(stage.pool, request)).toBe(true);
  expect(await queueStart(stage.pool, request)).toBe(false);
  mkdirSync(path.join(stage.config.inbox, '2025-06-23'));
  writeFileSync(path.join(stage.config.inbox, '2025-06-23', 'strange.txt'), 'nobody knows this name');

  await until(`select 1 from outbox where message_key = 'notice-1' and sent_at is not null`);
  const { messages: kept } = (await (await fetch(`${messages.url}/messages`)).json()) as {
    messages: { key: string }[];
  };
  expect(kept.filter(({ key }) => key === 'notice-1')).toHaveLength(1);
  await until(`select 1 from outbox where message_key = 'start-1' and sent_at is not null`);
  expect((await stage.client.workflow.getHandle(workflowId).describe()).status.name).toBe('RUNNING');
  await until(`select 1 from files where name = 'strange.txt' and kind = 'UNKNOWN'`);
});

test('a start that the server refuses holds up those behind it of its own process only', async () => {
  const start = (nth: number, workflowId: string, attributes: Record<string, string> = {}) =>
    queueStart(stage.pool, {
      key: `refused-${nth}`,
      workflowId,
      type: 'settlementDay',
      args: [{ businessDate: '2025-06-24' }],
      attributes,
    });
  await start(1, 'settlement-day:SH:2025-06-24', { NobodyRegisteredThis: 'x' });
  await start(2, 'settlement-day:SH:2025-06-24');
  await start(3, 'settlement-day:SH:2025-06-25');
  await until(`select 1 from outbox where message_key = 'refused-3' and sent_at is not null`);
  const { rows } = await stage.pool.query(
    `select message_key, sent_at is not null as sent, last_error like '%NobodyRegisteredThis%' as told
     from outbox where message_key like 'refused-%' order by message_id`,
  );
  expect(rows).toEqual([
    { message_key: 'refused-1', sent: false, told: true },
    { message_key: 'refused-2', sent: false, told: null },
    { message_key: 'refused-3', sent: true, told: null },
  ]);
  // What waits for five minutes is told, once: the oldest that is there and is refused, not one that waits behind it.
  const waitsFor = (age: string) =>
    stage.pool.query(
      `update outbox set created_at = business_now() - $1::interval where sent_at is null and message_key like 'refused-%'`,
      [age],
    );
  // The worker looks for them too, now and then: what was told counts, not by whom.
  const told = async () => {
    await tellWaitingSignals(stage.pool);
    const { rows: alarms } = await stage.pool.query(
      `select recipient_role, facts ->> 'process' as process, missing from outbox where template = 'SIGNAL_WAITS' order by message_id`,
    );
    return alarms as unknown[];
  };
  await waitsFor('4 minutes');
  expect(await told()).toEqual([]);
  await waitsFor('5 minutes 1 second');
  const process = 'settlement-day:SH:2025-06-24';
  const alarms = ['operations', 'admin'].map((role) => ({ recipient_role: role, process, missing: [] }));
  expect(await told()).toEqual(alarms);
  expect(await told()).toEqual(alarms);
  // More of them than are sent at a time: others are sent all the same.
  await stage.pool.query(
    `insert into outbox (other_key, workflow_id, kind, severity, payload_told, attempts, last_error)
     select 'refused-too-' || n, workflow_id || ':' || n, kind, severity, payload, 1, 'refused'
       from outbox cross join generate_series(1, 500) n where message_key = 'refused-1'`,
  );
  await start(4, 'settlement-day:SH:2025-06-26');
  await until(`select 1 from outbox where message_key = 'refused-4' and sent_at is not null`);
  await stage.pool.query(`update outbox set sent_at = business_now() where message_key like 'refused-too-%'`);
});

test('open processes are gone through page by page, also where more than a page was opened within an hour', async () => {
  await stage.pool.query(
    `insert into processes (workflow_id, opened_at)
     select 'unknown:' || n, business_now() - interval '1 day' - (n / 300) * interval '2 hours' from generate_series(0, 449) n`,
  );
  const stillOpen = async () =>
    (await stage.pool.query(`select from processes where workflow_id like 'unknown:%' and not closed`)).rowCount;
  const left = [await stillOpen()];
  let looked = await noteEndedProcesses(stage.intake, { at: '9999-01-01T00:00:00.000Z' });
  while (looked.after !== undefined) {
    left.push(await stillOpen());
    looked = await noteEndedProcesses(stage.intake, { ...looked, at: '9999-01-01T00:00:00.000Z' });
  }
  expect([...left, await stillOpen()]).toEqual([450, 250, 50, 0]);
});

test('a process that was terminated is found among the open ones, a page at a time; one that runs and one whose start waits stay', async () => {
  const [ended, waiting, running] = ['23', '24', '25'].map((day) => `settlement-day:SH:2025-06-${day}`) as [
    string,
    string,
    string,
  ];
  const handle = stage.client.workflow.getHandle(ended);
  await handle.terminate('by hand');
  // Of a look back of nothing: what lists say may lag.
  const looked = await noteEndedProcesses(stage.intake, { at: '9999-01-01T00:00:00.000Z' });
  expect(looked.after).toBeUndefined();
  const { rows } = await stage.pool.query(
    'select workflow_id, closed, ended from processes where workflow_id = any($1) order by 1',
    [[ended, waiting, running]],
  );
  expect(rows).toEqual([
    { workflow_id: ended, closed: true, ended: 'terminated' },
    { workflow_id: waiting, closed: false, ended: null },
    { workflow_id: running, closed: false, ended: null },
  ]);
});
