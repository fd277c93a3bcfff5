/**
 * Attempts to be maker and checker of one thing, by every path there is: none succeeds, each is refused with the code of its
 * situation, and what reached the API is in the audit. At the end the one who may decides, so that nothing was refused for another cause.
 */
import type { ApplicationFailure } from '@temporalio/common';
import { randomUUID } from 'node:crypto';
import { recordUnlessTold } from '../../activities/intake/record-refusal';
import { completeTask as completeVerb } from '../../activities/tasks/complete-task';
import { BusinessError, SeveralRefusals } from '../../domain/errors';
import { completeTask } from '../../workflows/messages/tasks';
import { enterPeople } from '../support/people';
import { MONDAY_0805, openApiStage, type ApiStage, type Called } from './stage';
import { formSent } from '../support/typed-texts';
import { eventually } from '../support/eventually';

const MAKERS = ['ops-client-1', 'ops-client-deputy'];
/** The principal of makers who acted for somebody, and of delegations. */
const HEAD = 'ops-client-head';
/** Whoever may decide all of it. */
const CHECKER = 'checker';
const APPROVE = { decision: 'approve', reason: 'figures checked' };
const REFUSE = { decision: 'refuse', reason: 'figures do not agree' };

interface Attempt {
  readonly why: string;
  readonly person: string;
  readonly onBehalfOf?: string;
  readonly code: string;
  readonly revision?: number;
  /** Not known to the token issuer, or left: the API answers 401 before anything else. */
  readonly noToken?: boolean;
}

/** Who tries it, of a task that `maker` made, perhaps for a principal. */
const attemptsOn = (maker: string, madeFor: string | undefined): readonly Attempt[] => [
  { why: 'the maker', person: maker, code: 'SAME_PERSON' },
  { why: 'the second account of the maker', person: `${maker}-again`, code: 'SAME_PERSON' },
  { why: 'the maker, for a principal', person: maker, onBehalfOf: 'lender', code: 'SAME_PERSON' },
  { why: 'somebody for the maker', person: 'stand-in', onBehalfOf: maker, code: 'CHECKER_ACTS_FOR_MAKER' },
  ...(madeFor === undefined
    ? []
    : [
        { why: 'for whom it was made', person: madeFor, code: 'MAKER_ACTED_FOR_CHECKER' },
        { why: 'another for the same principal', person: 'stand-in', onBehalfOf: madeFor, code: 'SAME_PRINCIPAL' },
      ]),
  { why: 'of the other side', person: 'ops-other-side', code: 'WRONG_SIDE' },
  { why: 'whose role has ended meanwhile', person: 'moved-on', code: 'ROLE_MISSING' },
  { why: 'of another department', person: 'compliance-1', code: 'ROLE_MISSING' },
  { why: 'of technology', person: 'admin-1', code: 'ROLE_MISSING' },
  { why: 'who has left', person: 'left', code: 'ROLE_MISSING', noToken: true },
  { why: 'whom nobody knows', person: 'nobody-known', code: 'ROLE_MISSING', noToken: true },
  { why: 'without a delegation', person: CHECKER, onBehalfOf: 'lender', code: 'DELEGATION_NOT_IN_FORCE' },
  { why: 'a delegation that is over', person: 'expired', onBehalfOf: 'lender', code: 'DELEGATION_NOT_IN_FORCE' },
  { why: 'one that begins tomorrow', person: 'tomorrow', onBehalfOf: 'lender', code: 'DELEGATION_NOT_IN_FORCE' },
  { why: 'a revoked one', person: 'revoked', onBehalfOf: 'lender', code: 'DELEGATION_NOT_IN_FORCE' },
  {
    why: 'one that was recalled before it was given',
    person: 'recalled',
    onBehalfOf: 'lender',
    code: 'DELEGATION_NOT_IN_FORCE',
  },
  {
    why: 'one that nobody has approved yet',
    person: 'asked-for',
    onBehalfOf: 'lender',
    code: 'DELEGATION_NOT_IN_FORCE',
  },
  { why: 'one for other work', person: 'other-work', onBehalfOf: 'lender', code: 'DELEGATION_OUT_OF_SCOPE' },
  { why: 'one up to an amount', person: 'small-amounts', onBehalfOf: 'lender', code: 'DELEGATION_OUT_OF_SCOPE' },
  { why: 'of an older revision', person: CHECKER, revision: 1, code: 'REVISION_STALE' },
  { why: 'of a revision to come', person: CHECKER, revision: 3, code: 'REVISION_STALE' },
];

