/**
 * Whether a client may revoke the designation or move its custody today (A4 §6): not while there are orders, trades that are not settled, elections,
 * entitlements to come or an overdraft. Shares that are held move with it and are no hindrance. Live orders of the day the counter knows: it refuses
 * by itself while there is one.
 */
import type { Pool, PoolClient } from 'pg';
import type { Channel } from '../../domain/channel';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import { businessDateNow } from '../people/standing';
import { checkClosingFacts } from '../permissions/closing-facts';
import { refuseFirst } from './judge-actor';

export type LeavingAct = 'revoke designation' | 'move custody';

export interface AskedLeaving {
  readonly clientNo: string;
  readonly channel: Channel;
  readonly act: LeavingAct;
  /** Branches whose clients the caller serves; null: all. */
  readonly branches: readonly string[] | null;
  readonly by: string;
  readonly role: string;
  readonly requestId: string;
}

/**
 * Answers where nothing stands in the way; what was asked is in the audit either way.
 * @throws SeveralRefusals NOT_FOUND; TRADED_TODAY, TRADE_NOT_DELIVERED, SALE_MONEY_NOT_SETTLED, EARLIER_DAY_NOT_CLEARED, ELECTION_UNDER_WAY,
 *         ENTITLEMENT_TO_COME, OVERDRAFT_OWED: all that apply
 */
export async function checkDesignation(pool: Pool, asked: AskedLeaving): Promise<void> {
  const reasons = await inTransaction(pool, async (sql) => {
    const found = await reasonsOf(sql, asked);
    const { by, role, clientNo, channel, act, requestId } = asked;
    await recordAudit(sql, {
      actor: by,
      role,
      action: 'check designation',
      outcome: found.length === 0 ? 'done' : 'refused',
      objectType: 'client',
      objectId: clientNo,
      after: { act, channel, reasons: found.map(({ code }) => code) },
      requestId,
    });
    return found;
  });
  refuseFirst(reasons);
}

async function reasonsOf(sql: PoolClient, asked: AskedLeaving): Promise<readonly BusinessError[]> {
  const { clientNo, channel, branches } = asked;
  const { rowCount } = await sql.query(
    'select 1 from registered_clients where client_no = $1 and ($2::text[] is null or branch = any($2))',
    [clientNo, branches],
  );
  if (rowCount !== 1) throw new BusinessError('NOT_FOUND', { what: '客户 client', key: clientNo });
  const { blockers } = await checkClosingFacts(sql, {
    clientNo,
    today: await businessDateNow(sql),
    channels: [channel],
    areHoldingsConfirmed: true,
    counter: { hasTradedToday: false, hasLiveOrder: false },
    tradedBefore: [],
  });
  const { rows } = await sql.query<{ electing: boolean; entitled: boolean; owed: boolean }>(STANDING, [
    clientNo,
    channel,
  ]);
  const { electing = false, entitled = false, owed = false } = rows[0] ?? {};
  return [
    ...blockers.map(({ code, firstDate }) => new BusinessError(code, { firstDate })),
    ...(electing ? [new BusinessError('ELECTION_UNDER_WAY')] : []),
    ...(entitled ? [new BusinessError('ENTITLEMENT_TO_COME')] : []),
    ...(owed ? [new BusinessError('OVERDRAFT_OWED')] : []),
  ];
}

/** Events that ask the holder or keep what was elected, what is entitled and not credited, and what is below zero or was advanced. */
const STANDING = `
  with accounts as (
    select c.fund_account, c.securities_account from client_fund_accounts f join clients c using (fund_account) where f.client_no = $1),
  held as (
    select a.event_id, a.is_elective, h.securities_account, h.electable, h.elected, h.settled
    from corporate_action_holders h join accounts using (securities_account) join corporate_actions a using (event_id)
    where a.channel = $2 and a.state not in ('ended', 'cancelled'))
  select exists (select from held where is_elective and (electable > 0 or elected > 0)) as electing,
         exists (select from held h where settled > 0 and not exists (
           select from corporate_action_entitlements e
           where e.event_id = h.event_id and e.securities_account = h.securities_account and e.credited_on is not null)) as entitled,
         exists (select from entries e join accounts a on a.fund_account = e.owner
                 where e.ledger in ('client_money', 'advance') group by e.ledger, e.owner having sum(e.amount) > 0) as owed`;
