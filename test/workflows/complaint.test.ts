/** Complaints as stories on the moved clock: real processes, the bank as a simulator, people by the updates of their tasks. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { defineSearchAttributeKey } from '@temporalio/common';
import { loadReference } from '../../activities/books/load-reference';
import { loadRehearsalPeople } from '../../activities/books/load-rehearsal-people';
import { seedClients } from '../../activities/clients/seed-clients';
import {
  askDepartment,
  nameSubject,
  recuse,
  supplementComplaint,
  writeTaskText,
} from '../../activities/intake/complaints/act-of-people';
import { checkPromisesOfBook, isAsItMustBe } from '../../cli/complaints/check-promises';
import { CHECKS } from '../../cli/complaints/promise-queries';
import { askMoreTime } from '../../activities/intake/complaints/ask-more-time';
import { correctPayee } from '../../activities/intake/complaints/correct-payee';
import { queryAsOf } from '../../api/as-of';
import { complaintIn } from '../../api/reads/complaints';
import { receiveComplaint, type ReceivedComplaint } from '../../activities/intake/complaints/receive-complaint';
import { askCallbackByHand } from '../../activities/intake/callbacks/ask-by-hand';
import { beginCall } from '../../activities/intake/callbacks/begin-attempt';
import { recordCall } from '../../activities/intake/callbacks/record-result';
import { askAppraisal } from '../../activities/intake/quality/ask-appraisal';
import { takeBackNaming } from '../../activities/intake/complaints/take-back-naming';
import { noteMails } from '../../activities/intake/complaints/note-mails';
import { advanceClock } from '../../activities/intake/clock/advance-clock';
import { dispatchSignals } from '../../activities/intake/dispatch-signals';
import { setClock } from '../../activities/intake/clock/move-clock';
import { untilAtRest } from '../../activities/intake/clock/until-at-rest';
import { folderDocuments } from '../../adapters/documents/folder-documents';
import { DueAt } from '../../workflows/messages/search-attributes';
import { completeTask } from '../../workflows/messages/tasks';
import { newFolder, onStage, type OnStage } from '../simulators/stage';
import { CLIENTS, dayOfTheBank, OWN } from '../support/bank-day';
import { asOwner, knownTo } from '../support/as-owner';
import { isRecording, keepHistory } from '../support/kept-history';
import { loadTexts, openStoryStage, type StoryStage } from '../support/story-stage';
import { testServers } from '../support/servers';
import { formSent } from '../support/typed-texts';
import { toldMessages } from '../support/told';
import { eventually } from '../support/eventually';
import { untilWaiting, whileLocked } from '../support/waiting-for-locks';

/** Monday 23 June 2025, 09:00. */
const START = '2025-06-23T01:00:00.000Z';
const PAID_ON = '2025-06-24';

let bank: OnStage;
let stage: StoryStage;
beforeAll(async () => {
  bank = await onStage('bank', {
    data: dayOfTheBank(PAID_ON, [
      ['150000', '8000.00'],
      ['163000', '12000.00'],
    ]),
  });
  await bank.clockTo(`${PAID_ON} 08:00:00`);
  stage = await openStoryStage({
    name: 'complaint',
    workflowsPath: require.resolve('../../workflows/index'),
    mode: 'manual',
    now: START,
    bankUrl: bank.url(),
    prepare: async (pool) => {
      await loadTexts(pool);
      await loadReference(pool);
      await seedClients(pool, 20);
      await loadRehearsalPeople(pool);
      await pool.query(
        `insert into broker_accounts values ($1, 'SH', 'bank', 'proprietary'), ($2, 'SH', 'bank', 'client')`,
        [OWN, CLIENTS],
      );
    },
  });
});
afterAll(() => stage.close());

const CORRECTION = '增设备用线路';
/** A second account of the client. */
const OTHER = '900009999';

const settled = () => untilAtRest(stage.intake, { seconds: 150 });
const NAME = '王某某';

async function received(more: Partial<ReceivedComplaint> = {}): Promise<string> {
  const { complaintNo } = await receiveComplaint(stage.pool, {
    key: randomUUID(),
    channel: 'telephone',
    product: 'southbound',
    category: 'service',
    facts: '柜台等候两小时',
    complainant: { name: NAME, clientNo: 'C00000001' },
    by: 'service-1',
    role: 'service',
    ...more,
  });
  await settled();
  return complaintNo;
}

const act = (complaintNo: string, by: string) => ({ complaintNo, by, key: randomUUID() });

interface OpenTask {
  readonly task_id: string;
  readonly revision: number;
  readonly role: string;
}

/** Of one department, where several have a task of the kind. */
const taskOf = (complaintNo: string, kind: string, role?: string) =>
  eventually(async () => {
    const { rows } = await stage.pool.query<OpenTask>(
      `select task_id::text, revision, role from tasks
        where workflow_id = $1 and kind = $2 and ($3::text is null or role = $3) and state in ('open', 'claimed') order by task_id limit 1`,
      [`complaint:${complaintNo}`, kind, role ?? null],
    );
    return rows[0];
  });

/** A person does the task of a kind, with a text where one is needed. */
async function done(
  complaintNo: string,
  kind: string,
  person: string,
  form: object,
  text?: string,
  role?: string,
): Promise<void> {
  const task = await taskOf(complaintNo, kind, role);
  if (text !== undefined) await writeTaskText(stage.pool, { ...act(complaintNo, person), taskId: task.task_id, text });
  await completed(complaintNo, task, person, form);
  await settled();
}

async function completed(complaintNo: string, task: OpenTask, person: string, form: object): Promise<void> {
  await stage.client.workflow.getHandle(`complaint:${complaintNo}`).executeUpdate(completeTask, {
    args: [
      {
        taskId: task.task_id,
        revision: task.revision,
        form: await formSent(stage.pool, task.task_id, form as Record<string, unknown>),
        actor: { person, role: task.role },
        requestId: 'r',
        at: await nowOf(),
      },
    ],
    updateId: randomUUID(),
  });
}

/** The callback about the answer, once it is asked for. */
const callbackOf = (complaintNo: string) =>
  eventually(async () => {
    const { rows } = await stage.pool.query<{ no: string }>(
      `select callback_no as no from callbacks where subject = $1 and state = 'open'`,
      [complaintNo],
    );
    return rows[0]?.no;
  });

/** The complainant is called and says whether the answer satisfies. */
async function calledBack(complaintNo: string, satisfied: 'yes' | 'no', by: string, doubt?: string): Promise<string> {
  const callbackNo = await callbackOf(complaintNo);
  const { nth } = await beginCall(stage.pool, { callbackNo, key: randomUUID(), by, role: 'service' });
  await recordCall(stage.pool, {
    callbackNo,
    nth,
    by,
    role: 'service',
    result: 'reached',
    answers: { satisfied },
    ...(doubt === undefined ? {} : { doubt }),
    recording: { reference: `REC-${callbackNo}`, sha256: createHash('sha256').update(callbackNo).digest('hex') },
  });
  await settled();
  return callbackNo;
}

const result = (complaintNo: string) => stage.client.workflow.getHandle(`complaint:${complaintNo}`).result();

const rowOf = async (complaintNo: string) => {
  const { rows } = await stage.pool.query<Record<string, unknown>>(
    'select state, handler, level, ended_at is not null as ended from complaints where complaint_no = $1',
    [complaintNo],
  );
  return rows[0];
};

/** What is seen of it, at an instant or now: the row with all that belongs to it, and its register. */
const seenOf = (complaintNo: string, instant?: string) =>
  queryAsOf({ pool: stage.pool }, instant, async (sql) => {
    const { rows } = await sql.query(
      'select act, detail from complaint_register where complaint_no = $1 order by step_id',
      [complaintNo],
    );
    return { view: (await complaintIn(sql, complaintNo)).body, steps: rows as unknown[] };
  });

const promisesOf = async (complaintNo: string) => {
  const { rows } = await stage.pool.query<{ line: string }>(
    `select business_key || ' ' || state || ' ' || to_char(due_at at time zone 'Asia/Shanghai', 'MM-DD HH24:MI') as line
       from deadlines where workflow_id = $1 order by business_key`,
    [`complaint:${complaintNo}`],
  );
  return rows.map(({ line }) => line.replaceAll(complaintNo, 'K'));
};

/** Up to a handler who may begin. */
async function assigned(complaintNo: string): Promise<void> {
  await done(complaintNo, 'register-complaint', 'service-1', { decision: 'complete' });
  await done(complaintNo, 'accept-complaint', 'service-1', { decision: 'accept' });
  await done(complaintNo, 'assign-complaint', 'service-2', { person: 'branch-1001', role: 'branch', branch: '1001' });
}