interface Made {
  readonly workflowId: string;
  readonly taskId: string;
  readonly maker: string;
  readonly madeFor: string | undefined;
}

let api: ApiStage;
let made: readonly Made[];
beforeAll(async () => {
  api = await openApiStage('four eyes', { workflows: require.resolve('../workflows/building-blocks/stories') });
  await enterEverybody();
  const wanted = MAKERS.flatMap((maker) => [
    { maker, madeFor: undefined },
    { maker, madeFor: HEAD },
  ]);
  made = await Promise.all(wanted.map(({ maker, madeFor }) => make(maker, madeFor)));
});
afterAll(() => api.close());

async function enterEverybody(): Promise<void> {
  const operators = [CHECKER, 'stand-in', 'lender', 'moved-on', 'left', 'expired', 'tomorrow', 'revoked'];
  const client = { role: 'operations', side: 'client' } as const;
  await enterPeople(api.pool, [
    ...[...operators, 'recalled', 'asked-for', 'other-work', 'small-amounts'].map((person) => ({ person, ...client })),
    ...MAKERS.map((maker) => ({ person: `${maker}-again`, naturalPerson: maker, ...client })),
    ...MAKERS.map((maker) => ({ person: `${maker}-absent`, ...client })),
    { person: 'ops-other-side', role: 'operations', side: 'proprietary' },
  ]);
  await api.pool.query(`update grants set valid_to = '2025-06-23' where person = 'moved-on'`);
  await api.pool.query(`update people set active = false where person = 'left'`);
  const give = (
    principal: string,
    delegate: string,
    of: { from?: string; to?: string; kinds?: string[]; limit?: number; state?: string } = {},
  ) =>
    api.pool.query(
      `insert into delegations (principal, delegate, role, kinds, amount_limit_fen, first_day, last_day, reason, made_by, state)
       values ($1, $2, 'operations', $3, $4, $5, $6, 'on leave', $1, $7)`,
      [
        ...[principal, delegate, of.kinds ?? null, of.limit ?? null],
        ...[of.from ?? '2025-06-20', of.to ?? '2025-06-30', of.state ?? 'given'],
      ],
    );
  for (const maker of [...MAKERS, HEAD]) await give(maker, 'stand-in');
  for (const maker of MAKERS) await give('lender', maker);
  await give('lender', 'expired', { to: '2025-06-22' });
  await give('lender', 'tomorrow', { from: '2025-06-24' });
  await give('lender', 'revoked');
  await give('lender', 'recalled', { state: 'recalled' });
  await give('lender', 'asked-for', { state: 'awaiting approval' });
  await give('lender', 'other-work', { kinds: ['ask-bank'] });
  await give('lender', 'small-amounts', { limit: 100 });
  await api.pool.query(
    `update delegations set state = 'revoked', revoked_by = 'lender', revoked_at = business_now() where delegate = 'revoked'`,
  );
  // What is given to whoever is away goes to the maker.
  await api.pool.query(
    `insert into substitutions (absent, substitute, first_day, last_day, made_by)
     select maker || '-absent', maker, '2025-06-20', '2025-06-30', $2 from unnest($1::text[]) maker`,
    [MAKERS, HEAD],
  );
}

async function make(maker: string, madeFor?: string, name = 'attempts', draft?: string): Promise<Made> {
  const key = `${name}:${maker}:${madeFor ?? 'own'}`;
  await api.stage.start('approved', key, {
    ...{ key, maker },
    ...(madeFor === undefined ? {} : { madeFor }),
    ...(draft === undefined ? {} : { subject: { kind: 'parameter change', id: draft } }),
  });
  const taskId = await eventually(async () => {
    const { rows } = await api.pool.query<{ task_id: string }>(
      'select task_id::text from tasks where business_key = $1',
      [key],
    );
    return rows[0]?.task_id;
  });
  return { workflowId: key, taskId, maker, madeFor };
}

