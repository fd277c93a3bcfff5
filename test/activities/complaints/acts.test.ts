/** What is done to complaints past their processes, on one book: who is kept out, links at once, more time, who is paid, clocks. */
import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { loadReference } from '../../../activities/books/load-reference';
import { loadRehearsalPeople } from '../../../activities/books/load-rehearsal-people';
import { seedClients } from '../../../activities/clients/seed-clients';
import { lockCallback } from '../../../activities/callbacks/callback-row';
import { decideUnreachable } from '../../../activities/callbacks/follow-callback';
import { moveCallback } from '../../../activities/callbacks/move-callback';
import { computeAppraisal, proposeAppraisal } from '../../../activities/appraisals/compute-appraisal';
import { readApprover, readProposer } from '../../../activities/appraisals/whose-appraisal';
import { askYearlyReports } from '../../../activities/complaints/ask-yearly-reports';
import { askComplaintCallback, complaintSatisfaction } from '../../../activities/complaints/ask-complaint-callback';
import { openComplaintOfCallback } from '../../../activities/callbacks/open-complaint';
import { compensationDue } from '../../../activities/complaints/compensation';
import { complaintClocks, laterClock } from '../../../activities/complaints/complaint-clocks';
import { lockComplaint, lockInOrder } from '../../../activities/complaints/complaint-row';
import { followComplaint } from '../../../activities/complaints/follow-complaint';
import { readForHeadOffice, recordTakenUp } from '../../../activities/complaints/head-office';
import { complaintProposalSubject, draftProposal } from '../../../activities/complaints/investigation';
import { readComplaint } from '../../../activities/complaints/follow-complaint';
import { payeeAccount } from '../../../activities/complaints/payee';
import { payeeCorrectionSubject, readPayeeCorrection } from '../../../activities/complaints/payee-correction';
import { postCompensation } from '../../../activities/complaints/post-compensation';
import { recordMailLookedAt } from '../../../activities/complaints/received-mail';
import { recordComplaintStep, type RecordedStep } from '../../../activities/complaints/record-step';
import { complaintForms } from '../../../activities/complaints/task-forms';
import { prepareYearlyReport } from '../../../activities/complaints/yearly-report';
import { inTransaction } from '../../../activities/database/transaction';
import { endInspection } from '../../../activities/inspections/follow-inspection';
import { writeRungs } from '../../../activities/ladders/write-rungs';
import { climbedOf, lockDeadline } from '../../../activities/deadlines/deadline-row';
import { askExtension } from '../../../activities/deadlines/extend-deadline';
import { extensionSubject } from '../../../activities/deadlines/extension-subject';
import { givePromise, openDeadline } from '../../../activities/deadlines/open-deadline';
import { readExtension } from '../../../activities/deadlines/read-extension';
import { resumeClock, stopClock } from '../../../activities/deadlines/stop-clock';
import {
  askDepartment,
  nameSubject,
  recuse,
  supplementComplaint,
} from '../../../activities/intake/complaints/act-of-people';
import { addressesOf } from '../../../activities/outbox/addresses';
import { addAttachment } from '../../../activities/intake/complaints/add-attachment';
import { correctPayee } from '../../../activities/intake/complaints/correct-payee';
import { FOLLOWED_COMPLAINTS } from '../../../activities/intake/complaints/followed-by-head-office';
import { handOver } from '../../../activities/intake/complaints/hand-over';
import { nameComplainant } from '../../../activities/intake/complaints/name-complainant';
import { takeBackNaming } from '../../../activities/intake/complaints/take-back-naming';
import { askAppraisal } from '../../../activities/intake/quality/ask-appraisal';
import { askMoreTime } from '../../../activities/intake/complaints/ask-more-time';
import { receiveComplaint, type ReceivedComplaint } from '../../../activities/intake/complaints/receive-complaint';
import { onBehalfOfRequest } from '../../../activities/intake/request-id';
import { askMonthlySamples, askSample } from '../../../activities/intake/quality/ask-sample';
import { checkMissedSamples } from '../../../activities/intake/quality/check-missed-samples';
import { askSurveyByHand } from '../../../activities/intake/quality/ask-survey-by-hand';
import { recordSurvey } from '../../../activities/intake/quality/record-survey';
import { refusalsOfActor } from '../../../activities/intake/judge-actor';
import { completeTask } from '../../../activities/tasks/complete-task';
import { refusalsOfForm } from '../../../activities/tasks/form-checks';
import { openTask } from '../../../activities/tasks/open-task';
import type { SubjectEnd } from '../../../activities/tasks/subject-kind';
import type { TaskRow } from '../../../activities/tasks/task-row';
import { folderDocuments } from '../../../adapters/documents/folder-documents';
import type { LaterStage } from '../../../domain/complaints/complaint-limits';
import { COMPLAINT_CHANNELS } from '../../../domain/complaints/complaint-words';
import { newFolder } from '../../simulators/stage';
import { recordExtended } from '../../../activities/complaints/extended-answer';
import { openDatabase, type TestDatabase } from '../../support/database';
import { asOwner } from '../../support/as-owner';
import { untilWaiting, whileLocked } from '../../support/waiting-for-locks';

/** Monday 23 June 2025, 10:00. */
const NOW = '2025-06-23T02:00:00.000Z';

