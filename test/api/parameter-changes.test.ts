/** A change of a parameter from the request to its day: over HTTP, on the product's own process, database and process engine. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { loadReference } from '../../activities/books/load-reference';
import { readEligibility } from '../../activities/clients/read-eligibility';
import { seedClients } from '../../activities/clients/seed-clients';
import { inTransaction } from '../../activities/database/transaction';
import { queueSignal } from '../../activities/outbox/queue-message';
import { canonicalJson } from '../../domain/canonical-json';
import { knownTo } from '../support/as-owner';
import { isRecording, keepHistory } from '../support/kept-history';
import { readable, typedTextsInHistories } from '../support/typed-texts';
import { loseAnswer, openApiStage, type ApiStage, type Called } from './stage';
import { eventually } from '../support/eventually';

let api: ApiStage;
beforeAll(async () => {
  api = await openApiStage('parameter change', { workflows: path.join(__dirname, '../../workflows/index.ts') });
});
afterAll(() => api.close());

const DEADLINE = {
  kind: 'parameter',
  code: 'FILE_LATE_AFTER',
  values: { value: '20:30:00' },
  effectiveOn: '2025-06-25',
};
const REASON = '中国结算推迟了文件发送 the clearing house sends later';
const APPROVE = { decision: 'approve', reason: '与通知核对一致 as announced' };

const ask = (body: object, as = 'ops-client-1', key?: string) =>
  api.call('POST', '/v1/parameter-changes', {
    as,
    body: { reason: REASON, ...body },
    ...(key === undefined ? {} : { key }),
  });
const read = async (changeId: string) =>
  (await api.call('GET', `/v1/parameter-changes/${changeId}`, { as: 'audit-1' })).body;
const taskOf = ({ workflowId }: { workflowId: string }, revision = 1, nth = 1) =>
  eventually(async () => {
    const { rows } = await api.pool.query<{ task_id: string; role: string }>(
      `select task_id::text, role from tasks where workflow_id = $1 and state = 'open' and revision = $2
         and (first_task is null) = ($3 = 1)`,
      [workflowId, revision, nth],
    );
    return rows[0];
  });
const decide = (taskId: string, as: string, revision = 1, form: object = APPROVE): Promise<Called> =>
  api.call('POST', `/v1/tasks/${taskId}/completion`, { as, body: { revision, form } });
/** What was promised to whoever asked, revision by revision. */
const promisesOf = async ({ workflowId }: { workflowId: string }) => {
  const { rows } = await api.pool.query<{ told: string }>(
    `select concat_ws(' by ', state, ended_by) as told from deadlines where workflow_id = $1 order by deadline_id`,
    [workflowId],
  );
  return rows.map(({ told }) => told);
};
/** Keeps the whole run of a change to be replayed by `histories.test.ts`. */
async function record({ workflowId }: { workflowId: string }, file: string): Promise<void> {
  await api.stage.client.workflow.getHandle(workflowId).result();
  await keepHistory(api.stage.client, workflowId, `product/${file}.json`);
}
const valuesOn = async (date: string, code = 'FILE_LATE_AFTER') => {
  const { rows } = await api.pool.query<{ value: string }>(
    `select value from parameters where code = $1 and channel = '' and valid_from <= $2 and (valid_to is null or $2 < valid_to)`,
    [code, date],
  );
  return rows.map(({ value }) => value);
};