const bodyOf = ({ onBehalfOf, revision = 2 }: Attempt, form: object) => ({
  revision,
  form,
  ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
});
const sentOf = (
  { taskId }: Made,
  { person, onBehalfOf, revision = 2 }: Attempt,
  form: Readonly<Record<string, unknown>>,
) => ({
  taskId,
  revision,
  form,
  // The message says what it likes of the role.
  actor: { person, role: 'operations', ...(onBehalfOf === undefined ? {} : { onBehalfOf }) },
  requestId: randomUUID(),
  at: MONDAY_0805,
});

/** Every code of a refused update, the first one first. */
async function codesOfUpdate(update: Promise<unknown>): Promise<readonly string[]> {
  const failed = await update.then(
    () => undefined,
    (error: Error) => error.cause as ApplicationFailure,
  );
  if (failed === undefined) return ['accepted'];
  const [told] = (failed.details ?? []) as { codes?: readonly string[] }[];
  return told?.codes ?? [failed.type ?? String(failed)];
}

const requests = new Map<string, string>();
/** Every path by which a decision can be sent. */
const PATHS: readonly (readonly [
  name: string,
  send: (task: Made, attempt: Attempt, form: Readonly<Record<string, unknown>>) => Promise<readonly string[]>,
])[] = [
  [
    'API',
    async ({ taskId }, attempt, form) => {
      const { body } = await api.call('POST', `/v1/tasks/${taskId}/completion`, {
        as: attempt.person,
        body: bodyOf(attempt, form),
      });
      requests.set(String(body.instance).replace('urn:request:', ''), attempt.person);
      return (body.errors as readonly { code: string }[]).map(({ code }) => code);
    },
  ],
  [
    'claim',
    async ({ taskId }, attempt) => {
      const { body } = await api.call('POST', `/v1/tasks/${taskId}/claim`, { as: attempt.person });
      requests.set(String(body.instance).replace('urn:request:', ''), attempt.person);
      return (body.errors as readonly { code: string }[]).map(({ code }) => code);
    },
  ],
  [
    'update past the API',
    async (task, attempt, form) => {
      const handle = api.stage.client.workflow.getHandle(task.workflowId);
      const args: [ReturnType<typeof sentOf>] = [sentOf(task, attempt, await formSent(api.pool, task.taskId, form))];
      requests.set(args[0].requestId, attempt.person);
      return codesOfUpdate(handle.executeUpdate(completeTask, { args }));
    },
  ],
  [
    'verb',
    async (task, attempt, form) => {
      try {
        await completeVerb({ pool: api.pool })(sentOf(task, attempt, form));
      } catch (error) {
        if (error instanceof SeveralRefusals) return error.all.map(({ code }) => code);
        return [error instanceof BusinessError ? error.code : String(error)];
      }
      return ['accepted'];
    },
  ],
];

const applies = (path: string, { noToken, onBehalfOf, revision }: Attempt): boolean =>
  path === 'claim'
    ? noToken !== true && onBehalfOf === undefined && revision === undefined
    : path !== 'API' || noToken !== true;

test('at least 500 attempts to be maker and checker: none succeeds, each is refused with its code', async () => {
  let attempts = 0;
  const wrong: string[] = [];
  // Tasks side by side, the attempts on one after the other.
  await Promise.all(
    made.map(async (task) => {
      for (const attempt of attemptsOn(task.maker, task.madeFor)) {
        for (const [path, send] of PATHS) {
          if (!applies(path, attempt)) continue;
          for (const form of path === 'claim' ? [APPROVE] : [APPROVE, REFUSE]) {
            attempts += 1;
            const codes = await send(task, attempt, form);
            if (!codes.includes(attempt.code))
              wrong.push(`${path}, ${attempt.why}: ${codes.join(' ')}, not ${attempt.code}`);
          }
        }
      }
    }),
  );
  expect(wrong).toEqual([]);
  expect(attempts).toBeGreaterThanOrEqual(500);
  const { rows } = await api.pool.query('select state, count(*)::int from tasks group by state');
  expect(rows).toEqual([{ state: 'open', count: made.length }]);
  expect((await api.pool.query('select 1 from approvals')).rowCount).toBe(0);
}, 240_000);

