/** Whom a cancelled trade is told to: its client, operations and finance with the amount that is not due any more. */
import type { PoolClient } from 'pg';
import type { Side } from '../../domain/channel';
import { yuan } from '../../domain/money';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueEach, queueNotice, type Notice } from '../outbox/queue-notice';
import type { DayKey } from '../settlement/day-key';
import type { OfCancellation } from './read-cancellation';

interface CancelledTrade {
  readonly trade: string;
  readonly date: string;
  readonly code: string;
  readonly quantity: string;
  readonly fund_account: string | null;
  readonly branch: string | null;
  readonly side: Side;
}

/** Tells once each. */
export const tellCancellation =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ cancellationId }: OfCancellation): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<CancelledTrade & { net_fen: bigint; due: string; workflow_id: string }>(
        `select x.trade_no as trade, x.trade_date::text as date, l.code, l.quantity::text, c.fund_account, c.branch, a.side, l.net_fen,
                due_date_of(x.channel, x.settle_date)::text as due, x.workflow_id
         from trade_cancellations x
         join clearing_lines_in_force l on l.channel = x.channel and l.business_date = x.trade_date and l.trade_no = x.trade_no and l.business = 'H01'
         join broker_accounts a on a.account = l.reserve_account left join clients c on c.securities_account = l.securities_account
         where x.cancellation_id = $1 and x.state = 'approved'`,
        [cancellationId],
      );
      for (const { net_fen, due, workflow_id: workflowId, ...trade } of rows) {
        await queueEach(sql, noticesOf([trade], { workflowId }, `trade-cancelled:${cancellationId}`));
        for (const role of ['operations', 'finance'])
          await queueNotice(sql, {
            ...{
              key: `trade-cancelled:${cancellationId}:${role}`,
              workflowId,
              severity: 'critical',
              recipientRole: role,
            },
            template: 'TRADE_CANCELLED_TOTALS',
            facts: { trade: trade.trade, date: trade.date, due, amount: yuan(net_fen) },
          });
      }
    });

/**
 * Clients whose trade stood in an earlier version of the day's settlement details and is not in the one in force: told once a trade. The clearing
 * house has cancelled it by its file.
 */
export async function tellGoneTrades(sql: PoolClient, day: DayKey): Promise<void> {
  const { rows } = await sql.query<CancelledTrade & { workflow_id: string }>(
    `with earlier as (
       select file_id from file_verdicts where channel = $1 and business_date = $2 and kind = 'hk_jsmx' and state = 'superseded')
     select distinct on (l.trade_no) l.trade_no as trade, l.trade_date::text as date, l.code, l.quantity::text, c.fund_account, c.branch, a.side, d.workflow_id
     from clearing_lines l join earlier using (file_id) join settlement_days d on d.channel = $1 and d.business_date = $2
     join broker_accounts a on a.account = l.reserve_account join clients c on c.securities_account = l.securities_account
     where l.business_date = $2 and l.business = 'H01'
       and exists (select from files_in_force where channel = $1 and business_date = $2 and kind = 'hk_jsmx')
       and not exists (select from clearing_lines_in_force n where n.channel = $1 and n.business_date = $2 and n.trade_no = l.trade_no and n.business = 'H01')
     order by l.trade_no, l.file_id desc`,
    [day.channel, day.businessDate],
  );
  const workflowId = rows[0]?.workflow_id;
  if (workflowId === undefined) return;
  await queueEach(sql, noticesOf(rows, { workflowId }, `trade-gone:${day.channel}:${day.businessDate}`));
}

/** One notice a trade of a client; an account that no client has is told of by its break. */
function noticesOf(
  trades: readonly CancelledTrade[],
  { workflowId }: { readonly workflowId: string },
  key: string,
): readonly Notice[] {
  return trades.flatMap(({ trade, date, code, quantity, fund_account: account, branch, side }) =>
    account === null || side !== 'client'
      ? []
      : [
          {
            key: `${key}:${trade}`,
            workflowId,
            severity: 'warning' as const,
            side,
            ...(branch === null ? {} : { branch }),
            recipientRef: `fund-account:${account}`,
            template: 'TRADE_CANCELLED',
            facts: { date, code, quantity },
          },
        ],
  );
}