test('a deadline: asked for, seen with what it touches, approved by another department, in force on its day, history kept', async () => {
  const asked = await ask(DEADLINE);
  expect(asked.status).toBe(202);
  const { changeId } = asked.body;
  expect(asked.body).toMatchObject({
    oldValues: { value: '20:00:00' },
    newValues: { value: '20:30:00' },
    state: 'awaiting approval',
    risk: 'deadline',
    preview: {
      readBy: { zh: '文件迟到判定' },
      process: 'settlementDay',
      runningDays: [],
      firstNewDay: '2025-06-25',
      rows: [{ values: { value: '20:00:00' }, validFrom: '2014-11-17', validTo: null }],
    },
  });
  expect(asked.headers.get('location')).toBe(`/v1/parameter-changes/${changeId}`);
  const task = await taskOf(asked.body);
  expect(task.role).toBe('supervisor');
  const shown = await api.call('GET', `/v1/tasks/${task.task_id}`, { as: 'supervisor-1' });
  expect(shown.body.facts).toMatchObject({
    before: { value: '20:00:00' },
    after: { value: '20:30:00' },
    effectiveOn: '2025-06-25',
    preview: { process: 'settlementDay' },
  });
  expect((await decide(task.task_id, 'ops-client-1')).body.code).toBe('ROLE_MISSING');
  expect((await decide(task.task_id, 'supervisor-1')).status).toBe(200);

  // The row stands from the approval on; the days before keep theirs.
  expect([await valuesOn('2025-06-24'), await valuesOn('2025-06-25')]).toEqual([['20:00:00'], ['20:30:00']]);
  expect(await read(changeId)).toMatchObject({ state: 'approved', approvedBy: 'supervisor-1' });
  const handle = api.stage.client.workflow.getHandle(`parameter-change:${changeId}`);
  const seen = await eventually(async () => {
    const { searchAttributes } = await handle.describe();
    return searchAttributes['Stage']?.[0] === 'waiting for the effective day' ? searchAttributes : undefined;
  });
  expect(seen).toMatchObject({ ProcessType: ['parameterChange'], BusinessDate: ['2025-06-25'] });

  await api.stage.advance('2025-06-25T00:00:00.000Z');
  expect(await handle.result()).toBe('in force');
  if (isRecording) await record(asked.body, 'parameter-change-in-force');
  expect(await promisesOf(asked.body)).toEqual(['met by supervisor-1']);
  expect(await read(changeId)).toMatchObject({ state: 'in force' });
  const { rows: told } = await api.pool.query(
    `select recipient_role from outbox where kind = 'notice' and workflow_id = $1 and message_key like 'in-force%' order by 1`,
    [`parameter-change:${changeId}`],
  );
  expect(told.map((row: { recipient_role: string }) => row.recipient_role)).toEqual([
    'compliance',
    'finance',
    'operations',
  ]);
  const { rows: audit } = await api.pool.query(
    `select actor, action from audit where object_type = 'parameter change' and object_id = $1 order by audit.seq`,
    [changeId],
  );
  expect(audit).toEqual([
    { actor: 'ops-client-1', action: 'ask for a parameter change' },
    { actor: 'supervisor-1', action: 'parameter change approved' },
    { actor: 'southbound', action: 'parameter change in force' },
  ]);
});

test('money asks two people of two offices, one after the other; the second decides on what the first saw', async () => {
  const rate = { kind: 'fee_rate', code: 'TRADING_FEE', values: { rate: '0.00006' }, effectiveOn: '2025-07-01' };
  const { body } = await ask(rate);
  const first = await taskOf(body);
  expect(first.role).toBe('compliance');
  expect((await decide(first.task_id, 'compliance-1')).status).toBe(200);
  expect(await read(body.changeId)).toMatchObject({ state: 'awaiting approval' });
  const second = await taskOf(body, 1, 2);
  expect(second.role).toBe('general_manager');
  expect((await decide(second.task_id, 'general-manager')).status).toBe(200);
  expect(await read(body.changeId)).toMatchObject({ state: 'approved', approvedBy: 'general-manager' });
  const { rows } = await api.pool.query(
    `select rate::float8::text as rate, flat_hkd, valid_from, valid_to, source from fee_rates where code = 'TRADING_FEE' order by fee_rates.valid_from`,
  );
  expect(rows.slice(1)).toEqual([
    {
      rate: '5.65e-05',
      flat_hkd: '0.00',
      valid_from: '2023-01-01',
      valid_to: '2025-07-01',
      source: expect.any(String) as string,
    },
    {
      rate: '6e-05',
      flat_hkd: '0.00',
      valid_from: '2025-07-01',
      valid_to: null,
      source: `parameter change ${body.changeId}`,
    },
  ]);
  const { rows: approvals } = await api.pool.query(
    'select checker, content_sha256 from approvals where first_task = $1 order by task_id',
    [first.task_id],
  );
  expect(approvals.map(({ checker }: { checker: string }) => checker)).toEqual(['compliance-1', 'general-manager']);
  expect(new Set(approvals.map(({ content_sha256: digest }: { content_sha256: string }) => digest)).size).toBe(1);
});

