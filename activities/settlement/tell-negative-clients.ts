/** Clients whose available money is below zero after pre-clearing are told to pay in (A4 §37): one notice a client, set-based. */
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import type { DayKey } from './day-key';

export const tellNegativeClients =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (day: DayKey & { readonly workflowId: string }): Promise<{ readonly told: number }> =>
    inTransaction(pool, async (sql) => {
      const { rowCount } = await sql.query(
        `insert into outbox (message_key, workflow_id, kind, severity, recipient_ref, subject_zh, subject_en, text_zh, text_en)
         select 'pay-in:' || $1 || ':' || $2 || ':' || f.fund_account, $3, 'notice', 'warning', 'fund-account:' || f.fund_account,
                '请补足可用资金', 'Please pay in', $4, $5
         from client_figures f join clients c using (fund_account)
         where f.channel = $1 and f.business_date = $2::date and f.available_fen < 0 and c.side = 'client'
         on conflict (message_key) do nothing`,
        [
          day.channel,
          day.businessDate,
          day.workflowId,
          `${day.businessDate} 预清算后您的港股通可用资金为负，请在交收日前补足。`,
          `After pre-clearing of ${day.businessDate} your money available for Southbound trading is below zero. Please pay in before settlement.`,
        ],
      );
      return { told: rowCount ?? 0 };
    });
