/** A day started, seen and decided over HTTP, with a real process behind it; each refusal by its name. */
import { randomUUID } from 'node:crypto';
import { verifyAudit } from '../../activities/audit/verify-audit';
import { startWorker } from '../../worker/run';
import { typedTextsInHistories } from '../support/typed-texts';
import { loseAnswer, openApiStage, type ApiStage, type Called } from './stage';
import { eventually, untilTrue } from '../support/eventually';

let api: ApiStage;
beforeAll(async () => {
  api = await openApiStage('days and tasks');
});
afterAll(() => api.close());

const DAY = '/v1/settlement-days/SH/2025-06-23';
const codesOf = ({ body }: Called) => (body.errors as { code: string }[]).map(({ code }) => code);
const faultsOf = ({ body }: Called) =>
  (body.errors as { code: string; field: string }[]).map(({ code, field }) => `${field} ${code}`);
const audit = async (requestId: string) =>
  (
    await api.pool.query(`select actor, role, action, outcome, object_id, reason from audit where request_id = $1`, [
      requestId,
    ])
  ).rows;

/** The open task of a kind, as a person's list shows it. */
const taskOf = (kind: string, as: string, date = '2025-06-23') =>
  eventually(async () => {
    const { body } = await api.call('GET', `/v1/tasks?channel=SH&date=${date}`, { as });
    return (body.items as { kind: string; taskId: string; revision: number }[]).find((task) => task.kind === kind);
  });

