/** Who does no part of a complaint, of an appraisal or of what follows from them, by whatever account, task or delegation. */
import { lockCallback } from '../../../activities/callbacks/callback-row';
import { moveCallback } from '../../../activities/callbacks/move-callback';
import { proposeAppraisal } from '../../../activities/appraisals/compute-appraisal';
import { readApprover, readProposer } from '../../../activities/appraisals/whose-appraisal';
import { askComplaintCallback } from '../../../activities/complaints/ask-complaint-callback';
import { readForHeadOffice } from '../../../activities/complaints/head-office';
import { draftProposal } from '../../../activities/complaints/investigation';
import { readPayeeCorrection } from '../../../activities/complaints/payee-correction';
import { inTransaction } from '../../../activities/database/transaction';
import { openDeadline } from '../../../activities/deadlines/open-deadline';
import { readExtension } from '../../../activities/deadlines/read-extension';
import { stopClock } from '../../../activities/deadlines/stop-clock';
import {
  askDepartment,
  nameSubject,
  recuse,
  supplementComplaint,
} from '../../../activities/intake/complaints/act-of-people';
import { addressesOf } from '../../../activities/outbox/addresses';
import { handOver } from '../../../activities/intake/complaints/hand-over';
import { nameComplainant } from '../../../activities/intake/complaints/name-complainant';
import { takeBackNaming } from '../../../activities/intake/complaints/take-back-naming';
import { askAppraisal } from '../../../activities/intake/quality/ask-appraisal';
import { askMoreTime } from '../../../activities/intake/complaints/ask-more-time';
import { refusalsOfActor } from '../../../activities/intake/judge-actor';
import { openTask, type OpenTask } from '../../../activities/tasks/open-task';
import {
  NOW,
  act,
  auditOf,
  clockTo,
  codesOf,
  db,
  followComplaintNow,
  formRefusals,
  handledBy,
  onComplaintBook,
  one,
  proposing,
  receive,
  ringAll,
  step,
} from '../../support/complaint-book';