const codesIn = ({ body }: Called): readonly string[] =>
  ((body.errors ?? []) as readonly { code: string }[]).map(({ code }) => code);

/** Asks for one action on many tasks and answers what became of each row. */
async function bulk(
  attempt: Pick<Attempt, 'person' | 'onBehalfOf'>,
  asked: object,
  tasks: readonly Made[],
): Promise<{ readonly requestId: string; readonly ends: readonly string[] }> {
  const { person: as, onBehalfOf } = attempt;
  const { status, body, headers } = await api.call('POST', '/v1/task-bulks', {
    as,
    body: {
      asked,
      taskIds: tasks.map(({ taskId }) => taskId),
      count: tasks.length,
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    },
  });
  expect(status).toBe(202);
  const at = `/v1/task-bulks/${String(body.bulkId)}`;
  await eventually(async () => ((await api.call('GET', at, { as })).body.waiting === 0 ? true : undefined), 150);
  const { items } = (await api.call('GET', `${at}/rows`, { as })).body as { items: { state: string; code: string }[] };
  return {
    requestId: headers.get('x-request-id') ?? '',
    ends: items.map(({ state, code }) => `${state} ${code}`),
  };
}

const openTasks = async (tasks: readonly Made[]) => {
  const { rows } = await api.pool.query<{ state: string }>(
    `select state || coalesce(' ' || claimed_by, '') as state from tasks where task_id = any($1::bigint[]) order by task_id`,
    [tasks.map(({ taskId }) => taskId)],
  );
  return [...new Set(rows.map(({ state }) => state))];
};

test('by bulk: each row is judged like one alone, refused and in the audit', async () => {
  const ofMaker = MAKERS.flatMap((maker) => {
    const tasks = made.filter((task) => task.maker === maker);
    const tries = [
      { person: maker, code: 'SAME_PERSON' },
      { person: `${maker}-again`, code: 'SAME_PERSON' },
      { person: maker, onBehalfOf: 'lender', code: 'SAME_PERSON' },
      { person: 'stand-in', onBehalfOf: maker, code: 'CHECKER_ACTS_FOR_MAKER' },
    ].flatMap((attempt) =>
      [{ action: 'claim' }, { action: 'complete', form: APPROVE }].map((asked) => ({
        attempt,
        asked,
        tasks,
        code: attempt.code,
      })),
    );
    const given = [maker, `${maker}-again`, `${maker}-absent`].map((to) => ({
      attempt: { person: 'supervisor-1' },
      asked: { action: 'assign', to, reason: 'the list is long today' },
      tasks,
      code: 'SAME_PERSON',
    }));
    return [...tries, ...given];
  });
  const ofHead = [
    { person: HEAD, code: 'MAKER_ACTED_FOR_CHECKER' },
    { person: 'stand-in', onBehalfOf: HEAD, code: 'SAME_PRINCIPAL' },
  ].map((attempt) => ({
    ...{ attempt, code: attempt.code, asked: { action: 'complete', form: APPROVE } },
    tasks: made.filter(({ madeFor }) => madeFor === HEAD),
  }));
  const asks = [...ofMaker, ...ofHead];
  const requestIds = await Promise.all(
    asks.map(async ({ attempt, asked, tasks, code }) => {
      const { requestId, ends } = await bulk(attempt, asked, tasks);
      expect([attempt, asked, ends]).toEqual([attempt, asked, tasks.map(() => `refused ${code}`)]);
      return requestId;
    }),
  );
  const { rows } = await api.pool.query<{ told: string }>(
    `select request_id || ' ' || object_id as told from audit where outcome = 'refused' and request_id = any($1) order by told`,
    [requestIds],
  );
  const wanted = asks.flatMap(({ tasks }, place) => tasks.map(({ taskId }) => `${requestIds[place]} ${taskId}`));
  expect(rows.map(({ told }) => told).sort()).toEqual(wanted.sort());
  expect(await openTasks(made)).toEqual(['open']);
}, 240_000);

