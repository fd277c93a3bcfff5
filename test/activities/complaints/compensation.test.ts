/** What is proposed and decided, who is paid, and who complains. */
import type { PoolClient } from 'pg';
import { compensationDue } from '../../../activities/complaints/compensation';
import { complaintProposalSubject, draftProposal } from '../../../activities/complaints/investigation';
import { payeeAccount } from '../../../activities/complaints/payee';
import { payeeCorrectionSubject, readPayeeCorrection } from '../../../activities/complaints/payee-correction';
import { postCompensation } from '../../../activities/complaints/post-compensation';
import { inTransaction } from '../../../activities/database/transaction';
import { askDepartment } from '../../../activities/intake/complaints/act-of-people';
import { correctPayee } from '../../../activities/intake/complaints/correct-payee';
import { nameComplainant } from '../../../activities/intake/complaints/name-complainant';
import type { ReceivedComplaint } from '../../../activities/intake/complaints/receive-complaint';
import { completeTask } from '../../../activities/tasks/complete-task';
import { openTask } from '../../../activities/tasks/open-task';
import { untilWaiting } from '../../support/waiting-for-locks';
import {
  NOW,
  act,
  clockTo,
  codesOf,
  db,
  formRefusals,
  handledBy,
  onComplaintBook,
  one,
  receive,
} from '../../support/complaint-book';

onComplaintBook('compensation');

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
    await db.pool.query(
      `update complaints set other_state = 'closed', ended_at = business_now() where complaint_no = $1`,
      [no],
    );
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