let db: TestDatabase;
beforeAll(async () => {
  db = await openDatabase('complaint_acts');
  await db.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('acts', 'test', 'manual', $1)`,
    [NOW],
  );
  await loadReference(db.pool);
  await seedClients(db.pool, 10);
  await loadRehearsalPeople(db.pool);
});
afterAll(() => db.close());
afterEach(() => clockTo(NOW));

const clockTo = (instant: string) => db.pool.query('update business_clock set now = $1', [instant]);
const one = async <Row>(query: string, ...values: unknown[]): Promise<Row | undefined> =>
  (await db.pool.query(query, values)).rows[0] as Row | undefined;

const receive = async (more: Partial<ReceivedComplaint> = {}): Promise<string> => {
  const { complaintNo } = await receiveComplaint(db.pool, {
    key: randomUUID(),
    channel: 'telephone',
    product: 'southbound',
    category: 'service',
    facts: '等候过久',
    complainant: { clientNo: 'C00000001' },
    by: 'service-3',
    role: 'service',
    ...more,
  });
  return complaintNo;
};
/** With whom it is, without its process. */
const handledBy = (no: string, handler = 'service-3', state = 'assigned') =>
  db.pool.query('update complaints set state = $2, handler = $3, handler_role = $4 where complaint_no = $1', [
    no,
    state,
    handler,
    handler.replace(/-.*/, ''),
  ]);
const step = (complaintNo: string, given: Omit<RecordedStep, 'complaintNo' | 'nth'>, nth = 1) =>
  recordComplaintStep(db)({ complaintNo, nth, by: { person: 'service-3', role: 'service' }, ...given });
const act = (complaintNo: string, by: string, role = by.replace(/-.*/, '')) => ({
  complaintNo,
  by,
  role,
  key: randomUUID(),
});
const formRefusals = async (
  kind: string,
  no: string,
  form: Record<string, unknown>,
  person = 'service-3',
  endedAs = 'closed',
  taskId = '0',
  subject: Pick<Partial<TaskRow>, 'subject_kind' | 'subject_id'> = {},
) => {
  const check = complaintForms[kind];
  if (check === undefined) throw new Error(`nothing is checked of ${kind}`);
  const task: Partial<TaskRow> = { workflow_id: `complaint:${no}`, task_id: taskId, facts: { endedAs }, ...subject };
  const refusals = await inTransaction(db.pool, (sql) =>
    check(sql, task as TaskRow, form, { person, role: 'service' }),
  );
  return refusals.map(({ code }) => code);
};
const auditOf = async (action: string, objectId: string) =>
  (
    await db.pool.query<Record<string, unknown>>(
      'select actor, role, on_behalf_of as of, after from audit where action = $1 and object_id = $2 order by seq',
      [action, objectId],
    )
  ).rows;
const followComplaintNow = (no: string) => inTransaction(db.pool, (sql) => followComplaint(sql, no));
const owed = (no: string, transfer = false, n = 15, receivedAt = NOW, level = 1) =>
  inTransaction(db.pool, (sql) =>
    givePromise(sql, {
      businessKey: `complaint-${transfer ? 'transfer-' : ''}answer:${no}:${level}`,
      workflowId: `complaint:${no}`,
      process: 'complaint',
      step: 'answer',
      subject: no,
      owner: { role: 'service' },
      branch: '1001',
      ladder: 'PROMISE',
      limit: { kind: 'BUSINESS_DAYS', n },
      receivedAt,
    }),
  );
/** All rungs that a promise has left ring, as missed. */
const ringAll = (businessKey: string) =>
  inTransaction(db.pool, async (sql) => {
    const owed = await lockDeadline(sql, businessKey);
    const { workflowId, ladder } = owed;
    const missed = {
      state: 'escalated',
      doneBy: 'southbound',
      workflowId,
      ladder,
      subject: businessKey,
      owed,
    } as const;
    const { rungs } = await climbedOf(sql, owed);
    await writeRungs(
      sql,
      rungs.map(({ condition: _, ...rung }) => ({ ...rung, ...missed })),
    );
  });
const later = (complaintNo: string, stage: LaterStage) => laterClock(db)({ complaintNo, stage });
const dueOf = async (no: string) => {
  const { rows } = await db.pool.query<{ due: string }>(
    `select to_char(due_at at time zone 'Asia/Shanghai', 'MM-DD') as due from deadlines where workflow_id = $1 order by business_key`,
    [`complaint:${no}`],
  );
  return rows.map(({ due }) => due);
};
const decide = (extensionId: string, state: SubjectEnd['state']) =>
  inTransaction(db.pool, async (sql) =>
    extensionSubject.end(
      sql,
      extensionId,
      { state, by: 'service-2', at: NOW },
      await extensionSubject.lock(sql, extensionId),
    ),
  );
const codesOf = async (...attempts: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(attempts)).map((end) =>
    end.status === 'fulfilled' ? 'done' : String((end.reason as { code?: string }).code ?? end.reason),
  );

it.each(COMPLAINT_CHANNELS)(
  'by %s: numbered on the day, acknowledged and its process asked for at once, its clocks from the receipt and not from the entry',
  async (channel) => {
    // Of Friday, entered on Monday; whoever passes one on had it on Thursday.
    const [receivedAt, at] = ['2025-06-20T02:00:00.000Z', '2025-06-19T02:00:00.000Z'];
    const isPassedOn = channel === 'regulator' || channel === 'exchange';
    const transfer = { number: randomUUID(), at };
    const given = { channel, receivedAt, ...(isPassedOn ? { transfer } : {}) };
    const no = await receive(given);
    expect(no).toMatch(/^T20250623-\d{6}$/);
    const { rows } = await db.pool.query(
      'select kind, template, recipient_ref as to from outbox where workflow_id = $1 order by message_id',
      [`complaint:${no}`],
    );
    expect(rows).toEqual([
      { kind: 'notice', template: 'COMPLAINT_RECEIVED', to: 'C00000001' },
      { kind: 'start', template: null, to: null },
    ]);
    const clocks = await complaintClocks(db)({ complaintNo: no });
    const stages = ['accept', 'answer'];
    expect(clocks.map(({ clock, stage, from }) => [clock, stage, from])).toEqual([
      ...stages.map((stage) => ['own', stage, receivedAt]),
      ...(isPassedOn ? stages.map((stage) => ['transfer', stage, at]) : []),
    ]);
    // A transfer says which one it is, and was there before it came here; nothing else is one.
    const incomplete = [
      receive({ channel, receivedAt, ...(isPassedOn ? {} : { transfer }) }),
      receive({ channel, receivedAt: at, transfer: { number: randomUUID(), at: receivedAt } }),
    ];
    expect(await codesOf(...incomplete)).toEqual(incomplete.map(() => 'TRANSFER_INCOMPLETE'));
  },
);

describe('links', () => {
  it.each(['link duplicate', 'join group'] as const)(
    '%s: of two that link each other at once one stays',
    async (kind) => {
      const [a, b] = [await receive(), await receive()];
      await db.pool.query(`update complaints set state = 'accepted' where complaint_no = any($1) and $2`, [
        [a, b],
        kind === 'join group',
      ]);
      const link = (own: string, other: string) =>
        step(own, kind === 'join group' ? { step: kind, groupOf: other } : { step: kind, duplicateOf: other });
      const codes = await codesOf(link(a, b), link(b, a));
      expect(codes.sort()).toEqual([kind === 'join group' ? 'GROUP_NOT_JOINABLE' : 'DUPLICATE_OF_NOTHING', 'done']);
    },
  );

  it('one that was reopened joins none that was decided at the first level, nor one of whoever handled it then', async () => {
    const [no, lead] = [await receive(), await receive()];
    const assigned = (person: string) => ({
      step: 'assign' as const,
      ...{ handler: { person, role: 'brokerage' }, detail: { handler: { person } } },
    });
    await step(no, assigned('brokerage-1'));
    await step(no, { step: 'reopen' });
    await step(lead, assigned('brokerage-2'));
    const joins = () => formRefusals('assign-complaint', no, { groupOf: lead });
    const first = await joins();
    await step(lead, { step: 'reopen' });
    const reopened = await joins();
    await step(lead, assigned('brokerage-1'), 2);
    expect([first, reopened, await joins()]).toEqual([['GROUP_NOT_JOINABLE'], [], ['HANDLED_BEFORE']]);
    expect(await codesOf(step(no, { step: 'join group', groupOf: lead }))).toEqual(['HANDLED_BEFORE']);
  });

  it('a link past the verbs is refused by the database', async () => {
    const [a, b, c] = [await receive(), await receive(), await receive()];
    await step(a, { step: 'link duplicate', duplicateOf: b });
    const past = `update complaints set duplicate_of = $2, state = 'duplicate', ended_at = business_now() where complaint_no = $1`;
    await expect(db.pool.query(past, [c, a])).rejects.toThrow(/is a duplicate of/);
  });

  it('what somebody else complains of is no duplicate: who is no client is known by the contact, else by the name', async () => {
    const refusals = async (one: ReceivedComplaint['complainant'], other: ReceivedComplaint['complainant']) => {
      const [own, duplicateOf] = [await receive({ complainant: one }), await receive({ complainant: other })];
      const codes = await formRefusals('register-complaint', own, { decision: 'duplicate', duplicateOf });
      expect(await codesOf(step(own, { step: 'link duplicate', duplicateOf }))).toEqual([codes[0] ?? 'done']);
      return codes;
    };
    const [name, contact] = ['张某', 'zhang@example.com'];
    const another = ['DUPLICATE_OF_ANOTHER'];
    expect(await refusals({ clientNo: 'C00000001' }, { clientNo: 'C00000002' })).toEqual(another);
    expect(await refusals({ name, contact }, { name, contact: 'li@example.com' })).toEqual(another);
    expect(await refusals({ name, contact }, { name, contact: ' Zhang@example.com' })).toEqual([]);
    expect(await refusals({ name }, { name: '李某' })).toEqual(another);
    expect(await refusals({ name, contact }, { clientNo: 'C00000001' })).toEqual(another);
    expect(await refusals({ name, contact: '-' }, { name: '李某', contact: '-' })).toEqual(another);
    expect(await refusals({ name, contact: '-' }, { name, contact })).toEqual([]);
  });

  it('whoever registers is told which open ones are alike, and whoever accepts: of the same client, and of who is none by the contact', async () => {
    const [name, contact, product] = ['赵某', 'Zhao@example.com', 'wealth'];
    const of = (complainant: ReceivedComplaint['complainant']) => receive({ product, complainant });
    const first = await of({ name, contact });
    const [again, another, nameless] = [
      await of({ name, contact: ' zhao@example.com' }),
      await of({ name, contact: 'qian@example.com' }),
      await of({ name }),
    ];
    const asClient = await of({ clientNo: 'C00000008', contact });
    const ofClient = await of({ clientNo: 'C00000008' });
    const [dash, otherDash] = [await of({ name, contact: '无' }), await of({ name: '钱某', contact: '无' })];
    const alike = async (no: string) => (await followComplaintNow(no)).alike;
    expect(
      await Promise.all([first, again, another, nameless, asClient, ofClient, dash, otherDash].map(alike)),
    ).toEqual([[], [first], [], [], [first, again], [asClient], [], []]);
    // Of a mail nobody has said what it is about, neither now nor when it is compared with a later one.
    const mail = await receive({
      channel: 'email',
      product: 'other',
      category: 'other',
      complainant: { name, contact },
    });
    expect(await alike(mail)).toEqual([first, again, asClient]);
    const fee = await receive({ product, category: 'fee', complainant: { name, contact } });
    expect(await alike(fee)).toEqual([mail]);
    // Whoever accepts it is told too, and links it there; after that they have been seen.
    await step(again, { step: 'register' });
    expect(await alike(again)).toEqual([first]);
    const linked = (duplicateOf: string) =>
      formRefusals('accept-complaint', again, { decision: 'duplicate', duplicateOf });
    expect([await linked(first), await linked(another)]).toEqual([[], ['DUPLICATE_OF_ANOTHER']]);
    await step(again, { step: 'accept' });
    expect(await alike(again)).toEqual([]);
  });

  it('a duplicate tells the complaint that it is linked to all it says: whom it is about, that it is urgent, and that more was said', async () => {
    const [first, again] = [await receive(), await receive()];
    await handledBy(first, 'brokerage-1');
    const before = await followComplaintNow(first);
    expect(before).toMatchObject({ isHandlerKeptOut: false, supplements: 0 });
    await step(again, {
      ...{ step: 'link duplicate', duplicateOf: first, against: 'brokerage-1' },
      known: { urgency: 'urgent' },
    });
    const { revision, ...after } = await followComplaintNow(first);
    expect(after).toMatchObject({ isHandlerKeptOut: true, supplements: 1 });
    const { rows } = await db.pool.query<{ what: string }>(
      `select coalesce(payload ->> 'signal', payload ->> 'type', template || ' ' || recipient_role) as what from outbox
        where message_id > (select max(message_id) from outbox where workflow_id = $2 and kind = 'start') and
              (message_key = $1 || ':' || $3 or workflow_id = 'head-office-' || $1 || ':urgent' or (workflow_id = $1 and kind = 'notice')) order by 1`,
      [`complaint:${first}`, `complaint:${again}`, revision],
    );
    // The handler works at it no more: the department hears.
    expect(rows.map(({ what }) => what)).toEqual([
      'COMPLAINT_MORE_SAID service',
      'COMPLAINT_TO_HEAD_OFFICE compliance',
      'complaintChanged',
      'headOfficeComplaint',
    ]);
    expect(revision).toBe(before.revision + 1);
  });

  it('what wakes the processes of a group, and that of a complaint, says by whose request it was', async () => {
    const [lead, member] = [await receive(), await receive()];
    await db.pool.query('update complaints set group_of = $1 where complaint_no = $2', [lead, member]);
    await onBehalfOfRequest('request-of-decision', async () => {
      await step(lead, { step: 'decide' });
      await supplementComplaint(db.pool, { ...act(lead, 'service-3'), text: 'more' });
    });
    const { rows } = await db.pool.query(
      `select workflow_id as woken, payload ->> 'requestId' as by from outbox
        where workflow_id = any($1) and payload ->> 'signal' = 'complaintChanged' order by message_id`,
      [[`complaint:${lead}`, `complaint:${member}`]],
    );
    expect(rows).toEqual([member, lead].map((no) => ({ woken: `complaint:${no}`, by: 'request-of-decision' })));
  });

  it('a transfer is no duplicate: its clock goes on', async () => {
    const transfer = { number: randomUUID(), at: NOW };
    const [own, passedOn] = [await receive(), await receive({ channel: 'regulator', transfer })];
    const form = { decision: 'duplicate', duplicateOf: own };
    expect(await formRefusals('register-complaint', passedOn, form)).toEqual(['TRANSFER_IS_NO_DUPLICATE']);
    expect(await formRefusals('register-complaint', own, { decision: 'duplicate', duplicateOf: passedOn })).toEqual([]);
    // Each counts its transfers by itself.
    const known = (channel: 'regulator' | 'exchange') => receive({ channel, transfer });
    expect(await codesOf(known('regulator'), known('exchange'))).toEqual(['TRANSFER_KNOWN', 'done']);
  });
});

describe('who is kept out', () => {
  const assign = (no: string, person: string, role: string, branch?: string) =>
    formRefusals('assign-complaint', no, { person, role, ...(branch === undefined ? {} : { branch }) });

  it('whom it turns out to be about is said at the registration or by an act, and a head who comes later is kept out too', async () => {
    const no = await receive({ channel: 'email' });
    expect(await assign(no, 'branch-1002', 'branch', '1002')).toEqual([]);
    expect(await formRefusals('register-complaint', no, { decision: 'complete', against: 'nobody' })).toEqual([
      'NOT_FOUND',
    ]);
    await step(no, { step: 'register', against: 'branch-1002' });
    expect(await assign(no, 'branch-1002', 'branch', '1002')).toEqual(['KEPT_OUT_OF_CASE']);
    const acted = await receive();
    await recuse(db.pool, {
      ...act(acted, 'service-3'),
      person: 'brokerage-1',
      cause: 'complained about',
      reason: 'x',
    });
    expect(await assign(acted, 'brokerage-1', 'brokerage')).toEqual(['KEPT_OUT_OF_CASE']);
    expect(await assign(acted, 'ops-client-1', 'operations')).toEqual([]);
    await db.pool.query(
      `insert into people (person, subject, department) values ('new-head', 'rehearsal|new-head', 'brokerage');
       insert into grants (person, role, mark, valid_from, requested_by, granted_by, approved_by)
       values ('new-head', 'brokerage', 'head', '2025-06-01', 'asker', 'granter', 'approver')`,
    );
    expect(await assign(acted, 'new-head', 'brokerage')).toEqual(['KEPT_OUT_OF_CASE']);
  });

  it('over a head of a branch is the region; a general manager handles no complaint about a head, and decides', async () => {
    const no = await receive({ against: 'branch-1001-head' });
    expect(await assign(no, 'region-1', 'region')).toEqual(['KEPT_OUT_OF_CASE']);
    const ofService = await receive({ against: 'service-2' });
    expect(await assign(ofService, 'general-manager', 'general_manager')).toEqual(['KEPT_OUT_OF_CASE']);
    expect(await judged(ofService, 'general-manager', 'general_manager')).toEqual([]);
    expect(await judged(no, 'region-1', 'region')).toEqual(['KEPT_OUT_OF_CASE']);
  });

  it('the head of service decides neither what is about the head nor what the head handles; whoever was head once is like anybody else', async () => {
    await db.pool.query(
      `insert into people (person, subject, department) values ('once-head', 'rehearsal|once-head', 'service');
       insert into grants (person, role, mark, valid_from, valid_to, requested_by, granted_by, approved_by)
       values ('once-head', 'service', 'head', '2025-01-01', '2025-06-23', 'asker', 'granter', 'approver')`,
    );
    const no = await receive();
    const concerned = async (complaintNo: string) => (await followComplaintNow(complaintNo)).isServiceConcerned;
    const handledByEach: boolean[] = [];
    for (const handler of ['service-3', 'service-2', 'once-head']) {
      await handledBy(no, handler);
      handledByEach.push(await concerned(no));
    }
    expect([...handledByEach, await concerned(await receive({ against: 'service-2' }))]).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  it('who complains as a client does no work of it with an account of the house', async () => {
    await db.pool.query(
      `insert into people (person, subject, department, natural_person) values ('as-client', 'rehearsal|as-client', 'client', 'service-3');
       insert into client_logins (person, client_no) values ('as-client', 'C00000007')`,
    );
    const no = await receive({ complainant: { clientNo: 'C00000007' }, by: 'service-1' });
    expect(await assign(no, 'service-3', 'service')).toEqual(['KEPT_OUT_OF_CASE']);
    expect(await judged(no, 'service-3', 'service')).toEqual(['KEPT_OUT_OF_CASE']);
    expect(await codesOf(supplementComplaint(db.pool, { ...act(no, 'as-client', 'client'), text: 'x' }))).toEqual([
      'done',
    ]);
    // Nor holds any, where that is found out later.
    const found = await receive({ complainant: { name: '未知', contact: '13900000071' } });
    const held = { workflowId: `complaint:${found}`, holder: 'service-3', businessKey: `own:${found}`, kind: 'x' };
    const asked = { role: 'service', form: { type: 'object' }, formVersion: 1, facts: {}, revision: 1 };
    await openTask(db)({ ...held, ...asked, titleZh: '事项', titleEn: 'work' });
    await nameComplainant(db.pool, { ...act(found, 'service-1'), clientNo: 'C00000007' });
    expect(await one(`select state from tasks where business_key = $1`, held.businessKey)).toEqual({ state: 'open' });
  });

  it('the handler of the first level proposes nothing after the reopening, whatever task is held, nor whoever is barred from handling', async () => {
    const no = await receive();
    const outcome = { finding: 'not upheld', amount: '0.00' };
    const refused = async (complaintNo: string, person: string) =>
      (await formRefusals('propose-complaint-outcome', complaintNo, outcome, person)).filter(
        (code) => code !== 'TEXT_MISSING',
      );
    const assigned = (person: string, nth: number) =>
      step(no, { step: 'assign', handler: { person, role: 'brokerage' }, detail: { handler: { person } } }, nth);
    await assigned('brokerage-1', 1);
    // Proposed by a deputy of the handler.
    await draftProposal(db)({
      ...{ complaintNo: no, nth: 1, finding: 'not upheld', amountFen: '0' },
      by: { person: 'ops-client-1', role: 'operations' },
    });
    expect(await refused(no, 'ops-client-1')).toEqual([]);
    await step(no, { step: 'reopen' });
    await assigned('brokerage-2', 2);
    expect(await refused(no, 'brokerage-1')).toEqual(['HANDLED_BEFORE']);
    expect(await refused(no, 'ops-client-1')).toEqual(['HANDLED_BEFORE']);
    expect(await refused(no, 'brokerage-2')).toEqual([]);
    const ofHead = await receive({ against: 'service-2' });
    expect(await refused(ofHead, 'general-manager')).toEqual(['KEPT_OUT_OF_CASE']);
  });

  it('what was proposed by whoever turns out to be concerned is approved by nobody', async () => {
    const no = await receive();
    await handledBy(no, 'brokerage-1');
    await draftProposal(db)({
      ...{ complaintNo: no, nth: 1, finding: 'upheld', amountFen: '0' },
      by: { person: 'brokerage-2', role: 'brokerage' },
    });
    const decided = (decision: string) => formRefusals('approve-complaint-proposal', no, { decision }, 'service-2');
    expect(await decided('approve')).toEqual([]);
    await recuse(db.pool, { ...act(no, 'service-3'), person: 'brokerage-2', cause: 'complained about', reason: 'x' });
    expect([await decided('approve'), await decided('refuse')]).toEqual([['PROPOSER_KEPT_OUT'], []]);
    expect(await followComplaintNow(no)).toMatchObject({ isHandlerKeptOut: true });
    // Nor the account that such a person asked for; one that somebody else asked for is.
    const corrections = await db.pool.query<{ id: string; proposal: string; by: string }>(
      `with paid as (
         insert into complaint_proposals (complaint_no, nth, level, finding, amount_fen, payee, made_by, state, approved_by, approved_at)
         select $1, nth, 1, 'upheld', 100, 'first', 'brokerage-1', 'approved', 'service-2', business_now() from generate_series(2, 3) nth returning *)
       insert into payee_corrections (proposal_id, nth, payee, reason, asked_by)
       select proposal_id, 1, 'second', 'x', 'brokerage-' || 4 - nth from paid
       returning correction_id::text as id, proposal_id::text as proposal, asked_by as by`,
      [no],
    );
    const codes = corrections.rows.map(async ({ id, proposal, by }) => {
      const asked = await readPayeeCorrection(db)({ proposalId: proposal });
      const subject = { subject_kind: 'payee correction', subject_id: id } as const;
      const approve = { decision: 'approve' };
      const refused = await formRefusals(
        'approve-complaint-proposal',
        no,
        approve,
        'service-2',
        'closed',
        '0',
        subject,
      );
      return [by, asked?.isAskerKeptOut, ...refused];
    });
    expect(await Promise.all(codes)).toEqual([
      ['brokerage-2', true, 'PROPOSER_KEPT_OUT'],
      ['brokerage-1', false],
    ]);
  });

  it('whoever is appraised neither proposes nor approves what it ends in, by no account, nor past the verbs', async () => {
    const { appraisal } = await askAppraisal(db.pool, {
      ...{ firstDay: '2025-05-01', lastDay: '2025-05-31', subjectKind: 'person', subject: 'compliance-1' },
      ...{ by: 'service-2', role: 'service' },
    });
    const { workflowId } = appraisal;
    expect(await judged('', 'compliance-1', 'compliance', workflowId)).toEqual(['KEPT_OUT_OF_CASE']);
    expect(await judged('', 'compliance-2', 'compliance', workflowId)).toEqual([]);
    const task = await one<{ id: string }>(
      `insert into tasks (business_key, workflow_id, kind, title_id, role, form_id, form_version, facts, revision, state, made_by)
       values ('own', $1, 'approve-appraisal', task_title('x', 'x'), 'compliance', task_form('{}'), 1, '{}', 1, 'open', 'service-2') returning task_id::text as id`,
      workflowId,
    );
    const approve = (checker: string) =>
      db.pool.query(
        `insert into approvals (task_id, first_task, revision, maker, checker, decision, reason, decided_at)
         values ($1, $1, 1, 'service-2', $2, 'approved', 'x', business_now())`,
        [task?.id, checker],
      );
    await expect(approve('compliance-1')).rejects.toMatchObject({ constraint: 'checker_is_not_kept_out' });
    await expect(approve('compliance-2')).resolves.toMatchObject({ rowCount: 1 });
    // What is proposed leaves its trace once, however often it is drafted.
    const { appraisalId } = appraisal;
    const by = { by: 'service-2', role: 'service', onBehalfOf: 'service-1' };
    for (let time = 1; time <= 2; time += 1)
      await proposeAppraisal(db)({ appraisalId, revision: 1, outcome: 'none', ...by });
    expect(await auditOf('propose appraisal', appraisalId)).toEqual([
      {
        actor: 'service-2',
        role: 'service',
        of: 'service-1',
        after: expect.objectContaining({ outcome: 'none' }) as unknown,
      },
    ]);
  });

  it('an appraisal is proposed and approved by others than the department or the head that it is about, whoever is head by then', async () => {
    const ask = async (subjectKind: 'person' | 'department', subject: string) => {
      const { appraisal } = await askAppraisal(db.pool, {
        ...{ firstDay: '2025-04-01', lastDay: '2025-04-30', subjectKind, subject, by: 'audit-1', role: 'audit' },
      });
      return appraisal;
    };
    const proposerOf = async (appraisalId: string, isLate = false) => {
      const { role, mark } = await readProposer(db)({ appraisalId, isLate });
      return mark === undefined ? role : `${role} ${mark}`;
    };
    const approverOf = async (appraisalId: string, by: string, onBehalfOf?: string) =>
      (await readApprover(db)({ appraisalId, by, ...(onBehalfOf === undefined ? {} : { onBehalfOf }) })).role;
    const found: Record<string, unknown> = {};
    for (const [kind, subject] of [
      ['person', 'service-1'],
      ['person', 'service-2'],
      ['person', 'compliance-1'],
      ['person', 'compliance-2'],
      ['department', 'branch:1001'],
      ['department', 'service:1001'],
      ['department', 'compliance'],
    ] as const) {
      const { appraisalId } = await ask(kind, subject);
      const whom = [await proposerOf(appraisalId), await proposerOf(appraisalId, true)];
      found[subject] = [...whom, await approverOf(appraisalId, 'service-3')];
    }
    // Who proposes, who does when it is late, and who approves.
    expect(found).toEqual({
      'service-1': ['service head', 'compliance', 'compliance'],
      'service-2': ['compliance', 'general_manager', 'compliance'],
      'compliance-1': ['service head', 'compliance', 'compliance'],
      'compliance-2': ['service head', 'service', 'general_manager'],
      'branch:1001': ['service head', 'compliance', 'compliance'],
      'service:1001': ['compliance', 'general_manager', 'compliance'],
      compliance: ['service head', 'service', 'general_manager'],
    });
    // Of three people of compliance one is appraised and two have proposed: nobody there is left to approve.
    const { appraisalId: ofCompliance } = await ask('person', 'compliance-1');
    expect(await approverOf(ofCompliance, 'compliance-2')).toBe('compliance');
    expect(await approverOf(ofCompliance, 'compliance-2', 'compliance-3')).toBe('general_manager');
    // Neither the head nor a deputy of the head proposes by a delegation.
    const { workflowId: ofHead } = await ask('person', 'service-2');
    const refusals = ['DELEGATION_NOT_IN_FORCE', 'KEPT_OUT_OF_CASE'];
    expect((await judged('', 'service-2', 'compliance', ofHead, 'compliance-1')).sort()).toEqual(refusals);
    expect((await judged('', 'service-1', 'service', ofHead, 'service-2')).sort()).toEqual(refusals);
    const { appraisalId } = await ask('person', 'service-1');
    await db.pool.query(
      `insert into grants (person, role, branch, mark, valid_from, requested_by, granted_by, approved_by)
       values ('service-1', 'service', '1001', 'head', '2025-06-01', 'a', 'b', 'c')`,
    );
    expect(await proposerOf(appraisalId)).toBe('compliance');
    await db.pool.query(`update grants set valid_to = '2025-06-02' where person = 'service-1' and mark = 'head'`);
    expect(await proposerOf(appraisalId)).toBe('service head');
  });

  const judged = async (
    no: string,
    person: string,
    role: string,
    workflow = `complaint:${no}`,
    onBehalfOf?: string,
  ) => {
    const refusals = await refusalsOfActor(
      db.pool,
      { person, onBehalfOf },
      {
        task_id: '0',
        workflow_id: workflow,
        kind: 'any',
        role,
        mark: null,
        side: null,
        branch: null,
        made_by: null,
        made_for: null,
        first_task: null,
        amount_fen: null,
      },
    );
    return refusals.map(({ code }) => code);
  };

  it('whoever it is about does nothing past the tasks either', async () => {
    const no = await receive({ against: 'service-1' });
    const own = () => act(no, 'service-1');
    const acts = [
      supplementComplaint(db.pool, { ...own(), text: 'x' }),
      nameSubject(db.pool, { ...own(), workflowId: `complaint:${no}` }),
      recuse(db.pool, { ...own(), person: 'service-3', reason: 'x' }),
      takeBackNaming(db.pool, { ...own(), person: 'service-1', reason: 'x' }),
    ];
    expect(await codesOf(...acts)).toEqual(acts.map(() => 'KEPT_OUT_OF_CASE'));
    // Stepping back oneself is always allowed.
    expect(await codesOf(recuse(db.pool, { ...own(), person: 'service-1', reason: 'x' }))).toEqual(['done']);
  });

  it('a handler who is kept out meanwhile asks for nothing; once it is decided nobody is named any more, and with one that has ended nothing is done', async () => {
    const no = await receive();
    await owed(no);
    await handledBy(no, 'brokerage-1');
    await proposing(no);
    await recuse(db.pool, { ...act(no, 'brokerage-1'), person: 'brokerage-1', reason: 'x' });
    const asked = () => [
      askDepartment(db.pool, { ...act(no, 'brokerage-1'), department: 'operations', question: 'x' }),
      askMoreTime(db.pool, { ...act(no, 'brokerage-1'), furtherN: 2, reason: '证人不在' }),
    ];
    expect(await codesOf(...asked())).toEqual(['KEPT_OUT_OF_CASE', 'KEPT_OUT_OF_CASE']);
    await handledBy(no, 'brokerage-2', 'decided');
    const out = (by: string, person: string, cause: 'complained about' | 'recused') =>
      recuse(db.pool, { ...act(no, by), person, cause, reason: 'x' });
    expect(
      await codesOf(
        out('service-3', 'ops-client-2', 'complained about'),
        out('compliance-1', 'ops-client-2', 'recused'),
      ),
    ).toEqual(['COMPLAINT_DECIDED', 'done']);
    await step(no, { step: 'refuse' });
    const done = [
      ...asked(),
      supplementComplaint(db.pool, { ...act(no, 'service-3'), text: 'x' }),
      nameSubject(db.pool, { ...act(no, 'service-3'), workflowId: `complaint:${no}` }),
      nameComplainant(db.pool, { ...act(no, 'compliance-1'), clientNo: 'C00000001' }),
    ];
    expect(await codesOf(...done)).toEqual(done.map(() => 'COMPLAINT_ENDED'));
  });

  it('after the end too somebody takes no part any more in what is left: corrective actions, the payment, the inspection', async () => {
    const no = await receive();
    await handledBy(no, 'brokerage-1');
    await step(no, { step: 'close' });
    const inspection = `inspection:complaints:${no}`;
    await db.pool.query(
      `with sample as (insert into samples (sample_no, kind, period, workflow_id, seed, asked_by, asked_role)
                       values ('complaints:2025-05', 'complaints', '2025-05', 'sample:complaints', 's', 'audit-1', 'audit') on conflict do nothing)
       select`,
    );
    await db.pool.query(
      `insert into inspections (sample_no, kind, subject, workflow_id, checklist) values ('complaints:2025-05', 'complaints', $1, $2, '{}')`,
      [no, inspection],
    );
    const of = { titleZh: '事项', titleEn: 'work', form: { type: 'object' }, formVersion: 1, facts: {}, revision: 1 };
    const left = [
      { kind: 'do-corrective-action', role: 'service', holder: 'service-3' },
      { kind: 'make-compensation-order', role: 'finance', holder: 'fin-prop-1' },
      { kind: 'inspect-complaint', role: 'audit', holder: 'audit-1', workflowId: inspection },
    ];
    const workflowId = `complaint:${no}`;
    for (const work of left) await openTask(db)({ ...of, workflowId, ...work, businessKey: `left:${no}:${work.kind}` });
    const held = async () => {
      const { rows } = await db.pool.query<{ kind: string; holder: string | null }>(
        'select kind, claimed_by as holder from tasks where workflow_id = any($1) order by task_id',
        [[workflowId, inspection]],
      );
      return rows.map(({ kind, holder }) => [kind, holder]);
    };
    expect(await held()).toEqual(left.map(({ kind, holder }) => [kind, holder]));
    const before = await one<{ ended: string; revision: number }>(
      'select ended_at as ended, revision from complaints where complaint_no = $1',
      no,
    );
    await clockTo('2025-06-24T02:00:00.000Z');
    const out = (by: string, person: string) =>
      recuse(db.pool, { ...act(no, by), person, cause: 'recused', reason: '亲属 a relative' });
    // Of oneself, and of another by compliance.
    expect(
      await codesOf(out('service-3', 'service-3'), out('compliance-1', 'fin-prop-1'), out('compliance-1', 'audit-1')),
    ).toEqual(['done', 'done', 'done']);
    expect(await held()).toEqual(left.map(({ kind }) => [kind, null]));
    expect(await judged(no, 'service-3', 'service')).toEqual(['KEPT_OUT_OF_CASE']);
    expect(await judged(no, 'audit-1', 'audit', inspection)).toEqual(['KEPT_OUT_OF_CASE']);
    expect(await codesOf(out('fin-prop-1', 'service-2'))).toEqual(['KEPT_OUT_OF_CASE']);
    // It stays ended as it ended; its process, where it still runs, looks who is left to decide.
    expect(await one('select state, ended_at as ended, revision from complaints where complaint_no = $1', no)).toEqual({
      state: 'closed',
      ended: before?.ended,
      revision: (before?.revision ?? 0) + 3,
    });
  });

  it('the clock of a complaint is stopped by who may work at it, whatever task has the number of the promise', async () => {
    const [no, other] = [await receive({ against: 'service-1' }), await receive()];
    // Promises are numbered past all tasks that there are, or come.
    await db.pool.query(
      `select nextval(pg_get_serial_sequence('deadlines', 'deadline_id')) from generate_series(1, 1000)`,
    );
    await owed(no);
    await owed(other);
    const stop = (complaintNo: string) =>
      stopClock(db)({
        businessKey: `complaint-answer:${complaintNo}:1`,
        reason: 'x',
        by: 'service-1',
        judgedAs: 'stop-deadline-clock',
      });
    // A task of the one with the number of the promise of the other.
    await db.pool.query(
      `insert into tasks (task_id, workflow_id, business_key, kind, title_id, role, form_id, form_version, facts, revision, state)
       overriding system value
       select deadline_id, $1, 'planted', 'any', task_title('x', 'x'), 'service', task_form('{}'), 1, '{}', 1, 'open' from deadlines where workflow_id = $2`,
      [`complaint:${no}`, `complaint:${other}`],
    );
    expect(await codesOf(stop(no), stop(other))).toEqual(['KEPT_OUT_OF_CASE', 'done']);
  });

  it('that mediation settled it is recorded in words, by nobody who handled, proposed, approved or answered it', async () => {
    const no = await receive();
    await handledBy(no, 'brokerage-1');
    await draftProposal(db)({
      ...{ complaintNo: no, nth: 1, finding: 'not upheld', amountFen: '0' },
      by: { person: 'brokerage-2', role: 'brokerage' },
    });
    const planted = async (kind: string, state: string, outcome: object | null) =>
      (
        await one<{ id: string }>(
          `insert into tasks (workflow_id, business_key, kind, title_id, role, form_id, form_version, facts, revision, state, outcome, made_by)
           values ($1, $1 || $2, $2, task_title('x', 'x'), 'service', task_form('{}'), 1, '{}', 1, $3, $4, 'brokerage-1') returning task_id::text as id`,
          ...[`complaint:${no}`, kind, state, outcome],
        )
      )?.id ?? '';
    const decided = await planted('approve-complaint-proposal', 'open', null);
    await db.pool.query(
      `insert into approvals (task_id, first_task, revision, maker, checker, decision, reason, decided_at)
       values ($1, $1, 1, 'brokerage-1', 'service-2', 'approved', 'x', business_now())`,
      [decided],
    );
    await planted('answer-complaint', 'done', { by: { person: 'service-1' }, form: {} });
    const offer = await planted('offer-mediation', 'open', null);
    const settled = (person: string, mediation = 'settled') =>
      formRefusals('offer-mediation', no, { mediation }, person, 'closed', offer);
    for (const hand of ['brokerage-1', 'brokerage-2', 'service-2', 'service-1'])
      expect([hand, ...(await settled(hand))]).toEqual([hand, 'SETTLES_OWN_ANSWER', 'TEXT_MISSING']);
    // Without a settlement it goes a level higher all the same.
    expect([await settled('service-1', 'failed'), await settled('service-3')]).toEqual([[], ['TEXT_MISSING']]);
    await db.pool.query(
      `insert into complaint_texts (complaint_no, kind, task_id, text, written_by) values ($1, 'task', $2, 'x', 'service-3')`,
      [no, offer],
    );
    expect(await settled('service-3')).toEqual([]);
  });

  it('whoever was named as handler approves nothing, for nobody and by no account, nor past the verbs, and whoever approved takes nothing over', async () => {
    const no = await receive();
    const assigned = (act: 'assign' | 'hand over', person: string) =>
      db.pool.query(
        `with named as (update complaints set state = 'assigned', handler = $3, handler_role = 'compliance' where complaint_no = $1)
         insert into complaint_steps (complaint_no, act, detail, by) values ($1, $2, jsonb_build_object('handler', jsonb_build_object('person', $3::text)), 'service-1')`,
        [no, act, person],
      );
    await assigned('assign', 'compliance-1');
    // Proposed by a substitute of the handler, whom the proposal does not name.
    const { proposalId } = await draftProposal(db)({
      ...{ complaintNo: no, nth: 1, finding: 'upheld', amountFen: '0' },
      by: { person: 'compliance-2', role: 'compliance' },
    });
    const decided = (person: string) => formRefusals('approve-complaint-proposal', no, { decision: 'approve' }, person);
    const task = await one<{ id: string }>(
      `insert into tasks (business_key, workflow_id, kind, title_id, role, form_id, form_version, facts, revision, state, made_by, subject_kind, subject_id)
       values ('own case', $1, 'approve-complaint-proposal', task_title('x', 'x'), 'compliance', task_form('{}'), 1, '{}', 1, 'open', 'compliance-2', 'complaint proposal', $2)
       returning task_id::text as id`,
      `complaint:${no}`,
      proposalId,
    );
    // Where it is paid is part of it.
    const account = await one<{ id: string }>(
      `with asked as (
         insert into payee_corrections (proposal_id, nth, payee, reason, asked_by) values ($2, 1, 'second', 'x', 'compliance-2') returning *)
       insert into tasks (business_key, workflow_id, kind, title_id, role, form_id, form_version, facts, revision, state, made_by, subject_kind, subject_id)
       select 'own account', $1, 'approve-complaint-proposal', task_title('x', 'x'), 'compliance', task_form('{}'), 1, '{}', 1, 'open', 'compliance-2',
              'payee correction', correction_id::text from asked returning task_id::text as id`,
      `complaint:${no}`,
      proposalId,
    );
    const approve = (checker: string, checkerFor: string | null = null, of = task) =>
      db.pool.query(
        `insert into approvals (task_id, first_task, revision, maker, checker, checker_for, decision, reason, decided_at)
         values ($1, $1, 1, 'compliance-2', $2, $3, 'approved', 'x', business_now())`,
        [of?.id, checker, checkerFor],
      );
    expect([await decided('compliance-1'), await decided('audit-1')]).toEqual([['HANDLES_AND_APPROVES'], []]);
    // Handed over while others decide: neither the one nor the other.
    await assigned('hand over', 'service-2');
    expect([await decided('compliance-1'), await decided('service-2')]).toEqual([
      ['HANDLES_AND_APPROVES'],
      ['HANDLES_AND_APPROVES'],
    ]);
    const past = { constraint: 'handler_is_no_checker' };
    await expect(approve('compliance-1')).rejects.toMatchObject(past);
    await expect(approve('audit-1', 'service-2')).rejects.toMatchObject(past);
    await expect(approve('compliance-1', null, account)).rejects.toMatchObject(past);
    await expect(approve('audit-1', 'service-2', account)).rejects.toMatchObject(past);
    // By a delegate: it counts for both.
    await approve('audit-1', 'compliance-3');
    await approve('supervisor-1', 'general-manager', account);
    const over = (person: string) =>
      handOver(db.pool, { ...act(no, 'compliance-2'), person, reason: '承办人休假', requestId: 'r' });
    expect(await codesOf(over('compliance-3'), over('general-manager'))).toEqual([
      'HANDLES_AND_APPROVES',
      'HANDLES_AND_APPROVES',
    ]);
    const { callbackNo } = await askComplaintCallback(db)({ complaintNo: no, level: 1 });
    const hand = `select from callback_hands where callback_no = $1 and person = 'audit-1'`;
    expect(await one(hand, callbackNo)).toBeDefined();
    // Nor is it handled a level higher by either of them.
    await step(no, { step: 'reopen' });
    const assigns = (person: string) => formRefusals('assign-complaint', no, { person, role: person.slice(0, -2) });
    const hands = ['compliance-3', 'audit-1', 'supervisor-1'];
    expect(await Promise.all(hands.map(assigns))).toEqual(hands.map(() => ['HANDLED_BEFORE']));
  });

  it('a head of service of former times concerns nobody: the head of today approves', async () => {
    const no = await receive();
    await handledBy(no, 'service-9');
    await db.pool.query(
      `insert into people (person, subject, department) values ('service-9', 'rehearsal|service-9', 'service');
       insert into grants (person, role, mark, valid_from, valid_to, requested_by, granted_by, approved_by)
       values ('service-9', 'service', 'head', '2025-01-01', '2025-06-01', 'asker', 'granter', 'approver')`,
    );
    expect(await followComplaintNow(no)).toMatchObject({ isServiceConcerned: false });
  });

  it('where nobody of compliance is left who may decide, the general manager does, takes it up, and gives more time', async () => {
    const no = await receive({ against: 'compliance-1', urgency: 'urgent' });
    const ofHead = await receive({ against: 'compliance-2' });
    const concerned = async (complaintNo: string) => (await followComplaintNow(complaintNo)).isComplianceConcerned;
    // Head and deputy are over whoever has no mark; nobody of compliance is over the head.
    expect([await concerned(no), await concerned(ofHead)]).toEqual([true, false]);
    await handledBy(ofHead, 'compliance-1');
    expect(await concerned(ofHead)).toBe(false);
    await recuse(db.pool, { ...act(ofHead, 'compliance-3'), person: 'compliance-3', reason: 'x' });
    expect(await concerned(ofHead)).toBe(true);
    const takenUp = async (complaintNo: string) =>
      (await readForHeadOffice(db)({ complaintNo, cause: 'urgent', since: NOW })).takenUpBy;
    // Whoever handles it may take it up all the same.
    expect([await takenUp(no), await takenUp(ofHead)]).toEqual(['general_manager', 'compliance']);
    // So with whatever else compliance is asked for its sake: to have the calendar grow, say.
    const asked = async (complaintNo: string) => {
      const { taskId, asks } = await openTask(db)({
        ...{ workflowId: `complaint:${complaintNo}`, businessKey: `calendar:${complaintNo}`, kind: 'extend-calendar' },
        ...{ titleZh: '日历已尽', titleEn: 'the calendar ends', role: 'compliance', mark: 'head' },
        ...{ form: { type: 'object' }, formVersion: 1, facts: {}, revision: 1 },
      });
      return [asks, await one('select role, mark from tasks where task_id = $1', taskId)];
    };
    const above = { role: 'general_manager' };
    expect([await asked(no), await asked(await receive())]).toEqual([
      [above, { ...above, mark: null }],
      [undefined, { role: 'compliance', mark: 'head' }],
    ]);
    expect(
      await one(
        `select recipient_role as told from outbox where workflow_id = $1 and template = $2`,
        `complaint:${no}`,
        'COMPLAINT_TO_HEAD_OFFICE',
      ),
    ).toEqual({ told: 'general_manager' });
    await owed(no);
    await handledBy(no, 'service-2');
    const { extensionId } = await askMoreTime(db.pool, { ...act(no, 'service-2'), furtherN: 2, reason: '证人不在' });
    expect(await readExtension(db)({ extensionId })).toMatchObject({ role: 'service', risk: 'compliance concerned' });
    // Nor is anybody of compliance left where the last one there owes what another one asks more time for.
    await owed(ofHead);
    await handledBy(ofHead, 'service-2');
    const last = await askMoreTime(db.pool, { ...act(ofHead, 'service-2'), furtherN: 2, reason: '证人不在' });
    expect(await readExtension(db)(last)).toMatchObject({ risk: 'head' });
    await db.pool.query(`update deadlines set owner_person = 'compliance-1' where subject = $1`, [ofHead]);
    expect(await readExtension(db)(last)).toMatchObject({ risk: 'compliance concerned' });
    expect(await judged(no, 'general-manager', 'general_manager')).toEqual([]);
    expect(await formRefusals('approve-complaint-proposal', no, { decision: 'approve' }, 'general-manager')).toEqual(
      [],
    );
  });

  it('the head who is complained about gives the case no more time: compliance is asked', async () => {
    const no = await receive({ against: 'service-2' });
    await owed(no);
    await handledBy(no);
    const { extensionId } = await askMoreTime(db.pool, { ...act(no, 'service-3'), furtherN: 2, reason: '证人不在' });
    expect(await readExtension(db)({ extensionId })).toMatchObject({ role: 'service', risk: 'head' });
    expect(await judged(no, 'service-2', 'service', `deadline-extension:${extensionId}`)).toEqual(['KEPT_OUT_OF_CASE']);
  });

  it('a head who is kept out is warned of nothing: compliance is, or above it who is left, of what is due and of who was not reached', async () => {
    const [ofHead, other] = [await receive({ against: 'service-2' }), await receive()];
    const ofCompliance = await receive({ against: 'compliance-1' });
    for (const no of [ofHead, other, ofCompliance]) {
      await owed(no);
      await ringAll(`complaint-answer:${no}:1`);
      const { callbackNo } = await askComplaintCallback(db)({ complaintNo: no, level: 1 });
      await inTransaction(db.pool, async (sql) =>
        moveCallback(sql, await lockCallback(sql, callbackNo), { state: 'escalated', by: 'service-3' }),
      );
    }
    const warned = async (no: string) => {
      const { rows } = await db.pool.query<{ told: string }>(
        `select template || ' ' || concat_ws(' ', recipient_role, recipient_mark) as told from outbox
          where kind = 'notice' and template in ('RUNG', 'CALLBACK_UNREACHABLE') and process_behind(case_key) = $1 order by message_id`,
        [`complaint:${no}`],
      );
      return rows.map(({ told }) => told);
    };
    const [half, due] = [['RUNG service'], ['RUNG service', 'RUNG compliance']];
    const unreachable = ['CALLBACK_UNREACHABLE service head', 'CALLBACK_UNREACHABLE compliance'];
    expect([await warned(ofHead), await warned(other), await warned(ofCompliance)]).toEqual([
      [...half, 'RUNG compliance', ...due, 'CALLBACK_UNREACHABLE compliance'],
      [...half, 'RUNG service head', ...due, ...unreachable],
      [...half, 'RUNG service head', ...due, ...unreachable].map((told) =>
        told.replace('compliance', 'general_manager'),
      ),
    ]);
    // Of what goes to all of a role nothing goes to those of them who are kept out.
    const told = { recipient_role: 'service', recipient_mark: null, recipient_ref: null, side: null, branch: null };
    const mailed = (no: string) =>
      addressesOf(db.pool, { ...told, purpose: null, case_key: `complaint:${no}` } as never, 'email');
    const own = await one<{ address: string }>(
      `select address from contact_addresses where recipient_ref = 'person:service-2' and kind = 'email'`,
    );
    const all = await mailed(other);
    expect(all).toContain(own?.address);
    expect(await mailed(ofHead)).toEqual(all.filter((address) => address !== own?.address));
  });

  it('whoever turns out to be concerned holds nothing of it any more, nor of what is asked for its sake; who gives it more time is looked up again', async () => {
    const [no, other] = [await receive(), await receive()];
    await owed(no);
    await handledBy(no, 'brokerage-1');
    const { extensionId } = await askMoreTime(db.pool, { ...act(no, 'brokerage-1'), furtherN: 2, reason: '证人不在' });
    const extension = `deadline-extension:${extensionId}`;
    const holders = {
      [`complaint:${no}`]: ['service-1', 'service-3', 'brokerage-2'],
      [`head-office-complaint:${no}:urgent`]: ['service-1'],
      [extension]: ['service-2'],
      [`complaint:${other}`]: ['service-1'],
    };
    for (const [workflowId, persons] of Object.entries(holders))
      for (const holder of persons)
        await openTask(db)({
          ...{
            workflowId,
            holder,
            businessKey: `held:${workflowId}:${holder}`,
            kind: 'x',
            titleZh: '事项',
            titleEn: 'work',
          },
          ...{ role: 'service', form: { type: 'object' }, formVersion: 1, facts: {}, revision: 1 },
        });
    const held = async () => {
      const { rows } = await db.pool.query<{ line: string }>(
        `select split_part(business_key, ':', 2) || ' ' || claimed_by as line from tasks
          where business_key like 'held:%' and state = 'claimed' and workflow_id <> $1 order by task_id`,
        [`complaint:${other}`],
      );
      return rows.map(({ line }) => line);
    };
    const told = async () => (await one<{ n: number }>(TOLD, extension))?.n;
    const TOLD = `select count(*)::int as n from outbox where workflow_id = $1 and kind = 'signal'`;
    expect(await told()).toBe(0);
    // The head is over whom it is about, and would give more time.
    const named = { person: 'service-1', reason: 'x' };
    await recuse(db.pool, { ...act(no, 'service-3'), ...named, cause: 'complained about' });
    expect(await held()).toEqual(['complaint service-3', 'complaint brokerage-2']);
    const duplicate = await receive({ against: 'brokerage-2' });
    await step(duplicate, { step: 'link duplicate', duplicateOf: no });
    expect(await held()).toEqual(['complaint service-3']);
    await takeBackNaming(db.pool, { ...act(no, 'compliance-1'), ...named });
    expect(await told()).toBe(3);
    const { rows: released } = await db.pool.query(
      `select e.actor as by, count(*)::int as n from task_events e join tasks using (task_id)
        where e.kind = 'released' and business_key like 'held:%' group by 1`,
    );
    expect(released).toEqual([{ by: 'service-3', n: 4 }]);
    expect(await one(`select claimed_by as holder from tasks where workflow_id = $1`, `complaint:${other}`)).toEqual({
      holder: 'service-1',
    });
    // Whoever owes it is another one now.
    await step(no, { step: 'assign', handler: { person: 'ops-client-1', role: 'operations' } });
    expect(await told()).toBe(4);
  });

  it('whoever it is about in the head office does not take it up there either', async () => {
    const no = await receive({ against: 'compliance-2', urgency: 'urgent' });
    const takingUp = `head-office-complaint:${no}:urgent`;
    expect(await judged(no, 'compliance-2', 'compliance', takingUp)).toEqual(['KEPT_OUT_OF_CASE']);
    expect(await judged(no, 'compliance-1', 'compliance', takingUp)).toEqual([]);
    expect(await one('select type from processes where workflow_id = $1', takingUp)).toEqual({
      type: 'headOfficeComplaint',
    });
  });
});

it('many people of one cause are followed as long as one of them waits, however early the first one ended, each and by all handlers', async () => {
  const [lead, member, last] = [await receive(), await receive(), await receive()];
  await db.pool.query('update complaints set group_of = $1 where complaint_no = any($2)', [lead, [member, last]]);
  for (const one of [lead, member]) await handledBy(one);
  await db.pool.query(`update complaints set state = 'assigned' where complaint_no = $1`, [last]);
  const process = (cause: string) => `head-office-complaint:${lead}:${cause}`;
  for (const cause of ['urgent', 'collective'])
    await db.pool.query(
      `insert into processes (workflow_id, type, business_key) values ($1, 'headOfficeComplaint', $1)`,
      [process(cause)],
    );
  const told = async () => {
    const { rows } = await db.pool.query<{ to: string }>(
      `select workflow_id as to from outbox where payload ->> 'signal' = 'followedComplaintEnded' and workflow_id like $1 order by 1`,
      [process('%')],
    );
    return rows.map(({ to }) => to);
  };
  const hasEnded = async (cause: 'urgent' | 'collective') =>
    (await readForHeadOffice(db)({ complaintNo: lead, cause, since: NOW })).hasEnded;
  const taking = (cause: string) =>
    inTransaction(db.pool, async (sql) =>
      (
        await refusalsOfForm(
          sql,
          { workflow_id: process(cause), kind: 'take-up-complaint' } as TaskRow,
          {},
          { person: 'compliance-1', role: 'compliance' },
        )
      ).map(({ code }) => code),
    );
  await step(lead, { step: 'refuse' });
  expect(await told()).toEqual([process('urgent')]);
  expect([await hasEnded('urgent'), await hasEnded('collective')]).toEqual([true, false]);
  expect([await taking('urgent'), await taking('collective')]).toEqual([['COMPLAINT_ENDED'], []]);
  await recordTakenUp(db)({
    ...{ complaintNo: lead, cause: 'collective', decision: 'followed by the head office', reason: 'x' },
    by: { person: 'compliance-1', role: 'compliance' },
  });
  const { rows: followed } = await db.pool.query<{ no: string }>(
    `select f.complaint_no as no from (${FOLLOWED_COMPLAINTS}) f where f.complaint_no = any($1) order by 1`,
    [[lead, member, last]],
  );
  expect(followed.map(({ no }) => no)).toEqual([lead, member, last]);
  const { rows: handlers } = await db.pool.query(
    `select facts ->> 'complaint' as complaint, recipient_ref as to from outbox where template = 'COMPLAINT_FOLLOWED' and workflow_id = any($1)`,
    [[lead, member, last].map((no) => `complaint:${no}`)],
  );
  expect(handlers).toEqual([{ complaint: member, to: 'person:service-3' }]);
  await step(member, { step: 'refuse' });
  expect(await told()).toEqual([process('urgent')]);
  // Let out, to be handled alone: nobody waits any more who is of the group.
  await step(last, { step: 'leave group' });
  expect(await told()).toEqual([process('collective'), process('urgent')]);
  expect(await hasEnded('collective')).toBe(true);
});

it('one that the head office follows says so: its handler is told, and compliance of each warning from then on, until it has ended', async () => {
  const [no, left] = [await receive({ urgency: 'urgent' }), await receive({ urgency: 'urgent' })];
  const ofHead = await receive({ urgency: 'urgent', against: 'service-2' });
  for (const [one, decision, audience] of [
    [no, 'followed by the head office', 'service'],
    [left, 'left with its handler', 'service'],
    [ofHead, 'followed by the head office', 'service head'],
  ] as const) {
    await owed(one);
    await handledBy(one);
    const by = { person: 'compliance-1', role: 'compliance' };
    await recordTakenUp(db)({ complaintNo: one, cause: 'urgent', decision, reason: 'x', by });
    const rung = {
      rung: 1,
      dueAt: NOW,
      audience,
      severity: 'info',
      actionZh: '提醒',
      actionEn: 'reminded',
    } as const;
    await inTransaction(db.pool, (sql) =>
      writeRungs(sql, [
        {
          ...rung,
          ...{ workflowId: `complaint:${one}`, ladder: 'PROMISE', subject: one, state: 'escalated', doneBy: 'x' },
        },
      ]),
    );
  }
  const toldOf = async (one: string) =>
    (
      await db.pool.query<{ told: string }>(
        `select template || ' ' || coalesce(recipient_role, recipient_ref) as told from outbox
          where workflow_id = $1 and template in ('RUNG', 'COMPLAINT_FOLLOWED') order by message_id`,
        [`complaint:${one}`],
      )
    ).rows.map(({ told }) => told);
  expect(await toldOf(no)).toEqual(['COMPLAINT_FOLLOWED person:service-3', 'RUNG service', 'RUNG compliance']);
  expect(await toldOf(left)).toEqual(['RUNG service']);
  // In the place of the head whom it is about, and as the head office: once.
  expect(await toldOf(ofHead)).toEqual(['COMPLAINT_FOLLOWED person:service-3', 'RUNG compliance']);
  const takeUp = async () =>
    (
      await inTransaction(db.pool, (sql) =>
        refusalsOfForm(
          sql,
          { workflow_id: `head-office-complaint:${left}:urgent`, kind: 'take-up-complaint' } as TaskRow,
          {},
          { person: 'compliance-1', role: 'compliance' },
        ),
      )
    ).map(({ code }) => code);
  expect(await takeUp()).toEqual([]);
  await step(left, { step: 'refuse' });
  expect(await takeUp()).toEqual(['COMPLAINT_ENDED']);
});

describe('more time', () => {
  it('is given, and told to the register, while an act holds the complaint: neither waits for what the other holds', async () => {
    const no = await receive();
    await owed(no);
    await handledBy(no);
    const { extensionId } = await askMoreTime(db.pool, { ...act(no, 'service-3'), furtherN: 2, reason: '证人不在' });
    await inTransaction(db.pool, async (holding) => {
      await lockInOrder(holding, [no]);
      await lockComplaint(holding, no);
      await inTransaction(db.pool, async (sql) => {
        await sql.query(`set local lock_timeout = '1s'`);
        const asked = await extensionSubject.lock(sql, extensionId);
        await extensionSubject.end(sql, extensionId, { state: 'approved', by: 'service-2', at: NOW }, asked);
      });
    });
    expect(await dueOf(no)).toEqual(['07-16']);
  });

  it('is decided while whoever decides turns out to be concerned: neither stands in the way of the other', async () => {
    const asked = async () => {
      const no = await receive({ channel: 'regulator', transfer: { number: randomUUID(), at: NOW } });
      await owed(no);
      await owed(no, true);
      await handledBy(no, 'service-1');
      const due = await one<{ at: string }>('select due_at as at from deadlines where subject = $1 limit 1', no);
      const of = { titleZh: '事项', titleEn: 'work', role: 'service', form: { type: 'object' }, formVersion: 1 };
      const work = { ...of, facts: {}, revision: 1, kind: 'x', workflowId: `complaint:${no}`, holder: 'service-1' };
      const { taskId } = await openTask(db)({ ...work, businessKey: `work:${no}`, dueAt: due?.at ?? '' });
      const { extensionId } = await askMoreTime(db.pool, { ...act(no, 'service-1'), furtherN: 2, reason: '证人不在' });
      const subject = { kind: 'deadline extension', id: extensionId } as const;
      const deciding = await openTask(db)({
        ...{ ...work, kind: 'approve-extension', workflowId: `deadline-extension:${extensionId}`, holder: 'service-2' },
        ...{ businessKey: `more:${no}`, madeBy: 'service-1', approval: { subject }, dueAt: due?.at ?? '' },
      });
      return { no, taskId, deciding: deciding.taskId };
    };
    type Asked = Awaited<ReturnType<typeof asked>>;
    const named = { person: 'service-1', reason: 'x', cause: 'complained about' } as const;
    const recusal = ({ no }: Asked) => recuse(db.pool, { ...act(no, 'service-3'), ...named });
    const decision = ({ deciding }: Asked) =>
      completeTask(db)({
        ...{ taskId: deciding, revision: 1, form: { decision: 'approve', reason: '同意' }, requestId: 'r', at: NOW },
        actor: { person: 'service-2', role: 'service' },
      });
    const stop = ({ no }: Asked) =>
      stopClock(db)({ businessKey: `complaint-answer:${no}:1`, reason: '等待投诉人', by: 'service-3' });
    /** One after the other comes to the row that is held, and then both go on. */
    const inTurn = async (rows: string, key: string, attempts: readonly (() => Promise<unknown>)[]) => {
      const { ends } = await whileLocked(db.pool, rows, [key], async (holding) => {
        const begun: Promise<unknown>[] = [];
        for (const attempt of attempts) {
          begun.push(attempt());
          begun.at(-1)?.catch(() => undefined);
          await untilWaiting(holding, begun.length);
        }
        return { ends: codesOf(...begun) };
      });
      return ends;
    };
    const first = await asked();
    const [recused, decided] = await inTurn('select from tasks where task_id = $1', first.taskId, [
      () => recusal(first),
      () => decision(first),
    ]);
    expect(recused).toBe('done');
    expect(['KEPT_OUT_OF_CASE', 'done']).toContain(decided);
    const second = await asked();
    const stopped = await inTurn('select from deadlines where business_key = $1', `complaint-answer:${second.no}:1`, [
      () => stop(second),
      () => decision(second),
    ]);
    expect(stopped).toEqual(['done', 'done']);
    for (let time = 0; time < 12; time += 1) {
      const next = await asked();
      const ends = await codesOf(recusal(next), decision(next), stop(next));
      for (const end of ends) expect(['KEPT_OUT_OF_CASE', 'done']).toContain(end);
    }
  });

  it('is asked of all clocks of the answer until it is given, told by whichever way it came, and a refusal uses up nothing', async () => {
    const no = await receive({ channel: 'regulator', transfer: { number: randomUUID(), at: NOW } });
    await owed(no);
    await owed(no, true);
    await handledBy(no, 'service-3', 'decided');
    const ask = (furtherN = 5) => askMoreTime(db.pool, { ...act(no, 'service-3'), furtherN, reason: '证人不在' });
    const first = await ask();
    expect(await codesOf(ask(4))).toEqual(['EXTENSION_ALREADY_ASKED']);
    await decide(first.extensionId, 'refused');
    expect(await dueOf(no)).toEqual(['07-14', '07-14']);
    // By the way of every promise, of the clock that began at the regulator.
    const { extensionId } = await askExtension(db)({
      businessKey: `complaint-transfer-answer:${no}:1`,
      furtherN: 5,
      reason: '证人不在',
      by: 'service-3',
    });
    await decide(extensionId, 'approved');
    expect(await dueOf(no)).toEqual(['07-21', '07-21']);
    expect(await codesOf(ask())).toEqual(['EXTENSIONS_USED_UP']);
    const told = await one(
      `select recipient_ref as to, facts ->> 'dueAt' as due from outbox where workflow_id = $1 and template = 'COMPLAINT_EXTENDED'`,
      `complaint:${no}`,
    );
    expect(told).toEqual({ to: 'C00000001', due: '2025-07-21' });
    expect(await one(`select by from complaint_steps where complaint_no = $1 and act = 'extend'`, no)).toEqual({
      by: 'service-2',
    });
  });

  it('that was given, refused or not decided is told to whoever asked and to whoever owes it by then; recalled, or by nobody who is kept out, it is not', async () => {
    const told = async (no: string) => {
      const { rows } = await db.pool.query<{ told: string }>(
        `select facts #>> '{end,en}' || ' ' || (facts ->> 'dueAt') || ' ' || recipient_ref as told from outbox
          where workflow_id = $1 and template = 'EXTENSION_DECIDED' and state = 'queued' order by message_id`,
        [`complaint:${no}`],
      );
      return rows.map((row) => row.told);
    };
    const asked = async () => {
      const no = await receive();
      await owed(no);
      await handledBy(no);
      return { no, ...(await askMoreTime(db.pool, { ...act(no, 'service-3'), furtherN: 5, reason: '证人不在' })) };
    };
    const [refused, given, lapsed, recalled, kept] = [
      await asked(),
      await asked(),
      await asked(),
      await asked(),
      await asked(),
    ];
    await decide(refused.extensionId, 'refused');
    await step(given.no, { step: 'assign', handler: { person: 'brokerage-1', role: 'brokerage' } });
    await decide(given.extensionId, 'approved');
    await decide(lapsed.extensionId, 'withdrawn');
    await decide(recalled.extensionId, 'recalled');
    await recuse(db.pool, { ...act(kept.no, 'service-3'), person: 'service-3', reason: 'x' });
    await decide(kept.extensionId, 'refused');
    expect(await told(refused.no)).toEqual(['was refused 2025-07-14 person:service-3']);
    expect(await told(given.no)).toEqual([
      'was given 2025-07-21 person:brokerage-1',
      'was given 2025-07-21 person:service-3',
    ]);
    expect(await told(lapsed.no)).toEqual(['was not decided in time and lapsed 2025-07-14 person:service-3']);
    expect([await told(recalled.no), await told(kept.no)]).toEqual([[], []]);
  });

  it('is told with the day that ends where the promise is due at the end of one', async () => {
    const no = await receive();
    await owed(no);
    // 24:00 of 8 July.
    await db.pool.query(`update deadlines set due_at = '2025-07-08T16:00:00Z' where business_key = $1`, [
      `complaint-answer:${no}:1`,
    ]);
    await inTransaction(db.pool, async (sql) =>
      recordExtended(sql, await lockDeadline(sql, `complaint-answer:${no}:1`), {
        ...{ extensionId: no, furtherN: 1, by: 'service-2' },
      }),
    );
    expect(
      await one(
        `select facts ->> 'dueAt' as due from outbox where template = 'COMPLAINT_EXTENDED' and workflow_id = $1`,
        `complaint:${no}`,
      ),
    ).toEqual({ due: '2025-07-08' });
  });

  it('moves the acceptance to its outer limit at most, and is given once in all that is owed to a complainant', async () => {
    const no = await receive();
    await owed(no);
    await inTransaction(db.pool, (sql) =>
      givePromise(sql, {
        ...{
          businessKey: `complaint-accept:${no}`,
          workflowId: `complaint:${no}`,
          process: 'complaint',
          step: 'accept',
        },
        ...{ subject: no, owner: { role: 'service' }, ladder: 'PROMISE', receivedAt: NOW },
        limit: { kind: 'BUSINESS_DAYS', n: 3 },
      }),
    );
    const accept = (furtherN: number) =>
      askExtension(db)({ businessKey: `complaint-accept:${no}`, furtherN, reason: '材料未到', by: 'service-3' });
    // Owed on Thursday 26 June; fifteen days after 23 June is 8 July. Nine working days more are 9 July, seven are 7 July.
    expect(await codesOf(accept(9))).toEqual(['EXTENSION_BEYOND_LEGAL_LIMIT']);
    const { extensionId } = await accept(7);
    await handledBy(no);
    const answer = () => askMoreTime(db.pool, { ...act(no, 'service-3'), furtherN: 2, reason: '证人不在' });
    // Nor while the other one is being decided.
    expect(await codesOf(answer())).toEqual(['EXTENSIONS_USED_UP']);
    await decide(extensionId, 'approved');
    expect(await dueOf(no)).toEqual(['07-07', '07-14']);
    expect(await codesOf(answer())).toEqual(['EXTENSIONS_USED_UP']);
  });
});

describe('more time where one clock of the answer is over', () => {
  it('is neither asked nor given, by whichever of the clocks: what compliance was told stays a breach', async () => {
    // 15 working days of 30 May (31 May to 2 June are no trading days) end on 23 June; those from the receipt here on 14 July.
    const no = await receive({ channel: 'regulator', transfer: { number: randomUUID(), at: NOW } });
    await owed(no);
    await owed(no, true, 15, '2025-05-30T02:00:00.000Z');
    await handledBy(no);
    const ask = () => askMoreTime(db.pool, { ...act(no, 'service-3'), furtherN: 2, reason: '证人不在' });
    const { extensionId } = await ask();
    const [transferDue = ''] = (
      await db.pool.query<{ due: string }>('select min(due_at) as due from deadlines where workflow_id = $1', [
        `complaint:${no}`,
      ])
    ).rows.map(({ due }) => due);
    await clockTo(transferDue);
    expect(await codesOf(decide(extensionId, 'approved'))).toEqual(['EXTENSION_AFTER_LIMIT']);
    await decide(extensionId, 'refused');
    const before = await dueOf(no);
    expect(await codesOf(ask())).toEqual(['EXTENSION_AFTER_LIMIT']);
    expect(await dueOf(no)).toEqual(before);
  });
});

describe('a proposal', () => {
  const propose = (complaintNo: string, nth: number, amountFen: string) =>
    draftProposal(db)({ complaintNo, nth, finding: 'upheld', amountFen, by: { person: 'service-3', role: 'service' } });
  const contentOf = (proposalId: string) =>
    inTransaction(db.pool, async (sql) => (await complaintProposalSubject.lock(sql, proposalId)).content);

  it('says who is paid, and rests on what was written for it, whatever is written later', async () => {
    const no = await receive();
    await handledBy(no);
    const { proposalId, payee } = await propose(no, 1, '600000');
    const account = await one<{ account: string }>(
      `select min(fund_account) as account from client_fund_accounts where client_no = 'C00000001'`,
    );
    const before = await contentOf(proposalId);
    expect(before).toMatchObject({ payee: account?.account, amount: '600000' });
    expect(payee).toMatch(/^typed-text:\d+$/);
    await db.pool.query(
      `insert into complaint_texts (complaint_no, kind, text, written_by) values ($1, 'supplement', 'x', 'service-3')`,
      [no],
    );
    expect(await contentOf(proposalId)).toEqual(before);
    // Nobody asks a department while others decide: the task of the proposal is done.
    const asked = { ...act(no, 'service-3'), department: 'operations', question: 'x' };
    expect(await codesOf(askDepartment(db.pool, asked))).toEqual(['PROPOSAL_BEING_DECIDED']);
  });

  it('comes on top of what was decided before, and the sum says who approves', async () => {
    const no = await receive();
    await handledBy(no);
    const { proposalId } = await propose(no, 1, '600000');
    await db.pool.query(
      `update complaint_proposals set state = 'approved', approved_by = 'service-2', approved_at = business_now() where proposal_id = $1`,
      [proposalId],
    );
    const { proposalId: refused, ...second } = await propose(no, 2, '600000');
    expect(second).toMatchObject({ decidedBeforeFen: '600000', sumFen: '1200000' });
    // What was refused is not paid, and does not count.
    await db.pool.query(`update complaint_proposals set state = 'refused' where proposal_id = $1`, [refused]);
    expect(await propose(no, 3, '500000')).toMatchObject({ decidedBeforeFen: '600000', sumFen: '1100000' });
  });

  it('above the amount is signed by compliance and then the general manager, however late, and by nobody in their place but whom it was handed on to, as far as it was', async () => {
    const no = await receive();
    await handledBy(no);
    const { proposalId, sumFen } = await propose(no, 1, '1000001');
    const ask = (more: { readonly key: string; readonly role: string; readonly firstTask?: string }) =>
      openTask(db)({
        ...{ workflowId: `complaint:${no}`, businessKey: more.key, kind: 'approve-complaint-proposal' },
        ...{ titleZh: '复核', titleEn: 'approve', role: more.role, dueAt: '2025-07-01T02:00:00.000Z' },
        ...{ form: { type: 'object' }, formVersion: 1, facts: {}, revision: 1, madeBy: 'service-3', bulk: false },
        approval: {
          subject: { kind: 'complaint proposal', id: proposalId },
          amountFen: sumFen,
          ...(more.firstTask === undefined ? {} : { firstTask: more.firstTask }),
        },
      });
    const first = await ask({ key: `approve:${no}`, role: 'service' });
    expect(first).toMatchObject({ asks: { role: 'compliance' }, second: { role: 'general_manager' } });
    await clockTo('2025-07-21T02:00:00.000Z'); // Three weeks after it was due.
    const signed = (taskId: string, person: string, onBehalfOf?: string) =>
      codesOf(
        completeTask(db)({
          ...{ taskId, revision: 1, form: { decision: 'approve', reason: '同意' }, requestId: 'r', at: NOW },
          actor: { person, role: 'service', ...(onBehalfOf === undefined ? {} : { onBehalfOf }) },
        }),
      );
    const handOn = (delegate: string, limitFen: string | null) =>
      db.pool.query(
        `insert into delegations (principal, delegate, role, kinds, amount_limit_fen, first_day, last_day, reason, made_by, approved_by, state)
         values ('compliance-1', $2, 'compliance', array['approve-complaint-proposal'], $1, '2025-07-21', '2025-07-25', 'x', 'compliance-1', 'compliance-2', 'given')`,
        [limitFen, delegate],
      );
    expect(await signed(first.taskId, 'service-2')).toEqual(['ROLE_MISSING']);
    expect(await signed(first.taskId, 'general-manager')).toEqual(['ROLE_MISSING']);
    expect(await signed(first.taskId, 'supervisor-3', 'compliance-1')).toEqual(['DELEGATION_NOT_IN_FORCE']);
    await handOn('supervisor-3', '1000000');
    expect(await signed(first.taskId, 'supervisor-3', 'compliance-1')).toEqual(['DELEGATION_OUT_OF_SCOPE']);
    await handOn('supervisor-1', null);
    expect(await signed(first.taskId, 'supervisor-1', 'compliance-1')).toEqual(['done']);
    const state = async () =>
      (await one<{ state: string }>('select state from complaint_proposals where proposal_id = $1', proposalId))?.state;
    expect(await state()).toBe('awaiting approval');
    const second = await ask({ key: `approve:${no}:second`, role: 'general_manager', firstTask: first.taskId });
    expect(await signed(second.taskId, 'compliance-2')).toEqual(['ROLE_MISSING']);
    expect([await signed(second.taskId, 'general-manager'), await state()]).toEqual([['done'], 'approved']);
  });

  it('is paid to the account that was approved, which nobody changes meanwhile, and booked on the day on which the money moved', async () => {
    const foreign = await one<{ account: string }>(
      `select fund_account as account from client_fund_accounts where client_no = 'C00000002' limit 1`,
    );
    const to = (complainant: ReceivedComplaint['complainant']) =>
      receive({ complainant: { ...complainant, fundAccount: foreign?.account } });
    expect(await codesOf(to({ clientNo: 'C00000001' }), to({ name: '张某' }), to({ clientNo: 'C00000002' }))).toEqual([
      'FUND_ACCOUNT_NOT_OF_CLIENT',
      'FUND_ACCOUNT_NOT_OF_CLIENT',
      'done',
    ]);
    const no = await receive();
    await handledBy(no);
    await db.pool.query(`insert into client_fund_accounts (client_no, fund_account) values ('C00000001', 'second')`);
    const name = (clientNo: string, fundAccount?: string) =>
      nameComplainant(db.pool, { ...act(no, 'compliance-1'), clientNo, fundAccount });
    const { proposalId } = await propose(no, 1, '800000');
    const due = async () => (await compensationDue(db)({ proposalId })).amountFen;
    const dues = [await due()];
    const approved = await contentOf(proposalId);
    const underWay = ['done', 'COMPENSATION_UNDER_WAY', 'COMPENSATION_UNDER_WAY'];
    const attempts = () => codesOf(name('C00000001'), name('C00000001', 'second'), name('C00000002'));
    expect(await attempts()).toEqual(underWay);
    await db.pool.query(
      `update complaint_proposals set state = 'approved', approved_by = 'service-2', approved_at = business_now() where proposal_id = $1`,
      [proposalId],
    );
    dues.push(await due());
    expect(await attempts()).toEqual(underWay);
    // Even where it comes to be another one.
    await db.pool.query(`update complainants set fund_account = 'second' where complaint_no = $1`, [no]);
    expect(await contentOf(proposalId)).toEqual(approved);
    await db.pool.query(
      `insert into broker_accounts values ('own', 'SH', 'bank', 'proprietary'), ('clients', 'SH', 'bank', 'client')`,
    );
    const order = await one<{ id: string }>(
      `insert into orders (business_key, business_date, channel, side, kind, revision, amount_fen, from_account, to_account, made_by, approved_by, state,
                           case_key, sent_at)
       values ('k', '2025-06-20', 'SH', 'proprietary', 'COMPENSATION', 1, 800000, 'own', 'clients', 'fin-prop-1', 'fin-prop-2', 'sent', $1,
               '2025-06-20T08:00:00Z') returning order_id::text as id`,
      `${no}:${proposalId}`,
    );
    // Nothing before the approval, nor once an order is with the bank.
    expect([...dues, await due()]).toEqual(['0', '800000', '0']);
    await db.pool.query(
      `update orders set state = 'executed', executed_at = '2025-06-20T08:30:00Z' where order_id = $1`,
      [order?.id],
    );
    await inTransaction(db.pool, (sql) =>
      postCompensation(sql, {
        orderId: order?.id ?? '',
        orderKey: 'k',
        kind: 'COMPENSATION',
        revision: 1,
        amountFen: '800000',
        fromAccount: 'own',
        toAccount: 'clients',
      }),
    );
    // Asked about on Monday; it had moved on Friday.
    expect(
      await one(
        `select business_date::text as on, owner from entries where cause = 'compensation paid' and ledger = 'client_money'`,
      ),
    ).toEqual({ on: '2025-06-20', owner: approved['payee'] });
    expect(await codesOf(name('C00000001', 'second'))).toEqual(['done']);
  });

  it('that is approved goes to another account of the client once others say so, until it is paid, and is paid once', async () => {
    const no = await receive({ complainant: { clientNo: 'C00000003' } });
    await handledBy(no);
    await db.pool.query(
      `insert into client_fund_accounts (client_no, fund_account) values ('C00000003', 'third'), ('C00000003', 'fourth')`,
    );
    const { proposalId } = await propose(no, 1, '900000');
    const ask = (fundAccount: string, by = 'service-3') =>
      correctPayee(db.pool, { ...act(no, by), fundAccount, reason: '原账户已销户' });
    // Nothing is approved yet.
    expect(await codesOf(ask('third'))).toEqual(['COMPENSATION_PAID']);
    await db.pool.query(
      `update complaint_proposals set state = 'approved', approved_by = 'service-2', approved_at = business_now() where proposal_id = $1`,
      [proposalId],
    );
    const first = await inTransaction(db.pool, (sql) => payeeAccount(sql, proposalId));
    expect(await codesOf(ask(first ?? ''), ask('900000002'))).toEqual(['PAYEE_ALREADY', 'FUND_ACCOUNT_NOT_OF_CLIENT']);
    // Paid beside the answer: the complaint may be closed before the money moves.
    await db.pool.query(`update complaints set state = 'closed', ended_at = business_now() where complaint_no = $1`, [
      no,
    ]);
    expect(await ask('third')).toEqual({ proposalNo: 1, correctionNo: 1 });
    expect(
      await one(
        `select c.state, payload ->> 'signal' as signal from complaints c join outbox o using (workflow_id)
          where complaint_no = $1 and o.kind = 'signal' order by message_id desc limit 1`,
        no,
      ),
    ).toEqual({ state: 'closed', signal: 'payeeCorrectionAsked' });
    expect(await codesOf(ask('fourth'))).toEqual(['PAYEE_CORRECTION_ASKED']);
    const asked = await readPayeeCorrection(db)({ proposalId });
    expect(asked).toMatchObject({
      nth: 1,
      askedBy: 'service-3',
      sumFen: '900000',
      payee: expect.stringMatching(/^typed-text:/) as string,
      reason: expect.stringMatching(/^typed-text:/) as string,
    });
    const end = (id: string | undefined, by: string, state: 'approved' | 'withdrawn' = 'approved') =>
      inTransaction(db.pool, async (sql) => {
        const locked = await payeeCorrectionSubject.lock(sql, id ?? '');
        await payeeCorrectionSubject.end(sql, id ?? '', { state, by, at: NOW }, locked);
      });
    // Nor by whoever asked, past the verbs either.
    await expect(end(asked?.correctionId, 'service-3')).rejects.toThrow(/one person/);
    expect(await inTransaction(db.pool, (sql) => payeeAccount(sql, proposalId))).toBe(first);
    await end(asked?.correctionId, 'service-2');
    expect(await codesOf(ask('third'), ask('fourth'))).toEqual(['PAYEE_ALREADY', 'done']);
    await db.pool.query(
      `insert into broker_accounts values ('own', 'SH', 'bank', 'proprietary'), ('clients', 'SH', 'bank', 'client') on conflict do nothing`,
    );
    const order = await one<{ id: string }>(
      `insert into orders (business_key, business_date, channel, side, kind, revision, amount_fen, from_account, to_account, made_by, approved_by, state,
                           case_key, sent_at, executed_at)
       values ('k2', '2025-06-20', 'SH', 'proprietary', 'COMPENSATION', 1, 900000, 'own', 'clients', 'fin-prop-1', 'fin-prop-2', 'sent', $1,
               '2025-06-20T08:00:00Z', null) returning order_id::text as id`,
      `${no}:${proposalId}`,
    );
    const paid = {
      orderId: order?.id ?? '',
      orderKey: 'k2',
      kind: 'COMPENSATION',
      revision: 1,
      amountFen: '900000',
    } as const;
    const post = (sql: PoolClient) => postCompensation(sql, { ...paid, fromAccount: 'own', toAccount: 'clients' });
    const late = await readPayeeCorrection(db)({ proposalId });
    // What is asked for as the money moves waits, and is refused.
    const { came } = await inTransaction(db.pool, async (sql) => {
      await sql.query(
        `update orders set state = 'executed', executed_at = '2025-06-20T08:30:00Z' where order_id = $1`,
        [order?.id],
      );
      await post(sql);
      const asking = codesOf(ask('fourth'));
      await untilWaiting(sql, 1);
      return { came: asking };
    });
    expect(await came).toEqual(['COMPENSATION_PAID']);
    await inTransaction(db.pool, post);
    expect(
      await one(
        `select count(*)::int as lines, min(owner) as owner, sum(amount)::text as amount from entries e join batches b using (batch_id, business_date)
          where b.batch_key = 'compensation:' || $1 and e.ledger = 'client_money'`,
        `${no}:${proposalId}`,
      ),
    ).toEqual({ lines: 1, owner: 'third', amount: '-900000' });
    // What was asked for before, and no task stands for, is over and changes nothing, also where the process is asking for its approval.
    expect(await readPayeeCorrection(db)({ proposalId })).toBeNull();
    expect(await codesOf(end(late?.correctionId, 'service-2'))).toEqual(['COMPENSATION_PAID']);
    await end(late?.correctionId, 'system', 'withdrawn');
    expect(await inTransaction(db.pool, (sql) => payeeAccount(sql, proposalId))).toBe('third');
  });
});

describe('who complains', () => {
  const named = (complaintNo: string, clientNo: string, by = 'service-3', fundAccount?: string) =>
    nameComplainant(db.pool, {
      ...act(complaintNo, by),
      clientNo,
      ...(fundAccount === undefined ? {} : { fundAccount }),
    });

  it('is found to be a client later: named once, paid to the own account, with the open complaints that are alike', async () => {
    const client = 'C00000009';
    const before = await receive({ complainant: { clientNo: client } });
    const no = await receive({ channel: 'email', complainant: { name: '张某', contact: 'sun@example.com' } });
    const account = async (of: string) =>
      (await one<{ a: string }>('select min(fund_account) as a from client_fund_accounts where client_no = $1', of))?.a;
    const outcome = { finding: 'upheld', amount: '10.00' };
    expect(await formRefusals('propose-complaint-outcome', no, outcome)).toContain('COMPENSATION_NEEDS_FUND_ACCOUNT');
    expect(await codesOf(named(no, 'C99999999'), named(no, client, 'service-3', await account('C00000001')))).toEqual([
      'NOT_FOUND',
      'FUND_ACCOUNT_NOT_OF_CLIENT',
    ]);
    expect(await named(no, client)).toEqual({ alike: [before] });
    expect(await one('select client_no, fund_account from complainants where complaint_no = $1', no)).toEqual({
      client_no: client,
      fund_account: await account(client),
    });
    expect(await formRefusals('propose-complaint-outcome', no, outcome)).not.toContain(
      'COMPENSATION_NEEDS_FUND_ACCOUNT',
    );
    expect(await codesOf(named(no, 'C00000001'))).toEqual(['COMPLAINANT_NAMED_ALREADY']);
    await named(no, 'C00000001', 'compliance-1');
    expect(
      await one(
        `select before ->> 'clientNo' as was, after ->> 'fundAccount' as account from audit where object_type = 'complainant' and object_id = $1 and before ->> 'clientNo' is not null`,
        no,
      ),
    ).toEqual({ was: client, account: await account('C00000001') });
    await handledBy(no, 'service-3', 'decided');
    expect(await codesOf(named(no, client, 'compliance-1'))).toEqual(['COMPLAINANT_NAMED_ALREADY']);
  });
});

describe('departments', () => {
  it('reminds, and warns the head, of those who handle it from the assignment on', async () => {
    const no = await receive();
    await owed(no);
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
    for (const each of [no, member, kept]) await owed(each);
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

/** With the proposal still to be made. */
const proposing = (no: string) =>
  db.pool.query(
    `insert into tasks (business_key, workflow_id, kind, title_id, role, form_id, form_version, facts, revision, state)
     values ('p:' || $1::text, 'complaint:' || $1, 'propose-complaint-outcome', task_title('x', 'x'), 'brokerage', task_form('{}'), 1, '{}', 1, 'open')`,
    [no],
  );

it('a department answers no later than the complainant is owed the answer, by any clock; one day may always be given, and any once it is late', async () => {
  const no = await receive();
  await owed(no);
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
  await owed(no);
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
  const no = await receive();
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
  await handledBy(no, 'brokerage-1');
  expect(await owner()).toEqual({ role: 'brokerage', person: 'brokerage-1' });
});

it('is handed over within its department by the head, with the reason, to nobody who is kept out; task, promise and both handlers follow', async () => {
  const no = await receive({ against: 'branch-1001' });
  await owed(no);
  await step(no, {
    step: 'assign',
    handler: { person: 'brokerage-1', role: 'brokerage' },
    detail: { handler: { person: 'brokerage-1', role: 'brokerage' } },
  });
  await db.pool.query(
    `insert into tasks (business_key, workflow_id, kind, title_id, role, form_id, form_version, facts, revision, state, claimed_by)
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
         from complaints c join tasks t using (workflow_id) join deadlines d using (workflow_id) where c.complaint_no = $1`,
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
  await db.pool.query(`update complaints set state = 'answered' where complaint_no = $1`, [no]);
  const { callbackNo } = await askComplaintCallback(db)({ complaintNo: no, level: 1 });
  expect(
    await one(
      `select array_agg(person order by person) as hands from callback_hands where callback_no = $1 and person like 'brokerage-%'`,
      callbackNo,
    ),
  ).toEqual({ hands: ['brokerage-1', 'brokerage-2', 'brokerage-3'] });
  expect(await codesOf(over('brokerage-2', 'brokerage-1'))).toEqual(['COMPLAINT_NOT_ASSIGNED']);
});

it('of one of a group nobody calls who handled that of the same cause, whose investigation decided it', async () => {
  const [lead, member, alone] = [await receive({ by: 'service-2' }), await receive(), await receive()];
  await handledBy(lead, 'service-1');
  await db.pool.query(`update complaints set group_of = $2, state = 'answered' where complaint_no = $1`, [
    member,
    lead,
  ]);
  const hands = async (no: string) => {
    const { callbackNo } = await askComplaintCallback(db)({ complaintNo: no, level: 1 });
    const { rows } = await db.pool.query<{ person: string }>(
      'select person from callback_hands where callback_no = $1 order by person',
      [callbackNo],
    );
    return rows.map(({ person }) => person);
  };
  // Nor who wrote something of it; who was named by mistake had no part in it.
  await db.pool.query(
    `insert into complaint_texts (complaint_no, kind, text, written_by) values ($1, 'supplement', 'x', 'ops-client-1')`,
    [alone],
  );
  const named = { ...act(alone, 'service-3'), person: 'prop-1', reason: 'x' };
  await recuse(db.pool, { ...named, cause: 'complained about' });
  await takeBackNaming(db.pool, { ...named, key: randomUUID() });
  expect([await hands(member), await hands(alone)]).toEqual([
    ['service-1', 'service-3'],
    ['ops-client-1', 'service-3'],
  ]);
});

it('one that waits for its group goes by its decision once that is taken; until then whoever handles the group asks for more time of it', async () => {
  const [lead, member] = [await receive(), await receive()];
  await handledBy(lead, 'brokerage-1');
  await db.pool.query(`update complaints set group_of = $2, state = 'assigned' where complaint_no = $1`, [
    member,
    lead,
  ]);
  await owed(member);
  const more = (by: string) => askMoreTime(db.pool, { ...act(member, by), furtherN: 2, reason: '证人不在' });
  expect(await codesOf(more('service-1'))).toEqual(['NOT_HANDLER']);
  const { extensionId } = await more('brokerage-1');
  const risk = async () => (await readExtension(db)({ extensionId })).risk;
  const risks = [await risk()];
  // Handed over to the head of service, who gives it no more time then: compliance is asked.
  await handledBy(lead, 'service-2');
  risks.push(await risk());
  expect(risks).toEqual(['', 'head']);
  await handledBy(lead, 'brokerage-1');
  // Who leads the group then hears that it was asked for, and its process that another one owes it; it stays as it was asked.
  const handed = { ...act(lead, 'brokerage-2'), person: 'brokerage-2', reason: '承办人休假', requestId: 'r' };
  await handOver(db.pool, handed);
  const heard = await db.pool.query(
    `select coalesce(recipient_ref, workflow_id) as by, kind from outbox
      where (template = 'EXTENSION_PENDING' or workflow_id = $1 and kind = 'signal') and created_at >= $2 and message_key like '%' || $3 || '%' order by 1`,
    [`deadline-extension:${extensionId}`, NOW, handed.key],
  );
  expect(heard.rows).toEqual([
    { by: `deadline-extension:${extensionId}`, kind: 'signal' },
    { by: 'person:brokerage-2', kind: 'notice' },
  ]);
  expect(await readExtension(db)({ extensionId })).toMatchObject({ state: 'asked', askedBy: 'brokerage-1' });
  expect(await codesOf(more('brokerage-2'), more('brokerage-1'))).toEqual(['EXTENSION_ALREADY_ASKED', 'NOT_HANDLER']);
  await decide(extensionId, 'approved');
  const told = await one(
    `select array_agg(recipient_ref order by recipient_ref) as by from outbox where template = 'EXTENSION_DECIDED' and workflow_id = $1`,
    `complaint:${member}`,
  );
  expect(told).toEqual({ by: ['person:brokerage-1', 'person:brokerage-2'] });
  await handledBy(lead, 'brokerage-1');
  const decision = async () => (await followComplaintNow(member)).groupDecision;
  const by = { person: 'brokerage-1', role: 'brokerage' };
  const { proposalId } = await draftProposal(db)({ complaintNo: lead, nth: 1, finding: 'upheld', amountFen: '0', by });
  const before = [await decision()];
  await db.pool.query(
    `update complaint_proposals set state = 'approved', approved_by = 'service-2', approved_at = business_now() where proposal_id = $1`,
    [proposalId],
  );
  before.push(await decision());
  await step(lead, { step: 'decide' });
  const handler = { handler: 'brokerage-1', handlerRole: 'brokerage', handlerBranch: null };
  expect([...before, await decision()]).toEqual([null, null, { finding: 'upheld', ...handler }]);
});

describe('what it is about', () => {
  it('is a process of the same client that a complaint can be about', async () => {
    const [own, other] = [await receive(), await receive({ complainant: { clientNo: 'C00000002' } })];
    const about = (workflowId: string) => receive({ about: { workflowId } });
    expect(
      await codesOf(about('settlement-day:SH:2025-06-23'), about(`complaint:${other}`), about(`complaint:${own}`)),
    ).toEqual(['SUBJECT_NOT_OF_COMPLAINT', 'NOT_FOUND', 'done']);
  });

  it('is corrected by compliance until the decision, and by nobody else', async () => {
    const [first, second] = [await receive(), await receive()];
    const no = await receive({ about: { workflowId: `complaint:${first}` } });
    const name = (by: string) => nameSubject(db.pool, { ...act(no, by), workflowId: `complaint:${second}` });
    expect(await codesOf(name('service-3'), name('compliance-1'))).toEqual(['SUBJECT_NAMED_ALREADY', 'done']);
    await handledBy(no, 'service-3', 'decided');
    expect(await codesOf(name('compliance-1'))).toEqual(['SUBJECT_NAMED_ALREADY']);
  });
});

it('its register begins with what was received, once, whatever is known better since; its words stand first among all', async () => {
  const key = randomUUID();
  const no = await receive({ key, claim: '退还手续费' });
  expect(await receive({ key, claim: '退还手续费' })).toBe(no);
  const other = supplementComplaint(db.pool, { ...act(no, 'service-3'), key, text: '另有凭证' });
  expect(await codesOf(other)).toEqual(['IDEMPOTENCY_MISMATCH']);
  await step(no, { step: 'register', known: { product: 'funds' }, detail: { product: 'funds' } });
  await supplementComplaint(db.pool, { ...act(no, 'service-3'), text: '另有凭证' });
  const { rows: lines } = await db.pool.query(
    'select act, detail, by, role, at from complaint_register where complaint_no = $1 order by step_id limit 1',
    [no],
  );
  const detail = { channel: 'telephone', product: 'southbound', category: 'service' };
  expect(lines).toEqual([{ act: 'receive complaint', detail, by: 'service-3', role: 'service', at: NOW }]);
  expect(await one('select product from complaints where complaint_no = $1', no)).toEqual({ product: 'funds' });
  const { rows: words } = await db.pool.query(
    'select kind, text, written_by from complaint_words where complaint_no = $1 order by text_id nulls first, kind desc',
    [no],
  );
  const of = { written_by: 'service-3' };
  expect(words).toEqual([
    { kind: 'facts', text: '等候过久', ...of },
    { kind: 'claim', text: '退还手续费', ...of },
    { kind: 'supplement', text: '另有凭证', ...of },
  ]);
});

it('a key that stands for another act, another complaint or other words is refused, and nothing is done', async () => {
  const [a, b] = [await receive(), await receive()];
  const said = (complaintNo: string, text: string) =>
    supplementComplaint(db.pool, { ...act(complaintNo, 'service-3'), key: `known:${a}`, text });
  const first = await said(a, 'x');
  expect(await said(a, 'x')).toEqual(first);
  const received = receive({ key: `known:${a}` });
  expect(await codesOf(said(b, 'x'), said(a, 'y'), received)).toEqual(Array(3).fill('IDEMPOTENCY_MISMATCH'));
});

it('a receipt that the version before kept, with the branch where it was entered as if it had been named, is answered as then', async () => {
  const key = randomUUID();
  const no = await receive({ key, branch: '1002' });
  expect(await receive({ key, enteredIn: '1002' })).toBe(no);
  expect(await codesOf(receive({ key, enteredIn: '1001' }))).toEqual(['IDEMPOTENCY_MISMATCH']);
});

describe('clocks', () => {
  const limitsAt = async (receivedAt: string, against?: string) => {
    await clockTo(receivedAt);
    const complaintNo = await receive(against === undefined ? {} : { against });
    const clocks = await complaintClocks(db)({ complaintNo });
    const alarm = await one(
      `select severity, recipient_role as told from outbox where workflow_id = $1 and template = 'COMPLAINT_CLOCK_UNKNOWN'`,
      `complaint:${complaintNo}`,
    );
    return [clocks.map(({ limit }) => `${limit.n} ${limit.kind}`), alarm];
  };

  it.each<[why: string, receivedAt: string, against: string | undefined, told: string | undefined]>([
    ['all is known', '2026-06-15T02:00:00.000Z', undefined, undefined],
    ['60 days lie past the known calendar, 15 working days do not', '2026-11-16T02:00:00.000Z', undefined, undefined],
    [
      'nothing of the answer can be dated: compliance is told, and the work begins',
      '2026-12-28T02:00:00.000Z',
      undefined,
      'compliance',
    ],
    [
      'nor of one that keeps all of compliance out: the general manager is told',
      '2026-12-28T02:00:00.000Z',
      'compliance-1',
      'general_manager',
    ],
  ])('%s', async (_why, receivedAt, against, told) => {
    const alarm = told === undefined ? undefined : { severity: 'critical', told };
    expect(await limitsAt(receivedAt, against)).toEqual([['3 BUSINESS_DAYS', '15 BUSINESS_DAYS'], alarm]);
  });

  it('is that of the day of receipt, and the outer one of the law where that is due sooner', async () => {
    // From September on 100 working days, which end next year: the 60 days of the law end before.
    const answer = `code = 'COMPLAINT_ANSWER_WITHIN'`;
    await asOwner(
      db.ownerUrl,
      `update parameters set valid_to = '2025-09-01' where ${answer};
       insert into parameters (code, channel, value, unit, valid_from, source)
       select code, channel, '100 BUSINESS_DAYS', unit, valid_to, source from parameters where ${answer}`,
    );
    try {
      expect([await limitsAt('2025-08-31T15:59:59.000Z'), await limitsAt('2025-08-31T16:00:00.000Z')]).toEqual([
        [['3 BUSINESS_DAYS', '15 BUSINESS_DAYS'], undefined],
        [['3 BUSINESS_DAYS', '60 CALENDAR_DAYS'], undefined],
      ]);
    } finally {
      await asOwner(
        db.ownerUrl,
        `delete from parameters where ${answer} and valid_from = '2025-09-01'; update parameters set valid_to = null where ${answer}`,
      );
    }
  });

  it.each([
    ['the year is mistyped', { receivedAt: '2015-06-20T02:00:00.000Z' }],
    [
      'the regulator had it before',
      { channel: 'regulator', transfer: { number: 'x', at: '2023-12-20T02:00:00.000Z' } },
    ],
  ] as const)('a receipt before the first known day is refused: %s', async (_why, more) => {
    expect(await codesOf(receive(more))).toEqual(['RECEIVED_BEFORE_CALENDAR']);
  });
});

describe('what is added after the registration', () => {
  const told = async (no: string, template = 'COMPLAINT_MORE_SAID') => {
    const { rows } = await db.pool.query<{ who: string }>(
      `select coalesce(recipient_role, recipient_ref) as who from outbox where workflow_id = $1 and template = $2 order by message_id`,
      [`complaint:${no}`, template],
    );
    return rows.map(({ who }) => who);
  };
  const add = (no: string, by: string, role: string) =>
    supplementComplaint(db.pool, { ...act(no, by, role), text: 'more' });

  it('reaches whoever works at it at once, and whoever mails hears that it came', async () => {
    const [nobodys, handled, own] = [await receive(), await receive(), await receive()];
    await add(nobodys, 'southbound', 'system');
    await handledBy(handled, 'brokerage-1');
    await add(handled, 'service-1', 'service');
    // Of what the handler writes down nobody is told.
    await handledBy(own, 'brokerage-1');
    await add(own, 'brokerage-1', 'brokerage');
    expect(await Promise.all([nobodys, handled, own].map((no) => told(no)))).toEqual([
      ['service'],
      ['person:brokerage-1'],
      ['service'],
    ]);
    const received = await Promise.all([nobodys, handled].map((no) => told(no, 'COMPLAINT_MORE_RECEIVED')));
    expect(received).toEqual([['C00000001'], []]);
  });

  it('after the answer is given to somebody to look at, and is disagreement where nobody can be reached', async () => {
    const no = await receive({ against: 'service-2' });
    await handledBy(no, 'brokerage-1');
    await step(no, { step: 'answer' });
    const { callbackNo } = await askComplaintCallback(db)({ complaintNo: no, level: 1 });
    expect(await complaintSatisfaction(db)({ callbackNo })).toEqual({ satisfaction: 'unreachable' });
    await clockTo('2025-06-24T02:00:00.000Z');
    await add(no, 'southbound', 'system');
    expect(await told(no)).toEqual(['person:brokerage-1', 'compliance']);
    expect(await complaintSatisfaction(db)({ callbackNo })).toEqual({ satisfaction: 'not satisfied' });
  });

  it.each<[what: string, isSaid: boolean, add: (no: string) => Promise<unknown>]>([
    [
      'a file that was sent',
      true,
      (no) =>
        db.pool.query(
          `insert into complaint_attachments (complaint_no, media_type, byte_count, fault, filed_by) values ($1, 'text/plain', 1, 'ATTACHMENT_EMPTY', 'client-1')`,
          [no],
        ),
    ],
    [
      'a complaint of its own that is linked',
      true,
      async (no) => step(await receive(), { step: 'link duplicate', duplicateOf: no }),
    ],
    [
      'a mail that came before the answer and was read after it',
      false,
      (no) =>
        supplementComplaint(db.pool, {
          ...{ ...act(no, 'southbound', 'system'), text: 'more' },
          at: '2025-06-23T01:00:00.000Z',
        }),
    ],
  ])('by %s: disagreement %s', async (_what, isSaid, addTo) => {
    const no = await receive();
    await handledBy(no, 'brokerage-1');
    await step(no, { step: 'answer' });
    const { callbackNo } = await askComplaintCallback(db)({ complaintNo: no, level: 1 });
    await step(no, { step: 'call back', detail: { level: 1, satisfaction: 'unreachable' } });
    expect(await followComplaintNow(no)).toMatchObject({ isAnswerDisputed: false });
    await clockTo('2025-06-24T02:00:00.000Z');
    await addTo(no);
    const satisfaction = isSaid ? 'not satisfied' : 'unreachable';
    expect(await complaintSatisfaction(db)({ callbackNo })).toEqual({ satisfaction });
    // What comes of it is owed from then on, not from the calls that reached nobody.
    const clocks = [await later(no, 'mediate'), await later(no, 'close')];
    expect(clocks.map(({ from }) => from)).toEqual(Array(2).fill(isSaid ? '2025-06-24T02:00:00.000Z' : NOW));
    // Also once the callback has ended, until it is closed.
    expect(await followComplaintNow(no)).toMatchObject({ isAnswerDisputed: isSaid });
    // Nor is it closed before the process hears; once somebody offered mediation, or as disputed, it is.
    const closing = (endedAs?: string) => formRefusals('close-complaint', no, { actions: [] }, 'service-3', endedAs);
    expect([await closing(), await closing('disputed')]).toEqual([isSaid ? ['OBJECTION_TO_BE_HEARD'] : [], []]);
    await step(no, { step: 'mediate' });
    expect(await closing()).toEqual([]);
    // What was said of one answer is not said of the next.
    await db.pool.query('update complaints set level = 2 where complaint_no = $1', [no]);
    expect(await followComplaintNow(no)).toMatchObject({ isAnswerDisputed: false });
  });

  it('without end wakes the process a few times in a row, and anew after whatever it does: it reads the others with them', async () => {
    const no = await receive();
    const signals = async () =>
      (
        await one<{ n: number }>(
          `select count(*)::int as n from outbox where workflow_id = $1 and kind = 'signal'`,
          `complaint:${no}`,
        )
      )?.n;
    const revision = async () =>
      (await one<{ n: number }>('select revision as n from complaints where complaint_no = $1', no))?.n;
    for (let time = 0; time < 25; time += 1) await add(no, 'client-1', 'client');
    expect([await signals(), await revision()]).toEqual([10, 26]);
    await step(no, { step: 'ask back' });
    await add(no, 'client-1', 'client');
    expect([await signals(), (await followComplaintNow(no)).supplements]).toEqual([11, 26]);
    // Whatever else people do is told whenever it is done.
    for (let time = 0; time < 12; time += 1) await add(no, 'client-1', 'client');
    await recuse(db.pool, { ...act(no, 'service-1'), person: 'service-1', reason: 'x' });
    expect(await signals()).toBe(21);
  });

  it('by a letter that was entered later counts from when it came, which is said: not in the future, nor before the complaint', async () => {
    const [friday, saturday, sunday] = [
      '2025-06-20T02:00:00.000Z',
      '2025-06-21T02:00:00.000Z',
      '2025-06-22T02:00:00.000Z',
    ];
    const no = await receive({ channel: 'letter', receivedAt: friday });
    const enter = (at?: string) =>
      supplementComplaint(db.pool, { ...act(no, 'service-3'), text: 'more', ...(at === undefined ? {} : { at }) });
    expect(await codesOf(enter('2025-06-20T01:59:59.999Z'), enter('2025-06-23T02:00:00.001Z'))).toEqual([
      'RECEIVED_BEFORE_COMPLAINT',
      'RECEIVED_IN_THE_FUTURE',
    ]);
    await enter(friday);
    const file = { fileName: 'a.txt', saidType: 'text/plain', bytes: Buffer.from('a letter that was scanned') };
    const documents = folderDocuments(newFolder());
    const scan = (at: string) => addAttachment({ pool: db.pool, documents }, { ...act(no, 'service-3'), ...file, at });
    expect(await codesOf(scan('2025-06-20T01:00:00.000Z'))).toEqual(['RECEIVED_BEFORE_COMPLAINT']);
    await scan(saturday);
    const { rows } = await db.pool.query(
      `select written_at, received_at from complaint_words where complaint_no = $1
       union all select filed_at, received_at from complaint_attachments where complaint_no = $1`,
      [no],
    );
    expect(rows).toEqual([
      { written_at: NOW, received_at: friday },
      { written_at: NOW, received_at: friday },
      { written_at: NOW, received_at: saturday },
    ]);
    // It was asked back on Sunday; what is entered then and came on Saturday was there before: the complainant is waited for no more from the asking on.
    await db.pool.query(
      `insert into tasks (workflow_id, business_key, kind, title_id, role, form_id, form_version, facts, revision, state, done_at, outcome)
       values ($1, 'asked:' || $1, 'register-complaint', task_title('x', 'x'), 'service', task_form('{}'), 1, '{}', 1, 'done', $2,
               '{"result": "completed", "form": {"decision": "ask back"}}')`,
      [`complaint:${no}`, sunday],
    );
    expect(await followComplaintNow(no)).toMatchObject({ supplements: 2, supplementedAt: friday });
    // Nor does what came before the answer disagree with it.
    await handledBy(no, 'brokerage-1');
    await step(no, { step: 'answer' });
    await step(no, { step: 'call back', detail: { level: 1, satisfaction: 'unreachable' } });
    await clockTo('2025-06-24T02:00:00.000Z');
    await enter(saturday);
    expect(await followComplaintNow(no)).toMatchObject({ isAnswerDisputed: false });
    await enter();
    expect(await followComplaintNow(no)).toMatchObject({ isAnswerDisputed: true });
  });

  it('by a mail that somebody looked at: of an open complaint of before, read by whoever may, from when the mail came', async () => {
    const [no, ended, own] = [await receive(), await receive(), await receive({ against: 'service-1' })];
    await step(ended, { step: 'refuse' });
    await clockTo('2025-06-24T02:00:00.000Z');
    const later = await receive();
    const mailAt = '2025-06-23T08:00:00.000Z';
    const mail = (digit: string, from: string | null) =>
      one<{ id: string }>(
        `with kept as (insert into documents (sha256, media_type, byte_count) values (repeat($2, 64), 'message/rfc822', 1) returning sha256)
         insert into received_mails (sha256, received_at, state, workflow_id, sender_sha256)
         select sha256, $1, 'to be looked at', 'received-mail:' || left(sha256, 1), encode(sha256(convert_to($3, 'utf8')), 'hex') from kept
         returning mail_id::text as id`,
        ...[mailAt, digit, from],
      );
    const [unsigned, signed] = [await mail('e', null), await mail('f', 'li@house.example')];
    const refused = (complaintNo: string, more: object = {}, of = 'e') =>
      inTransaction(db.pool, async (sql) => {
        const task = { workflow_id: `received-mail:${of}`, kind: 'look-at-mail' } as TaskRow;
        const form = { decision: 'complaint registered', complaintNo, ...more };
        return (await refusalsOfForm(sql, task, form, { person: 'service-1', role: 'service' })).map(
          ({ code }) => code,
        );
      });
    expect([await refused(later), await refused(ended), await refused(own), await refused(no)]).toEqual([
      ['RECEIVED_AFTER_ITS_MAIL'],
      ['COMPLAINT_ENDED'],
      ['NOT_FOUND'],
      [],
    ]);
    const looked = { mailId: unsigned?.id ?? '', complaintNo: no, by: { person: 'service-1', role: 'service' } };
    for (let time = 0; time < 2; time += 1) await recordMailLookedAt(db)(looked);
    expect([await told(no), (await followComplaintNow(no)).supplements]).toEqual([['service'], 1]);
    expect(
      await one(`select received_at as at from complaint_texts where complaint_no = $1 and kind = 'supplement'`, no),
    ).toEqual({ at: mailAt });
    // A sender who is not known to be the complainant is taken for one by whoever says so, and another person's words are not the complainant's.
    await clockTo(NOW);
    const [strange, same] = [
      await receive(),
      await receive({ complainant: { name: '李四', contact: ' LI@house.example' } }),
    ];
    const sender = 'another person';
    expect([
      await refused(strange, {}, 'f'),
      await refused(strange, { sender }, 'f'),
      await refused(same, {}, 'f'),
    ]).toEqual([['MAIL_OF_ANOTHER_SENDER'], [], []]);
    await clockTo('2025-06-24T02:00:00.000Z');
    for (let time = 0; time < 2; time += 1)
      await recordMailLookedAt(db)({ ...looked, mailId: signed?.id ?? '', complaintNo: strange, sender });
    expect([await told(strange), (await followComplaintNow(strange)).supplements]).toEqual([['service'], 0]);
    expect(
      await one(
        `select (select count(*)::int from outbox where workflow_id = $1 and template = 'COMPLAINT_MORE_RECEIVED') as answers, complaint_no = $2 as filed,
                sender_said as said from received_mails where mail_id = $3`,
        ...[`complaint:${strange}`, strange, signed?.id],
      ),
    ).toEqual({ answers: 0, filed: true, said: sender });
    expect((await auditOf('look at mail', signed?.id ?? '')).map(({ after }) => after)).toEqual([
      { complaintNo: strange, sender },
    ]);
  });
});

it('a decision about who was not reached counts once, for the round of calls that it was asked about', async () => {
  const { callbackNo } = await askComplaintCallback(db)({ complaintNo: await receive(), level: 1 });
  const escalated = () =>
    inTransaction(db.pool, async (sql) =>
      moveCallback(sql, await lockCallback(sql, callbackNo), { state: 'escalated', by: 'service-1' }),
    );
  const decided = async (round: number, decision: 'call again' | 'leave') => {
    const by = { by: 'service-2', role: 'service', reason: 'x' };
    const { state, round: now } = await decideUnreachable(db)({ callbackNo, round, decision, ...by });
    return `${state} ${now}`;
  };
  await escalated();
  expect([await decided(1, 'call again'), await decided(1, 'leave')]).toEqual(['open 2', 'open 2']);
  await escalated();
  expect([await decided(1, 'leave'), await decided(2, 'leave')]).toEqual(['escalated 2', 'ended 2']);
});

it('what was said in a call is received when the call ended, whenever the engine came to it', async () => {
  const { callbackNo } = await askComplaintCallback(db)({ complaintNo: await receive(), level: 1 });
  await db.pool.query(
    `update callbacks set state = 'ended', outcome = 'doubtful', ended_at = business_now(), ended_by = 'service-1' where callback_no = $1`,
    [callbackNo],
  );
  await clockTo('2025-06-30T02:00:00.000Z');
  const { complaintNo } = await openComplaintOfCallback(db)({ callbackNo, followUp: 'complaint' });
  const received = 'select received_at as at, registered_at as entered from complaints where complaint_no = $1';
  expect(await one(received, complaintNo)).toEqual({ at: NOW, entered: '2025-06-30T02:00:00.000Z' });
});

it('of a transfer acceptance, refusal and answer are told to whoever passed it on, and it is closed with its kind', async () => {
  const transfer = { number: randomUUID(), at: NOW };
  const [no, own] = [await receive({ channel: 'regulator', transfer }), await receive()];
  const reply = '12386-R-1';
  const refused = await Promise.all(
    [
      formRefusals('accept-complaint', no, { decision: 'accept' }),
      formRefusals('accept-complaint', no, { decision: 'accept', reply }),
      formRefusals('accept-complaint', no, { decision: 'refuse' }),
      formRefusals('answer-complaint', no, {}),
      formRefusals('answer-complaint', no, { reply }),
      formRefusals('answer-complaint', own, {}),
      formRefusals('close-complaint', no, { actions: [] }),
      formRefusals('close-complaint', no, { actions: [], transferKind: 'tip-off' }),
      formRefusals('close-complaint', own, { actions: [] }),
    ].map(async (codes) => (await codes).join(' ')),
  );
  expect(refused).toEqual([
    'TRANSFER_REPLY_MISSING',
    '',
    'TEXT_MISSING TRANSFER_REPLY_MISSING',
    'TEXT_MISSING TRANSFER_REPLY_MISSING',
    'TEXT_MISSING',
    'TEXT_MISSING',
    'TRANSFER_KIND_MISSING',
    '',
    '',
  ]);
});

it('what is written for a task counts of whoever completes it', async () => {
  const no = await receive();
  const task = await one<{ id: string }>(
    `insert into tasks (workflow_id, business_key, kind, title_id, role, form_id, form_version, facts, revision, state)
     values ($1, $1 || ' answer', 'answer-complaint', task_title('x', 'x'), 'service', task_form('{}'), 1, '{}', 1, 'open') returning task_id::text as id`,
    `complaint:${no}`,
  );
  await db.pool.query(
    `insert into complaint_texts (complaint_no, kind, task_id, text, written_by) values ($1, 'task', $2, 'x', 'service-1')`,
    [no, task?.id],
  );
  const answered = (by: string) => formRefusals('answer-complaint', no, {}, by, 'closed', task?.id);
  expect([await answered('service-1'), await answered('service-3')]).toEqual([[], ['TEXT_MISSING']]);
});

describe('a clock that stands', () => {
  const of = (no: string) => ({ businessKey: `complaint-answer:${no}:1`, reason: 'x', by: 'service-3' });
  const stopsOf = async (no: string) => {
    const { rows } = await db.pool.query<{ stood: string }>(
      `select to_char(from_at at time zone 'UTC', 'MM-DD HH24:MI') || ' ' || to_char(to_at at time zone 'UTC', 'MM-DD HH24:MI') as stood
         from deadline_stops s join deadlines d using (deadline_id) where d.workflow_id = $1 order by stop_id`,
      [`complaint:${no}`],
    );
    return rows.map(({ stood }) => stood);
  };

  const dueByIt = (no: string, key: string) =>
    db.pool.query(
      `insert into tasks (workflow_id, business_key, kind, title_id, role, form_id, form_version, facts, revision, state, due_at)
       select workflow_id, $2, 'any', task_title('x', 'x'), 'service', task_form('{}'), 1, '{}', 1, 'open', due_at from deadlines where workflow_id = $1`,
      [`complaint:${no}`, key],
    );

  it('stands from act to act, however late the process hears of them', async () => {
    const no = await receive();
    await owed(no);
    await clockTo('2025-06-26T02:00:00.000Z');
    // Work that is asked for while it stands, as all that is open, is due when the promise is.
    await dueByIt(no, 'asked before');
    await stopClock(db)({ ...of(no), at: '2025-06-24T02:00:00.000Z' });
    await dueByIt(no, 'asked while it stood');
    await resumeClock(db)({ ...of(no), at: '2025-06-25T02:00:00.000Z' });
    // The next one begins no earlier than that, and no act lies in the future.
    await stopClock(db)({ ...of(no), at: '2025-06-24T02:00:00.000Z' });
    await resumeClock(db)({ ...of(no), at: '2025-07-26T02:00:00.000Z' });
    expect(await stopsOf(no)).toEqual(['06-24 02:00 06-25 02:00', '06-25 02:00 06-26 02:00']);
    // Two working days later than without.
    expect(await dueOf(no)).toEqual(['07-16']);
    const { rows: work } = await db.pool.query(
      `select to_char(due_at at time zone 'Asia/Shanghai', 'MM-DD') as due from tasks where workflow_id = $1`,
      [`complaint:${no}`],
    );
    expect(work).toEqual([{ due: '07-16' }, { due: '07-16' }]);
    // Asked a minute before what was due, and heard of after it.
    await clockTo('2025-07-16T09:31:00.000Z');
    expect(await codesOf(stopClock(db)(of(no)))).toEqual(['STOP_AFTER_LIMIT']);
    expect(await codesOf(stopClock(db)({ ...of(no), at: '2025-07-16T09:29:00.000Z' }))).toEqual(['done']);
  });

  it('the first supplement since it was asked back says when the complainant is waited for no more', async () => {
    const no = await receive();
    const add = async (at: string) => {
      await clockTo(at);
      await supplementComplaint(db.pool, { ...act(no, 'service-3'), text: 'more' });
    };
    await add('2025-06-23T03:00:00.000Z');
    await db.pool.query(
      `insert into tasks (workflow_id, business_key, kind, title_id, role, form_id, form_version, facts, revision, state, outcome, done_at)
       values ($1, 'asked back ' || $1, 'register-complaint', task_title('x', 'x'), 'service', task_form('{}'), 1, '{}', 1, 'done',
               '{"result": "completed", "form": {"decision": "ask back"}}', '2025-06-23T04:00:00Z')`,
      [`complaint:${no}`],
    );
    expect(await readComplaint(db)({ complaintNo: no })).toMatchObject({ supplements: 1, supplementedAt: null });
    await add('2025-06-24T01:05:00.000Z');
    await add('2025-06-25T02:00:00.000Z');
    expect(await readComplaint(db)({ complaintNo: no })).toMatchObject({
      supplements: 3,
      supplementedAt: '2025-06-24T01:05:00.000Z',
    });
  });

  it('near the end of the calendar stands as long as what is due can be dated, and compliance is told, or the general manager in its place', async () => {
    await clockTo('2026-12-01T02:00:00.000Z');
    const no = await receive({ against: 'compliance-1' });
    await inTransaction(db.pool, (sql) =>
      givePromise(sql, {
        ...{
          businessKey: `complaint-answer:${no}:1`,
          workflowId: `complaint:${no}`,
          process: 'complaint',
          step: 'answer',
        },
        ...{ subject: no, owner: { role: 'service' }, ladder: 'PROMISE', limit: { kind: 'BUSINESS_DAYS', n: 15 } },
        receivedAt: '2026-12-01T02:00:00.000Z',
      }),
    );
    expect(await dueOf(no)).toEqual(['12-22']);
    expect(await codesOf(stopClock(db)(of(no)))).toEqual(['done']);
    // Seven working days are left after 22 December, to the last known day: from Tuesday 1 they are over on Thursday 10.
    expect([await dueOf(no), await stopsOf(no)]).toEqual([['12-31'], ['12-01 02:00 12-10 02:00']]);
    // Compliance, or who does its part, hears that it runs again sooner than after its thirty days.
    expect(
      await one(
        `select recipient_role as role, facts from outbox where template = 'STOP_SHORTENED' and workflow_id = $1`,
        `complaint:${no}`,
      ),
    ).toEqual({ role: 'general_manager', facts: { deadline: `complaint-answer:${no}:1`, until: '2026-12-10' } });
  });
});

it('whoever received it in a branch registers it, also one about another branch', async () => {
  const of = async (by: string, role: string, branch: string) => {
    const complaintNo = await receive({ by, role: role, branch });
    return (await readComplaint(db)({ complaintNo })).receiverBranch;
  };
  expect([
    await of('branch-1001', 'branch', '1002'),
    await of('branch-1001', 'branch', '1001'),
    await of('service-1', 'service', '1001'),
  ]).toEqual(['1001', '1001', null]);
});

it('is late for whoever held it when it became late, and for nobody else', async () => {
  const DAY = (day: string) => `2025-${day}T02:00:00.000Z`;
  const handled = async (late: { readonly accept?: string; readonly answer?: string }, isAnswered = true) => {
    const no = await receive();
    for (const step of ['accept', 'answer'] as const)
      await inTransaction(db.pool, (sql) =>
        givePromise(sql, {
          ...{
            businessKey: `complaint-${step}:${no}${step === 'answer' ? ':1' : ''}`,
            workflowId: `complaint:${no}`,
            step,
          },
          ...{ process: 'complaint', subject: no, owner: { role: 'service' }, ladder: 'PROMISE', receivedAt: NOW },
          limit: { kind: 'BUSINESS_DAYS', n: 15 },
        }),
      );
    for (const [step, at] of Object.entries(late))
      await db.pool.query(
        `update deadlines set state = 'breached', due_at = $3, breached_at = $3 where workflow_id = $1 and step = $2`,
        [`complaint:${no}`, step, DAY(at)],
      );
    const handler = { person: 'branch-1001', role: 'branch', branch: '1001' };
    for (const [day, name, by, detail] of [
      ['06-25', 'accept', 'service-1', {}],
      ['06-26', 'assign', 'service-2', { handler }],
      ['07-04', 'decide', 'service-2', {}],
      ['07-15', 'answer', 'service-3', {}],
    ] as const) {
      if (!isAnswered && (name === 'decide' || name === 'answer')) continue;
      await db.pool.query(
        `insert into complaint_steps (complaint_no, act, detail, by, role, at) values ($1, $2, $3, $4, 'service', $5)`,
        [no, name, JSON.stringify(detail), by, DAY(day)],
      );
    }
    if (!isAnswered) return no;
    await db.pool.query(
      `insert into complaint_proposals (complaint_no, nth, finding, amount_fen, made_by, made_at, level, state, approved_by, approved_at)
       values ($1, 1, 'upheld', 0, 'branch-1001', $2, 1, 'approved', 'service-2', $3)`,
      [no, DAY('07-01'), DAY('07-04')],
    );
    return no;
  };
  /** Not answered yet: it waits for a department. */
  const waiting = async (kind: string, opened: string, late: string) => {
    const no = await handled({ answer: late }, false);
    await db.pool.query(
      `insert into tasks (workflow_id, business_key, kind, title_id, role, form_id, form_version, facts, revision, state, opened_at)
       values ('complaint:' || $1, $2 || ':' || $1, $2, task_title('x', 'x'), 'service', task_form('{}'), 1, '{}', 1, 'open', $3)`,
      [no, kind, DAY(opened)],
    );
    if (kind === 'approve-complaint-proposal')
      await db.pool.query(
        `insert into complaint_proposals (complaint_no, nth, finding, amount_fen, made_by, made_at, level) values ($1, 1, 'upheld', 0, 'branch-1001', $2, 1)`,
        [no, DAY('07-01')],
      );
    return no;
  };
  const cases = {
    'in time': await handled({}),
    'acceptance late': await handled({ accept: '06-24' }),
    'before it was assigned': await handled({ answer: '06-24' }),
    'with the handler': await handled({ answer: '06-29' }),
    'being approved': await handled({ answer: '07-02' }),
    'being written': await handled({ answer: '07-10' }),
    'with the handler, who has not answered yet': await handled({ answer: '07-20' }, false),
    'not answered, and not late': await handled({}, false),
    'not answered, and late after the period': await handled({ answer: '08-01' }, false),
    // Proposed on 1 July, asked anew of others on the tenth.
    'proposed, and late while it is approved': await waiting('approve-complaint-proposal', '07-10', '07-02'),
    'proposed, and late before': await waiting('approve-complaint-proposal', '07-10', '06-29'),
    'late while it is written': await waiting('answer-complaint', '07-04', '07-10'),
  };
  await clockTo('2025-08-01T02:00:00.000Z');
  const figures: Record<string, readonly string[]> = {};
  for (const subject of ['service-1', 'service-2', 'branch-1001', 'service-3', 'service']) {
    const { appraisal } = await askAppraisal(db.pool, {
      ...{ firstDay: '2025-06-01', lastDay: '2025-07-31', subject, by: 'compliance-1', role: 'compliance' },
      subjectKind: subject === 'service' ? 'department' : 'person',
    });
    await computeAppraisal(db)(appraisal);
    const { rows } = await db.pool.query<{ counted: string[]; among: string[] }>(
      `select counted, among from appraisal_lines where appraisal_id = $1 and code = 'timeliness'`,
      [appraisal.appraisalId],
    );
    figures[subject] = Object.values(cases).map((no) =>
      rows[0]?.among.includes(no) !== true ? '-' : rows[0].counted.includes(no) ? 'in time' : 'late',
    );
  }
  const accepted = Array<string>(6).fill('in time');
  expect(figures).toEqual({
    'service-1': ['in time', 'late', 'in time', 'in time', 'in time', 'in time', ...accepted],
    'service-2': ['-', '-', 'late', '-', 'late', '-', '-', '-', '-', '-', '-', '-'],
    'branch-1001': ['in time', 'in time', 'in time', 'late', 'in time', 'in time', 'late', '-', '-', '-', 'late', '-'],
    'service-3': ['-', '-', '-', '-', '-', 'late', '-', '-', '-', '-', '-', '-'],
    service: [
      'in time',
      'late',
      'late',
      'in time',
      'late',
      'late',
      'in time',
      'in time',
      'in time',
      'late',
      'in time',
      'late',
    ],
  });
});

describe('an inspection', () => {
  const inspected = async (kind: 'calls' | 'complaints', subject: string) => {
    await db.pool.query(
      `insert into samples (sample_no, kind, period, workflow_id, seed, asked_by, asked_role)
       values ($1 || ':2025-05', $1, '2025-05', 'sample:' || $1, 's', 'audit-1', 'audit') on conflict do nothing`,
      [kind],
    );
    await db.pool.query(
      `insert into inspections (sample_no, kind, subject, workflow_id, checklist) values ($1 || ':2025-05', $1, $2, 'inspection:' || $2, '{}')`,
      [kind, subject],
    );
    return (person: string, findings: readonly object[] = []) =>
      inTransaction(db.pool, async (sql) => {
        const task = {
          workflow_id: `inspection:${subject}`,
          kind: kind === 'calls' ? 'check-call' : 'inspect-complaint',
        } as TaskRow;
        const refusals = await refusalsOfForm(sql, task, { findings }, { person, role: 'service' });
        return refusals.map(({ code }) => code).join(' ');
      });
  };

  it('is done by nobody who called or recorded the call, nor by whoever had a hand in the complaint', async () => {
    const no = await receive();
    const { callbackNo } = await askComplaintCallback(db)({ complaintNo: no, level: 1 });
    const { rows } = await db.pool.query<{ id: string }>(
      `with begun as (insert into callback_attempts (callback_no, nth, attempt_key, begun_by) values ($1, 1, $1, 'service-1') returning attempt_id)
       select attempt_id::text as id from begun`,
      [callbackNo],
    );
    await db.pool.query(
      `insert into callback_results (attempt_id, result, answers, recorded_by) values ($1, 'no answer', '{}', 'service-2')`,
      [rows[0]?.id],
    );
    const call = await inspected('calls', rows[0]?.id ?? '');
    const own = 'INSPECTED_BY_OWN_HANDS';
    // Called, recorded, and received the complaint that it is about.
    expect([await call('service-1'), await call('service-2'), await call('service-3')]).toEqual([own, own, own]);
    expect(await call('audit-1')).toBe('');
    const complaint = await inspected('complaints', no);
    // Received it.
    expect([await complaint('service-3'), await complaint('audit-1')]).toEqual([own, '']);
  });

  it('leaves a trace of its end, once', async () => {
    const no = await receive();
    await inspected('complaints', no);
    const [it] = (
      await db.pool.query<{ id: string }>(
        `update inspections set state = 'inspected', answers = '{}', inspected_by = 'audit-1', inspected_at = business_now()
          where subject = $1 returning inspection_id::text as id`,
        [no],
      )
    ).rows;
    for (let time = 1; time <= 2; time += 1) await endInspection(db)({ inspectionId: it?.id ?? '' });
    expect(await auditOf('end inspection', it?.id ?? '')).toEqual([
      { actor: 'southbound', role: null, of: null, after: { state: 'ended' } },
    ]);
  });

  it('gives what it finds to departments that there are', async () => {
    const complaint = await inspected('complaints', await receive());
    const found = (more: object) => complaint('audit-1', [{ item: 'answer', dueDays: 5, what: 'x', ...more }]);
    expect([
      await found({ role: 'branch', branch: '9999' }),
      await found({ role: 'branch' }),
      await found({ role: 'branch', branch: '1001' }),
    ]).toEqual(['BRANCH_UNKNOWN', 'BRANCH_MISSING', '']);
  });
});

it.each([
  ['the last day before the first', { lastDay: '2025-04-30' }, 'INPUT_INVALID'],
  ['a branch there is not', { subject: 'branch:9999' }, 'BRANCH_UNKNOWN'],
  ['a part of a department that is no branch', { subject: 'service:foo' }, 'BRANCH_UNKNOWN'],
  ['branches without a name', { subject: 'branch' }, 'BRANCH_MISSING'],
  ['clients', { subject: 'client' }, 'NOT_FOUND'],
  ['those who decide in the end', { subject: 'general_manager' }, 'NOT_FOUND'],
  ['a branch', { subject: 'branch:1001' }, 'done'],
])('an appraisal of %s: %s', async (_what, more, code) => {
  const asked = { firstDay: '2025-05-01', lastDay: '2025-05-31', subject: 'service' };
  const by = { by: 'compliance-1', role: 'compliance' };
  expect(await codesOf(askAppraisal(db.pool, { ...asked, ...more, ...by, subjectKind: 'department' }))).toEqual([code]);
});

it('a sample of a month names one, a campaign of a branch one that is there', async () => {
  const ask = (period: string, kind: 'callbacks' | 'campaign' = 'callbacks', terms = {}) =>
    codesOf(askSample(db.pool, { kind, period, terms, by: 'service-1', roles: ['service'] }));
  const periods = ['2025', '2025-00', '2025-5', '2025-13', '2025-05'];
  expect((await Promise.all(periods.map((period) => ask(period)))).flat()).toEqual([
    ...Array.from({ length: 4 }, () => 'INPUT_INVALID'),
    'done',
  ]);
  expect(await ask('spring', 'campaign', { branch: '9999' })).toEqual(['BRANCH_UNKNOWN']);
  expect(await ask('spring', 'campaign')).toEqual(['done']);
});

it('the yearly report is submitted by the risk post of the branch, and by compliance where a branch has none', async () => {
  const documents = folderDocuments(newFolder());
  const submits = async (branch?: string) => {
    await db.pool.query(
      `insert into yearly_complaint_reports (year, branch, workflow_id) values (2024, $1, 'complaint-report:2024:' || $1)`,
      [branch ?? '-'],
    );
    const by = { person: 'service-1', role: 'service' };
    const of = { year: '2024', ...(branch === undefined ? {} : { branch }) };
    return (await prepareYearlyReport({ pool: db.pool, documents })({ ...of, revision: 1, summary: '全年无投诉', by }))
      .submits;
  };
  expect([await submits(), await submits('1001'), await submits('1003')]).toEqual([
    'compliance',
    'branch_risk',
    'compliance',
  ]);
});

it('of two answers of one occasion at once one is taken, the other is told so', async () => {
  for (const subject of ['chat:at-once', 'chat:after'])
    await askSurveyByHand(db.pool, {
      ...{ occasion: 'online consulting', subject, clientNo: 'C00000001', by: 'service-1' },
    });
  const answer = ({ key = randomUUID(), subject = 'chat:at-once', satisfied = true } = {}) =>
    recordSurvey(db.pool, {
      ...{ key, occasion: 'online consulting', subject, satisfied },
      ...{ by: 'service-1', role: 'service' },
    });
  expect((await codesOf(answer(), answer(), answer())).sort()).toEqual([
    'SURVEY_ANSWERED_ALREADY',
    'SURVEY_ANSWERED_ALREADY',
    'done',
  ]);
  // A key stands for one answer.
  const [key, subject] = [randomUUID(), 'chat:after'];
  const first = await answer({ key, subject });
  expect(await answer({ key, subject })).toEqual(first);
  expect(await codesOf(answer({ key, subject, satisfied: false }), answer({ key }))).toEqual(
    Array(2).fill('IDEMPOTENCY_MISMATCH'),
  );
});

it('a month whose samples nobody asked for is told once from the second of the next, a year whose complaints nobody is to report too', async () => {
  await db.pool.query(
    `insert into processes (workflow_id, type, business_key, opened_at) values ('first', 'x', 'first', '2025-06-20T02:00:00Z')`,
  );
  await askMonthlySamples(db)({ period: '2025-10' });
  const told: number[] = [];
  for (const now of [
    // The book was not at work on the first of June.
    '2025-06-24T02:00:00.000Z',
    // The first of July in Shanghai, and the second.
    '2025-07-01T15:59:59.000Z',
    '2025-07-01T16:00:00.000Z',
    '2025-07-20T02:00:00.000Z',
    '2025-11-02T02:00:00.000Z',
    // December, and the year.
    '2026-01-02T02:00:00.000Z',
  ])
    told.push(await checkMissedSamples(db.pool, now));
  expect(told).toEqual([0, 0, 2, 0, 0, 4]);
  await askYearlyReports(db)({ year: '2026' });
  await askMonthlySamples(db)({ period: '2027-01' });
  expect(await checkMissedSamples(db.pool, '2027-02-02T02:00:00.000Z')).toBe(0);
  const { rows } = await db.pool.query<{ key: string }>(
    `select message_key as key from outbox where template = 'MISSED_SAMPLES' and state = 'queued' and recipient_role = 'compliance' order by 1`,
  );
  expect(rows.map(({ key }) => key)).toEqual([
    'missed-reports:2025:compliance',
    'missed-samples:2025-06:compliance',
    'missed-samples:2025-12:compliance',
  ]);
});

it('who is kept out of one case, and which cases somebody is kept out of, are one rule: over all cases and people of this book they agree', async () => {
  const inspected = await receive({ against: 'audit-1' });
  await db.pool.query(
    `with sample as (insert into samples (sample_no, kind, period, workflow_id, seed, asked_by, asked_role)
                     values ('complaints:2025-04', 'complaints', '2025-04', 'sample:complaints:2025-04', 's', 'audit-2', 'audit') returning sample_no)
     insert into inspections (sample_no, kind, subject, workflow_id, checklist)
     select sample_no, 'complaints', $1, 'inspection:complaints:2025-04:' || $1, '2014-11-17' from sample`,
    [inspected],
  );
  const { callbackNo } = await askComplaintCallback(db)({ complaintNo: inspected, level: 1 });
  const listened = await one<{ id: string }>(
    `with call as (insert into callback_attempts (callback_no, nth, attempt_key, begun_by) values ($1, 1, $1, 'service-1') returning attempt_id::text as id),
     sample as (insert into samples (sample_no, kind, period, workflow_id, seed, asked_by, asked_role)
                values ('calls:2025-04', 'calls', '2025-04', 'sample:calls:2025-04', 's', 'audit-2', 'audit') returning sample_no)
     insert into inspections (sample_no, kind, subject, workflow_id, checklist)
     select sample_no, 'calls', id, 'inspection:calls:2025-04:' || id, '2014-11-17' from sample, call
     returning workflow_id as id`,
    callbackNo,
  );
  expect(await one('select process_behind($1) as behind', listened?.id)).toEqual({ behind: `complaint:${inspected}` });
  const { rows } = await db.pool.query<{ kind: string; count: number; differ: number }>(
    `with cases as (
       select workflow_id from complaints union select workflow_id from process_exclusions
       union select 'deadline-extension:' || extension_id from deadline_extensions
       union select workflow_id from callbacks union select workflow_id from inspections
       union select 'head-office-' || workflow_id || ':urgent' from complaints),
     of_case as (select c.workflow_id, p.person from cases c cross join lateral kept_out_of(c.workflow_id) k join people p on p.natural_person = k.human
                  where k.keeps_from = 'all work'),
     of_person as (select k.workflow_id, p.person from people p cross join lateral processes_kept_from(array[p.person]) k
                    where k.workflow_id in (select workflow_id from cases))
     select split_part(workflow_id, ':', 1) as kind, count(*)::int as count, count(*) filter (where a.person is null or b.person is null)::int as differ
       from (select distinct * from of_case) a full join (select distinct * from of_person) b using (workflow_id, person)
      group by 1 order by 1`,
  );
  const kinds = rows.map(({ kind }) => kind);
  for (const kind of ['callback', 'complaint', 'deadline-extension', 'head-office-complaint', 'inspection'])
    expect(kinds).toContain(kind);
  expect(rows.filter(({ differ }) => differ > 0)).toEqual([]);
});