test('from receipt to file: departments answer side by side and are all waited for, finance pays once, an action is carried out; the history names nobody', async () => {
  const complaintNo = await received({ facts: `${NAME}说：柜台等候两小时`, claimedFen: '1000000' });
  expect(complaintNo).toBe('T20250623-000001');
  await assigned(complaintNo);
  const of1001 = act(complaintNo, 'branch-1001');
  await askDepartment(stage.pool, { ...of1001, department: 'operations', question: '系统当日是否中断？' });
  await askDepartment(stage.pool, {
    ...{ ...of1001, key: randomUUID() },
    ...{ department: 'brokerage', question: '客户当日是否联系过？', dueDays: 2 },
  });
  await settled();
  const answered = (role: string, by: string, text: string) =>
    done(complaintNo, 'answer-complaint-request', by, { answered: true }, text, role);
  await answered('operations', 'ops-client-1', '10:00 至 12:00 中断');
  const proposal = { finding: 'upheld', amount: '8000.00' };
  const propose = () => done(complaintNo, 'propose-complaint-outcome', 'branch-1001', proposal, '属实');
  await expect(propose()).rejects.toMatchObject({ cause: { type: 'REQUESTS_STILL_OPEN' } });
  await answered('brokerage', 'brokerage-1', '未联系');
  await propose();
  const proposed = await seenOf(complaintNo);
  const requests = [{ state: 'answered' }, { state: 'answered' }];
  // What is due first: the answer, as the requests are answered.
  const dueAt = '2025-07-14T09:30:00.000Z';
  expect(proposed.view).toMatchObject({ state: 'assigned', dueAt, requests, actions: [] });
  await stage.advance(`${PAID_ON}T01:00:00.000Z`);
  await done(complaintNo, 'approve-complaint-proposal', 'service-2', { decision: 'approve', reason: '同意' });
  await done(complaintNo, 'answer-complaint', 'service-1', { answered: true }, '经查属实，赔付 8000 元');
  await done(complaintNo, 'make-compensation-order', 'fin-prop-1', { amount: '8000.00' });
  // The bank turns the first order away: it is made anew, and approved anew.
  await bank.post('/faults', { kind: 'refuse' });
  await done(complaintNo, 'approve-order', 'fin-prop-2', { decision: 'approve', reason: '同意划款' });
  await bank.post('/faults', { kind: 'none' });
  await done(complaintNo, 'make-compensation-order', 'fin-prop-1', { amount: '8000.00' });
  await stage.pool.query(
    `insert into client_fund_accounts (client_no, fund_account) values ('C00000001', $1), ('C00000001', '900009998')`,
    [OTHER],
  );
  const other = { fundAccount: OTHER, reason: '原账户已销户' };
  // Nobody decides about it where whoever asked turns out to be concerned.
  await correctPayee(stage.pool, { ...act(complaintNo, 'compliance-1'), ...other });
  await settled();
  // Compliance decides in the place of a head who is recused.
  for (const person of ['service-2', 'compliance-1']) {
    await recuse(stage.pool, { ...act(complaintNo, person), person, cause: 'recused', reason: '与客户相识' });
    await settled();
  }
  // Who had a hand in it does not call.
  await expect(calledBack(complaintNo, 'yes', 'service-1')).rejects.toMatchObject({ code: 'CALLER_HAD_A_HAND' });
  await calledBack(complaintNo, 'yes', 'service-3');
  await done(complaintNo, 'close-complaint', 'service-1', {
    rootCause: 'system',
    ...{ reasonableness: 'reasonable', accountability: 'department' },
    actions: [{ role: 'operations', dueDays: 10, what: CORRECTION }],
  });
  const { rows: told } = await stage.pool.query(
    `select facts ->> 'what' as what from tasks where kind = 'do-corrective-action'`,
  );
  expect(told).toEqual([{ what: CORRECTION }]);
  await done(complaintNo, 'do-corrective-action', 'ops-client-2', { reason: '已增设备用线路' });
  expect(await rowOf(complaintNo)).toMatchObject({ state: 'closed', ended: true });
  // Not paid yet, and the account is closed too: another one is asked for, approved by whoever approves such a compensation; what was drafted is made anew.
  await correctPayee(stage.pool, { ...act(complaintNo, 'branch-1001'), ...other });
  await settled();
  const { rows: shown } = await stage.pool.query(
    `select state, role, outcome ->> 'cause' as cause, facts ->> 'payee' as payee, facts ->> 'reason' as reason
       from tasks where subject_kind = 'payee correction' order by task_id`,
  );
  const asked = { payee: OTHER, reason: other.reason };
  expect(shown).toEqual([
    { ...{ state: 'withdrawn', role: 'service', cause: '改由他人复核 others decide now' }, ...asked },
    { ...{ state: 'withdrawn', role: 'compliance', cause: '申请人已回避 whoever asked is recused' }, ...asked },
    { ...{ state: 'open', role: 'compliance', cause: null }, ...asked },
  ]);
  await done(complaintNo, 'approve-complaint-proposal', 'compliance-2', {
    decision: 'approve',
    reason: '已核对新账户',
  });
  await done(complaintNo, 'make-compensation-order', 'fin-prop-1', { amount: '8000.00' });
  await done(complaintNo, 'approve-order', 'fin-prop-2', { decision: 'approve', reason: '同意重新划款' });
  const { rows: orders } = await stage.pool.query(
    `select state from orders where kind = 'COMPENSATION' order by order_id`,
  );
  expect(orders).toEqual(['rejected outside', 'withdrawn', 'sent'].map((state) => ({ state })));
  // Nobody decides about it any more once the money has moved.
  await correctPayee(stage.pool, { ...act(complaintNo, 'branch-1001'), ...other, fundAccount: '900009998' });
  await settled();
  await bank.clockTo(`${PAID_ON} 15:00:00`);
  await stage.advance(`${PAID_ON}T08:00:00.000Z`);
  expect(await result(complaintNo)).toBe('closed');
  // What it looked like at the end of the day before, when it was proposed; and before it was received.
  expect(await seenOf(complaintNo, START)).toEqual(proposed);
  await expect(seenOf(complaintNo, '2025-06-23T00:59:59Z')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await rowOf(complaintNo)).toEqual({ state: 'closed', handler: 'branch-1001', level: 1, ended: true });
  // 3 and 15 civil working days after Monday 23 June, 5 and 2 of the requests; from Tuesday the 24th 10 of the action, 5 of closing and payment.
  const paid = await stage.pool.query(
    `select ended_at as "endedAt" from deadlines where workflow_id = $1 and step = 'pay'`,
    [`complaint:${complaintNo}`],
  );
  // Met when the money moved, at 15:00, not when it was asked for.
  expect(paid.rows).toEqual([{ endedAt: `${PAID_ON}T07:00:00.000Z` }]);
  expect(await promisesOf(complaintNo)).toEqual([
    'complaint-accept:K met 06-26 17:30',
    'complaint-action:K:1 met 07-08 17:30',
    'complaint-answer:K:1 met 07-14 17:30',
    'complaint-close:K met 07-01 17:30',
    'complaint-pay:K:1 met 07-01 17:30',
    'complaint-request:K:1 met 06-30 17:30',
    'complaint-request:K:2 met 06-25 17:30',
  ]);
  const { rows: entries } = await stage.pool.query(
    `select ledger, e.owner, amount::text from entries e join batches b using (batch_id, business_date) where b.kind = 'pay-compensation' order by line_no`,
  );
  expect(entries).toEqual([
    { ledger: 'bank', owner: OWN, amount: '-800000' },
    { ledger: 'compensation_cost', owner: 'proprietary', amount: '800000' },
    { ledger: 'bank', owner: CLIENTS, amount: '800000' },
    { ledger: 'client_money', owner: OTHER, amount: '-800000' },
  ]);
  const { rows: corrections } = await stage.pool.query(
    'select state, approved_by as by from payee_corrections order by nth',
  );
  expect(corrections).toEqual([
    { state: 'withdrawn', by: null },
    { state: 'approved', by: 'compliance-2' },
    { state: 'withdrawn', by: null },
  ]);
  const { rows: filed } = await stage.pool.query(
    `select d.kind, a.client_no from complaint_documents d join archive_entries a using (sha256) where complaint_no = $1 and a.kind = 'complaint'`,
    [complaintNo],
  );
  expect(filed).toEqual([{ kind: 'file', client_no: 'C00000001' }]);
  if (isRecording) await keepHistory(stage.client, `complaint:${complaintNo}`, 'product/complaint-closed.json');
  const history = JSON.stringify(await stage.client.workflow.getHandle(`complaint:${complaintNo}`).fetchHistory());
  for (const personal of [NAME, '柜台等候', '10:00 至 12:00 中断', CORRECTION, other.reason])
    expect(history).not.toContain(personal);
});