test('by re-assignment: what the checker holds is given to no account of the maker; what the delegate of the maker holds is not decided for the maker', async () => {
  const assign = (task: Made, to: string) =>
    api.call('POST', `/v1/tasks/${task.taskId}/assignment`, {
      as: 'supervisor-1',
      body: { to, reason: 'the list is long today' },
    });
  const tryAll = async (task: Made, attempt: Attempt) => {
    for (const [path, send] of PATHS) {
      if (applies(path, attempt))
        expect([path, await send(task, attempt, APPROVE)]).toEqual([path, holding(attempt.code)]);
    }
  };
  await Promise.all(
    made.map(async (task) => {
      expect((await assign(task, CHECKER)).status).toBe(200);
      for (const to of [task.maker, `${task.maker}-again`, `${task.maker}-absent`]) {
        const { body } = await assign(task, to);
        expect(body.errors).toContainEqual(expect.objectContaining({ code: 'SAME_PERSON', field: 'to' }));
      }
      for (const person of [task.maker, `${task.maker}-again`])
        await tryAll(task, { why: 'held by the checker', person, code: 'SAME_PERSON' });
      expect((await assign(task, 'stand-in')).status).toBe(200);
      await tryAll(task, {
        ...{ why: 'held by the delegate', person: 'stand-in', onBehalfOf: task.maker },
        code: 'CHECKER_ACTS_FOR_MAKER',
      });
      await tryAll(task, { why: 'held by the delegate', person: task.maker, code: 'SAME_PERSON' });
    }),
  );
  expect(await openTasks(made)).toEqual(['claimed stand-in']);
  for (const { taskId } of made)
    expect((await api.call('POST', `/v1/tasks/${taskId}/release`, { as: 'stand-in' })).status).toBe(200);
  expect((await api.pool.query('select 1 from approvals')).rowCount).toBe(0);
}, 240_000);

const holding = (code: string): unknown => expect.arrayContaining([code]);

test('recalled, and then approved: by nobody; and only the maker recalls', async () => {
  const recalled = await Promise.all(MAKERS.map((maker) => make(maker, undefined, 'recalled')));
  await Promise.all(
    recalled.map(async (task) => {
      const { taskId, maker } = task;
      const recall = (as: string) =>
        api.call('POST', `/v1/tasks/${taskId}/recall`, { as, body: { reason: 'wrong amount' } });
      for (const other of [CHECKER, `${maker}-again`, 'stand-in'])
        expect(codesIn(await recall(other))).toEqual(['ONLY_MAKER_RECALLS']);
      expect((await recall(maker)).status).toBe(200);
      const attempts: readonly Attempt[] = [
        { why: 'the checker', person: CHECKER, code: 'TASK_RECALLED' },
        { why: 'the maker', person: maker, code: 'SAME_PERSON' },
        { why: 'the second account', person: `${maker}-again`, code: 'SAME_PERSON' },
        { why: 'for the maker', person: 'stand-in', onBehalfOf: maker, code: 'CHECKER_ACTS_FOR_MAKER' },
      ];
      for (const attempt of attempts) {
        for (const [path, send] of PATHS) {
          // Its process has ended and takes no update.
          if (!applies(path, attempt) || path === 'update past the API') continue;
          const wanted = [...new Set([attempt.code, 'TASK_RECALLED'])];
          expect([path, attempt.why, await send(task, attempt, APPROVE)]).toEqual([
            ...[path, attempt.why],
            expect.arrayContaining(wanted),
          ]);
        }
        const claimed = await bulk(attempt, { action: 'claim' }, [task]);
        expect([attempt.why, claimed.ends]).toEqual([attempt.why, ['refused TASK_RECALLED']]);
      }
    }),
  );
  expect(await openTasks(recalled)).toEqual(['withdrawn']);
  expect((await api.pool.query('select 1 from approvals')).rowCount).toBe(0);
}, 240_000);

