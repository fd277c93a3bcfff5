/** What is still to be paid of a compensation that was decided; nothing while an order for it stands. */
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { payeeOf } from './payee';

export interface CompensationDue {
  readonly amountFen: string;
  /** Day of the approval: orders bear it however often they are made. */
  readonly businessDate: BusinessDate;
  readonly complaintNo: string;
  /** Fund account that is paid to, as it was approved last, by reference. */
  readonly payee?: string;
}

export const compensationDue =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ proposalId }: { readonly proposalId: string }): Promise<CompensationDue> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<CompensationDue>(
        `select (case when p.state = 'approved' and not exists (
                 select from orders o where o.case_key = p.complaint_no || ':' || p.proposal_id and o.state in ('sent', 'executed'))
               then p.amount_fen else 0 end)::text as "amountFen",
              (p.approved_at at time zone 'Asia/Shanghai')::date::text as "businessDate", p.complaint_no as "complaintNo"
         from complaint_proposals p where proposal_id = $1`,
        [proposalId],
      );
      const [due] = rows;
      if (due === undefined) throw new BusinessError('NOT_FOUND', { what: '处理建议 proposal', key: proposalId });
      const payee = await payeeOf(sql, proposalId);
      return { ...due, ...(payee === undefined ? {} : { payee }) };
    });