test('not satisfied: mediation fails, compliance assigns it a level higher, and a second time it is closed as disputed', async () => {
  const about = { workflowId: 'complaint:T20250623-000001', event: '1' };
  const complaintNo = await received({ complainant: { name: NAME, clientNo: 'C00000001' }, about });
  await done(complaintNo, 'register-complaint', 'service-1', { decision: 'complete' });
  await decidedAtOnce(complaintNo);
  const assign = (by: string, person: string, role: string, branch?: string) =>
    done(complaintNo, 'assign-complaint', by, { person, role, ...(branch === undefined ? {} : { branch }) });
  await assign('service-2', 'branch-1001', 'branch', '1001');
  const proposed = (by: string, form: object = { finding: 'not upheld', amount: '0.00' }) =>
    done(complaintNo, 'propose-complaint-outcome', by, form, '不实');
  const decided = (decision: 'approve' | 'refuse', by = 'service-2') =>
    done(complaintNo, 'approve-complaint-proposal', by, { decision, reason: '请见批注' });
  await proposed('branch-1001');
  await decided('refuse');
  await proposed('branch-1001');
  // More time is asked for while others decide: it is asked of the promise, and its words stand in no history.
  await askMoreTime(stage.pool, { ...act(complaintNo, 'branch-1001'), furtherN: 3, reason: '投诉人张某住院' });
  await settled();
  await decided('approve');
  await approveExtension('branch-1001-head');
  // The work that is open is due when the answer is now, as supervisors see too.
  const { rows: due } = await stage.pool.query<{ task: string; promise: string }>(
    `select t.due_at as task, d.due_at as promise from tasks t join deadlines d on d.business_key = 'complaint-answer:' || $1 || ':1'
      where t.workflow_id = d.workflow_id and t.kind = 'answer-complaint'`,
    [complaintNo],
  );
  const seen = await stage.client.workflow.getHandle(`complaint:${complaintNo}`).describe();
  expect(due).toEqual([{ task: due[0]?.promise, promise: due[0]?.promise }]);
  expect(seen.typedSearchAttributes.get(DueAt)?.toISOString()).toEqual(due[0]?.promise);
  await done(complaintNo, 'answer-complaint', 'service-1', { answered: true }, '经查不实');
  await calledBack(complaintNo, 'no', 'service-3');
  await done(complaintNo, 'offer-mediation', 'service-1', { mediation: 'failed' });
  expect(await rowOf(complaintNo)).toMatchObject({ state: 'reopened', level: 2 });
  // By the general manager while nobody of compliance is left, and by compliance again: it was a mistake.
  const assigner = async () => (await taskOf(complaintNo, 'assign-complaint')).role;
  await namedAsConcerned(complaintNo, 'compliance-1');
  expect(await assigner()).toBe('general_manager');
  await takenBack(complaintNo, 'compliance-1');
  expect(await assigner()).toBe('compliance');
  // A level higher: not by whoever proposed or approved what did not satisfy.
  for (const [person, role, branch] of [
    ['branch-1001', 'branch', '1001'],
    ['service-2', 'service'],
  ] as const)
    await expect(assign('compliance-1', person, role, branch)).rejects.toMatchObject({
      cause: { type: 'HANDLED_BEFORE' },
    });
  await assign('compliance-1', 'compliance-2', 'compliance');
  // Decided by compliance whatever the amount, above one by the general manager too; each may send it back. Whoever proposes does not approve.
  await proposed('compliance-2');
  expect((await taskOf(complaintNo, 'approve-complaint-proposal')).role).toBe('compliance');
  await expect(decided('approve', 'compliance-2')).rejects.toMatchObject({ cause: { type: 'SAME_PERSON' } });
  await decided('refuse', 'compliance-1');
  await proposed('compliance-2', { finding: 'upheld', amount: '12000.00' });
  await decided('approve', 'compliance-1');
  expect((await taskOf(complaintNo, 'approve-complaint-proposal')).role).toBe('general_manager');
  await decided('refuse', 'general-manager');
  await proposed('compliance-2', { finding: 'upheld', amount: '12000.00' });
  await decided('approve', 'compliance-1');
  await decided('approve', 'general-manager');
  await done(complaintNo, 'answer-complaint', 'service-1', { answered: true }, '经复核属实，赔付 12000 元');
  await done(complaintNo, 'make-compensation-order', 'fin-prop-1', { amount: '12000.00' });
  await done(complaintNo, 'approve-order', 'fin-prop-2', { decision: 'approve', reason: '同意划款' });
  // Handled again, it is taken up by the head office the same day.
  await doneIn(`head-office-complaint:${complaintNo}:reopened`, 'take-up-complaint', 'compliance-1', {
    decision: 'followed by the head office',
    reason: '由总部督办',
  });
  await bank.clockTo(`${PAID_ON} 16:30:00`);
  await calledBack(complaintNo, 'no', 'service-3');
  await done(complaintNo, 'close-complaint', 'service-1', {
    ...{ rootCause: 'misunderstanding', reasonableness: 'unreasonable', accountability: 'none', actions: [] },
  });
  await stage.advance(new Date(Date.parse(await nowOf()) + 3_600_000).toISOString());
  expect(await result(complaintNo)).toBe('disputed');
  if (isRecording) await keepHistory(stage.client, `complaint:${complaintNo}`, 'product/complaint-disputed.json');
  const { rows: told } = await stage.pool.query<{ template: string }>(
    `select template from outbox where workflow_id = $1 and template like 'COMPLAINT_%' order by message_id`,
    [`complaint:${complaintNo}`],
  );
  expect(told.map(({ template }) => template.replace('COMPLAINT_', ''))).toEqual([
    'RECEIVED',
    'ACCEPTED',
    'EXTENDED',
    'ANSWERED',
    'TO_HEAD_OFFICE',
    'REOPENED',
    'ANSWERED',
    'FOLLOWED',
    'DISPUTED',
  ]);
  // With the ways that are left.
  const ways = await toldMessages(
    stage.pool,
    `workflow_id = $1 and template = 'COMPLAINT_DISPUTED'`,
    `complaint:${complaintNo}`,
  );
  expect(ways.map(({ text }) => text)).toEqual([
    {
      zh: expect.stringMatching(/调解.*仲裁/) as string,
      en: expect.stringMatching(/mediation.*arbitration/) as string,
    },
  ]);
  expect(
    JSON.stringify(await stage.client.workflow.getHandle(`complaint:${complaintNo}`).fetchHistory()),
  ).not.toContain('住院');
  await expectFrozen(complaintNo);
  expect((await promisesOf(complaintNo)).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'complaint-accept:K met',
    'complaint-answer:K:1 met',
    'complaint-answer:K:2 met',
    'complaint-close:K met',
    'complaint-mediate:K met',
    'complaint-pay:K:6 met',
  ]);
});

/** Two decide the same thing at once: one is taken, the other is refused by name, and nothing is done twice. */
async function decidedAtOnce(complaintNo: string): Promise<void> {
  const { task_id: taskId, revision, role } = await taskOf(complaintNo, 'accept-complaint');
  const at = await nowOf();
  const decide = (person: string) =>
    stage.client.workflow.getHandle(`complaint:${complaintNo}`).executeUpdate(completeTask, {
      args: [{ taskId, revision, form: { decision: 'accept' }, actor: { person, role }, requestId: 'r', at }],
      updateId: randomUUID(),
    });
  const both = await Promise.allSettled([decide('service-1'), decide('service-2')]);
  await settled();
  const refused = both.flatMap((one) =>
    one.status === 'rejected' ? [(one.reason as { cause: { type: string } }).cause.type] : [],
  );
  expect(refused).toEqual(['TASK_NOT_OPEN']);
  const { rows } = await stage.pool.query(
    `select act from complaint_steps where complaint_no = $1 and act in ('accept', 'refuse')`,
    [complaintNo],
  );
  expect(rows).toEqual([{ act: 'accept' }]);
}

async function frozenOf(complaintNo: string) {
  const { rows } = await stage.pool.query<{ moment: string; event: string | null }>(
    'select moment, about_event::text as event from complaint_evidence where complaint_no = $1 order by evidence_id',
    [complaintNo],
  );
  return rows;
}

async function documentOf(sha256: unknown) {
  const chunks: Buffer[] = [];
  const stored = await folderDocuments(stage.config.documents).read(String(sha256));
  for await (const chunk of stored) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Record<string, { length?: number; sha256?: string }>;
}

/** The process that it is about lies in the file twice, with the event that was meant, and the complete file names both with their digests. */
async function expectFrozen(complaintNo: string): Promise<void> {
  const { rows: frozen } = await stage.pool.query<Record<string, string | number>>(
    `select moment, event_type as type, event_count as events, row_count as rows, history_sha256 as history, sha256
       from complaint_evidence where complaint_no = $1 order by evidence_id`,
    [complaintNo],
  );
  const type = 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED';
  expect(frozen).toMatchObject([
    { moment: 'linked', type },
    { moment: 'closing', type },
  ]);
  const read = documentOf;
  const [linked] = frozen;
  const { runs } = (await read(linked?.['history'])) as { runs?: { events: unknown[] }[] };
  expect(runs?.map(({ events }) => events.length)).toEqual([linked?.['events']]);
  expect(await read(linked?.['sha256'])).toMatchObject({
    about: { workflowId: 'complaint:T20250623-000001', event: '1', type },
    history: { sha256: linked?.['history'] },
  });
  const { rows: files } = await stage.pool.query<{ sha256: string }>(
    `select sha256 from complaint_documents where complaint_no = $1 and kind = 'file'`,
    [complaintNo],
  );
  const file = await read(files[0]?.sha256);
  expect(file['evidence']).toMatchObject([{ moment: 'linked' }, { moment: 'closing' }]);
  expect(
    Object.entries(file).filter(([part]) => ['rules', 'audit', 'register', 'texts', 'promises'].includes(part)),
  ).toEqual(
    expect.arrayContaining([
      ['rules', expect.arrayContaining([expect.objectContaining({ code: 'COMPLAINT_ANSWER_WITHIN' })])],
    ]),
  );
  // The history of the complaint itself, up to its filing.
  const own = await read(file['history']?.sha256);
  expect(JSON.stringify(own['runs'])).toContain('fileComplaint');
}