test('a draft that is changed makes the approval stale; the new one is asked for and decided', async () => {
  const { body } = await ask({
    ...DEADLINE,
    code: 'CHECKPOINT_INTRADAY',
    values: { value: '10:40:00' },
    effectiveOn: '2025-06-27',
  });
  const old = await taskOf(body);
  const revise = (value: string) =>
    api.call('POST', `/v1/parameter-changes/${body.changeId}/revisions`, {
      as: 'ops-client-1',
      key: 'revised-once',
      body: { values: { value }, effectiveOn: '2025-06-27', reason: REASON },
    });
  const revised = await revise('10:45:00');
  expect([revised.status, revised.body.revision, revised.body.newValues]).toEqual([202, 2, { value: '10:45:00' }]);
  // The answer was lost with the API that kept it: asked again it is the same revision, and no other one.
  await api.pool.query(`delete from idempotency where key = 'revised-once'`);
  expect((await revise('10:45:00')).body.revision).toBe(2);
  await api.pool.query(`delete from idempotency where key = 'revised-once'`);
  expect((await revise('10:46:00')).body.code).toBe('IDEMPOTENCY_MISMATCH');
  expect(['TASK_WITHDRAWN', 'REVISION_STALE', 'APPROVAL_STALE']).toContain(
    (await decide(old.task_id, 'supervisor-1')).body.code,
  );
  const task = await taskOf(body, 2);
  expect((await decide(task.task_id, 'supervisor-1', 1)).body.code).toBe('REVISION_STALE');
  expect((await decide(task.task_id, 'supervisor-1', 2)).status).toBe(200);
  expect(await valuesOn('2025-06-27', 'CHECKPOINT_INTRADAY')).toEqual(['10:45:00']);
  // A revision is no decision: nobody was asked for one any more.
  await eventually(async () => ((await promisesOf(body))[1] === 'met by supervisor-1' ? true : undefined), 150);
  expect(await promisesOf(body)).toEqual(['withdrawn by southbound', 'met by supervisor-1']);
});

test('recalled by whoever asked, until it is decided, also where no calendar can say by when; nothing changes then', async () => {
  const { ownerUrl } = api.stage.book;
  await knownTo(ownerUrl, '2025-06-25');
  const { body } = await ask({
    ...DEADLINE,
    code: 'POSTING_NOT_BEFORE',
    values: { value: '20:10' },
    effectiveOn: '2025-06-27',
  });
  // The last day before it begins lies past the working days that are known: asked for without a due date, and compliance for the days.
  const waiting = await eventually(async () => {
    const { rows } = await api.pool.query<{ task_id: string; kind: string; role: string; due_at: string | null }>(
      `select task_id::text, kind, role, due_at from tasks where workflow_id = $1 and state = 'open' order by kind`,
      [body.workflowId],
    );
    return rows.length === 2 ? rows : undefined;
  });
  expect(waiting.map(({ kind, role, due_at }) => [kind, role, due_at])).toEqual([
    ['approve-parameter-change', 'supervisor', null],
    ['extend-calendar', 'compliance', null],
  ]);
  await knownTo(ownerUrl, '2026-12-31');
  expect((await decide(waiting[1]?.task_id ?? '', 'compliance-1', 1, { entered: true })).status).toBe(200);
  await eventually(async () => ((await promisesOf(body))[0] === 'running' ? true : undefined), 150);
  const recall = (as: string, key: string = randomUUID()) =>
    api.call('POST', `/v1/parameter-changes/${body.changeId}/recall`, {
      ...{ as, key },
      body: { reason: '不再需要 not needed' },
    });
  expect((await recall('ops-client-2')).body.code).toBe('ONLY_MAKER_RECALLS');
  expect((await recall('ops-client-1', 'recalled-once')).body).toMatchObject({ state: 'recalled' });
  expect((await recall('ops-client-1')).body.code).toBe('CHANGE_NOT_OPEN');
  await eventually(async () => ((await promisesOf(body))[0] === 'running' ? undefined : true), 150);
  expect(await promisesOf(body)).toEqual(['withdrawn by southbound']);
  // The API died before it answered: the same key hears of its own act from the process, though that has ended.
  await loseAnswer(api.pool, 'recalled-once');
  const again = await recall('ops-client-1', 'recalled-once');
  expect([again.status, again.body]).toMatchObject([200, { state: 'recalled' }]);
  if (isRecording) await record(body, 'parameter-change-recalled');
  expect(await valuesOn('2025-06-27', 'POSTING_NOT_BEFORE')).toEqual(['20:00']);
});

