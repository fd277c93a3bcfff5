/** What is still to be paid of a compensation that was decided; nothing while an order for it stands. */
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import type { Dependencies } from '../dependencies';

export interface CompensationDue {
  readonly amountFen: string;
  /** Day of the approval: orders bear it however often they are made. */
  readonly businessDate: BusinessDate;
}

export const compensationDue =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async ({ proposalId }: { readonly proposalId: string }): Promise<CompensationDue> => {
    const { rows } = await pool.query<CompensationDue>(
      `select (case when p.state = 'approved' and not exists (
                 select from orders o where o.case_key = p.complaint_no || ':' || p.proposal_id and o.state in ('sent', 'executed'))
               then p.amount_fen else 0 end)::text as "amountFen",
              (p.approved_at at time zone 'Asia/Shanghai')::date::text as "businessDate"
         from complaint_proposals p where proposal_id = $1`,
      [proposalId],
    );
    const [due] = rows;
    if (due === undefined) throw new BusinessError('NOT_FOUND', { what: '处理建议 proposal', key: proposalId });
    return due;
  };