test('asked back: the clocks stand until the complainant adds to it; a duplicate is linked, a refusal has its reasons written', async () => {
  const complaintNo = await received({ complainant: { name: NAME, clientNo: 'C00000003' } });
  const askBack = (text?: string) =>
    done(complaintNo, 'register-complaint', 'service-1', { decision: 'ask back', against: 'prop-1' }, text);
  await expect(askBack()).rejects.toMatchObject({ cause: { type: 'TEXT_MISSING' } });
  const [before] = await promisesOf(complaintNo);
  await askBack('请提供交易日期');
  expect(await rowOf(complaintNo)).toMatchObject({ state: 'incomplete' });
  const [standing, since] = [await seenOf(complaintNo), await nowOf()];
  expect(standing.view.promises).toMatchObject([
    { stoppedUntil: expect.any(String) as string },
    { stoppedUntil: expect.any(String) as string },
  ]);
  await stage.advance(new Date(Date.parse(await nowOf()) + 2 * 86_400_000).toISOString());
  await supplementComplaint(stage.pool, { ...act(complaintNo, 'service-1'), text: '6 月 20 日' });
  await settled();
  // Two working days stood still: due two working days later, from Friday 27 June 17:30 to Tuesday 1 July.
  const [after] = await promisesOf(complaintNo);
  expect([before, after]).toEqual(['complaint-accept:K running 06-27 17:30', 'complaint-accept:K running 07-01 17:30']);
  expect(await seenOf(complaintNo, since)).toEqual(standing);
  expect((await seenOf(complaintNo)).view.promises).toMatchObject([{ stoppedUntil: null }, { stoppedUntil: null }]);
  await addedBeforeTheFirstLook(complaintNo);
  // Once more, past the bound of all stops together: the clocks run, the complainant is told so, and the registrar has the task.
  await stage.pool.query('update deadlines set other_stop_days = 2 where workflow_id = $1', [
    `complaint:${complaintNo}`,
  ]);
  await askBack('请提供营业部');
  const { rows: asked } = await stage.pool.query<{ template: string }>(
    `select template from outbox where workflow_id = $1 and template like '%INCOMPLETE' order by message_id`,
    [`complaint:${complaintNo}`],
  );
  expect(asked.map(({ template }) => template)).toEqual([
    'COMPLAINT_INCOMPLETE',
    'COMPLAINT_INCOMPLETE',
    'COMPLAINT_STILL_INCOMPLETE',
  ]);
  const again = await received({ complainant: { clientNo: 'C00000003' }, urgency: 'urgent' });
  const named = () => nameSubject(stage.pool, { ...act(again, 'service-1'), workflowId: `complaint:${complaintNo}` });
  await named();
  await settled();
  // While the registration waits for people: nothing else has it read the complaint again. Of the same process compliance then says which event.
  const event = '2';
  await nameSubject(stage.pool, {
    ...act(again, 'compliance-1'),
    role: 'compliance',
    workflowId: `complaint:${complaintNo}`,
    event,
  });
  await settled();
  const [linked, corrected] = [
    { moment: 'linked', event: null },
    { moment: 'corrected', event },
  ];
  expect(await frozenOf(again)).toEqual([linked, corrected]);
  await expect(named()).rejects.toMatchObject({ code: 'SUBJECT_NAMED_ALREADY' });
  const { rows } = await stage.pool.query<{ alike: string[] }>(
    `select facts -> 'alike' as alike from tasks where workflow_id = $1`,
    [`complaint:${again}`],
  );
  expect(rows).toEqual([{ alike: [complaintNo] }]);
  const duplicate = (duplicateOf: string) =>
    done(again, 'register-complaint', 'service-1', { decision: 'duplicate', duplicateOf, against: 'prop-2' });
  await expect(duplicate(again)).rejects.toMatchObject({ cause: { type: 'DUPLICATE_OF_NOTHING' } });
  await duplicate(complaintNo);
  expect(await result(again)).toBe('duplicate');
  // Whoever was named when it was asked back, and in the duplicate.
  const { rows: about } = await stage.pool.query(
    `select person from process_exclusions where workflow_id = $1 and cause = 'complained about' order by person`,
    [`complaint:${complaintNo}`],
  );
  expect(about).toEqual([{ person: 'prop-1' }, { person: 'prop-2' }]);
  // Nobody in the head office need say any more who follows it.
  const headOffice = `head-office-complaint:${again}:urgent`;
  expect(await stage.client.workflow.getHandle(headOffice).result()).toBe('the complaint has ended');
  const { rows: unsaid } = await stage.pool.query(
    `select d.state, t.state as task from deadlines d join tasks t using (workflow_id) where workflow_id = $1`,
    [headOffice],
  );
  expect(unsaid).toEqual([{ state: 'withdrawn', task: 'withdrawn' }]);
  expect(await frozenOf(again)).toEqual([linked, corrected, { moment: 'closing', event }]);
  // One that came as a mail: that it is the same shows whoever accepts it.
  const mailed = await received({ complainant: { clientNo: 'C00000003' }, product: 'other', category: 'other' });
  await done(mailed, 'register-complaint', 'service-1', { decision: 'complete' });
  await done(mailed, 'accept-complaint', 'service-1', { decision: 'duplicate', duplicateOf: complaintNo });
  expect(await result(mailed)).toBe('duplicate');
  await done(complaintNo, 'register-complaint', 'service-1', { decision: 'complete', category: 'fee' });
  const { rows: better } = await stage.pool.query('select product, category from complaints where complaint_no = $1', [
    complaintNo,
  ]);
  expect(better).toEqual([{ product: 'southbound', category: 'fee' }]);
  await done(complaintNo, 'accept-complaint', 'service-1', { decision: 'refuse', ground: 'no facts' }, '没有事实');
  expect(await result(complaintNo)).toBe('refused');
  const told = await toldMessages(
    stage.pool,
    `workflow_id = $1 and template = 'COMPLAINT_REFUSED'`,
    `complaint:${complaintNo}`,
  );
  expect(told.map(({ text }) => text)).toEqual([
    {
      zh: expect.stringContaining('没有具体事实') as string,
      en: expect.stringContaining('it names no facts') as string,
    },
  ]);
  // However it ends, the complete file is there; of a duplicate too.
  const { rows: files } = await stage.pool.query<{ sha256: string }>(
    `select sha256 from complaint_documents where complaint_no = any($1) and kind = 'file' order by complaint_no`,
    [[complaintNo, again]],
  );
  expect(files).toHaveLength(2);
  expect(JSON.stringify(await documentOf(files[0]?.sha256))).toContain('COMPLAINT_REFUSED');
});

/** Asked back, and added to before its process looks at it: the clocks run again all the same. */
async function addedBeforeTheFirstLook(complaintNo: string): Promise<void> {
  const task = await taskOf(complaintNo, 'register-complaint');
  await writeTaskText(stage.pool, { ...act(complaintNo, 'service-1'), taskId: task.task_id, text: '请提供交易日期' });
  const promises = 'select from deadlines where workflow_id = $1';
  await whileLocked(stage.pool, promises, [`complaint:${complaintNo}`], async (holding) => {
    await completed(complaintNo, task, 'service-1', { decision: 'ask back' });
    await untilWaiting(holding, 1);
    await setClock(stage.pool, new Date(Date.parse(await nowOf()) + 60_000).toISOString());
    return supplementComplaint(stage.pool, { ...act(complaintNo, 'service-1'), text: '6 月 20 日' });
  });
  await settled();
  expect((await seenOf(complaintNo)).view.promises).toMatchObject([{ stoppedUntil: null }, { stoppedUntil: null }]);
}

test('whom it is about and the superior are kept out; a recused handler is replaced; more time is bounded; compliance goes on without a late answer', async () => {
  const complaintNo = await received({ against: 'branch-1001', complainant: { name: '张某', contact: '电话' } });
  await done(complaintNo, 'register-complaint', 'service-1', { decision: 'complete' });
  await done(complaintNo, 'accept-complaint', 'service-1', { decision: 'accept' });
  const assign = (person: string, role: string, branch?: string) =>
    done(complaintNo, 'assign-complaint', 'service-1', { person, role, ...(branch === undefined ? {} : { branch }) });
  for (const person of ['branch-1001', 'branch-1001-head', 'branch-1001b'])
    await expect(assign(person, 'branch', '1001')).rejects.toMatchObject({ cause: { type: 'KEPT_OUT_OF_CASE' } });
  await expect(assign('ops-client-1', 'branch')).rejects.toMatchObject({ cause: { type: 'HANDLER_UNFIT' } });
  await assign('brokerage-1', 'brokerage');
  const of1 = act(complaintNo, 'brokerage-1');
  await askDepartment(stage.pool, { ...of1, department: 'operations', question: '当日情况？', dueDays: 1 });
  await recuse(stage.pool, { ...act(complaintNo, 'brokerage-1'), person: 'brokerage-1', reason: '系投诉人亲属' });
  await settled();
  await expect(assign('brokerage-1', 'brokerage')).rejects.toMatchObject({ cause: { type: 'KEPT_OUT_OF_CASE' } });
  await assign('brokerage-2', 'brokerage');
  const more = (furtherN: number) =>
    askMoreTime(stage.pool, { ...act(complaintNo, 'brokerage-2'), furtherN, reason: '证人不在' });
  await expect(more(40)).rejects.toMatchObject({ code: 'EXTENSION_BEYOND_LEGAL_LIMIT' });
  await more(10);
  await stage.advance(new Date(Date.parse(await nowOf()) + 5 * 86_400_000).toISOString());
  await goneOnWithoutCompliance(complaintNo);
  await expect(more(1)).rejects.toMatchObject({ code: 'EXTENSIONS_USED_UP' });
  const { rowCount } = await stage.pool.query(
    `select from outbox where workflow_id = $1 and template = 'COMPLAINT_EXTENDED'`,
    [`complaint:${complaintNo}`],
  );
  expect(rowCount).toBe(1);
  const form = { finding: 'upheld', amount: '10.00' };
  await expect(done(complaintNo, 'propose-complaint-outcome', 'brokerage-2', form, '属实')).rejects.toMatchObject({
    cause: { type: 'COMPENSATION_NEEDS_FUND_ACCOUNT' },
  });
  const { rows } = await stage.pool.query('select state, ended_by from complaint_requests where complaint_no = $1', [
    complaintNo,
  ]);
  expect(rows).toEqual([{ state: 'gone on without', ended_by: 'general-manager' }]);
  const none = { finding: 'not upheld', amount: '0.00' };
  await done(complaintNo, 'propose-complaint-outcome', 'brokerage-2', none, '不实');
  await concernedWhileDecided(complaintNo);
  await recusedWhileProposing(complaintNo, 'ops-client-1', none);
  await done(complaintNo, 'assign-complaint', 'service-1', { person: 'ops-client-2', role: 'operations' });
  await done(complaintNo, 'propose-complaint-outcome', 'ops-client-2', none, '不实');
  await done(complaintNo, 'approve-complaint-proposal', 'general-manager', { decision: 'approve', reason: '证据充分' });
  // All that is missing is told at once.
  await expect(done(complaintNo, 'answer-complaint', 'service-1', { answered: true })).rejects.toMatchObject({
    cause: { type: 'TEXT_MISSING', details: [expect.anything(), [{ code: 'DELIVERY_MISSING' }]] },
  });
  const letter = { by: 'letter', reference: 'L-2025-1' };
  await done(complaintNo, 'answer-complaint', 'service-1', { answered: true, delivery: letter }, '经查不实');
  await strangerCalled(complaintNo);
});

