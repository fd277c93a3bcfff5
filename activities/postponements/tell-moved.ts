/** Whom it is told to that lines settle on another day: operations and finance with their amounts, branches, clients (A4 §40). */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { yuan } from '../../domain/money';
import { ENTITLEMENT_MONEY, PAID_AT_SETTLEMENT } from '../../domain/settlement/line-kinds';
import { queueNotice, queueNotices, type Notice } from '../outbox/queue-notice';

export interface MovedDues {
  readonly channel: string;
  /** Dates of files whose lines move, trades, fees and entitlements. */
  readonly filed: readonly BusinessDate[];
  /** Where they were due and where they are now. */
  readonly from: BusinessDate;
  readonly to: BusinessDate;
}

export interface AboutMove extends Pick<Notice, 'workflowId' | 'day' | 'template'> {
  /** Unique for ever: the same key is told once. */
  readonly key: string;
}

/** Each is told once; the templates of branches and totals are named after the clients' one. Answers how many clients have any of the lines. */
export async function tellMoved(
  sql: PoolClient,
  moved: MovedDues,
  { key, template, ...about }: AboutMove,
): Promise<number> {
  const clients = await clientsOf(sql, moved);
  const facts = { from: moved.from, to: moved.to };
  const totals = { ...facts, ...(await totalsOf(sql, moved)) };
  for (const role of ['operations', 'finance'])
    await queueNotice(sql, {
      ...{ ...about, key: `${key}:${role}`, severity: 'critical', recipientRole: role, facts: totals },
      template: `${template}_TOTALS`,
    });
  const branches = [...new Set(clients.map(({ branch }) => branch))].sort();
  await queueNotices(
    sql,
    { ...about, severity: 'warning', template: `${template}_BRANCH`, facts },
    branches.map((branch) => ({ key: `${key}:branch:${branch}`, role: 'branch', branch })),
  );
  await queueNotices(
    sql,
    { ...about, severity: 'warning', side: 'client', template, facts },
    clients.map(({ account, branch }) => ({ key: `${key}:${account}`, ref: `fund-account:${account}`, branch })),
  );
  return clients.length;
}

const MOVED = `l.channel = $1 and l.settle_date = any($2::date[]) and l.business = any($3)`;
const MOVED_BUSINESSES: readonly string[] = ['H01', ...ENTITLEMENT_MONEY, ...PAID_AT_SETTLEMENT];

async function clientsOf(sql: PoolClient, { channel, filed }: MovedDues) {
  const { rows } = await sql.query<{ account: string; branch: string }>(
    `select distinct c.fund_account as account, c.branch from counted_clearing_lines l join clients c using (securities_account)
     where ${MOVED} and c.side = 'client' order by 1`,
    [channel, filed, MOVED_BUSINESSES],
  );
  return rows;
}

/** What each side receives and pays by the lines that move. */
async function totalsOf(sql: PoolClient, { channel, filed }: MovedDues) {
  const { rows } = await sql.query<Record<'received' | 'paid' | 'ownReceived' | 'ownPaid', bigint>>(
    `select coalesce(sum(l.net_fen) filter (where a.side = 'client' and l.net_fen > 0), 0)::bigint as received,
            coalesce(-sum(l.net_fen) filter (where a.side = 'client' and l.net_fen < 0), 0)::bigint as paid,
            coalesce(sum(l.net_fen) filter (where a.side = 'proprietary' and l.net_fen > 0), 0)::bigint as "ownReceived",
            coalesce(-sum(l.net_fen) filter (where a.side = 'proprietary' and l.net_fen < 0), 0)::bigint as "ownPaid"
     from counted_clearing_lines l join broker_accounts a on a.account = l.reserve_account where ${MOVED}`,
    [channel, filed, MOVED_BUSINESSES],
  );
  const { received, paid, ownReceived, ownPaid } = rows[0] ?? { received: 0n, paid: 0n, ownReceived: 0n, ownPaid: 0n };
  return {
    receivable: yuan(received),
    payable: yuan(paid),
    ownReceivable: yuan(ownReceived),
    ownPayable: yuan(ownPaid),
  };
}