test('a draft that its maker changed after it was shown is decided by nobody, whichever revision is sent', async () => {
  const drafts = await Promise.all(
    MAKERS.map(async (maker) => {
      const { rows } = await api.pool.query<{ id: string }>(
        `insert into parameter_changes (kind, code, part, old_values, new_values, effective_on, reason, risk, made_by, made_role, state, revision)
         values ('parameter', 'FILE_LATE_AFTER', $1, '{"value":"20:00:00"}', '{"value":"20:30:00"}', '2025-06-25', 'late', 'deadline', $1,
                 'operations', 'awaiting approval', 2) returning change_id::text as id`,
        [maker],
      );
      const id = rows[0]!.id;
      return { id, task: await make(maker, undefined, 'changed', id) };
    }),
  );
  const attempts = (maker: string): readonly Attempt[] => [
    { why: 'what was shown', person: CHECKER, code: 'REVISION_STALE' },
    { why: 'what was not shown', person: CHECKER, revision: 3, code: 'REVISION_STALE' },
    { why: 'the maker', person: maker, code: 'SAME_PERSON' },
    { why: 'for the maker', person: 'stand-in', onBehalfOf: maker, code: 'CHECKER_ACTS_FOR_MAKER' },
  ];
  await Promise.all(
    drafts.map(async ({ id, task }) => {
      await api.pool.query(
        `update parameter_changes set new_values = '{"value":"23:00:00"}', revision = 3 where change_id = $1`,
        [id],
      );
      for (const attempt of attempts(task.maker)) {
        for (const [path, send] of PATHS) {
          // Whoever may check it may hold it, and is told at the decision.
          if (!applies(path, attempt) || (path === 'claim' && attempt.person === CHECKER)) continue;
          expect([path, attempt.why, await send(task, attempt, APPROVE)]).toEqual([
            ...[path, attempt.why],
            holding(attempt.code),
          ]);
        }
      }
      const checked = await bulk({ person: CHECKER }, { action: 'complete', form: APPROVE }, [task]);
      expect(checked.ends).toEqual(['refused REVISION_STALE']);
      // Changed under the same number, past every verb: the digest of what was shown tells.
      await api.pool.query('update parameter_changes set revision = 2 where change_id = $1', [id]);
      const unnoticed: Attempt = { why: 'under the same number', person: CHECKER, code: 'APPROVAL_STALE' };
      for (const [path, send] of PATHS) {
        if (path !== 'claim')
          expect([path, await send(task, unnoticed, APPROVE)]).toEqual([path, holding(unnoticed.code)]);
      }
    }),
  );
  expect(await openTasks(drafts.map(({ task }) => task))).toEqual(['open']);
  const { rows } = await api.pool.query('select distinct state from parameter_changes');
  expect(rows).toEqual([{ state: 'awaiting approval' }]);
  expect((await api.pool.query('select 1 from approvals')).rowCount).toBe(0);
}, 240_000);

test('each attempt that reached the API or the process is in the audit once, with its actor and at its process', async () => {
  expect(requests.size).toBeGreaterThan(400);
  const { rows } = await api.pool.query<{ request_id: string; actor: string; at_process: boolean; key: string }>(
    `select a.request_id, a.actor, a.workflow_id = t.workflow_id as at_process, coalesce(a.business_key, business_key_of(p.workflow_id)) as key
       from audit a join tasks t on t.task_id::text = a.object_id left join processes p on p.workflow_id = a.workflow_id
      where a.outcome = 'refused' and a.request_id = any($1)`,
    [[...requests.keys()]],
  );
  expect(rows).toHaveLength(requests.size);
  expect(new Map(rows.map(({ request_id: id, actor }) => [id, actor]))).toEqual(requests);
  expect(rows.filter(({ at_process: atProcess, key }) => !atProcess || key === null)).toEqual([]);
});

test('a refusal that the process and the API tell at the same moment, and the process again, is one row', async () => {
  const told = (objectId: string) =>
    recordUnlessTold(api.pool, {
      actor: 'lender',
      role: 'operations',
      action: 'completeTask',
      objectType: 'tasks',
      objectId,
      codes: ['SAME_PERSON'],
      requestId: 'told at once',
      workflowId: 'four-eyes:told',
    });
  await Promise.all(Array.from({ length: 20 }, () => told('1')));
  await told('2');
  const { rows } = await api.pool.query(
    `select object_id as about from audit where request_id = 'told at once' order by seq`,
  );
  expect(rows).toEqual([{ about: '1' }, { about: '2' }]);
});

