/** Who complained by mail, letter or telephone is found to be a client: named later, checked as at the receipt. */
import type { Pool } from 'pg';
import { DECIDED_STATES } from '../../../domain/complaints/complaint-words';
import { BusinessError } from '../../../domain/errors';
import { recordAudit } from '../../audit/record-audit';
import { actOnComplaint, type ComplaintAct } from '../../complaints/act-on-complaint';
import { alikeOf } from '../../complaints/links';
import { passOnWork } from '../../complaints/newly-kept-out';
import { refuseFirst } from '../judge-actor';
import { requirePart } from './take-part';

export interface NamedComplainant extends ComplaintAct {
  readonly clientNo: string;
  /** To whom compensation is paid; the first account of the client where left away. */
  readonly fundAccount?: string | undefined;
}

/** Of the complaint $1. */
const COMPENSATION_OWED = `exists (
  select from complaint_proposals p
   where p.complaint_no = $1 and p.amount_fen > 0
     and (p.state = 'awaiting approval' or (p.state = 'approved' and not exists (
           select from orders o where o.case_key = p.complaint_no || ':' || p.proposal_id and o.state = 'executed'))))`;

interface Found {
  readonly named: string | null;
  readonly account: string | null;
  readonly branch: string | null;
  readonly owns: boolean;
  /** A compensation is proposed, or approved and not yet paid. */
  readonly owed: boolean;
}

/**
 * From then on the client reads it, is called back as one, and can be paid. Answers the open complaints of the same client about the same,
 * of which it may be a duplicate. A client who is named already is corrected by compliance, until the decision; nobody changes who is paid
 * while that is approved or under way.
 * @throws SeveralRefusals NOT_FOUND, FUND_ACCOUNT_NOT_OF_CLIENT, COMPLAINANT_NAMED_ALREADY, COMPENSATION_UNDER_WAY
 * @throws BusinessError COMPLAINT_ENDED, KEPT_OUT_OF_CASE
 */
export const nameComplainant = (pool: Pool, act: NamedComplainant): Promise<{ readonly alike: readonly string[] }> =>
  actOnComplaint(pool, act, 'name complainant', async (sql, complaint) => {
    await requirePart(sql, complaint, act);
    const { complaintNo, clientNo, fundAccount } = act;
    const { rows } = await sql.query<Found>(
      `select client_no as named, fund_account as account, (select branch from registered_clients r where r.client_no = $2) as branch,
              exists (select from client_fund_accounts a where a.client_no = $2 and a.fund_account = $3) as owns,
              ${COMPENSATION_OWED} as owed
         from complainants where complaint_no = $1 for update`,
      [complaintNo, clientNo, fundAccount ?? null],
    );
    const { named = null, account = null, branch = null, owns = false, owed = false } = rows[0] ?? {};
    const isOtherPayee = clientNo !== named || (fundAccount ?? account) !== account;
    const mayCorrect = act.role === 'compliance' && !DECIDED_STATES.includes(complaint.state);
    refuseFirst([
      ...(branch === null
        ? [new BusinessError('NOT_FOUND', { what: '客户 client', key: clientNo, field: 'clientNo' })]
        : []),
      ...(fundAccount !== undefined && !owns
        ? [new BusinessError('FUND_ACCOUNT_NOT_OF_CLIENT', { client: clientNo, field: 'fundAccount' })]
        : []),
      ...(named !== null && named !== clientNo && !mayCorrect
        ? [new BusinessError('COMPLAINANT_NAMED_ALREADY', { complaint: complaintNo, field: 'clientNo' })]
        : []),
      ...(owed && isOtherPayee ? [new BusinessError('COMPENSATION_UNDER_WAY', { complaint: complaintNo })] : []),
    ]);
    const { rows: written } = await sql.query<{ account: string | null }>(
      `update complainants set client_no = $2,
              fund_account = coalesce($3, case when client_no = $2 then fund_account end,
                                      (select min(a.fund_account) from client_fund_accounts a where a.client_no = $2))
        where complaint_no = $1 returning fund_account as account`,
      [complaintNo, clientNo, fundAccount ?? null],
    );
    await sql.query('update complaints set branch = coalesce(branch, $2) where complaint_no = $1', [
      complaintNo,
      branch,
    ]);
    await recordAudit(sql, {
      actor: act.by,
      role: act.role,
      action: 'name complainant',
      outcome: 'done',
      objectType: 'complainant',
      objectId: complaintNo,
      before: { clientNo: named, fundAccount: account },
      after: { clientNo, fundAccount: written[0]?.account ?? null },
      requestId: act.requestId,
      workflowId: complaint.workflowId,
    });
    // Somebody of the house may turn out to be the complainant.
    await passOnWork(sql, complaint, act);
    return { answer: { alike: await alikeOf(sql, complaintNo) }, signal: true };
  });
