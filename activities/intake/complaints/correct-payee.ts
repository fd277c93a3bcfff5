/** An approved compensation cannot be paid to its account: another one of the same client is asked for, and approved by others (decision 0107). */
import type { Pool, PoolClient } from 'pg';
import { BusinessError } from '../../../domain/errors';
import { actOnComplaint, type ComplaintAct } from '../../complaints/act-on-complaint';
import { PAYEE_ACCOUNT } from '../../complaints/payee';
import { IS_PAID } from '../../complaints/payee-correction';
import { complianceOrAbove } from '../../people/keep-out';
import { refuseFirst } from '../judge-actor';
import { refuseKeptOut } from './take-part';

export interface CorrectedPayee extends ComplaintAct {
  readonly fundAccount: string;
  readonly reason: string;
}

/** Which correction of which proposal it is; both count from one. */
export interface PayeeCorrectionAsked {
  readonly proposalNo: number;
  readonly correctionNo: number;
}

/**
 * Of the compensation that was decided first of those that are approved, not paid, and go to another account; the complaint may have been
 * closed meanwhile, because it is paid beside. What is sent to the bank meanwhile is booked to the account that is approved by then.
 * @throws SeveralRefusals FUND_ACCOUNT_NOT_OF_CLIENT, COMPENSATION_PAID, PAYEE_CORRECTION_ASKED, PAYEE_ALREADY
 * @throws BusinessError KEPT_OUT_OF_CASE
 */
export const correctPayee = (pool: Pool, act: CorrectedPayee): Promise<PayeeCorrectionAsked> =>
  actOnComplaint(pool, act, 'ask payee correction', async (sql, complaint) => {
    await refuseKeptOut(sql, complaint, act);
    const { complaintNo, fundAccount, reason, by } = act;
    const unpaid = await unpaidOf(sql, complaintNo);
    const other = unpaid.find(({ account }) => account !== fundAccount);
    const client = await clientOf(sql, complaintNo, fundAccount);
    refuseFirst([
      ...(client.owns
        ? []
        : [new BusinessError('FUND_ACCOUNT_NOT_OF_CLIENT', { client: client.no, field: 'fundAccount' })]),
      ...(unpaid.length === 0 ? [new BusinessError('COMPENSATION_PAID', { complaint: complaintNo })] : []),
      ...(unpaid.length > 0 && other === undefined
        ? [new BusinessError('PAYEE_ALREADY', { complaint: complaintNo, field: 'fundAccount' })]
        : []),
      ...(other?.isAsked === true ? [new BusinessError('PAYEE_CORRECTION_ASKED', { complaint: complaintNo })] : []),
    ]);
    const { rows } = await sql.query<{ nth: number }>(
      `insert into payee_corrections (proposal_id, nth, payee, reason, asked_by)
       select $1, coalesce(max(nth), 0) + 1, $2, $3, $4 from payee_corrections where proposal_id = $1 returning nth`,
      [other?.proposalId, fundAccount, reason, by],
    );
    const correctionNo = rows[0]?.nth ?? 1;
    const answer = { proposalNo: other?.proposalNo ?? 0, correctionNo };
    return { answer, detail: { nth: correctionNo }, reason, signal: 'payee' };
  });

/**
 * Who asks without a look at what came with the complaint: compliance, or who does its part there; and whoever handled one that has ended,
 * who sees no more of it.
 */
export async function whoAsksUnseen(
  pool: Pool,
  complaintNo: string,
): Promise<{ readonly role: 'compliance' | 'general_manager'; readonly person: string | null }> {
  const { rows } = await pool.query<{ person: string | null }>(
    'select handler as person from complaints where complaint_no = $1 and ended_at is not null',
    [complaintNo],
  );
  return { role: await complianceOrAbove(pool, `complaint:${complaintNo}`), person: rows[0]?.person ?? null };
}

interface Unpaid {
  readonly proposalNo: number;
  readonly proposalId: string;
  readonly account: string | null;
  readonly isAsked: boolean;
}

/** Under the lock that whatever books the payment takes: what is asked for before, it sees. */
async function unpaidOf(sql: PoolClient, complaintNo: string): Promise<readonly Unpaid[]> {
  await sql.query('select from complaint_proposals where complaint_no = $1 order by proposal_id for update', [
    complaintNo,
  ]);
  const { rows } = await sql.query<Unpaid>(
    `select p.proposal_id::text as "proposalId", p.nth as "proposalNo", ${PAYEE_ACCOUNT} as account,
            exists (select from payee_corrections x where x.proposal_id = p.proposal_id and x.state = 'awaiting approval') as "isAsked"
       from complaint_proposals p
      where p.complaint_no = $1 and p.state = 'approved' and p.amount_fen > 0 and not ${IS_PAID} order by p.nth`,
    [complaintNo],
  );
  return rows;
}

async function clientOf(
  sql: PoolClient,
  complaintNo: string,
  fundAccount: string,
): Promise<{ readonly no: string; readonly owns: boolean }> {
  const { rows } = await sql.query<{ no: string | null; owns: boolean }>(
    `select client_no as no, exists (select from client_fund_accounts a where a.client_no = w.client_no and a.fund_account = $2) as owns
       from complainants w where complaint_no = $1`,
    [complaintNo, fundAccount],
  );
  return { no: rows[0]?.no ?? '-', owns: rows[0]?.owns === true };
}
