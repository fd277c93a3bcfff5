/** To which fund account a compensation is paid: the one that was approved with it, or with the newest correction since. */
import { byReference } from '../intake/typed-texts';
import type { Sql } from '../people/standing';

/** SQL: the fund account that a proposal `p` is paid to; null where nothing is paid, or nobody could be. */
export const PAYEE_ACCOUNT = `coalesce((select x.payee from payee_corrections x where x.proposal_id = p.proposal_id and x.state = 'approved' order by x.nth desc limit 1), p.payee)`;

interface Paid {
  readonly complaintNo: string;
  readonly account: string | null;
}

/** Null where nothing is paid, or nobody could be. */
export async function payeeAccount(sql: Sql, proposalId: string): Promise<string | null> {
  return (await paidTo(sql, proposalId))?.account ?? null;
}

/** The same, which stands in no history, by reference. */
export async function payeeOf(sql: Sql, proposalId: string): Promise<string | undefined> {
  const paid = await paidTo(sql, proposalId);
  if (paid === undefined || paid.account === null) return undefined;
  return byReference(sql, `complaint:${paid.complaintNo}`, 'payee', paid.account);
}

async function paidTo(sql: Sql, proposalId: string): Promise<Paid | undefined> {
  const { rows } = await sql.query<Paid>(
    `select complaint_no as "complaintNo", ${PAYEE_ACCOUNT} as account from complaint_proposals p where proposal_id = $1`,
    [proposalId],
  );
  return rows[0];
}