async function namedAsConcerned(complaintNo: string, person: string): Promise<void> {
  const reason = '投诉人来电说明';
  await recuse(stage.pool, { ...act(complaintNo, 'service-1'), person, cause: 'complained about', reason });
  await settled();
}

async function takenBack(complaintNo: string, person: string): Promise<void> {
  await takeBackNaming(stage.pool, { ...act(complaintNo, 'general-manager'), person, reason: '登记时误记' });
  await settled();
}

/** While compliance is asked it turns out that nobody there is left: the general manager says it, gives more time, and takes back what was a mistake. */
async function goneOnWithoutCompliance(complaintNo: string): Promise<void> {
  const goOn = () => taskOf(complaintNo, 'go-on-without-answer');
  expect([(await goOn()).role, (await extensionAsked()).role]).toEqual(['compliance', 'compliance']);
  await namedAsConcerned(complaintNo, 'compliance-1');
  expect([(await goOn()).role, (await extensionAsked()).role]).toEqual(['general_manager', 'general_manager']);
  await approveExtension('general-manager');
  await done(complaintNo, 'go-on-without-answer', 'general-manager', { reason: '证据已经充分' });
  await takenBack(complaintNo, 'compliance-1');
}

/** While others decide about the proposal it turns out whom it is about: the head who would decide, all of compliance, then whoever proposed. */
async function concernedWhileDecided(complaintNo: string): Promise<void> {
  const approval = () => taskOf(complaintNo, 'approve-complaint-proposal');
  const asked = [await approval()];
  for (const person of ['service-2', 'compliance-1']) {
    await namedAsConcerned(complaintNo, person);
    asked.push(await approval());
  }
  expect(asked.map(({ role }) => role)).toEqual(['service', 'compliance', 'general_manager']);
  expect(new Set(asked.map(({ task_id: task }) => task)).size).toBe(3);
  await namedAsConcerned(complaintNo, 'brokerage-2');
  const { rows } = await stage.pool.query(
    'select state from complaint_proposals where complaint_no = $1 order by nth',
    [complaintNo],
  );
  expect(rows).toEqual([{ state: 'withdrawn' }]);
  await done(complaintNo, 'assign-complaint', 'service-1', { person: 'ops-client-1', role: 'operations' });
}

/** The handler proposes and is recused while the process reads what came before: what it reads tells of the recusal too, and the proposal is withdrawn. */
async function recusedWhileProposing(complaintNo: string, handler: string, form: object): Promise<void> {
  const task = await taskOf(complaintNo, 'propose-complaint-outcome');
  const text = '不实';
  await writeTaskText(stage.pool, { ...act(complaintNo, handler), taskId: task.task_id, text });
  await supplementComplaint(stage.pool, { ...act(complaintNo, 'service-1'), text: '补充一份说明' });
  const row = 'select from complaints where complaint_no = $1';
  const { recused } = await whileLocked(stage.pool, row, [complaintNo], async (holding) => {
    const recusal = recuse(stage.pool, { ...act(complaintNo, handler), person: handler, reason: '系投诉人亲属' });
    await untilWaiting(holding, 1);
    await dispatchSignals(stage.intake);
    await untilWaiting(holding, 2);
    await completed(complaintNo, task, handler, form);
    return { recused: recusal };
  });
  await recused;
  await settled();
  const { rows } = await stage.pool.query(
    'select state, made_by from complaint_proposals where complaint_no = $1 order by nth desc limit 1',
    [complaintNo],
  );
  expect(rows).toEqual([{ state: 'withdrawn', made_by: handler }]);
}

/** Who is no client is called as clients are, by nobody who had a hand in it, and what is heard besides the answer is not the answer. */
async function strangerCalled(complaintNo: string): Promise<void> {
  for (const by of ['service-1', 'service-2'])
    await expect(calledBack(complaintNo, 'yes', by)).rejects.toMatchObject({ code: 'CALLER_HAD_A_HAND' });
  const callbackNo = await calledBack(complaintNo, 'yes', 'service-3', '称他人代其填写投诉');
  expect(await rowOf(complaintNo)).toMatchObject({ state: 'answered', level: 1 });
  const { rows } = await stage.pool.query<{ detail: unknown }>(
    `select detail from complaint_steps where complaint_no = $1 and act = 'call back'`,
    [complaintNo],
  );
  expect(rows).toEqual([{ detail: { level: 1, satisfaction: 'satisfied' } }]);
  const { rows: followed } = await stage.pool.query(
    `select role, facts ->> 'followUp' as what from tasks where workflow_id = $1 and kind = 'callback-follow-up'`,
    [`callback:complaint-answer:${callbackNo}`],
  );
  // By compliance, were anybody of it left.
  expect(followed).toEqual([{ role: 'general_manager', what: 'suitability-review' }]);
  const { rows: filed } = await stage.pool.query(
    `select kind from complaint_documents where complaint_no = $1 and kind like 'call%'`,
    [complaintNo],
  );
  expect(filed).toEqual([{ kind: 'callback record' }]);
}

/** The one extension that waits for its approval. */
const extensionAsked = () =>
  eventually(async () => {
    const { rows } = await stage.pool.query<OpenTask & { readonly workflow_id: string }>(
      `select task_id::text, workflow_id, revision, role from tasks where kind = 'approve-extension' and state = 'open'`,
    );
    return rows[0];
  });

async function approveExtension(by: string): Promise<void> {
  const task = await extensionAsked();
  await stage.client.workflow.getHandle(task.workflow_id).executeUpdate(completeTask, {
    args: [
      {
        taskId: task.task_id,
        revision: task.revision,
        form: await formSent(stage.pool, task.task_id, { decision: 'approve', reason: '同意延期' }),
        actor: { person: by, role: task.role },
        requestId: 'r',
        at: START,
      },
    ],
    updateId: randomUUID(),
  });
  await settled();
}

test('one cause, many people: one investigation, and to each a decision and an answer of its own', async () => {
  const of = (clientNo: string) => received({ complainant: { clientNo } });
  const accepted = async (complaintNo: string) => {
    await done(complaintNo, 'register-complaint', 'service-1', { decision: 'complete' });
    await done(complaintNo, 'accept-complaint', 'service-1', { decision: 'accept' });
  };
  await asOwner(stage.book.ownerUrl, `update parameters set value = '3' where code = 'COMPLAINT_COLLECTIVE_FROM'`);
  const [lead, first, second] = [await of('C00000004'), await of('C00000005'), await of('C00000006')];
  const join = (complaintNo: string, groupOf: string) =>
    done(complaintNo, 'assign-complaint', 'service-2', { groupOf });
  await accepted(first);
  await expect(join(first, lead)).rejects.toMatchObject({ cause: { type: 'GROUP_NOT_JOINABLE' } });
  await assigned(lead);
  await join(first, lead);
  await leftGroup(first);
  await join(first, lead);
  await accepted(second);
  await expect(join(second, first)).rejects.toMatchObject({ cause: { type: 'GROUP_NOT_JOINABLE' } });
  expect(await rowOf(first)).toMatchObject({ state: 'assigned', handler: null });
  const collective = `head-office-complaint:${lead}:collective`;
  expect((await stage.pool.query('select from processes where workflow_id = $1', [collective])).rowCount).toBe(0);
  const approved = (complaintNo: string) =>
    done(complaintNo, 'approve-complaint-proposal', 'service-2', { decision: 'approve', reason: '同意' });
  await done(lead, 'propose-complaint-outcome', 'branch-1001', { finding: 'upheld', amount: '0.00' }, '系统中断属实');
  await approved(lead);
  // Told of the decision while it waited; who joins later goes on at once.
  await join(second, lead);
  // The third of them makes it collective: the head office takes it up the same day, whoever handles it.
  await doneIn(collective, 'take-up-complaint', 'compliance-1', {
    decision: 'left with its handler',
    reason: '由承办人统一办理',
  });
  expect(await stage.client.workflow.getHandle(collective).result()).toBe('left with its handler');
  const day = (await nowOf()).slice(0, 10);
  const { rows: sameDay } = await stage.pool.query(
    `select state, to_char(due_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') as due from deadlines where workflow_id = $1`,
    [collective],
  );
  expect(sameDay).toEqual([{ state: 'met', due: `${day} 23:59` }]);
  for (const [complaintNo, finding] of [
    [first, 'upheld'],
    [second, 'not upheld'],
  ] as const) {
    expect(await rowOf(complaintNo)).toMatchObject({ state: 'assigned', handler: 'branch-1001' });
    const { rows } = await stage.pool.query<{ facts: unknown }>(
      `select facts from tasks where workflow_id = $1 and kind = 'propose-group-outcome'`,
      [`complaint:${complaintNo}`],
    );
    expect(rows[0]?.facts).toMatchObject({ groupOf: lead, groupFinding: 'upheld' });
    await done(complaintNo, 'propose-group-outcome', 'branch-1001', { finding, amount: '0.00' });
    await approved(complaintNo);
    await done(complaintNo, 'answer-complaint', 'service-1', { answered: true }, `答复：${finding}`);
  }
  const { rows } = await stage.pool.query(
    `select c.group_of = $1 as joined, c.state, p.finding from complaints c join complaint_proposals p using (complaint_no)
      where c.complaint_no = any($2) order by 1, 3`,
    [lead, [first, second]],
  );
  expect(rows).toEqual([
    { joined: true, state: 'answered', finding: 'not upheld' },
    { joined: true, state: 'answered', finding: 'upheld' },
  ]);
  // The file of one of them tells the investigation that decided it, which was made of another one.
  await calledBack(first, 'yes', 'service-3');
  await done(first, 'close-complaint', 'service-1', {
    ...{ rootCause: 'system', reasonableness: 'reasonable', accountability: 'none', actions: [] },
  });
  expect(await result(first)).toBe('closed');
  const { rows: filed } = await stage.pool.query<{ sha256: string }>(
    `select sha256 from complaint_documents where complaint_no = $1 and kind = 'file'`,
    [first],
  );
  expect((await documentOf(filed[0]?.sha256)) as object).toMatchObject({
    groupInvestigation: [
      {
        complaint_no: lead,
        handler: 'branch-1001',
        texts: [expect.objectContaining({ text: '系统中断属实', written_by: 'branch-1001' })],
        proposals: [expect.objectContaining({ finding: 'upheld', made_by: 'branch-1001' })],
        decisions: [expect.objectContaining({ checker: 'service-2', decision: 'approved' })],
      },
    ],
  });
  await settledByMediation(lead);
  await neverReached(second);
  if (!isRecording) return;
  await keepHistory(stage.client, `complaint:${first}`, 'product/complaint-of-group.json');
  await keepHistory(stage.client, collective, 'product/head-office-complaint.json');
});

