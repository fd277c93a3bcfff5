/** Departments and handlers: whose it is, who is asked, who stands in, and how it changes hands. */
import { randomUUID } from 'node:crypto';
import { askComplaintCallback } from '../../../activities/complaints/ask-complaint-callback';
import { inTransaction } from '../../../activities/database/transaction';
import { climbedOf, lockDeadline } from '../../../activities/deadlines/deadline-row';
import { givePromise, openDeadline } from '../../../activities/deadlines/open-deadline';
import { readExtension } from '../../../activities/deadlines/read-extension';
import { askDepartment, recuse } from '../../../activities/intake/complaints/act-of-people';
import { handOver } from '../../../activities/intake/complaints/hand-over';
import { askMoreTime } from '../../../activities/intake/complaints/ask-more-time';
import type { ReceivedComplaint } from '../../../activities/intake/complaints/receive-complaint';
import { refusalsOfForm } from '../../../activities/tasks/form-checks';
import { openTask } from '../../../activities/tasks/open-task';
import type { TaskRow } from '../../../activities/tasks/task-row';
import { knownTo } from '../../support/as-owner';
import {
  NOW,
  act,
  clockTo,
  codesOf,
  db,
  followComplaintNow,
  formRefusals,
  handledBy,
  onComplaintBook,
  one,
  owed,
  proposing,
  receive,
  ringAll,
  step,
} from '../../support/complaint-book';

onComplaintBook('departments');