describe('starting a day', () => {
  it.each([
    ['SH', '2025-06-22', 422, 'NOT_A_TRADING_DAY', 'a Sunday'],
    ['SH', '2025-07-01', 422, 'NOT_A_TRADING_DAY', 'a holiday of Hong Kong'],
    ['SH', '2025-06-24', 422, 'DAY_IN_THE_FUTURE', 'tomorrow'],
    ['SH', '2023-12-29', 422, 'CALENDAR_OUT_OF_RANGE', 'before the calendars begin'],
    ['SH', '2031-06-23', 422, 'CALENDAR_OUT_OF_RANGE', 'after they end'],
    ['SH', '2025-02-30', 400, 'BUSINESS_DATE_INVALID', 'no such day'],
    ['SH', '20250623', 400, 'BUSINESS_DATE_INVALID', 'another form'],
    ['XX', '2025-06-23', 404, 'CHANNEL_UNKNOWN', 'no such channel'],
    ['SZ', '2025-06-23', 404, 'CHANNEL_UNKNOWN', 'a channel that this book does not run'],
  ])('%s %s: %i %s (%s)', async (channel, date, status, code) => {
    const requestId = randomUUID();
    const answer = await api.call('PUT', `/v1/settlement-days/${channel}/${date}`, {
      as: 'ops-client-1',
      headers: { 'x-request-id': requestId },
    });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await audit(requestId)).toEqual([
      expect.objectContaining({
        actor: 'ops-client-1',
        action: 'startSettlementDay',
        outcome: 'refused',
        reason: code,
      }),
    ]);
    expect((await api.pool.query('select from processes')).rowCount).toBe(0);
  });

  it('starts it once: 202 with its place, then the same day again, one process and one audit row', async () => {
    const key = randomUUID();
    const first = await api.call('PUT', DAY, { as: 'ops-client-1', key });
    expect([first.status, first.headers.get('location')]).toEqual([202, DAY]);
    expect(first.body).toMatchObject({ workflowId: 'settlement-day:SH:2025-06-23', stage: 'starting' });

    const sameKey = await api.call('PUT', DAY, { as: 'ops-client-1', key });
    expect([sameKey.status, sameKey.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
    expect(sameKey.body).toEqual(first.body);

    const again = await api.call('PUT', DAY, { as: 'ops-client-2' });
    expect([again.status, again.headers.get('location')]).toEqual([200, DAY]);

    const { rows } = await api.pool.query(`select actor, role from audit where action = 'start settlement day'`);
    expect(rows).toEqual([{ actor: 'ops-client-1', role: 'operations' }]);
    const described = await api.stage.client.workflow.getHandle('settlement-day:SH:2025-06-23').describe();
    expect(described.status.name).toBe('RUNNING');
  });

  it('starts one day for ten who ask at once', async () => {
    const path = '/v1/settlement-days/SH/2025-06-20';
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.call('PUT', path, { as: 'ops-client-1' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 200, 200, 202]);
    const { rows } = await api.pool.query(
      `select count(*)::int as starts from outbox where workflow_id = 'settlement-day:SH:2025-06-20'`,
    );
    expect(rows).toEqual([{ starts: 1 }]);
  });

  it('starts a day again whose process was terminated before the day was closed', async () => {
    const handle = api.stage.client.workflow.getHandle('settlement-day:SH:2025-06-20');
    const before = (await handle.describe()).runId;
    await handle.terminate('test');
    await api.pool.query(`update processes set closed = true where workflow_id = 'settlement-day:SH:2025-06-20'`);
    expect((await api.call('PUT', '/v1/settlement-days/SH/2025-06-20', { as: 'ops-client-1' })).status).toBe(202);
    expect((await handle.describe()).runId).not.toBe(before);
    await handle.terminate('test');
  });

  it('refuses the same key for another day', async () => {
    const key = randomUUID();
    await api.call('PUT', DAY, { as: 'ops-client-1', key });
    const other = await api.call('PUT', '/v1/settlement-days/SH/2025-06-19', { as: 'ops-client-1', key });
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
    // Keys are the caller's own: another person's is another request.
    const another = await api.call('PUT', '/v1/settlement-days/SH/2025-06-19', { as: 'ops-client-2', key });
    expect(another.status).toBe(202);
    await api.stage.client.workflow.getHandle('settlement-day:SH:2025-06-19').terminate('test');
  });

  it('shows a day that nobody asked for as not there', async () => {
    const answer = await api.call('GET', '/v1/settlement-days/SH/2025-06-18', { as: 'supervisor-1' });
    expect([answer.status, answer.body.code]).toEqual([404, 'NOT_FOUND']);
  });
});

describe('completing a task', () => {
  it('shows who waits for whom, each side its own', async () => {
    await taskOf('make-funding-order', 'ops-client-1');
    await taskOf('tell-head', 'fin-prop-head');
    const waitingFor = async (as: string) => {
      const { body } = await api.call('GET', DAY, { as });
      return [
        (body.waiting as { kind: string }[]).map(({ kind }) => kind).sort(),
        (body.sides as { side: string }[]).map(({ side }) => side),
      ];
    };
    expect(await waitingFor('ops-client-1')).toEqual([['make-funding-order'], ['client']]);
    expect(await waitingFor('fin-prop-1')).toEqual([['tell-head'], ['proprietary']]);
    expect(await waitingFor('audit-1')).toEqual([
      ['make-funding-order', 'tell-head'],
      ['client', 'proprietary'],
    ]);
  });

  it('lists a marked task for the marked only', async () => {
    const kinds = async (as: string) => {
      const { body } = await api.call('GET', '/v1/tasks', { as });
      return (body.items as { kind: string }[]).map(({ kind }) => kind);
    };
    expect(await kinds('fin-prop-head')).toContain('tell-head');
    expect(await kinds('fin-prop-1')).not.toContain('tell-head');
    expect(await kinds('fin-prop-deputy')).not.toContain('tell-head');
  });

  it.each([
    ['fin-prop-1', 403, 'ROLE_MISSING', 'another department'],
    ['supervisor-1', 403, 'ROLE_MISSING', 'a supervisor reads it and does not do it'],
    ['prop-1', 403, 'ROLE_MISSING', 'the front office'],
  ])('refuses %s: %i %s (%s)', async (as, status, code) => {
    const { taskId } = await taskOf('make-funding-order', 'ops-client-1');
    const answer = await api.call('POST', `/v1/tasks/${taskId}/completion`, {
      as,
      body: { revision: 1, form: { amount: '1.00', account: 'HKB0000001' } },
    });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('refuses the right role on the other side', async () => {
    await api.pool.query(
      `insert into people (person, subject, department) values ('ops-prop', 'rehearsal|ops-prop', 'operations')`,
    );
    await api.pool.query(
      `insert into grants (person, role, side, valid_from, requested_by, granted_by, approved_by)
       values ('ops-prop', 'operations', 'proprietary', '2025-01-01', 'a', 'b', 'c')`,
    );
    const { taskId } = await taskOf('make-funding-order', 'ops-client-1');
    const read = await api.call('GET', `/v1/tasks/${taskId}`, { as: 'ops-prop' });
    expect([read.status, read.body.code]).toEqual([403, 'WRONG_SIDE']);
    const done = await api.call('POST', `/v1/tasks/${taskId}/completion`, {
      as: 'ops-prop',
      body: { revision: 1, form: {} },
    });
    expect([done.status, done.body.code]).toEqual([403, 'WRONG_SIDE']);
  });

  it('refuses a form with every fault and its field', async () => {
    const { taskId } = await taskOf('make-funding-order', 'ops-client-1');
    const complete = (form: unknown) =>
      api.call('POST', `/v1/tasks/${taskId}/completion`, { as: 'ops-client-1', body: { revision: 1, form } });
    expect(faultsOf(await complete({ amount: 3028765.43, account: 'HKB0000001' }))).toEqual([
      'form.amount AMOUNT_NOT_TEXT',
    ]);
    expect(faultsOf(await complete({ amount: '3028765.4', account: '', urgent: true }))).toEqual([
      'form.amount INPUT_INVALID',
      'form.account INPUT_INVALID',
      'form.urgent FIELD_UNKNOWN',
    ]);
    expect(faultsOf(await complete({}))).toEqual(['form.amount INPUT_INVALID', 'form.account INPUT_INVALID']);
    expect(faultsOf(await complete({ amount: 5, account: 7, urgent: true, more: {} }))).toEqual([
      'form.account INPUT_INVALID',
      'form.urgent FIELD_UNKNOWN',
      'form.more FIELD_UNKNOWN',
      'form.amount AMOUNT_NOT_TEXT',
    ]);
  });

  it('refuses faults of the request together, before it looks at the task', async () => {
    const answer = await api.call('POST', '/v1/tasks/abc/completion', {
      as: 'ops-client-1',
      key: '',
      body: { revision: '1', shape: {}, amount: 1 },
    });
    expect(answer.status).toBe(400);
    expect(faultsOf(answer).sort()).toEqual([
      'Idempotency-Key IDEMPOTENCY_KEY_MISSING',
      'amount AMOUNT_NOT_TEXT',
      'amount FIELD_UNKNOWN',
      'form INPUT_INVALID',
      'revision INPUT_INVALID',
      'shape FIELD_UNKNOWN',
      'taskId INPUT_INVALID',
    ]);
  });

  it('lets one person claim, and nobody else complete until it is released', async () => {
    const { taskId } = await taskOf('make-funding-order', 'ops-client-1');
    const path = `/v1/tasks/${taskId}`;
    const unclaimed = (await api.call('GET', path, { as: 'ops-client-1' })).headers.get('etag');
    const claimed = await api.call('POST', `${path}/claim`, { as: 'ops-client-2', body: {} });
    expect(claimed.body).toMatchObject({ state: 'claimed', claimedBy: 'ops-client-2' });
    expect(claimed.headers.get('etag')).not.toBe(unclaimed);
    for (const act of ['claim', 'release', 'completion']) {
      const body = act === 'completion' ? { revision: 1, form: { amount: '1.00', account: 'x' } } : {};
      const refused = await api.call('POST', `${path}/${act}`, { as: 'ops-client-1', body });
      expect([act, refused.status, refused.body.code]).toEqual([act, 409, 'TASK_CLAIMED_BY_ANOTHER']);
    }
    expect((await api.call('POST', `${path}/release`, { as: 'ops-client-2' })).body).toMatchObject({
      state: 'open',
      claimedBy: null,
    });
  });

  it('refuses what was not shown: an older revision, an older tag', async () => {
    const { taskId } = await taskOf('make-funding-order', 'ops-client-1');
    const form = { amount: '3028765.43', account: 'HKB0000001' };
    const path = `/v1/tasks/${taskId}/completion`;
    const older = await api.call('POST', path, { as: 'ops-client-1', body: { revision: 0, form } });
    expect([older.status, faultsOf(older)]).toEqual([412, ['revision REVISION_STALE']]);
    const headers = { 'if-match': '"task-1-0-open"' };
    const tag = await api.call('POST', path, { as: 'ops-client-1', body: { revision: 1, form }, headers });
    expect([tag.status, faultsOf(tag)]).toEqual([412, ['If-Match REVISION_STALE']]);
  });

  it('tells every refusal of a completion at once, each with its field, in the order of the list', async () => {
    const { taskId } = await taskOf('make-funding-order', 'ops-client-1');
    await api.call('POST', `/v1/tasks/${taskId}/claim`, { as: 'ops-client-1' });
    const body = { revision: 0, form: { amount: 1, account: '' } };
    // A supervisor sees the task and has not its role; another has taken it, and what was shown is not what stands.
    const answer = await api.call('POST', `/v1/tasks/${taskId}/completion`, { as: 'supervisor-1', body });
    await api.call('POST', `/v1/tasks/${taskId}/release`, { as: 'ops-client-1' });
    expect([answer.status, faultsOf(answer)]).toEqual([
      403,
      [
        'null ROLE_MISSING',
        'form.account INPUT_INVALID',
        'form.amount AMOUNT_NOT_TEXT',
        'revision REVISION_STALE',
        'null TASK_CLAIMED_BY_ANOTHER',
      ],
    ]);
  });

  it('completes it once, however often it is asked with the same key', async () => {
    const { taskId } = await taskOf('make-funding-order', 'ops-client-1');
    const path = `/v1/tasks/${taskId}`;
    const etag = (await api.call('GET', path, { as: 'ops-client-1' })).headers.get('etag') ?? '';
    const key = randomUUID();
    const ask = (amount: string) =>
      api.call('POST', `${path}/completion`, {
        as: 'ops-client-1',
        key,
        headers: { 'if-match': etag },
        body: { revision: 1, form: { amount, account: 'HKB0000001' } },
      });
    const answers = await Promise.all([ask('3028765.43'), ask('3028765.43'), ask('3028765.43')]);
    for (const { status, body, headers } of answers) {
      // Whoever comes while the first is under way is told to come back.
      if (status === 409) expect([body.code, headers.get('retry-after')]).toEqual(['REQUEST_IN_PROGRESS', '1']);
      else expect([status, body.state]).toEqual([200, 'done']);
    }
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    const late = await ask('3028765.43');
    expect([late.status, late.headers.get('idempotent-replayed'), late.body.outcome.result]).toEqual([
      200,
      'true',
      'completed',
    ]);
    const other = await ask('3028765.44');
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
    const { rows } = await api.pool.query(
      `select actor, outcome from audit where object_id = $1 and action like 'complete task%'`,
      [taskId],
    );
    expect(rows).toEqual([{ actor: 'ops-client-1', outcome: 'done' }]);
    const anew = await api.call('POST', `${path}/completion`, {
      as: 'ops-client-1',
      body: { revision: 1, form: { amount: '3028765.43', account: 'HKB0000001' } },
    });
    expect([anew.status, anew.body.code]).toEqual([409, 'TASK_NOT_OPEN']);
  });

  it('never lets the maker approve, and keeps the attempt', async () => {
    const { taskId } = await taskOf('approve-order', 'ops-client-2');
    const requestId = randomUUID();
    const answer = await api.call('POST', `/v1/tasks/${taskId}/completion`, {
      as: 'ops-client-1',
      headers: { 'x-request-id': requestId },
      body: { revision: 1, form: { decision: 'approve', reason: '核对无误' } },
    });
    expect([answer.status, codesOf(answer)]).toEqual([403, ['SAME_PERSON']]);
    expect(await audit(requestId)).toEqual([
      {
        actor: 'ops-client-1',
        role: 'operations',
        action: 'completeTask',
        outcome: 'refused',
        object_id: taskId,
        reason: 'SAME_PERSON',
      },
    ]);
    const claim = await api.call('POST', `/v1/tasks/${taskId}/claim`, { as: 'ops-client-1' });
    expect([claim.status, claim.body.code]).toEqual([403, 'SAME_PERSON']);
  });

  it('refuses a checker whose roles must not be held together', async () => {
    const { taskId } = await taskOf('approve-order', 'ops-client-2');
    await api.pool.query(
      `insert into people (person, subject, department) values ('two-hats', 'rehearsal|two-hats', 'operations')`,
    );
    await api.pool.query(
      `insert into grants (person, role, side, valid_from, requested_by, granted_by, approved_by)
       values ('two-hats', 'operations', 'client', '2025-01-01', 'a', 'b', 'c'), ('two-hats', 'service', null, '2025-01-01', 'a', 'b', 'c'),
              ('two-hats', 'admin', null, '2025-01-01', 'a', 'b', 'c')`,
    );
    const answer = await api.call('POST', `/v1/tasks/${taskId}/completion`, {
      as: 'two-hats',
      body: { revision: 1, form: { decision: 'approve', reason: '核对无误' } },
    });
    expect([answer.status, codesOf(answer)]).toEqual([
      403,
      ['CHECKER_FRONT_AND_BACK_OFFICE', 'CHECKER_OPERATIONS_AND_TECHNOLOGY'],
    ]);
  });

  it('lets only the maker recall; an approval after that comes too late', async () => {
    const { taskId } = await taskOf('approve-order', 'ops-client-2');
    const recall = (as: string) =>
      api.call('POST', `/v1/tasks/${taskId}/recall`, {
        ...{ as, key: `recalled-by-${as}` },
        body: { reason: '金额有误，重新经办' },
      });
    const other = await recall('ops-client-2');
    expect([other.status, other.body.code]).toEqual([403, 'ONLY_MAKER_RECALLS']);
    // The maker holds another role besides, and was given it first.
    const [first] = (await api.pool.query(`select min(grant_id) as id from grants where person = 'ops-client-1'`)).rows;
    await api.pool.query(`update grants set valid_to = '2014-11-18' where grant_id = $1`, [first.id]);
    await api.pool.query(
      `insert into grants (person, role, side, valid_from, requested_by, granted_by, approved_by)
       values ('ops-client-1', 'supervisor', null, '2014-11-18', 'a', 'b', 'c'),
              ('ops-client-1', 'operations', 'client', '2014-11-18', 'a', 'b', 'c')`,
    );
    const recalled = await recall('ops-client-1');
    expect([recalled.status, recalled.body.outcome.result]).toEqual([200, 'recalled']);
    await api.pool.query(
      `update grants set valid_to = '2014-11-19' where person = 'ops-client-1' and role = 'supervisor'`,
    );
    // The API died before it answered: the same key hears of its own act.
    await loseAnswer(api.pool, 'recalled-by-ops-client-1');
    const again = await recall('ops-client-1');
    expect([again.status, again.body.outcome.result]).toEqual([200, 'recalled']);
    const kept = await audit(recalled.headers.get('x-request-id') ?? '');
    expect(kept.map(({ actor, role, outcome }) => [actor, role, outcome])).toEqual([
      ['ops-client-1', 'operations', 'done'],
    ]);
    const late = await api.call('POST', `/v1/tasks/${taskId}/completion`, {
      as: 'ops-client-2',
      body: { revision: 1, form: { decision: 'approve', reason: '核对无误' } },
    });
    expect([late.status, late.body.code]).toEqual([409, 'TASK_RECALLED']);
  });

  it('asks for the decision again at the next revision, refuses a blank reason, takes the checker', async () => {
    const task = await eventually(async () => {
      const found = await taskOf('approve-order', 'ops-client-2');
      return found.revision === 2 ? found : undefined;
    });
    const complete = (reason: string, revision = 2) =>
      api.call('POST', `/v1/tasks/${task.taskId}/completion`, {
        as: 'ops-client-2',
        body: { revision, form: { decision: 'approve', reason } },
      });
    for (const blank of ['', '   ', '\u200b\u2060\ufeff'])
      expect([blank, faultsOf(await complete(blank))]).toEqual([blank, ['form.reason INPUT_INVALID']]);
    expect((await complete('核对无误', 1)).body.code).toBe('REVISION_STALE');
    const done = await complete('核对无误');
    expect([done.status, done.body.outcome.by.person]).toEqual([200, 'ops-client-2']);
    const { rows } = await api.pool.query('select maker, checker, decision from approvals where task_id = $1', [
      task.taskId,
    ]);
    expect(rows).toEqual([{ maker: 'ops-client-1', checker: 'ops-client-2', decision: 'approved' }]);
  });

  it('says "ask again" while no worker answers, and the same key takes up the same act', async () => {
    expect((await api.call('PUT', '/v1/settlement-days/SH/2025-06-18', { as: 'ops-client-1' })).status).toBe(202);
    const { taskId } = await taskOf('make-funding-order', 'ops-client-1', '2025-06-18');
    await api.stage.stopWorker();
    const key = randomUUID();
    const ask = (call = api.call) =>
      call('POST', `/v1/tasks/${taskId}/completion`, {
        as: 'ops-client-1',
        key,
        body: { revision: 1, form: { amount: '1.00', account: 'HKB0000001' } },
      });
    await api.beside({ API_ANSWER_WITHIN_MS: '1500' }, async (call) => {
      const first = await ask(call);
      expect([first.status, first.headers.get('location'), first.body.state]).toEqual([
        202,
        `/v1/tasks/${taskId}`,
        'open',
      ]);
      const second = await ask(call);
      expect(second.status).toBe(202);
    });

    const worker = await startWorker(api.stage.config, api.stage.bundle);
    try {
      // Done while nobody asked: whoever asks again hears of the own act, whoever comes with another that there is nothing to do.
      await untilTrue(async () => {
        const { rowCount } = await api.pool.query(`select from tasks where task_id = $1 and state = 'done'`, [taskId]);
        return rowCount === 1;
      });
      const another = await api.call('POST', `/v1/tasks/${taskId}/completion`, {
        as: 'ops-client-1',
        body: { revision: 1, form: { amount: '1.00', account: 'HKB0000001' } },
      });
      expect([another.status, another.body.code]).toEqual([409, 'TASK_NOT_OPEN']);
      const done = await ask();
      expect([done.status, done.body]).toMatchObject([
        200,
        { state: 'done', outcome: { result: 'completed', by: { person: 'ops-client-1' } } },
      ]);
      // The run that took it has ended, and another goes on with the day.
      await loseAnswer(api.pool, key);
      await api.stage.client.workflow.getHandle('settlement-day:SH:2025-06-18').terminate('test');
      await api.pool.query(`update processes set closed = true where workflow_id = 'settlement-day:SH:2025-06-18'`);
      expect((await api.call('PUT', '/v1/settlement-days/SH/2025-06-18', { as: 'ops-client-1' })).status).toBe(202);
      expect((await ask()).status).toBe(200);
    } finally {
      await worker.stop();
    }
  });
});

it('has its audit sealed by the worker, though the clock of the book stands', async () => {
  await eventually(async () => {
    const { unsealed, rows, faults } = await verifyAudit(api.pool);
    expect(faults).toEqual([]);
    return (unsealed === 0 && rows > 10) || undefined;
  });
});

test('nothing that a person typed can be read in a history', async () => {
  const { texts, histories, found } = await typedTextsInHistories(api.stage);
  expect(found).toEqual([]);
  expect([texts > 0, histories > 0]).toEqual([true, true]);
});
