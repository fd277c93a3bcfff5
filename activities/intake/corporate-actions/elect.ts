/** What a holder does: elects, changes, withdraws, or says that the default option will do. Acknowledged once it is in the database. */
import type { Pool, PoolClient } from 'pg';
import { BusinessError } from '../../../domain/errors';
import { recordAudit } from '../../audit/record-audit';
import type { EventKey } from '../../corporate-actions/event-row';
import { takeElection, type TakenElection } from '../../corporate-actions/take-election';
import { inTransaction } from '../../database/transaction';

export interface OwnElection extends EventKey {
  /** Person of the login, and the client it acts for. */
  readonly by: string;
  readonly clientNo: string;
  /** Left away where the client has one account that holds. */
  readonly securitiesAccount?: string | undefined;
  readonly key: string;
  readonly requestId: string;
}

/** @throws BusinessError NOT_FOUND, NOT_YOUR_CLIENT; SeveralRefusals of `ElectionRefusal` */
export const elect = (
  pool: Pool,
  asked: OwnElection & {
    readonly ballot: string;
    readonly option: string;
    readonly quantity: string;
    readonly versionShown: number;
  },
): Promise<TakenElection> =>
  inTransaction(pool, async (sql) => {
    const { clientNo: _, ...election } = asked;
    const securitiesAccount = await ownAccount(sql, asked);
    return takeElection(sql, { ...election, securitiesAccount, electedBy: 'holder', role: 'client' });
  });

/**
 * The holder has read the notice and leaves it to the default option; he may still elect until the deadline.
 * @throws BusinessError NOT_FOUND, NOT_A_HOLDER, AFTER_DEADLINE
 */
export const leaveToDefault = (pool: Pool, asked: OwnElection): Promise<{ readonly waivedAt: string }> =>
  inTransaction(pool, async (sql) => {
    const securitiesAccount = await ownAccount(sql, asked);
    const { rows } = await sql.query<{
      now: string;
      isLate: boolean;
      deadline: string;
      event_id: string;
      workflow_id: string;
      version: number;
    }>(
      `select business_now() as now, a.client_cut_at <= business_now() as "isLate",
              to_char(a.client_cut_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') as deadline, a.event_id::text, a.workflow_id, a.version
         from corporate_actions a join corporate_action_holders h using (event_id)
        where a.channel = $1 and a.event_no = $2 and h.securities_account = $3 and a.client_cut_at is not null for update of h`,
      [asked.channel, asked.eventNo, securitiesAccount],
    );
    const [found] = rows;
    if (found === undefined) throw new BusinessError('NOT_A_HOLDER');
    if (found.isLate) throw new BusinessError('AFTER_DEADLINE', { deadline: found.deadline });
    const { rows: waived } = await sql.query<{ waived_at: string }>(
      `update corporate_action_holders set waived_at = coalesce(waived_at, business_now()), answered_at = coalesce(answered_at, business_now())
        where event_id = $1 and securities_account = $2 returning waived_at`,
      [found.event_id, securitiesAccount],
    );
    await recordAudit(sql, {
      actor: asked.by,
      role: 'client',
      action: 'leave election to the default option',
      outcome: 'done',
      objectType: 'corporate action',
      objectId: asked.eventNo,
      after: { version: found.version },
      requestId: asked.requestId,
      workflowId: found.workflow_id,
    });
    return { waivedAt: waived[0]?.waived_at ?? found.now };
  });

/** The account that is named must be the client's; of one client the account that holds. Whoever holds nothing is judged with the first. */
async function ownAccount(sql: PoolClient, asked: OwnElection): Promise<string> {
  const { rows } = await sql.query<{ account: string; holds: boolean }>(
    `select c.securities_account as account,
            exists (select from corporate_action_holders h join corporate_actions a using (event_id)
                     where a.channel = $2 and a.event_no = $3 and h.securities_account = c.securities_account) as holds
       from client_fund_accounts f join clients c using (fund_account) where f.client_no = $1 order by 1`,
    [asked.clientNo, asked.channel, asked.eventNo],
  );
  const named = asked.securitiesAccount;
  if (named !== undefined) {
    if (!rows.some(({ account }) => account === named)) throw new BusinessError('NOT_YOUR_CLIENT');
    return named;
  }
  const account = (rows.find(({ holds }) => holds) ?? rows[0])?.account;
  if (account === undefined) throw new BusinessError('NOT_A_HOLDER');
  return account;
}
