/** What the process of a postponement reads, and whom it tells: operations and finance with the new amounts, branches, clients (A4 §40). */
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { yuan } from '../../domain/money';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueNotice, queueNotices } from '../outbox/queue-notice';

type Pooled = Pick<Dependencies, 'pool'>;

export interface OfPostponement {
  readonly postponementId: string;
}

export interface FollowedPostponement extends OfPostponement {
  readonly channel: string;
  readonly from: BusinessDate;
  readonly to: BusinessDate;
  readonly cause: string;
  readonly notice: string;
  readonly state: 'awaiting approval' | 'approved' | 'refused' | 'recalled' | 'withdrawn';
  readonly madeBy: string;
  /** Days of the two that have begun and are not closed: their plans are computed anew. */
  readonly openDays: readonly BusinessDate[];
  /** When the trades of the first day are posted at the latest, nothing moves back any more, UTC. */
  readonly over: string;
}

export const readPostponement =
  ({ pool }: Pooled) =>
  async ({ postponementId }: OfPostponement): Promise<FollowedPostponement> => {
    const { rows } = await pool.query<FollowedPostponement>(
      `select p.postponement_id::text as "postponementId", p.channel, p.postponed_from::text as "from", p.postponed_to::text as "to", p.cause,
              p.notice, p.state, p.made_by as "madeBy",
              array(select d.business_date::text from settlement_days d where d.channel = p.channel and d.closed_at is null
                    and d.business_date in (p.postponed_from, p.postponed_to) order by 1) as "openDays",
              to_char(((p.postponed_from + 1)::timestamp at time zone 'Asia/Shanghai') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS".000Z"') as over
       from settlement_postponements p where p.postponement_id = $1`,
      [postponementId],
    );
    const [found] = rows;
    if (found === undefined)
      throw new BusinessError('NOT_FOUND', { what: '交收推迟 postponement', key: postponementId });
    return found;
  };

/** Tells once each that it is postponed, or due again. Answers how many clients have something due on the day. */
export const tellPostponement =
  ({ pool }: Pooled) =>
  ({ postponementId, back }: OfPostponement & { readonly back: boolean }): Promise<{ readonly clients: number }> =>
    inTransaction(pool, async (sql) => {
      const { channel, from, to, workflowId } = await placesOf(sql, postponementId);
      const { rows: clients } = await sql.query<{
        account: string;
        branch: string;
        receivable: bigint;
        payable: bigint;
      }>(
        `select c.fund_account as account, c.branch, coalesce(sum(l.net_fen) filter (where l.net_fen > 0), 0)::bigint as receivable,
                coalesce(-sum(l.net_fen) filter (where l.net_fen < 0), 0)::bigint as payable
         from clearing_lines_in_force l join clients c using (securities_account)
         where l.channel = $1 and l.settle_date = $2 and l.business = 'H01' and c.side = 'client' group by 1, 2 order by 1`,
        [channel, from],
      );
      const key = `${back ? 'postponement-withdrawn' : 'postponed'}:${postponementId}`;
      const template = back ? 'SETTLEMENT_MOVED_BACK' : 'SETTLEMENT_POSTPONED';
      const sum = (which: 'receivable' | 'payable') => clients.reduce((total, client) => total + client[which], 0n);
      const facts = { from, to };
      const totals = { ...facts, receivable: yuan(sum('receivable')), payable: yuan(sum('payable')) };
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