describe('departments', () => {
  it('reminds, and warns the head, of those who handle it from the assignment on', async () => {
    const no = await receive();
    const audience = () =>
      inTransaction(db.pool, async (sql) => {
        const row = await lockDeadline(sql, `complaint-answer:${no}:1`);
        return [row.branch, ...(await climbedOf(sql, row)).rungs.map((rung) => rung.audience)];
      });
    expect(await audience()).toEqual(['1001', 'service', 'service head', 'service,compliance']);
    await step(no, { step: 'assign', handler: { person: 'branch-1002', role: 'branch', branch: '1002' } });
    expect(await audience()).toEqual(['1002', 'branch', 'branch head', 'branch,compliance']);
    const told = await one(
      `select payload -> 'args' as args from outbox where workflow_id = $1 and payload ->> 'signal' = 'deadlineChanged'`,
      `complaint:${no}`,
    );
    expect(told).toEqual({ args: [`complaint-answer:${no}:1`, 2] });
  });

  it('reminds by name whoever handles it, that of its group, and who holds a task that is due by it; nobody who has left or is kept out', async () => {
    const [no, member, kept] = [await receive(), await receive(), await receive()];
    const key = (of: string) => `complaint-answer:${of}:1`;
    await step(no, { step: 'assign', handler: { person: 'brokerage-1', role: 'brokerage' } });
    await handledBy(kept, 'brokerage-1');
    await recuse(db.pool, { ...act(kept, 'brokerage-1'), person: 'brokerage-1', reason: 'x' });
    await db.pool.query('update complaints set group_of = $2 where complaint_no = $1', [member, no]);
    const { due_at: dueAt } = (await one<{ due_at: string }>(
      'select due_at from deadlines where business_key = $1',
      key(no),
    ))!;
    const asked = (businessKey: string, holder: string, due?: string, of = no) =>
      openTask(db)({
        ...{ workflowId: `complaint:${of}`, businessKey, holder, kind: 'x', titleZh: '事项', titleEn: 'work' },
        ...{ role: 'service', form: { type: 'object' }, formVersion: 1, facts: {}, revision: 1 },
        ...(due === undefined ? {} : { dueAt: due }),
      });
    await asked(key(no), 'service-3');
    await asked(`approve:${member}`, 'service-2', dueAt, member);
    await asked(`left:${member}`, 'service-4', dueAt, member);
    await db.pool.query(
      `insert into people (person, subject, department, active) values ('service-4', 'rehearsal|service-4', 'service', false) on conflict do nothing`,
    );
    await asked(`undated:${member}`, 'finance-1', undefined, member);
    // Due at the same time by a promise of its own.
    const request = { businessKey: `complaint-request:${no}:1`, subject: `${no}:1`, step: 'investigation' };
    await inTransaction(db.pool, (sql) =>
      givePromise(sql, {
        ...{
          ...request,
          workflowId: `complaint:${no}`,
          process: 'complaint',
          owner: { role: 'branch' },
          branch: '1001',
        },
        ...{ ladder: 'PROMISE', limit: { kind: 'BUSINESS_DAYS', n: 15 }, receivedAt: NOW },
      }),
    );
    await asked(request.businessKey, 'branch-1001', dueAt);
    for (const each of [key(no), key(member), key(kept), request.businessKey]) await ringAll(each);
    const told = async (subject: string) => {
      const { rows } = await db.pool.query<{ told: string }>(
        `select facts ->> 'rung' || ' ' || recipient_ref as told from outbox
          where template = 'RUNG' and facts ->> 'subject' = $1 and recipient_ref is not null order by 1`,
        [subject],
      );
      return rows.map((row) => row.told);
    };
    const all = (...people: string[]) =>
      ['1', '2', '3'].flatMap((rung) => people.map((one) => `${rung} person:${one}`));
    expect(await told(key(no))).toEqual(all('brokerage-1', 'service-3'));
    expect(await told(key(member))).toEqual(all('brokerage-1', 'service-2'));
    expect(await told(key(kept))).toEqual([]);
    expect(await told(request.businessKey)).toEqual(all('branch-1001'));
  });

  it('is the one that is named, else that of the client, else that in which it was entered', async () => {
    const [enteredIn, name] = ['1002', '张某'];
    const of = async (more: Partial<ReceivedComplaint>) =>
      (await followComplaintNow(await receive({ enteredIn, ...more }))).branch;
    const own = await one<{ branch: string }>(`select branch from registered_clients where client_no = 'C00000001'`);
    expect([
      await of({ branch: '1002', enteredIn: '1001' }),
      await of({}),
      await of({ complainant: { name } }),
    ]).toEqual(['1002', own?.branch, enteredIn]);
    expect(own?.branch).not.toBe(enteredIn);
  });

  it('must be there: a branch that there is not is refused wherever it is named', async () => {
    expect(await codesOf(receive({ branch: '9999' }))).toEqual(['BRANCH_UNKNOWN']);
    const no = await receive();
    const action = (more: object) => formRefusals('close-complaint', no, { actions: [{ dueDays: 1, ...more }] });
    expect([
      await formRefusals('register-complaint', no, { decision: 'complete', branch: '9999' }),
      await action({ role: 'branch', branch: '9999' }),
      await action({ role: 'branch' }),
      await formRefusals('assign-complaint', no, { person: 'branch-1001', role: 'branch' }),
    ]).toEqual([['BRANCH_UNKNOWN'], ['BRANCH_UNKNOWN'], ['BRANCH_MISSING'], ['BRANCH_MISSING']]);
    await handledBy(no);
    const asked = { ...act(no, 'service-3'), department: 'branch', question: 'x' };
    expect(await codesOf(askDepartment(db.pool, asked))).toEqual(['BRANCH_MISSING']);
  });
});

it('a department answers no later than the complainant is owed the answer, by any clock; one day may always be given, and any once it is late', async () => {
  const no = await receive();
  // Three working days after Monday 23 June: Thursday.
  await owed(no, true, 3);
  await handledBy(no, 'brokerage-1');
  await proposing(no);
  const asked = async (instant: string, ...days: readonly (number | undefined)[]) => {
    await clockTo(instant);
    const ask = (dueDays: number | undefined) =>
      askDepartment(db.pool, { ...act(no, 'brokerage-1'), department: 'operations', question: 'x', dueDays });
    return codesOf(...days.map(ask));
  };
  const late = 'REQUEST_DUE_AFTER_ANSWER';
  expect(await asked(NOW, 3, 4, 60, undefined)).toEqual(['done', late, late, late]);
  expect(await asked('2025-06-26T02:00:00.000Z', 1, 2)).toEqual(['done', late]);
  expect(await asked('2025-06-27T02:00:00.000Z', 60)).toEqual(['done']);
  // Once it is handled again, by the clock of that answer: three working days after Friday 27 June are Wednesday.
  await owed(no, false, 3, '2025-06-27T02:00:00.000Z', 2);
  await db.pool.query('update complaints set level = 2 where complaint_no = $1', [no]);
  expect(await asked('2025-06-27T02:00:00.000Z', 3, 4)).toEqual(['done', late]);
});

