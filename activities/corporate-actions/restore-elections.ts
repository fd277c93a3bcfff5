/**
 * A cancellation of an event fell: what lapsed with it stands again, elections and filings, and those who had elected are told to look. Set by set,
 * in the transaction of the version.
 */
import type { PoolClient } from 'pg';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recountElected } from './reopen-elections';

/** @param cancelledIn version that cancelled the event */
export async function restoreElections(
  sql: PoolClient,
  { eventId, version }: { readonly eventId: string; readonly version: number },
  cancelledIn: number,
): Promise<void> {
  const { rows } = await sql.query<{ account: string; at: Date }>(
    `with lapsed as (
       select distinct on (l.securities_account, l.ballot, l.option) l.securities_account, l.ballot, l.option, l.quantity_before as quantity,
              s.version_shown, s.act, s.elected_by, s.at, s.cut_at
         from election_steps l
         join election_steps s using (event_id, securities_account, ballot, option)
        where l.event_id = $1 and l.act = 'lapse' and starts_with(l.act_key, 'lapse:' || $1::bigint || ':' || $2::int || ':')
          and s.act in ('elect', 'default') and s.step_id < l.step_id
        order by l.securities_account, l.ballot, l.option, s.step_id desc),
     steps as (
       insert into election_steps (event_id, securities_account, act, ballot, option, quantity_before, quantity_after, version_shown, elected_by, by,
                                   act_key, at, cut_at)
       select $1, securities_account, 'restore', ballot, option, 0, quantity, $3, 'house', $4,
              'restore:' || $1::bigint || ':' || $3::int || ':' || securities_account || ':' || ballot || ':' || option, business_now(), cut_at from lapsed),
     stands as (
       insert into elections (event_id, securities_account, ballot, option, quantity, version_shown, elected_by, at, cut_at)
       select $1, securities_account, ballot, option, quantity, version_shown, elected_by, at, cut_at from lapsed
       on conflict (event_id, securities_account, ballot, option) do nothing)
     select securities_account as account, max(at) as at from lapsed where act = 'elect' group by 1`,
    [eventId, cancelledIn, version, SYSTEM_ACTOR],
  );
  await recountElected(sql, eventId);
  await sql.query(
    `update corporate_action_holders h set answered_at = own.at, reopened_version = $2
       from unnest($3::text[], $4::timestamptz[]) as own (account, at) where h.event_id = $1 and h.securities_account = own.account`,
    [eventId, version, rows.map(({ account }) => account), rows.map(({ at }) => at)],
  );
  // The clearing house cancelled nothing. What had gone out without an answer is asked about first, as after a crash.
  await sql.query(
    `update election_filings set state = cancelled_from, cancelled_from = null, cancelled_in = null, restored = restored + 1,
            answered_at = case when cancelled_from in ('waiting', 'sent') then null else answered_at end
      where event_id = $1 and state = 'cancelled' and cancelled_in = $2`,
    [eventId, cancelledIn],
  );
}