test.each([
  // code, what differs from a good request, who, refusals with their fields
  ['a parameter that there is not', { code: 'NO_SUCH' }, 'ops-client-1', ['TERM_UNKNOWN ']],
  ['one that no rule reads', { code: 'RETENTION_YEARS', values: { value: '25' } }, 'ops-client-1', ['TERM_NOT_READ ']],
  [
    'one that is built in',
    { code: 'AMOUNT_TOLERANCE_CNY', values: { value: '0.02' } },
    'ops-client-1',
    ['TERM_NOT_READ '],
  ],
  ['a time that is none', { values: { value: '24:00' } }, 'ops-client-1', ['INPUT_INVALID values.value']],
  ['an amount in place of a time', { values: { value: '10.00' } }, 'ops-client-1', ['INPUT_INVALID values.value']],
  ['a column that there is not', { values: { rate: '0.1' } }, 'ops-client-1', ['FIELD_UNKNOWN values.rate']],
  ['no value', { values: {} }, 'ops-client-1', ['INPUT_INVALID values.value']],
  ['nothing where a value is needed', { values: { value: null } }, 'ops-client-1', ['INPUT_INVALID values.value']],
  ['a day that is over', { effectiveOn: '2025-06-22' }, 'ops-client-1', ['EFFECTIVE_DATE_PASSED effectiveOn']],
  ['a year mistyped', { effectiveOn: '2205-07-02' }, 'ops-client-1', ['CALENDAR_OUT_OF_RANGE effectiveOn']],
  ['the same value', { values: { value: '21:00' } }, 'ops-client-1', ['VALUE_UNCHANGED values']],
  ['a role that may not ask for this one', {}, 'brokerage-1', ['ROLE_MISSING ']],
  [
    'everything at once',
    { values: { value: 'x' }, effectiveOn: '2025-06-01' },
    'brokerage-1',
    ['ROLE_MISSING ', 'INPUT_INVALID values.value', 'EFFECTIVE_DATE_PASSED effectiveOn'],
  ],
])('refused: %s', async (_why, body, as, expected) => {
  const { body: problem } = await ask(
    { ...DEADLINE, code: 'FILE_ALARM_SECOND', effectiveOn: '2025-06-30', ...body },
    as,
  );
  const told = problem.errors.map(
    ({ code, field }: { code: string; field: string | null }) => `${code} ${field ?? ''}`,
  );
  expect(told).toEqual(expected);
  const { rowCount } = await api.pool.query(`select 1 from parameter_changes where code = 'FILE_ALARM_SECOND'`);
  expect(rowCount).toBe(0);
});

test('what the server did not take is sent again, however long the clock stands', async () => {
  const key = 'left over';
  await queueSignal(api.pool, { key, workflowId: 'parameter-change:0', signal: 'draftRevised', args: [1] });
  await api.pool.query(`update outbox set attempts = 1, last_error = 'away' where message_key = $1`, [key]);
  await eventually(async () => {
    const { rows } = await api.pool.query('select 1 from outbox where message_key = $1 and sent_at is not null', [key]);
    return rows[0];
  });
});

test('one change of a term at a time, and none before a later one that is approved', async () => {
  const other = { ...DEADLINE, code: 'FILE_ALARM_FIRST', values: { value: '20:05:00' }, effectiveOn: '2025-06-30' };
  const { body } = await ask(other);
  expect((await ask(other)).body.errors).toMatchObject([{ code: 'CHANGE_PENDING' }]);
  await decide((await taskOf(body)).task_id, 'supervisor-1');
  const codes = (await ask({ ...other, effectiveOn: '2025-06-27', values: { value: '20:06:00' } })).body.errors;
  expect(codes.map(({ code }: { code: string }) => code)).toEqual(['TERM_CHANGES_LATER', 'CHANGE_PENDING']);
});

test('20 equal requests at once: one change, one process, 20 equal answers', async () => {
  const body = {
    ...DEADLINE,
    code: 'BANK_ASK_AGAIN_AFTER_MINUTES',
    values: { value: '15' },
    effectiveOn: '2025-06-30',
  };
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => patiently(() => ask(body, 'ops-client-1', 'twenty'))),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  expect(new Set(answers.map((answer) => canonicalJson(answer.body))).size).toBe(1);
  const { rows } = await api.pool.query(
    `select count(*)::int as changes, (select count(*)::int from processes
        where workflow_id in (select 'parameter-change:' || change_id from parameter_changes where code = $1)) as started from parameter_changes where code = $1`,
    [body.code],
  );
  expect(rows).toEqual([{ changes: 1, started: 1 }]);
  await taskOf(answers[0]!.body);
});