describe('SQL with the role of the application', () => {
  const insert = (task: Made, checker: string, checkerFor: string | null, maker = task.maker, madeFor = task.madeFor) =>
    `insert into approvals (task_id, first_task, revision, maker, maker_for, checker, checker_for, decision, reason, decided_at)
     values (${task.taskId}, ${task.taskId}, 2, '${maker}', ${madeFor === undefined ? 'null' : `'${madeFor}'`}, '${checker}',
             ${checkerFor === null ? 'null' : `'${checkerFor}'`}, 'approved', 'x', now())`;
  const refused: readonly (readonly [why: string, sql: (task: Made) => readonly string[]])[] = [
    ['the maker', (task) => [insert(task, task.maker, null)]],
    ['the second account', (task) => [insert(task, `${task.maker}-again`, null)]],
    ['for the maker', (task) => [insert(task, 'stand-in', task.maker)]],
    ['for the second account of the maker', (task) => [insert(task, 'stand-in', `${task.maker}-again`)]],
    ['another maker in the approval', (task) => [insert(task, task.maker, null, 'lender')]],
    ['the principal of the maker', (task) => [insert(task, HEAD, null, task.maker, HEAD)]],
    [
      'the maker of the task changed first',
      (task) => [
        `update tasks set made_by = 'lender' where task_id = ${task.taskId}`,
        insert(task, task.maker, null, 'lender'),
      ],
    ],
    [
      'the accounts parted first',
      (task) => [
        `update people set natural_person = person where person = '${task.maker}-again'`,
        insert(task, `${task.maker}-again`, null),
      ],
    ],
    [
      'a table of the same name in front',
      (task) => [
        'create temporary table people (person text, natural_person text) on commit drop',
        'set local search_path = pg_temp, public',
        insert(task, `${task.maker}-again`, null),
      ],
    ],
    [
      'the trigger taken away',
      (task) => ['alter table approvals disable trigger user', insert(task, task.maker, null)],
    ],
  ];

  test.each(refused)('%s: refused', async (_why, statements) => {
    for (const task of made) {
      const sql = await api.pool.connect();
      try {
        await sql.query('begin');
        const run = async () => {
          for (const statement of statements(task)) await sql.query(statement);
        };
        await expect(run()).rejects.toThrow(
          /one person|names the maker|written once|never parted|maker_never_checks|must be owner/,
        );
      } finally {
        await sql.query('rollback');
        sql.release();
      }
    }
  });

  test('and without any of that it is taken: the refusals above have no other cause', async () => {
    const sql = await api.pool.connect();
    try {
      await sql.query('begin');
      for (const task of made) await sql.query(insert(task, CHECKER, null));
    } finally {
      await sql.query('rollback');
      sql.release();
    }
  });
});

test('the maker, the second account and the checker at once: the checker decides, the others are refused', async () => {
  for (const task of made) {
    const send = (person: string, key: string = randomUUID()) =>
      api.call('POST', `/v1/tasks/${task.taskId}/completion`, {
        as: person,
        key,
        body: { revision: 2, form: APPROVE },
      });
    const [own, again, checked] = await Promise.all([
      send(task.maker),
      send(`${task.maker}-again`),
      send(CHECKER, 'race' + task.taskId),
    ]);
    expect([own.status, again.status, checked.status]).toEqual([403, 403, 200]);
    // The key of the checker is the checker's: with it the maker is no checker either.
    const { body } = await send(task.maker, 'race' + task.taskId);
    expect(body.errors.map(({ code }: { code: string }) => code)).toContain('SAME_PERSON');
    expect((await send(CHECKER, 'race' + task.taskId)).body).toEqual(checked.body);
  }
  const { rows } = await api.pool.query('select distinct checker from approvals');
  expect(rows).toEqual([{ checker: CHECKER }]);
});