/** While it waits for its group it is let out, to be handled alone: by the general manager, where it turns out that nobody of compliance may say so. */
async function leftGroup(complaintNo: string): Promise<void> {
  const leave = () => taskOf(complaintNo, 'leave-complaint-group');
  expect((await leave()).role).toBe('compliance');
  await namedAsConcerned(complaintNo, 'compliance-1');
  const reason = '同组调查拖延，先行单独办理';
  await done(complaintNo, 'leave-complaint-group', 'general-manager', { decision: 'leave', reason });
  await takenBack(complaintNo, 'compliance-1');
  const { rows } = await stage.pool.query(
    `select c.state, c.group_of, s.by, t.role as "askedNext" from complaints c join complaint_steps s using (complaint_no) join tasks t using (workflow_id)
      where complaint_no = $1 and s.act = 'leave group' and t.state = 'open'`,
    [complaintNo],
  );
  expect(rows).toEqual([{ state: 'accepted', group_of: null, by: 'general-manager', askedNext: 'service' }]);
}

/** Not satisfied with the answer, and content with what the mediation brought: it is closed, not reopened. */
async function settledByMediation(complaintNo: string): Promise<void> {
  await done(complaintNo, 'answer-complaint', 'service-1', { answered: true }, '系统中断属实');
  await calledBack(complaintNo, 'no', 'service-3');
  await done(complaintNo, 'offer-mediation', 'service-3', { mediation: 'settled' }, '投诉人接受解释');
  expect(await rowOf(complaintNo)).toMatchObject({ state: 'answered', level: 1 });
  expect((await taskOf(complaintNo, 'close-complaint')).role).toBe('service');
}

/** Called three times on three days in vain: the head leaves it, and it is closed with just that in the register. */
async function neverReached(complaintNo: string): Promise<void> {
  const callbackNo = await callbackOf(complaintNo);
  const call = { callbackNo, by: 'service-3', role: 'service' };
  for (let day = 1; day <= 3; day += 1) {
    // A day and a minute later each time.
    if (day > 1) await stage.advance(new Date(Date.parse(await nowOf()) + 86_460_000).toISOString());
    const { nth } = await beginCall(stage.pool, { ...call, key: randomUUID() });
    await recordCall(stage.pool, { ...call, nth, result: 'no answer', answers: {} });
    await settled();
    if (day < 3)
      await expect(beginCall(stage.pool, { ...call, key: randomUUID() })).rejects.toMatchObject({
        code: 'SAME_DAY_AS_LAST_ATTEMPT',
      });
  }
  await expect(beginCall(stage.pool, { ...call, key: randomUUID() })).rejects.toMatchObject({
    code: 'NO_ATTEMPTS_LEFT',
  });
  // The head who is asked steps back: compliance decides in that place.
  const process = `callback:complaint-answer:${callbackNo}`;
  await recuse(stage.pool, { ...act(complaintNo, 'service-2'), person: 'service-2', reason: '系投诉人亲属' });
  await settled();
  const { rows: asked } = await stage.pool.query(
    `select role, mark, state from tasks where workflow_id = $1 and kind = 'callback-unreachable' order by task_id`,
    [process],
  );
  expect(asked).toEqual([
    { role: 'service', mark: 'head', state: 'withdrawn' },
    { role: 'compliance', mark: null, state: 'open' },
  ]);
  await doneIn(process, 'callback-unreachable', 'compliance-1', {
    decision: 'leave',
    reason: '三次未接通，已函告',
  });
  // While it is being closed a letter comes: somebody offers mediation, as to whoever says so in a call.
  expect((await taskOf(complaintNo, 'close-complaint')).role).toBe('service');
  await supplementComplaint(stage.pool, { ...act(complaintNo, 'service-1'), text: '不同意该答复' });
  await settled();
  await done(complaintNo, 'offer-mediation', 'service-3', { mediation: 'settled' }, '投诉人接受解释');
  await done(complaintNo, 'close-complaint', 'service-1', {
    ...{ rootCause: 'none', reasonableness: 'unreasonable', accountability: 'none', actions: [] },
  });
  expect(await result(complaintNo)).toBe('closed');
  const { rows } = await stage.pool.query(
    `select detail from complaint_steps where complaint_no = $1 and act = 'call back'`,
    [complaintNo],
  );
  expect(rows).toEqual([{ detail: { level: 1, satisfaction: 'unreachable' } }]);
}

test('a transfer runs on its own clock too, from the receipt at the regulator', async () => {
  await stage.advance('2025-07-14T01:00:00.000Z'); // Monday
  const transfer = { number: '12386-1', at: '2025-07-10T02:00:00.000Z' };
  const complaintNo = await received({
    channel: 'regulator',
    receivedAt: '2025-07-11T02:00:00.000Z',
    transfer,
    complainant: { name: '李某' },
  });
  // Three working days after Friday 11 and Thursday 10 July, and fifteen.
  expect(await promisesOf(complaintNo)).toEqual([
    'complaint-accept:K running 07-16 17:30',
    'complaint-answer:K:1 running 08-01 17:30',
    'complaint-transfer-accept:K running 07-15 17:30',
    'complaint-transfer-answer:K:1 running 07-31 17:30',
  ]);
  await expect(received({ channel: 'regulator', transfer })).rejects.toMatchObject({
    code: 'TRANSFER_KNOWN',
    details: { complaint: complaintNo },
  });
  // Its clock is over while the own one runs: compliance is told, and what is replied there comes too late there alone.
  await done(complaintNo, 'register-complaint', 'service-1', { decision: 'complete' });
  await stage.advance('2025-07-15T09:31:00.000Z');
  const { rows: told } = await stage.pool.query(
    `select recipient_role as role from outbox where workflow_id = $1 and severity = 'critical' order by 1`,
    [`complaint:${complaintNo}`],
  );
  expect(told).toEqual([{ role: 'compliance' }, { role: 'service' }]);
  const accepted = (form: object) =>
    done(complaintNo, 'accept-complaint', 'service-1', { decision: 'accept', ...form });
  await expect(accepted({})).rejects.toMatchObject({ cause: { type: 'TRANSFER_REPLY_MISSING' } });
  await accepted({ reply: '12386-R-1' });
  expect(await promisesOf(complaintNo)).toEqual([
    'complaint-accept:K met 07-16 17:30',
    'complaint-answer:K:1 running 08-01 17:30',
    'complaint-transfer-accept:K met late 07-15 17:30',
    'complaint-transfer-answer:K:1 running 07-31 17:30',
  ]);
});

test('a branch registers what it received about another branch, by when it must be accepted; late with its answer, it waits for no department; the general manager does what nobody of compliance may', async () => {
  // Three weeks ago, as it turns out: fifteen working days are over.
  const at = { receivedAt: START, channel: 'branch', by: 'branch-1001', role: 'branch' } as const;
  const complaintNo = await received({ ...at, branch: '1002', urgency: 'urgent', against: 'compliance-1' });
  const task = await eventually(async () => {
    const { rows } = await stage.pool.query<Record<string, unknown>>(
      `select t.role, t.branch, t.claimed_by as holder, d.step as due from tasks t left join deadlines d on d.workflow_id = $1 and d.due_at = t.due_at
        where t.workflow_id = $1 and t.kind = 'register-complaint'`,
      [`complaint:${complaintNo}`],
    );
    return rows[0];
  });
  expect(task).toEqual({ role: 'branch', branch: '1001', holder: 'branch-1001', due: 'accept' });
  // The complainant calls again: it is about whoever took it in, so it stays no longer in the branch.
  await namedAsConcerned(complaintNo, 'branch-1001');
  expect(await taskOf(complaintNo, 'register-complaint')).toMatchObject({ role: 'service' });
  await done(complaintNo, 'register-complaint', 'service-1', { decision: 'complete' });
  await done(complaintNo, 'accept-complaint', 'service-1', { decision: 'accept' });
  await done(complaintNo, 'assign-complaint', 'service-1', { person: 'brokerage-2', role: 'brokerage' });
  const question = { department: 'operations', question: '当日情况？', dueDays: 60 };
  await askDepartment(stage.pool, { ...act(complaintNo, 'brokerage-2'), ...question });
  await settled();
  await done(complaintNo, 'go-on-without-answer', 'general-manager', { reason: '证据已经充分' });
  const { requests } = (await seenOf(complaintNo)).view;
  expect(requests).toMatchObject([{ state: 'gone on without' }]);
  const decision = 'left with its handler';
  const headOffice = `head-office-complaint:${complaintNo}:urgent`;
  const { rows: owed } = await stage.pool.query('select owner_role as by from deadlines where workflow_id = $1', [
    headOffice,
  ]);
  expect(owed).toEqual([{ by: 'general_manager' }]);
  await doneIn(headOffice, 'take-up-complaint', 'general-manager', { decision, reason: '由承办人办理' });
  expect(await stage.client.workflow.getHandle(headOffice).result()).toBe(decision);
});