it('whoever stands in for the handler asks departments and for more time, by substitution or delegation, and nobody else', async () => {
  const no = await receive();
  await handledBy(no, 'brokerage-1');
  await proposing(no);
  const question = (by: string, onBehalfOf?: string) =>
    askDepartment(db.pool, { ...act(no, by), department: 'operations', question: 'x', onBehalfOf });
  const more = (by: string, onBehalfOf?: string) =>
    askMoreTime(db.pool, { ...act(no, by), furtherN: 2, reason: '证人不在', onBehalfOf });
  expect(
    await codesOf(question('brokerage-2'), question('brokerage-2', 'brokerage-1'), more('brokerage-2', 'brokerage-1')),
  ).toEqual(Array(3).fill('NOT_HANDLER'));
  await db.pool.query(
    `insert into delegations (principal, delegate, role, first_day, last_day, reason, made_by, approved_by, state)
     values ('brokerage-1', 'brokerage-2', 'brokerage', '2025-06-20', '2025-06-30', 'x', 'brokerage-1', 'compliance-1', 'given')`,
  );
  expect(await codesOf(question('brokerage-2', 'brokerage-1'), more('brokerage-2', 'brokerage-1'))).toEqual([
    'done',
    'done',
  ]);
  await db.pool.query(
    `insert into substitutions (absent, substitute, first_day, last_day, made_by)
     values ('brokerage-1', 'brokerage-2', '2025-06-20', '2025-06-30', 'brokerage-1')`,
  );
  expect(await codesOf(question('brokerage-2'), question('service-1'))).toEqual(['done', 'NOT_HANDLER']);
});

it('is owed by its handler too where no calendar could say until when before it was assigned', async () => {
  await knownTo(db.ownerUrl, '2025-06-24');
  const no = await receive();
  await handledBy(no, 'brokerage-1');
  await knownTo(db.ownerUrl, '2026-12-31');
  const owner = async () => {
    const given = { workflowId: `complaint:${no}`, process: 'complaint', step: 'answer', subject: no } as const;
    const businessKey = `complaint-answer:${no}:1`;
    const limit = { kind: 'BUSINESS_DAYS', n: 15 } as const;
    await openDeadline(db)({
      ...given,
      businessKey,
      owner: { role: 'service' },
      ladder: 'PROMISE',
      limit,
      receivedAt: NOW,
    });
    return one('select owner_role as role, owner_person as person from deadlines where business_key = $1', businessKey);
  };
  expect(await owner()).toEqual({ role: 'brokerage', person: 'brokerage-1' });
});