/** As an attentive client: whoever is told that the first request is under way asks again. */
async function patiently(call: () => Promise<Called>): Promise<Called> {
  return eventually(async () => {
    const answer = await call();
    return answer.body.code === 'REQUEST_IN_PROGRESS' ? undefined : answer;
  });
}

test('an approval that nobody gives is told upwards on the last day, and never becomes one by itself', async () => {
  const late = { ...DEADLINE, code: 'PENALTY_PER_DAY', values: { value: '0.002' }, effectiveOn: '2025-06-26' };
  const { body } = await ask(late);
  const task = await taskOf(body);
  const asked = await read(body.changeId);
  const askedAt = (await api.call('GET', '/v1/clock', { as: 'ops-client-1' })).body.now as string;
  await api.stage.advance('2025-06-25T09:00:00.000Z'); // 17:00 in Shanghai, the day before
  const { rows } = await api.pool.query(`select rung, state from ladder_rungs where workflow_id = $1 order by rung`, [
    body.workflowId,
  ]);
  expect(rows).toEqual([
    { rung: 1, state: 'acted' },
    { rung: 2, state: 'escalated' },
  ]);
  expect(await read(body.changeId)).toMatchObject({ state: 'awaiting approval' });
  expect(await promisesOf(body)).toEqual(['breached']);
  await api.stage.advance('2025-06-26T01:00:00.000Z');
  await decide(task.task_id, 'compliance-1');
  const second = await taskOf(body, 1, 2);
  await api.stage.advance('2025-06-27T01:00:00.000Z');
  // Its day is over: what was settled by the old value is not made different afterwards.
  expect((await decide(second.task_id, 'general-manager')).body.code).toBe('EFFECTIVE_DATE_PASSED');
  expect(await valuesOn('2025-06-27', 'PENALTY_PER_DAY')).toEqual(['0.001']);
  expect((await decide(second.task_id, 'general-manager', 1, { ...APPROVE, decision: 'refuse' })).status).toBe(200);
  expect(await read(body.changeId)).toMatchObject({ state: 'refused' });
  // As it was when it was asked for, with the preview of then.
  expect(await read(`${body.changeId}?as-of=${askedAt}`)).toEqual(asked);
});

test('an approval that comes late, and in time for its day, meets what was promised late', async () => {
  const { body } = await ask({
    ...DEADLINE,
    code: 'FILE_ALARM_SECOND',
    values: { value: '21:05:00' },
    effectiveOn: '2025-06-28',
  });
  const task = await taskOf(body);
  await api.stage.advance('2025-06-27T08:00:01.000Z'); // a second after 16:00 in Shanghai
  expect(await promisesOf(body)).toEqual(['breached']);
  expect((await decide(task.task_id, 'supervisor-1')).status).toBe(200);
  await eventually(async () => ((await promisesOf(body))[0] === 'breached' ? undefined : true), 150);
  expect(await promisesOf(body)).toEqual(['met late by supervisor-1']);
});

