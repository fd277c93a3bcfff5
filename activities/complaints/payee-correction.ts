/**
 * Another account for a compensation that is approved and not yet paid, as what an approval decides about. The money goes to the deposit
 * account of the clients either way: the account says whose it is once it is booked, so a correction pays nothing by itself, and nothing twice.
 */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { businessNow } from '../clock/business-now';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { byReference } from '../intake/typed-texts';
import type { SubjectEnd, SubjectKind } from '../tasks/subject-kind';
import { contentOf, writeLine } from './act-on-complaint';
import { payeeAccount } from './payee';
import { ofProcess } from '../database/of-process';

/** SQL: whether the money of a proposal `p` has moved. */
export const IS_PAID = `exists (select from orders o where o.case_key = p.complaint_no || ':' || p.proposal_id and o.state = 'executed')`;

export interface AskedCorrection {
  readonly correctionId: string;
  readonly nth: number;
  readonly askedBy: string;
  /** Both accounts by reference: they stand in no history. */
  readonly before: string;
  readonly payee: string;
  /** Why, by reference. */
  readonly reason: string;
  /** Whoever asked has turned out to be concerned: nobody approves it. */
  readonly isAskerKeptOut: boolean;
  /** In all that was decided for the complaint: it says who approves. */
  readonly sumFen: string;
}

/** What waits to be approved of a compensation; null where nothing does. */
export const readPayeeCorrection =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ proposalId }: { readonly proposalId: string }): Promise<AskedCorrection | null> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<AskedCorrection & { readonly complaintNo: string }>(
        `select x.correction_id::text as "correctionId", x.nth, x.asked_by as "askedBy", x.payee, x.reason, p.complaint_no as "complaintNo",
                is_kept_out('complaint:' || p.complaint_no, array[x.asked_by]) as "isAskerKeptOut",
                (select sum(q.amount_fen) from complaint_proposals q where q.complaint_no = p.complaint_no and q.state = 'approved')::text as "sumFen"
           from payee_corrections x join complaint_proposals p using (proposal_id)
          where x.proposal_id = $1 and x.state = 'awaiting approval'`,
        [proposalId],
      );
      const [row] = rows;
      if (row === undefined) return null;
      const { complaintNo, payee, reason, ...asked } = row;
      const referred = (text: string, field = 'payee') => byReference(sql, `complaint:${complaintNo}`, field, text);
      const before = await referred((await payeeAccount(sql, proposalId)) ?? '');
      return { ...asked, before, payee: await referred(payee), reason: await referred(reason, 'reason') };
    });

interface Locked {
  readonly complaint: string;
  readonly proposal: string;
  readonly amount: string;
  readonly nth: number;
  readonly payee: string;
  readonly reason: string;
  readonly asked_by: string;
  readonly state: string;
  readonly paid: boolean;
}

/** @throws BusinessError NOT_FOUND, CHANGE_NOT_OPEN, COMPENSATION_PAID */
export const payeeCorrectionSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { state, nth, paid: _, ...content } = await locked(sql, id);
    return { state, revision: nth, content };
  },
  end: endCorrection,
};

async function endCorrection(sql: PoolClient, id: string, end: SubjectEnd): Promise<void> {
  const { complaint, payee, nth, state, paid } = await locked(sql, id);
  const isApproved = end.state === 'approved';
  if (isApproved && paid) throw new BusinessError('COMPENSATION_PAID', { complaint });
  // By whatever booked the payment, while the process was asking.
  if (end.state === 'withdrawn' && state === 'withdrawn') return;
  if (state !== 'awaiting approval') throw new BusinessError('CHANGE_NOT_OPEN', { change: id, state });
  await sql.query(
    'update payee_corrections set state = $2, approved_by = $3, approved_for = $4, approved_at = $5 where correction_id = $1',
    [
      id,
      end.state,
      isApproved ? end.by : null,
      isApproved ? (end.onBehalfOf ?? null) : null,
      isApproved ? end.at : null,
    ],
  );
  const act = { complaintNo: complaint, key: `payee-correction:${id}`, by: end.by };
  const name = `payee correction ${end.state}`;
  await writeLine(sql, act, name, { detail: { nth }, answer: null, content: contentOf(act, name) });
  if (isApproved) await payFromNowOn(sql, { complaint, payee, by: end.by });
}

/**
 * The money has moved, under the lock of the proposal: what was asked for and no task stands for is over. The process takes off the list
 * what one stands for; of what it has not heard it never will.
 */
export async function withdrawUnheard(sql: PoolClient, proposalId: string): Promise<void> {
  const { rows } = await sql.query<{ id: string; complaint: string; nth: number }>(
    `select x.correction_id::text as id, p.complaint_no as complaint, x.nth from payee_corrections x join complaint_proposals p using (proposal_id)
      where proposal_id = $1 and x.state = 'awaiting approval'
        and not exists (select from tasks t where ${ofProcess('t.workflow_id', `('complaint:' || p.complaint_no)`)} and t.subject_kind = 'payee correction'
                           and t.subject_id = x.correction_id::text and t.state in ('open', 'claimed'))`,
    [proposalId],
  );
  for (const { id, complaint, nth } of rows) {
    await endCorrection(sql, id, { state: 'withdrawn', by: SYSTEM_ACTOR, at: await businessNow(sql) });
    await recordAudit(sql, {
      actor: SYSTEM_ACTOR,
      action: 'payee correction withdrawn',
      outcome: 'done',
      objectType: 'complaint',
      objectId: complaint,
      after: { nth },
      workflowId: `complaint:${complaint}`,
    });
  }
}

/** The lock of the proposal comes first: whatever books the payment takes it too, so that it is either paid or corrected. */
async function locked(sql: PoolClient, id: string): Promise<Locked> {
  await sql.query(
    'select from complaint_proposals where proposal_id = (select proposal_id from payee_corrections where correction_id = $1) for update',
    [id],
  );
  const { rows } = await sql.query<Locked>(
    `select p.complaint_no as complaint, x.proposal_id::text as proposal, p.amount_fen::text as amount, x.nth, x.payee, x.reason, x.asked_by, x.state,
            ${IS_PAID} as paid
       from payee_corrections x join complaint_proposals p using (proposal_id) where x.correction_id = $1 for update of x`,
    [id],
  );
  const [row] = rows;
  if (row === undefined)
    throw new BusinessError('NOT_FOUND', { what: '收款账户更正 correction of the account', key: id });
  return row;
}

/** What is decided later for the same complaint is paid there too. */
async function payFromNowOn(
  sql: PoolClient,
  { complaint, payee, by }: { readonly complaint: string; readonly payee: string; readonly by: string },
): Promise<void> {
  const { rows } = await sql.query<{ before: string | null }>(
    'select fund_account as before from complainants where complaint_no = $1 for update',
    [complaint],
  );
  await sql.query('update complainants set fund_account = $2 where complaint_no = $1', [complaint, payee]);
  await recordAudit(sql, {
    actor: by,
    action: 'correct payee',
    outcome: 'done',
    objectType: 'complainant',
    objectId: complaint,
    before: { fundAccount: rows[0]?.before ?? null },
    after: { fundAccount: payee },
    workflowId: `complaint:${complaint}`,
  });
}
