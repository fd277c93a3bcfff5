/** Whom a postponement is told to: operations and finance with the new amounts, branches, clients (A4 §40). */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { yuan } from '../../domain/money';
import { ENTITLEMENT_MONEY, PAID_AT_SETTLEMENT } from '../../domain/settlement/line-kinds';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueNotice, queueNotices } from '../outbox/queue-notice';
import type { OfPostponement } from './read-postponement';

/**
 * Tells once each that it is postponed, or due again: whoever has something due on the first day, trades, fees and entitlements, also what an
 * earlier notice had moved there. Answers how many clients.
 */
export const tellPostponement =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ postponementId, back }: OfPostponement & { readonly back: boolean }): Promise<{ readonly clients: number }> =>
    inTransaction(pool, async (sql) => {
      const { channel, from, to, workflowId } = await placesOf(sql, postponementId);
      const clients = await clientsOf(sql, channel, from);
      const key = `${back ? 'postponement-withdrawn' : 'postponed'}:${postponementId}`;
      const template = back ? 'SETTLEMENT_MOVED_BACK' : 'SETTLEMENT_POSTPONED';
      const facts = { from, to };
      const totals = { ...facts, ...(await totalsOf(sql, channel, from)) };
      for (const role of ['operations', 'finance'])
        await queueNotice(sql, {
          ...{ key: `${key}:${role}`, workflowId, severity: 'critical', recipientRole: role, facts: totals },
          template: `${template}_TOTALS`,
        });
      const branches = [...new Set(clients.map(({ branch }) => branch))].sort();
      const staff = { workflowId, severity: 'warning', template: `${template}_BRANCH`, facts } as const;
      await queueNotices(
        sql,
        staff,
        branches.map((branch) => ({ key: `${key}:branch:${branch}`, role: 'branch', branch })),
      );
      await queueNotices(
        sql,
        { workflowId, severity: 'warning', side: 'client', template, facts },
        clients.map(({ account, branch }) => ({ key: `${key}:${account}`, ref: `fund-account:${account}`, branch })),
      );
      return { clients: clients.length };
    });

const MOVED = `l.channel = $1 and l.settle_date = any((select due_unless_postponed($1, $2))::date[]) and l.business = any($3)`;
const MOVED_BUSINESSES: readonly string[] = ['H01', ...ENTITLEMENT_MONEY, ...PAID_AT_SETTLEMENT];

async function clientsOf(sql: PoolClient, channel: string, from: BusinessDate) {
  const { rows } = await sql.query<{ account: string; branch: string }>(
    `select distinct c.fund_account as account, c.branch from counted_clearing_lines l join clients c using (securities_account)
     where ${MOVED} and c.side = 'client' order by 1`,
    [channel, from, MOVED_BUSINESSES],
  );
  return rows;
}

/** What each side receives and pays by the lines that move. */
async function totalsOf(sql: PoolClient, channel: string, from: BusinessDate) {
  const { rows } = await sql.query<Record<'received' | 'paid' | 'ownReceived' | 'ownPaid', bigint>>(
    `select coalesce(sum(l.net_fen) filter (where a.side = 'client' and l.net_fen > 0), 0)::bigint as received,
            coalesce(-sum(l.net_fen) filter (where a.side = 'client' and l.net_fen < 0), 0)::bigint as paid,
            coalesce(sum(l.net_fen) filter (where a.side = 'proprietary' and l.net_fen > 0), 0)::bigint as "ownReceived",
            coalesce(-sum(l.net_fen) filter (where a.side = 'proprietary' and l.net_fen < 0), 0)::bigint as "ownPaid"
     from counted_clearing_lines l join broker_accounts a on a.account = l.reserve_account where ${MOVED}`,
    [channel, from, MOVED_BUSINESSES],
  );
  const { received, paid, ownReceived, ownPaid } = rows[0] ?? { received: 0n, paid: 0n, ownReceived: 0n, ownPaid: 0n };
  return {
    receivable: yuan(received),
    payable: yuan(paid),
    ownReceivable: yuan(ownReceived),
    ownPayable: yuan(ownPaid),
  };
}

async function placesOf(sql: Parameters<typeof queueNotice>[0], postponementId: string) {
  const { rows } = await sql.query<{ channel: string; from: BusinessDate; to: BusinessDate; workflowId: string }>(
    `select channel, postponed_from::text as "from", postponed_to::text as "to", workflow_id as "workflowId"
     from settlement_postponements where postponement_id = $1`,
    [postponementId],
  );
  const [found] = rows;
  if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '交收推迟 postponement', key: postponementId });
  return found;
}