describe('a calendar', () => {
  const TYPHOON = {
    kind: 'calendar',
    code: 'CIVIL',
    values: { '2025-06-30': 'CLOSED' },
    effectiveOn: '2025-06-30',
    reason: '台风停工通知 a typhoon closes the city',
  };

  test.each([
    ['a calendar that there is not', { code: 'LSE' }, ['TERM_UNKNOWN ']],
    [
      'a day beyond the calendar',
      { values: { '2025-06-30': 'CLOSED', '2031-01-01': 'CLOSED' } },
      ['INPUT_INVALID values.2031-01-01'],
    ],
    [
      'a day that is none',
      { values: { '2025-06-30': 'CLOSED', '2025-06-31': 'CLOSED' } },
      ['INPUT_INVALID values.2025-06-31'],
    ],
    [
      'half of a working day, and another first day',
      { values: { '2025-07-01': 'HALF' } },
      ['INPUT_INVALID values.2025-07-01', 'INPUT_INVALID effectiveOn'],
    ],
    ['what it is already', { values: { '2025-06-30': 'OPEN' } }, ['VALUE_UNCHANGED values']],
    [
      'a day that is over',
      { values: { '2025-06-26': 'CLOSED' }, effectiveOn: '2025-06-26' },
      ['EFFECTIVE_DATE_PASSED effectiveOn'],
    ],
  ])('is not corrected by %s', async (_why, body, expected) => {
    const { body: problem } = await ask({ ...TYPHOON, ...body });
    const told = problem.errors.map(
      ({ code, field }: { code: string; field: string | null }) => `${code} ${field ?? ''}`,
    );
    expect(told).toEqual(expected);
  });

  test('is corrected as a term is changed: seen with the promises that move, approved by another, and they move', async () => {
    // Friday 27 June, 16:00: a delegation is decided within one working day, which is Monday.
    const given = await api.call('POST', '/v1/delegations', {
      as: 'compliance-1',
      body: {
        principal: 'ops-client-head',
        delegate: 'ops-client-2',
        role: 'operations',
        firstDay: '2025-06-27',
        lastDay: '2025-07-11',
        reason: '休假 on leave',
      },
    });
    const workflowId = `delegation:${given.body.delegationId}`;
    const promise = async () => {
      const { rows } = await api.pool.query<{ due: string; state: string; calendar_version: string }>(
        `select to_char(due_at at time zone 'Asia/Shanghai', 'MM-DD HH24:MI') as due, state, calendar_version from deadlines where workflow_id = $1`,
        [workflowId],
      );
      return rows[0];
    };
    await eventually(promise, 150);
    const civil = async (query = '') =>
      (await api.call('GET', `/v1/calendars/CIVIL${query}`, { as: 'service-1' })).body;
    const [before, seenAt] = [await civil(), (await api.call('GET', '/v1/clock', { as: 'ops-client-1' })).body.now];
    expect([before.version, before.days.some(({ date }: { date: string }) => date === '2025-06-30')]).toEqual([
      1,
      false,
    ]);
    const asked = await ask(TYPHOON);
    expect([asked.status, asked.body.oldValues, asked.body.newValues]).toEqual([
      202,
      { '2025-06-30': 'OPEN' },
      { '2025-06-30': 'CLOSED' },
    ]);
    const moves = { workflowId, dueBefore: '2025-06-30T09:30:00.000Z', dueAfter: '2025-07-01T09:30:00.000Z' };
    expect(asked.body.preview.calendar).toMatchObject({
      version: 2,
      lines: expect.arrayContaining([expect.objectContaining(moves)]) as unknown,
    });
    const task = await taskOf(asked.body);
    const shown = await api.call('GET', `/v1/tasks/${task.task_id}`, { as: 'supervisor-1' });
    expect(shown.body.facts.preview.calendar.lines).toContainEqual(expect.objectContaining(moves));
    // Seen, not done.
    expect(await promise()).toEqual({ due: '06-30 17:30', state: 'running', calendar_version: 'CIVIL 1' });
    expect((await decide(task.task_id, 'ops-client-1')).status).toBe(403);
    expect((await decide(task.task_id, 'supervisor-1')).status).toBe(200);
    expect(await promise()).toEqual({ due: '07-01 17:30', state: 'running', calendar_version: 'CIVIL 2' });
    const { rows } = await api.pool.query(
      `select action, actor, after -> 'version' as version from audit where object_type = 'calendar' and object_id = 'CIVIL'`,
    );
    expect(rows).toEqual([{ action: 'correct calendar', actor: 'supervisor-1', version: 2 }]);
    // Its process was told: nothing is breached when the old instant comes, and the new one rings.
    await api.stage.advance('2025-06-30T09:30:00.000Z');
    expect(await promise()).toMatchObject({ state: 'running' });
    await api.stage.advance('2025-07-01T09:30:00.000Z');
    expect(await promise()).toMatchObject({ state: 'breached' });
    const after = await civil();
    expect([after.version, after.days]).toMatchObject([
      2,
      expect.arrayContaining([expect.objectContaining({ date: '2025-06-30', kind: 'CLOSED' })]),
    ]);
    // At the instant of the correction it is the later of the two that is seen; just before it is the one that was.
    const justBefore = new Date(Date.parse(seenAt as string) - 1).toISOString();
    expect(await civil(`?as-of=${justBefore}`)).toEqual(before);
    expect(await read(asked.body.changeId)).toMatchObject({ state: 'in force', preview: { calendar: null } });
  });

  test('grows by days that are each named; it answers from the approval on, holds up no other correction, and a file that is loaded again undoes nothing', async () => {
    const civil = async () => (await api.call('GET', '/v1/calendars/CIVIL', { as: 'service-1' })).body;
    const before = await civil();
    expect(before.knownTo).toBe('2026-12-31');
    // New Year's Day 2027 is a Friday; the Monday after is an ordinary day and no exception.
    const values = { '2027-01-01': 'CLOSED', '2027-01-02': 'CLOSED', '2027-01-03': 'CLOSED', '2027-01-04': 'OPEN' };
    const asked = await ask({ ...TYPHOON, values, effectiveOn: '2027-01-01' });
    expect([asked.status, new Set(Object.values(asked.body.oldValues as object))]).toEqual([202, new Set([null])]);
    const task = await taskOf(asked.body);
    expect((await decide(task.task_id, 'supervisor-1')).status).toBe(200);
    const grown = await civil();
    expect(grown).toMatchObject({ version: before.version + 1, knownTo: '2027-01-04' });
    expect(grown.days.filter(({ date }: { date: string }) => date >= '2027')).toMatchObject([
      { date: '2027-01-01', kind: 'CLOSED' },
    ]);
    await eventually(async () => ((await read(asked.body.changeId)).state === 'in force' ? true : undefined), 150);
    await loadReference(api.pool);
    expect(await civil()).toEqual(grown);
  });
});

