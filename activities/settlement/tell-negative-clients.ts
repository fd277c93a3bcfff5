/** Clients whose available money is below zero after pre-clearing are told to pay in (A4 §37): one notice a client, set-based. */
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueNotices } from '../outbox/queue-notice';
import type { DayKey } from './day-key';

export const tellNegativeClients =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (day: DayKey & { readonly workflowId: string }): Promise<{ readonly told: number }> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<{ fund_account: string; branch: string }>(
        `select f.fund_account, c.branch from client_figures f join clients c using (fund_account)
         where f.channel = $1 and f.business_date = $2 and f.available_fen < 0 and c.side = 'client' order by 1`,
        [day.channel, day.businessDate],
      );
      const told = await queueNotices(
        sql,
        {
          workflowId: day.workflowId,
          severity: 'warning',
          side: 'client',
          template: 'PAY_IN',
          facts: { date: day.businessDate },
        },
        rows.map(({ fund_account: account, branch }) => ({
          key: `pay-in:${day.channel}:${day.businessDate}:${account}`,
          ref: `fund-account:${account}`,
          branch,
        })),
      );
      return { told };
    });
