/** What a holder does: elects, changes, withdraws, or says that the default option will do. Acknowledged once it is in the database. */
import type { Pool, PoolClient } from 'pg';
import { BusinessError, SeveralRefusals } from '../../../domain/errors';
import { recordAudit } from '../../audit/record-audit';
import type { EventKey } from '../../corporate-actions/event-row';
import { LAPSED_BECAUSE, lapseTelephoned } from '../../corporate-actions/lapse-telephoned';
import { takeElection, type TakenElection } from '../../corporate-actions/take-election';
import { inTransaction } from '../../database/transaction';
import { onceDetermined } from './once-determined';

export interface OwnElection extends EventKey {
  /** Person of the login, and the client it acts for. */
  readonly by: string;
  readonly clientNo: string;
  /** Left away where the client has one account that can elect. */
  readonly securitiesAccount?: string | undefined;
  readonly key: string;
  readonly requestId: string;
}

/** @throws BusinessError NOT_FOUND, NOT_YOUR_CLIENT, ACCOUNT_TO_BE_NAMED; SeveralRefusals of `ElectionRefusal` */
export const elect = (
  pool: Pool,
  asked: OwnElection & {
    readonly ballot: string;
    readonly option: string;
    readonly quantity: string;
    readonly versionShown: number;
  },
): Promise<TakenElection> =>
  onceDetermined(pool, asked, () =>
    inTransaction(pool, async (sql) => {
      const { clientNo: _, ...election } = asked;
      const securitiesAccount = await ownAccount(sql, asked);
      return takeElection(sql, { ...election, securitiesAccount, electedBy: 'holder', role: 'client' });
    }),
  );

/**
 * The desk of the own account elects for the firm's own shares, as a holder does and by the cut of holders.
 * @throws BusinessError NOT_FOUND, NOT_A_HOLDER; SeveralRefusals of `ElectionRefusal`
 */
export const electForFirm = (
  pool: Pool,
  asked: EventKey & {
    readonly by: string;
    readonly onBehalfOf?: string | undefined;
    readonly securitiesAccount: string;
    readonly ballot: string;
    readonly option: string;
    readonly quantity: string;
    readonly versionShown: number;
    readonly key: string;
    readonly requestId: string;
  },
): Promise<TakenElection> =>
  onceDetermined(pool, asked, () =>
    inTransaction(pool, async (sql) => {
      const { onBehalfOf, ...election } = asked;
      const { rowCount } = await sql.query(
        `select from corporate_action_holders h join corporate_actions a using (event_id)
        where a.channel = $1 and a.event_no = $2 and h.securities_account = $3 and h.side = 'proprietary'`,
        [asked.channel, asked.eventNo, asked.securitiesAccount],
      );
      if (rowCount === 0) throw new BusinessError('NOT_A_HOLDER');
      return takeElection(sql, {
        ...election,
        ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
        electedBy: 'holder',
        role: 'prop',
      });
    }),
  );

interface Offered {
  readonly event_id: string;
  readonly workflow_id: string;
  readonly version: number;
  readonly isServed: boolean;
  readonly isCancelled: boolean;
  readonly isEarly: boolean;
  readonly isLate: boolean;
  readonly opensAt: string;
  readonly deadline: string;
  readonly electable: bigint;
  readonly waived: string | null;
}

/**
 * The holder has read the notice and leaves it to the default option; he may still elect until the deadline. Judged as an election is, all but
 * the quantity; a version that touches elections asks him again.
 * @throws BusinessError NOT_FOUND, NOT_A_HOLDER, ACCOUNT_TO_BE_NAMED; SeveralRefusals of `ElectionRefusal`
 */
export const leaveToDefault = (
  pool: Pool,
  asked: OwnElection & { readonly versionShown: number },
): Promise<{ readonly waivedAt: string }> =>
  onceDetermined(pool, asked, () => inTransaction(pool, (sql) => waive(sql, asked)));