describe('a list of restricted persons', () => {
  const send = (rows: readonly string[], body: object = {}, as = 'compliance-1') =>
    api.call('POST', '/v1/restricted-lists', {
      as,
      body: {
        content: Buffer.from(['\ufeffdocument_type,document_no,cause,listed_on', ...rows].join('\n')).toString(
          'base64',
        ),
        reason: '监管名单更新 a newer list of the regulator',
        ...body,
      },
    });
  const isRestricted = async (clientNo: string) => {
    const judged = await inTransaction(api.pool, (sql) =>
      readEligibility(sql, { clientNo, permission: 'HKSC', moment: 'application' }),
    );
    return judged.failures.some(({ code }) => code === 'PERSON_RESTRICTED');
  };
  const rowOf = async (clientNo: string) => {
    const { rows } = await api.pool.query<{ row: string }>(
      `select concat_ws(',', document_type, document_no, '演练原因', '2025-06-01') as row from client_identities where client_no = $1`,
      [clientNo],
    );
    return rows[0]?.row ?? '';
  };
  const plus = async (days: number) => {
    const { rows } = await api.pool.query<{ day: string }>(
      `select ((business_now() at time zone 'Asia/Shanghai')::date + $1::integer)::text as day`,
      [days],
    );
    return rows[0]?.day ?? '';
  };

  test('is imported, seen by its difference, approved by another person, and restricts from its day on', async () => {
    const before = (await api.call('GET', '/v1/clock', { as: 'audit-1' })).body.now as string;
    await seedClients(api.pool, 30);
    // C00000021 and C00000024 are on the list of the seed; C00000001 comes, C00000024 stays, C00000021 goes.
    const rows = [await rowOf('C00000001'), await rowOf('C00000024'), 'PASSPORT,E1234567,演练原因,2025-06-01'];
    const effectiveOn = await plus(2);
    expect((await send([...rows, rows[0] ?? ''], { effectiveOn })).body.errors).toMatchObject([
      { code: 'PERSON_LISTED_TWICE', field: 'content.rows[5].document_no' },
    ]);
    expect((await send(rows, { effectiveOn }, 'service-1')).status).toBe(403);
    const asked = await send(rows, { effectiveOn });
    expect([asked.status, asked.body.oldValues, asked.body.newValues]).toEqual([
      202,
      { version: '1' },
      { version: '2' },
    ]);
    expect(asked.headers.get('location')).toBe(`/v1/parameter-changes/${asked.body.changeId}`);
    const difference = {
      added: 2,
      removed: 1,
      unchanged: 1,
      clientsAdded: 1,
      clientsRemoved: 1,
      firstAdded: ['C00000001'],
      firstRemoved: ['C00000021'],
    };
    expect(asked.body.preview.restrictedList).toMatchObject(difference);

    const task = await taskOf(asked.body);
    expect(task.role).toBe('compliance');
    const shown = await api.call('GET', `/v1/tasks/${task.task_id}`, { as: 'compliance-2' });
    expect(shown.body.facts.preview.restrictedList).toMatchObject(difference);
    expect((await decide(task.task_id, 'compliance-1')).body.code).toBe('SAME_PERSON');
    expect((await decide(task.task_id, 'compliance-2')).status).toBe(200);
    // Approved, and not in force before its day.
    const all = async () => [
      await isRestricted('C00000001'),
      await isRestricted('C00000021'),
      await isRestricted('C00000024'),
    ];
    expect(await all()).toEqual([false, true, true]);
    await api.stage.advance(`${await plus(1)}T16:00:00.000Z`);
    expect(await plus(0)).toBe(effectiveOn);
    expect(await all()).toEqual([true, false, true]);
    await eventually(async () => ((await read(asked.body.changeId)).state === 'in force' ? true : undefined), 150);
    const { rows: versions } = await api.pool.query(
      'select version, decision, imported_by, decided_by from restricted_lists order by version',
    );
    const listed = async (query = '') =>
      (
        (await api.call('GET', `/v1/restricted-lists${query}`, { as: 'audit-1' })).body.items as Record<
          string,
          unknown
        >[]
      ).map(({ version, persons, decision, effectiveFrom }) => [version, persons, decision, effectiveFrom]);
    expect(await listed()).toEqual([
      [2, 3, 'approved', effectiveOn],
      [1, 2, 'approved', expect.any(String)],
    ]);
    expect(await listed(`?as-of=${new Date(Date.parse(before) - 1).toISOString()}`)).toEqual([]);
    expect(versions).toMatchObject([
      { version: 1, decision: 'approved' },
      { version: 2, decision: 'approved', imported_by: 'compliance-1', decided_by: 'compliance-2' },
    ]);
    // The same file again is no change; only the imported version can be asked for.
    const again = await send(rows, { effectiveOn: await plus(3) });
    expect(again.body.errors).toMatchObject([{ code: 'VALUE_UNCHANGED', field: 'content' }]);
    const byValue = { kind: 'restricted_list', code: 'RESTRICTED_PERSONS', values: { version: '1' } };
    expect((await ask({ ...byValue, effectiveOn: await plus(3) }, 'compliance-1')).status).toBe(400);
  });

  test('that is refused is in force never, and whoever sent it may move its day, not its version', async () => {
    const sent = await send(['PASSPORT,E7654321,演练原因,2025-06-01'], { effectiveOn: await plus(4) });
    const { changeId } = sent.body;
    const revise = async (version: string, days: number) =>
      api.call('POST', `/v1/parameter-changes/${changeId}/revisions`, {
        as: 'compliance-1',
        body: { values: { version }, effectiveOn: await plus(days), reason: '推迟 a later day' },
      });
    expect((await revise('1', 5)).body.errors).toMatchObject([{ code: 'INPUT_INVALID', field: 'values.version' }]);
    expect((await revise('3', 5)).status).toBe(202);
    const task = await taskOf(sent.body, 2);
    const form = { decision: 'refuse', reason: '来源待核实 the source is to be checked' };
    expect((await decide(task.task_id, 'compliance-2', 2, form)).status).toBe(200);
    const { rows } = await api.pool.query(
      'select decision, decided_by, effective_from from restricted_lists where version = 3',
    );
    expect(rows).toEqual([{ decision: 'refused', decided_by: 'compliance-2', effective_from: null }]);
  });

  test('leaves nothing personal in a history', async () => {
    const { rows } = await api.pool.query<{ workflow_id: string }>(
      `select 'parameter-change:' || change_id as workflow_id from parameter_changes where kind = 'restricted_list'`,
    );
    expect(rows).toHaveLength(2);
    for (const { workflow_id: workflowId } of rows) {
      const history = readable(await api.stage.client.workflow.getHandle(workflowId).fetchHistory());
      expect(history).toContain('restricted_list');
      expect(history).not.toMatch(/E1234567|E7654321|演练原因/);
    }
  });
});

test('nothing that a person typed can be read in a history', async () => {
  const { texts, histories, found } = await typedTextsInHistories(api.stage);
  expect(found).toEqual([]);
  expect([texts > 0, histories > 0]).toEqual([true, true]);
});