onComplaintBook('kept_out');

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
      `insert into tasks (other_key, workflow_id, kind, title_id, role, form_id, form_version, facts_told, revision, state, made_by)
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
        `select kind, claimed_by as holder from tasks where workflow_id = any($1) and state <> 'done' order by task_id`,
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
    // Promises are numbered past all tasks that there are, or come.
    await db.pool.query(
      `select nextval(pg_get_serial_sequence('deadlines', 'deadline_id')) from generate_series(1, 1000)`,
    );
    const [no, other] = [await receive({ against: 'service-1' }), await receive()];
    const stop = (complaintNo: string) =>
      stopClock(db)({
        businessKey: `complaint-answer:${complaintNo}:1`,
        reason: 'x',
        by: 'service-1',
        judgedAs: 'stop-deadline-clock',
      });
    // A task of the one with the number of the promise of the other.
    await db.pool.query(
      `insert into tasks (task_id, workflow_id, other_key, kind, title_id, role, form_id, form_version, facts_told, revision, state)
       overriding system value
       select deadline_id, $1, 'planted', 'any', task_title('x', 'x'), 'service', task_form('{}'), 1, '{}', 1, 'open' from deadlines where business_key = $2`,
      [`complaint:${no}`, `complaint-answer:${other}:1`],
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
          `insert into tasks (workflow_id, other_key, kind, title_id, role, form_id, form_version, facts_told, revision, state, outcome, made_by)
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

  it('mediation is offered by compliance where all of service had a hand in the answer or are kept out, else by the general manager', async () => {
    const offered = async (no: string, nth = 1) => {
      const businessKey = `complaint-mediate:${no}:${nth}`;
      const promise = {
        businessKey,
        workflowId: `complaint:${no}`,
        process: 'complaint',
        step: 'mediate',
        subject: no,
      };
      await openDeadline(db)({
        ...{ ...promise, owner: { role: 'service' }, ladder: 'PROMISE' },
        ...{ limit: { kind: 'BUSINESS_DAYS', n: 5 }, receivedAt: NOW },
      });
      const { taskId, asks } = await openTask(db)({
        ...{
          workflowId: promise.workflowId,
          businessKey,
          kind: 'offer-mediation',
          titleZh: '调解',
          titleEn: 'mediate',
        },
        ...{ role: 'service', form: { type: 'object' }, formVersion: 1, facts: {}, revision: 1 },
      });
      const rows = await one<{ task: string; owes: string }>(
        `select t.role as task, d.owner_role as owes from tasks t join deadlines d using (business_key) where task_id = $1`,
        taskId,
      );
      return [asks?.role, rows?.task, rows?.owes];
    };
    const answered = async (no: string, ...by: string[]) => {
      for (const person of by)
        await db.pool.query(
          `insert into tasks (workflow_id, other_key, kind, title_id, role, form_id, form_version, facts_told, revision, state, outcome)
           values ($1, $1 || 'answer' || $2, 'answer-complaint', task_title('x', 'x'), 'service', task_form('{}'), 1, '{}', 1, 'done',
                   jsonb_build_object('by', jsonb_build_object('person', $2::text)))`,
          [`complaint:${no}`, person],
        );
    };
    const [some, all, none] = [await receive(), await receive(), await receive()];
    await handledBy(some, 'service-1');
    await answered(some, 'service-2');
    expect(await offered(some)).toEqual([undefined, 'service', 'service']);
    // All of service: one handled it, one answered, one is kept out.
    await handledBy(all, 'service-1');
    await answered(all, 'service-2');
    await recuse(db.pool, { ...act(all, 'service-3'), person: 'service-3', reason: 'x' });
    expect(await offered(all)).toEqual(['compliance', 'compliance', 'compliance']);
    await answered(none, 'service-1', 'service-2', 'service-3');
    await recuse(db.pool, {
      ...act(none, 'compliance-1'),
      person: 'compliance-1',
      reason: 'x',
      cause: 'complained about',
    });
    expect(await offered(none)).toEqual(['general_manager', 'general_manager', 'general_manager']);
    // Whoever is the last of service that may, and turns out to be concerned while it waits, leaves it to compliance.
    await recuse(db.pool, { ...act(some, 'service-3'), person: 'service-3', reason: 'x' });
    expect(await one(`select role, state from tasks where business_key = $1`, `complaint-mediate:${some}:1`)).toEqual({
      role: 'compliance',
      state: 'open',
    });
  });

  it('whoever was named as handler approves nothing, for nobody and by no account, nor past the verbs, and whoever approved takes nothing over', async () => {
    const no = await receive();
    const assigned = (act: 'assign' | 'hand over', person: string) =>
      db.pool.query(
        `with named as (update complaints set other_state = 'assigned', handler = $3, handler_role = 'compliance' where complaint_no = $1)
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
      `insert into tasks (other_key, workflow_id, kind, title_id, role, form_id, form_version, facts_told, revision, state, made_by, subject_kind, subject_id)
       values ('own case', $1, 'approve-complaint-proposal', task_title('x', 'x'), 'compliance', task_form('{}'), 1, '{}', 1, 'open', 'compliance-2', 'complaint proposal', $2)
       returning task_id::text as id`,
      `complaint:${no}`,
      proposalId,
    );
    // Where it is paid is part of it.
    const account = await one<{ id: string }>(
      `with asked as (
         insert into payee_corrections (proposal_id, nth, payee, reason, asked_by) values ($2, 1, 'second', 'x', 'compliance-2') returning *)
       insert into tasks (other_key, workflow_id, kind, title_id, role, form_id, form_version, facts_told, revision, state, made_by, subject_kind, subject_id)
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
    await handledBy(no, 'service-2');
    const { extensionId } = await askMoreTime(db.pool, { ...act(no, 'service-2'), furtherN: 2, reason: '证人不在' });
    expect(await readExtension(db)({ extensionId })).toMatchObject({ role: 'service', risk: 'compliance concerned' });
    // Nor is anybody of compliance left where the last one there owes what another one asks more time for.
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

  it('what waits for compliance when the last one there is kept out goes to the general manager, with an alarm, and its process is told', async () => {
    const [no, other] = [await receive(), await receive()];
    const { callbackNo } = await askComplaintCallback(db)({ complaintNo: no, level: 1 });
    const callback = `callback:complaint-answer:${callbackNo}`;
    const asked = (workflowId: string, kind: string, more: Partial<OpenTask> = {}) =>
      openTask(db)({
        ...{ workflowId, kind, businessKey: `up:${workflowId}:${kind}`, titleZh: '事项', titleEn: 'work' },
        ...{ role: 'compliance', form: { type: 'object' }, formVersion: 1, facts: {}, revision: 1, ...more },
      });
    const { taskId } = await asked(`complaint:${no}`, 'extend-calendar', { holder: 'compliance-2', mark: 'head' });
    await asked(callback, 'callback-follow-up');
    await asked(`complaint:${no}`, 'go-on-without-answer');
    await asked(`complaint:${no}`, 'answer-complaint-request', { role: 'finance' });
    await asked(`complaint:${other}`, 'extend-calendar');
    const waits = async () => {
      const { rows } = await db.pool.query<{ line: string }>(
        `select concat_ws(' ', kind, role, mark, state, claimed_by) as line from tasks where business_key like 'up:%' order by task_id`,
      );
      return rows.map(({ line }) => line);
    };
    // Of others somebody is left.
    await recuse(db.pool, { ...act(no, 'service-3'), person: 'compliance-1', reason: 'x' });
    expect((await waits())[0]).toBe('extend-calendar compliance head claimed compliance-2');
    const named = { person: 'compliance-3', reason: 'x', cause: 'complained about' } as const;
    await recuse(db.pool, { ...act(no, 'service-3'), ...named });
    expect(await waits()).toEqual([
      'extend-calendar general_manager open',
      'callback-follow-up general_manager open',
      // Its process asks that anew.
      'go-on-without-answer compliance open',
      'answer-complaint-request finance open',
      'extend-calendar compliance open',
    ]);
    const { rows: told } = await db.pool.query(
      `select kind, workflow_id as by, recipient_role as role, severity, payload -> 'args' as args from outbox
        where message_key like 'task-passed-up:' || $1 || ':%' order by message_id`,
      [taskId],
    );
    expect(told).toEqual([
      { kind: 'signal', by: `complaint:${no}`, role: null, severity: 'info', args: [taskId, 'general_manager'] },
      { kind: 'notice', by: `complaint:${no}`, role: 'general_manager', severity: 'critical', args: null },
    ]);
    expect(await auditOf('open task', taskId)).toMatchObject([
      {},
      { actor: 'service-3', after: { role: 'general_manager' } },
    ]);
    // Who comes back takes nothing away again.
    await takeBackNaming(db.pool, { ...act(no, 'general-manager', 'general_manager'), ...named });
    expect((await waits())[0]).toBe('extend-calendar general_manager open');
  });

  it('the head who is complained about gives the case no more time: compliance is asked', async () => {
    const no = await receive({ against: 'service-2' });
    await handledBy(no);
    const { extensionId } = await askMoreTime(db.pool, { ...act(no, 'service-3'), furtherN: 2, reason: '证人不在' });
    expect(await readExtension(db)({ extensionId })).toMatchObject({ role: 'service', risk: 'head' });
    expect(await judged(no, 'service-2', 'service', `deadline-extension:${extensionId}`)).toEqual(['KEPT_OUT_OF_CASE']);
  });

  it('a head who is kept out is warned of nothing: compliance is, or above it who is left, of what is due and of who was not reached', async () => {
    const [ofHead, other] = [await receive({ against: 'service-2' }), await receive()];
    const ofCompliance = await receive({ against: 'compliance-1' });
    for (const no of [ofHead, other, ofCompliance]) {
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
      addressesOf(db.pool, { ...told, purpose: null, case_key: `complaint:${no}` }, 'email');
    const own = await one<{ address: string }>(
      `select address from contact_addresses where recipient_ref = 'person:service-2' and kind = 'email'`,
    );
    const all = await mailed(other);
    expect(all).toContain(own?.address);
    expect(await mailed(ofHead)).toEqual(all.filter((address) => address !== own?.address));
  });

  it('whoever turns out to be concerned holds nothing of it any more, nor of what is asked for its sake; who gives it more time is looked up again', async () => {
    const [no, other] = [await receive(), await receive()];
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
    const ofOther = `select claimed_by as holder from tasks where workflow_id = $1 and business_key like 'held:%'`;
    expect(await one(ofOther, `complaint:${other}`)).toEqual({ holder: 'service-1' });
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