/** A person does the open task of a process that is no complaint. */
async function doneIn(workflowId: string, kind: string, person: string, form: Record<string, unknown>): Promise<void> {
  const task = await eventually(async () => {
    const { rows } = await stage.pool.query<OpenTask>(
      `select task_id::text, revision, role from tasks where workflow_id = $1 and kind = $2 and state in ('open', 'claimed')`,
      [workflowId, kind],
    );
    return rows[0];
  });
  await stage.client.workflow.getHandle(workflowId).executeUpdate(completeTask, {
    args: [
      {
        taskId: task.task_id,
        revision: task.revision,
        form: await formSent(stage.pool, task.task_id, form),
        actor: { person, role: task.role },
        requestId: 'r',
        at: await nowOf(),
      },
    ],
    updateId: randomUUID(),
  });
  await settled();
}

test('a month is over: its tick asks for samples once, audit inspects what was closed, and whoever answered is appraised by it', async () => {
  // Asked for by somebody already, and closed at once: the tick leaves it as it is.
  await stage.pool.query(
    `insert into samples (sample_no, kind, period, workflow_id, seed, asked_by, asked_role)
     values ('callbacks:2025-06', 'callbacks', '2025-06', 'sample:callbacks:2025-06', 's', 'service-2', 'service')`,
  );
  const scheduled = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');
  const tick = await stage.client.workflow.start('sampleTick', {
    workflowId: 'sample-tick',
    taskQueue: `${stage.book.namespace}-stories`,
    typedSearchAttributes: [{ key: scheduled, value: new Date('2025-07-01T00:30:00.000Z') }],
  });
  expect(await tick.result()).toEqual({ period: '2025-06' });
  await settled();
  const { rows: samples } = await stage.pool.query(
    'select sample_no as no, asked_by as by, population, size from samples order by sample_no',
  );
  expect(samples).toEqual([
    { no: 'callbacks:2025-06', by: 'service-2', population: null, size: null },
    // Three talks of complaints 1 and 2; both complaints were closed in June.
    { no: 'calls:2025-06', by: 'southbound', population: 3, size: 3 },
    { no: 'complaints:2025-06', by: 'southbound', population: 2, size: 2 },
    { no: 'requests:2025-06', by: 'southbound', population: 0, size: 0 },
  ]);
  const { rows: items } = await stage.pool.query<{ item: string }>(
    `select item from checklist_items where checked = 'complaints' order by place`,
  );
  const right = Object.fromEntries(items.map(({ item }) => [item, 'yes']));
  const of = (no: string) => `inspection:complaints:2025-06:${no}`;
  const finding = { item: 'answer', role: 'service', dueDays: 5, what: '答复过于简略' };
  await doneIn(of('T20250623-000001'), 'inspect-complaint', 'audit-1', { answers: right, findings: [] });
  await doneIn(of('T20250624-000001'), 'inspect-complaint', 'audit-1', {
    answers: { ...right, answer: 'no' },
    findings: [finding],
  });
  await doneIn(of('T20250624-000001'), 'correct-finding', 'service-1', { reason: '已制定答复范本' });
  expect(await stage.client.workflow.getHandle(of('T20250624-000001')).result()).toBe('corrected');

  const appraise = async (subject: string) => {
    const { appraisal } = await askAppraisal(stage.pool, {
      firstDay: '2025-06-01',
      lastDay: '2025-06-30',
      subjectKind: 'person',
      subject,
      by: 'compliance-1',
      role: 'compliance',
    });
    await settled();
    const { rows } = await stage.pool.query<{ line: string }>(
      `select code || ' ' || numerator || '/' || denominator as line from appraisal_lines where appraisal_id = $1 order by code`,
      [appraisal.appraisalId],
    );
    return { process: appraisal.workflowId, lines: rows.map(({ line }) => line) };
  };
  // Of two answers one was reopened and did not satisfy: that counts against whoever gave it. What was found lies with whoever answered last.
  expect((await appraise('branch-1001')).lines).toEqual([
    'findings 0/1',
    'reopened 1/2',
    'satisfaction 1/2',
    'timeliness 2/2',
  ]);
  expect((await appraise('compliance-2')).lines).toEqual([
    'findings 1/1',
    'reopened 0/0',
    'satisfaction 0/1',
    'timeliness 1/1',
  ]);
  // The head of service proposes nothing of the own work: compliance does, within a time, and others of compliance approve.
  const { process } = await appraise('service-2');
  const { rows: owed } = await stage.pool.query(
    `select t.role, t.mark, t.made_by as "madeBy", d.limit_n as days, d.due_at = t.due_at as "isDated"
       from tasks t join deadlines d using (workflow_id) where workflow_id = $1`,
    [process],
  );
  // Nobody made it, so nobody sends it back.
  expect(owed).toEqual([{ role: 'compliance', mark: null, madeBy: null, days: 10, isDated: true }]);
  // A sanction needs the general manager too, who sends it back; nothing is then proposed, and compliance agrees.
  const reason = '首次答复未能令人满意';
  await doneIn(process, 'propose-appraisal', 'compliance-2', { outcome: 'sanction', reason });
  await doneIn(process, 'approve-appraisal', 'compliance-1', { decision: 'approve', reason });
  const refusal = '处罚过重，请重新考虑';
  await doneIn(process, 'approve-appraisal', 'general-manager', { decision: 'refuse', reason: refusal });
  // Whoever proposes and whoever approves are told whom and which days it is about, why it was proposed, and why it came back.
  const about = { subject: 'service-2', firstDay: '2025-06-01', lastDay: '2025-06-30' };
  const { rows: asked } = await stage.pool.query<{ facts: unknown }>(
    `select facts - '{appraisal,lines}'::text[] as facts from tasks where workflow_id = $1 order by task_id`,
    [process],
  );
  const proposed = { ...about, outcome: 'sanction', reason };
  expect(asked.map(({ facts }) => facts)).toEqual([about, proposed, proposed, { ...about, sentBack: refusal }]);
  await doneIn(process, 'propose-appraisal', 'compliance-2', { outcome: 'none', reason });
  await doneIn(process, 'approve-appraisal', 'compliance-1', { decision: 'approve', reason });
  expect(await stage.client.workflow.getHandle(process).result()).toBe('none');
  // Each proposal and each decision was owed, and kept.
  const { rows: kept } = await stage.pool.query<{ line: string }>(
    `select step || ' ' || state as line from deadlines where workflow_id = $1 order by deadline_id`,
    [process],
  );
  const inTime = ['propose met', 'approve met'];
  expect(kept.map(({ line }) => line)).toEqual([...inTime, ...inTime]);
  if (!isRecording) return;
  await keepHistory(stage.client, 'sample-tick', 'product/sample-tick.json');
  // What was recorded as `appraisal-sent-back` is of a version in which no proposal was owed.
  await keepHistory(stage.client, process, 'product/appraisal-of-head.json');
});

test('a year is over: the firm and each branch report its complaints, one prepares and another submits, and what is late is escalated', async () => {
  await stage.pool.query(
    `insert into samples (sample_no, kind, period, workflow_id, seed, asked_by, asked_role)
     select kind || ':2024-12', kind, '2024-12', 'sample:' || kind || ':2024-12', 's', 'service-2', 'service'
       from unnest(array['callbacks', 'calls', 'complaints', 'requests']) kind`,
  );
  const scheduled = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');
  const tick = await stage.client.workflow.start('sampleTick', {
    workflowId: 'sample-tick',
    taskQueue: `${stage.book.namespace}-stories`,
    typedSearchAttributes: [{ key: scheduled, value: new Date('2025-01-01T00:30:00.000Z') }],
  });
  expect(await tick.result()).toEqual({ period: '2024-12' });
  await settled();
  const firm = 'complaint-report:2024';
  // Owed since 1 January, 119 days on is 30 April; the tick came in July, when compliance is told at once.
  const { rows: owed } = await stage.pool.query(
    `select business_key as key, state, owner_role as role, branch, to_char(due_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') as due
       from deadlines where step = 'report' order by 1`,
  );
  const late = { state: 'breached', due: '2025-05-01 00:00' };
  expect(owed).toEqual([
    { key: firm, role: 'compliance', branch: null, ...late },
    { key: `${firm}:1001`, role: 'branch', branch: '1001', ...late },
    { key: `${firm}:1002`, role: 'branch', branch: '1002', ...late },
  ]);
  const summary = '全年未收到港股通业务投诉，投诉渠道运行正常，未发现需整改事项。';
  await doneIn(firm, 'prepare-complaint-report', 'service-1', { summary });
  const today = (await nowOf()).slice(0, 10);
  const submit = (submittedOn: string) =>
    doneIn(firm, 'submit-complaint-report', 'compliance-1', { submittedOn, reference: '合规〔2025〕12号' });
  await expect(submit('2025-04-30')).rejects.toMatchObject({ cause: { type: 'INPUT_INVALID' } });
  await submit(today);
  const { sha256 } = (await stage.client.workflow.getHandle(firm).result()) as { sha256: string };
  const { rows } = await stage.pool.query(
    `select state, prepared_by, submitted_by, submitted_on::text, reference, sha256 from yearly_complaint_reports where branch = '-'`,
  );
  expect(rows).toEqual([
    {
      state: 'submitted',
      prepared_by: 'service-1',
      submitted_by: 'compliance-1',
      submitted_on: today,
      reference: '合规〔2025〕12号',
      sha256,
    },
  ]);
  if (isRecording) await keepHistory(stage.client, firm, 'product/yearly-complaint-report.json');
});