async function waive(
  sql: PoolClient,
  asked: OwnElection & { readonly versionShown: number },
): Promise<{ readonly waivedAt: string }> {
  const securitiesAccount = await ownAccount(sql, asked);
  const found = await lockOffered(sql, asked, securitiesAccount);
  if (found.waived !== null) return { waivedAt: found.waived };
  refuseWaiver(found, asked.versionShown);
  const { rows } = await sql.query<{ waived_at: string }>(
    `with step as (
         insert into election_steps (event_id, securities_account, act, quantity_before, quantity_after, version_shown, elected_by, by, act_key, at, cut_at)
         select event_id, $2, 'waive', 0, 0, $3, 'holder', $4, $5, business_now(), client_cut_at from corporate_actions where event_id = $1
         returning at)
       update corporate_action_holders h set waived_at = coalesce(h.waived_at, step.at), answered_at = coalesce(h.answered_at, step.at),
                                                reopened_version = null, unreachable_since = null, unreachable_by = null
         from step where h.event_id = $1 and h.securities_account = $2 returning step.at as waived_at`,
    [found.event_id, securitiesAccount, asked.versionShown, asked.by, asked.key],
  );
  // What the holder said by telephone before it would be approved against the newer word.
  await lapseTelephoned(sql, { eventId: found.event_id, account: securitiesAccount }, LAPSED_BECAUSE.left);
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
  const [waived] = rows;
  if (waived === undefined) throw new RangeError('a waiver has its step');
  return { waivedAt: waived.waived_at };
}

/** Door before row, as an election. */
async function lockOffered(sql: PoolClient, asked: OwnElection, securitiesAccount: string): Promise<Offered> {
  await sql.query(
    `select pg_advisory_xact_lock_shared(hashtextextended('elections of an event', event_id)) from corporate_actions where channel = $1 and event_no = $2`,
    [asked.channel, asked.eventNo],
  );
  const { rows } = await sql.query<Offered>(
    `select a.event_id::text, a.workflow_id, a.version, a.is_served as "isServed", a.state = 'cancelled' as "isCancelled",
            a.opens_at > business_now() as "isEarly", a.client_cut_at <= business_now() as "isLate",
            to_char(a.opens_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') as "opensAt",
            to_char(a.client_cut_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') as deadline, h.electable,
            (select s.at from election_steps s where s.act_key = $4) as waived
       from corporate_actions a join corporate_action_holders h using (event_id)
      where a.channel = $1 and a.event_no = $2 and h.securities_account = $3 and a.client_cut_at is not null for update of h`,
    [asked.channel, asked.eventNo, securitiesAccount, asked.key],
  );
  const [found] = rows;
  if (found === undefined) throw new BusinessError('NOT_A_HOLDER');
  return found;
}

function refuseWaiver(found: Offered, versionShown: number): void {
  const { version, opensAt, deadline } = found;
  const refusals = [
    !found.isServed && new BusinessError('EVENT_KIND_NOT_SERVED'),
    found.isCancelled
      ? new BusinessError('EVENT_CANCELLED')
      : versionShown !== version &&
        new BusinessError('EVENT_VERSION_OUTDATED', { shown: versionShown, newest: version }),
    found.isEarly && new BusinessError('ELECTION_NOT_OPEN', { opensAt }),
    found.isLate && new BusinessError('AFTER_DEADLINE', { deadline }),
    found.electable <= 0n && new BusinessError('NOTHING_ELECTABLE'),
  ].filter((refusal) => refusal !== false);
  const [first, ...rest] = refusals;
  if (first !== undefined) throw new SeveralRefusals([first, ...rest]);
}

/**
 * The account that is named must be the client's; of one client the account that can elect, and where several can the client says which. Whoever
 * can with none is judged with the one that holds, or the first.
 */
async function ownAccount(sql: PoolClient, asked: OwnElection): Promise<string> {
  const { rows } = await sql.query<{ account: string; electable: bigint | null }>(
    `select c.securities_account as account,
            (select h.electable from corporate_action_holders h join corporate_actions a using (event_id)
              where a.channel = $2 and a.event_no = $3 and h.securities_account = c.securities_account) as electable
       from client_fund_accounts f join clients c using (fund_account) where f.client_no = $1 order by 1`,
    [asked.clientNo, asked.channel, asked.eventNo],
  );
  const named = asked.securitiesAccount;
  if (named !== undefined) {
    if (!rows.some(({ account }) => account === named)) throw new BusinessError('NOT_YOUR_CLIENT');
    return named;
  }
  const able = rows.filter(({ electable }) => electable !== null && electable > 0n);
  if (able.length > 1)
    throw new BusinessError('ACCOUNT_TO_BE_NAMED', { accounts: able.map(({ account }) => account).join(', ') });
  const account = (able[0] ?? rows.find(({ electable }) => electable !== null) ?? rows[0])?.account;
  if (account === undefined) throw new BusinessError('NOT_A_HOLDER');
  return account;
}