it('is handed over within its department by the head, with the reason, to nobody who is kept out; task, promise and both handlers follow', async () => {
  const no = await receive({ against: 'branch-1001' });
  await step(no, {
    step: 'assign',
    handler: { person: 'brokerage-1', role: 'brokerage' },
    detail: { handler: { person: 'brokerage-1', role: 'brokerage' } },
  });
  await db.pool.query(
    `insert into tasks (other_key, workflow_id, kind, title_id, role, form_id, form_version, facts_told, revision, state, claimed_by)
     values ('handed over', $1, 'propose-complaint-outcome', task_title('x', 'x'), 'brokerage', task_form('{}'), 1, '{}', 1, 'claimed', 'brokerage-1')`,
    [`complaint:${no}`],
  );
  await db.pool.query(
    `insert into people (person, subject, department) values ('brokerage-3', 'rehearsal|brokerage-3', 'brokerage');
     insert into grants (person, role, valid_from, requested_by, granted_by, approved_by)
     values ('brokerage-3', 'brokerage', '2025-06-01', 'asker', 'granter', 'approver')`,
  );
  const over = (by: string, person: string, key = randomUUID(), onBehalfOf?: string) =>
    handOver(db.pool, { ...act(no, by), key, person, reason: '承办人休假', requestId: 'r', onBehalfOf });
  await recuse(db.pool, { ...act(no, 'brokerage-1'), person: 'branch-1002', reason: 'x' });
  expect(
    await codesOf(
      over('brokerage-1', 'brokerage-3'),
      over('branch-1001', 'brokerage-3'),
      over('brokerage-2', 'brokerage-1'),
      over('brokerage-2', 'ops-client-1'),
      over('branch-1002-head', 'brokerage-3'),
      over('brokerage-2', 'brokerage-3', randomUUID(), 'branch-1001'),
    ),
  ).toEqual([
    ...['ROLE_MISSING', 'KEPT_OUT_OF_CASE', 'HANDLES_IT_ALREADY', 'HANDLER_UNFIT', 'ROLE_MISSING'],
    'KEPT_OUT_OF_CASE',
  ]);
  await recuse(db.pool, { ...act(no, 'compliance-1'), person: 'brokerage-3', reason: '系亲属' });
  expect(await codesOf(over('brokerage-2', 'brokerage-3'))).toEqual(['KEPT_OUT_OF_CASE']);
  const more = (by: string) => askMoreTime(db.pool, { ...act(no, by), furtherN: 2, reason: '证人不在' });
  const { extensionId } = await more('brokerage-1');
  expect(await readExtension(db)({ extensionId })).toMatchObject({
    role: 'brokerage',
    risk: '',
    state: 'asked',
  });
  // Twice with one key is once.
  const key = randomUUID();
  expect(await codesOf(over('brokerage-2', 'brokerage-2', key), over('brokerage-2', 'brokerage-2', key))).toEqual([
    'done',
    'done',
  ]);
  expect(
    await one(
      `select c.handler, t.claimed_by, t.assigned_by, d.owner_person,
              (select jsonb_agg(jsonb_build_object('by', s.by, 'detail', s.detail)) from complaint_steps s where s.complaint_no = c.complaint_no and s.act = 'hand over') as register,
              (select jsonb_agg(jsonb_build_array(a.actor, a.reason)) from audit a where a.object_id = c.complaint_no and a.action = 'hand over') as audited,
              (select array_agg(recipient_ref order by recipient_ref) from outbox where workflow_id = c.workflow_id and template = 'COMPLAINT_HANDED_OVER') as told,
              (select payload -> 'args' from outbox where message_key = c.workflow_id || ':' || c.revision) as signalled
         from complaints c join tasks t using (workflow_id) join deadlines d using (workflow_id)
        where c.complaint_no = $1 and t.business_key = 'handed over' and d.step = 'answer'`,
      no,
    ),
  ).toEqual({
    ...{ handler: 'brokerage-2', claimed_by: 'brokerage-2', assigned_by: 'brokerage-2', owner_person: 'brokerage-2' },
    register: [
      { by: 'brokerage-2', detail: { handler: { person: 'brokerage-2', role: 'brokerage' }, from: 'brokerage-1' } },
    ],
    audited: [['brokerage-2', '承办人休假']],
    told: ['person:brokerage-1', 'person:brokerage-2'],
    signalled: [4],
  });
  // The head owes it now, and decides about no more time for it, asked for before or by whoever it be: compliance does.
  expect(await readExtension(db)({ extensionId })).toMatchObject({ risk: 'head', state: 'asked' });
  const approves = async (person: string) => {
    const task = { kind: 'approve-extension', subject_id: extensionId } as TaskRow;
    const by = { person, role: 'x' };
    const refusals = await inTransaction(db.pool, (sql) => refusalsOfForm(sql, task, { decision: 'approve' }, by));
    return refusals.map(({ code }) => code);
  };
  expect([await approves('brokerage-2'), await approves('compliance-1')]).toEqual([['HANDLES_AND_APPROVES'], []]);
  // Both had it in hand: neither calls back about it.
  await db.pool.query(`update complaints set other_state = 'answered' where complaint_no = $1`, [no]);
  const { callbackNo } = await askComplaintCallback(db)({ complaintNo: no, level: 1 });
  expect(
    await one(
      `select array_agg(person order by person) as hands from callback_hands where callback_no = $1 and person like 'brokerage-%'`,
      callbackNo,
    ),
  ).toEqual({ hands: ['brokerage-1', 'brokerage-2', 'brokerage-3'] });
  expect(await codesOf(over('brokerage-2', 'brokerage-1'))).toEqual(['COMPLAINT_NOT_ASSIGNED']);
});