test('a mail that cannot be entered: somebody looks at it within a day and names the complaint that was registered of it', async () => {
  const mails = newFolder();
  mkdirSync(path.join(mails, 'new'));
  writeFileSync(path.join(mails, 'new', '1.host'), 'Subject: hello\r\n\r\nwords of nobody');
  await noteMails({ pool: stage.pool, mails: { folder: mails, documents: folderDocuments(path.join(mails, 'kept')) } });
  await settled();
  const { rows } = await stage.pool.query<{ workflow_id: string; task_id: string; facts: unknown }>(
    `select workflow_id, task_id::text, facts from tasks where kind = 'look-at-mail'`,
  );
  const [task] = rows;
  expect(task?.facts).toMatchObject({ faults: ['MAIL_WITHOUT_SENDER'] });
  const looked = async (form: Record<string, unknown>) =>
    stage.client.workflow.getHandle(task?.workflow_id ?? '').executeUpdate(completeTask, {
      args: [
        {
          taskId: task?.task_id ?? '',
          revision: 1,
          form: await formSent(stage.pool, task?.task_id ?? '', form),
          actor: { person: 'service-1', role: 'service' },
          requestId: 'r',
          at: START,
        },
      ],
      updateId: randomUUID(),
    });
  const reason = '发件人不明，来电核实';
  const decision = 'complaint registered';
  await expect(looked({ decision, complaintNo: 'T20250101-000001', reason })).rejects.toMatchObject({
    cause: { type: 'NOT_FOUND' },
  });
  const complaintNo = await received({ channel: 'email' });
  await looked({ decision, complaintNo, reason });
  await settled();
  expect(await stage.client.workflow.getHandle(task?.workflow_id ?? '').result()).toBe(decision);
  const { rows: mailRows } = await stage.pool.query('select state, complaint_no, looked_at_by from received_mails');
  expect(mailRows).toEqual([{ state: 'looked at', complaint_no: complaintNo, looked_at_by: 'service-1' }]);
  if (isRecording) await keepHistory(stage.client, task?.workflow_id ?? '', 'product/received-mail.json');
});

test('of all these promises each was kept, or told upwards: says somebody who asks rows and histories alone, and finds what is planted', async () => {
  const { adminUrl, temporal } = testServers();
  const verdict = await checkPromisesOfBook({ adminUrl, temporalAddress: temporal }, stage.book.namespace);
  const { violations, planted, notPlanted, met } = verdict;
  expect(violations).toEqual([]);
  expect(met).toBeGreaterThan(10);
  expect(planted.filter(({ isFound }) => !isFound)).toEqual([]);
  expect(planted.length).toBeGreaterThan(15);
  // What nothing here could have is told, not left out: every check of rows, and six of histories.
  expect(planted.length + notPlanted.length).toBe(CHECKS.length + 6);
  // One act that was refused and that nobody expected, and the rehearsal has failed.
  expect([0, 1].map((refused) => isAsItMustBe(verdict, refused))).toEqual([true, false]);
});

test('past the last known holiday it begins all the same: compliance enters the days, and the answer is owed by a date then', async () => {
  // What waits on this stage is nobody's any more: its ladders need not ring for a year and a half, but for one that nobody proposes anything of.
  await stage.pool.query(`delete from clock_waits where workflow_id <> $1`, [OF_HEAD_OF_COMPLIANCE]);
  await stage.advance('2026-12-28T01:00:00.000Z');
  await proposedByOthers();
  const complaintNo = await received();
  expect(await promisesOf(complaintNo)).toEqual(['complaint-accept:K running 12-31 17:30']);
  await done(complaintNo, 'register-complaint', 'service-1', { decision: 'complete' });
  const { callbackNo } = await askCallbackByHand(stage.pool, {
    ...{ key: randomUUID(), purpose: 'sample', subject: 'sample:end', clientNo: 'C00000007', by: 'compliance-1' },
    ...{ roles: ['compliance'], reason: 'sample of December' },
  });
  // On the last day of the list: nobody can say when the next call may be made, what came of this one is recorded all the same.
  await stage.advance('2026-12-31T02:00:00.000Z');
  const call = { callbackNo, by: 'service-1', role: 'service' };
  const { nth } = await beginCall(stage.pool, { ...call, key: randomUUID() });
  await recordCall(stage.pool, { ...call, nth, result: 'no answer', answers: {} });
  await settled();
  await expect(beginCall(stage.pool, { ...call, key: randomUUID() })).rejects.toMatchObject({
    code: 'SAME_DAY_AS_LAST_ATTEMPT',
  });
  const { rows: toCall } = await stage.pool.query(
    `select k.state, (select recipient_role from outbox where template = 'CALLBACK_HOLIDAYS_UNKNOWN') as told,
            (select role from tasks t where t.workflow_id = k.workflow_id and kind = 'extend-calendar') as asked
       from callbacks k where callback_no = $1`,
    [callbackNo],
  );
  expect(toCall).toEqual([{ state: 'open', told: 'compliance', asked: 'compliance' }]);
  await beginsAllTheSame();
  await knownTo(stage.book.ownerUrl, '2027-12-31');
  await done(complaintNo, 'extend-calendar', 'compliance-1', { entered: true });
  // No holidays are entered for January: fifteen working days after Monday 28 December are Monday 18 January.
  expect(await promisesOf(complaintNo)).toEqual([
    'complaint-accept:K running 12-31 17:30',
    'complaint-answer:K:1 running 01-18 17:30',
  ]);
  // A manual book has no schedule of a month: its mover asks for the reports of the year on the first day on which it ticks.
  await advanceClock({ ...stage.intake, ticks: ['SH'] }, '2027-01-01T01:00:00.000Z', { seconds: 90 });
  const { rows: reports } = await stage.pool.query(
    `select r.branch, to_char(d.due_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') as due
       from yearly_complaint_reports r join deadlines d on d.business_key = r.workflow_id where year = 2026 order by 1`,
  );
  expect(reports).toEqual(['-', '1001', '1002'].map((branch) => ({ branch, due: '2027-05-01 00:00' })));
});

const OF_HEAD_OF_COMPLIANCE = 'appraisal:compliance-2:2025-06-01:2025-06-30';

/** The head of service was told, and has not proposed in time: anybody of service does, and a sanction of the head of compliance is approved by the general manager alone. */
async function proposedByOthers(): Promise<void> {
  const { rows: asked } = await stage.pool.query(
    'select role, mark, state from tasks where workflow_id = $1 order by task_id',
    [OF_HEAD_OF_COMPLIANCE],
  );
  expect(asked).toEqual([
    { role: 'service', mark: 'head', state: 'withdrawn' },
    { role: 'service', mark: null, state: 'open' },
  ]);
  const reason = '答复未能令人满意';
  await doneIn(OF_HEAD_OF_COMPLIANCE, 'propose-appraisal', 'service-1', { outcome: 'sanction', reason });
  await doneIn(OF_HEAD_OF_COMPLIANCE, 'approve-appraisal', 'general-manager', { decision: 'approve', reason });
  expect(await stage.client.workflow.getHandle(OF_HEAD_OF_COMPLIANCE).result()).toBe('sanction');
  // The second time, which the others had, is over too by now; when it should be approved no calendar can say.
  const { rows: kept } = await stage.pool.query<{ line: string }>(
    `select replace(business_key, workflow_id, '') || ' ' || state as line from deadlines where workflow_id = $1 order by deadline_id`,
    [OF_HEAD_OF_COMPLIANCE],
  );
  expect(kept.map(({ line }) => line.replace(/^appraisal:\d+/, ''))).toEqual([':1 met late', ':1:late met late']);
}

/** On the last day of the list: a mail is looked at, a finding of an inspection is corrected, without a due date. */
async function beginsAllTheSame(): Promise<void> {
  const mails = newFolder();
  mkdirSync(path.join(mails, 'new'));
  writeFileSync(path.join(mails, 'new', '2.host'), 'Subject: new year\r\n\r\nwords of nobody');
  await noteMails({ pool: stage.pool, mails: { folder: mails, documents: folderDocuments(path.join(mails, 'kept')) } });
  const of = 'inspection:complaints:2026-12:T20250623-000001';
  const { rows: begun } = await stage.pool.query<{ id: string }>(
    `with sample as (insert into samples (sample_no, kind, period, workflow_id, seed, asked_by, asked_role, population, size, drawn_at)
                     values ('complaints:2026-12', 'complaints', '2026-12', 'sample:complaints:2026-12', 's', 'audit-2', 'audit', 1, 1, business_now()) returning sample_no)
     insert into inspections (sample_no, kind, subject, workflow_id, checklist)
     select sample_no, 'complaints', 'T20250623-000001', $1, '2014-11-17' from sample returning inspection_id::text as id`,
    [of],
  );
  const inspection = await stage.client.workflow.start('inspection', {
    workflowId: of,
    taskQueue: `${stage.book.namespace}-stories`,
    args: [{ inspectionId: begun[0]?.id ?? '' }],
  });
  await settled();
  const { rows: items } = await stage.pool.query<{ item: string }>(
    `select item from checklist_items where checked = 'complaints' order by place`,
  );
  const right = Object.fromEntries(items.map(({ item }) => [item, 'yes']));
  const finding = { item: 'answer', role: 'service', dueDays: 230, what: '答复过于简略' };
  await doneIn(of, 'inspect-complaint', 'audit-1', { answers: { ...right, answer: 'no' }, findings: [finding] });
  const { rows: open } = await stage.pool.query(
    `select kind, due_at from tasks where state = 'open' and (workflow_id = $1 or kind = 'look-at-mail') and kind <> 'extend-calendar' order by kind`,
    [of],
  );
  expect(open).toEqual([
    { kind: 'correct-finding', due_at: null },
    { kind: 'look-at-mail', due_at: null },
  ]);
  await inspection.terminate();
}

async function nowOf(): Promise<string> {
  const { rows } = await stage.pool.query<{ now: string }>('select business_now() as now from business_clock');
  return rows[0]?.now ?? '';
}
