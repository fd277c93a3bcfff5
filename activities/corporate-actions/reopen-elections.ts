/**
 * What a newer version does to what stands elected: of an event that is cancelled all of it lapses, and so does what stands on options
 * that are gone, or all of it where the event is one of another security; whoever has elected is asked again. Set by set, in the transaction of the version.
 */
import type { PoolClient } from 'pg';
import type { EventChange } from '../../domain/corporate-actions/event-notice';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { NEXT_FILING_NO } from './filing-numbers';

interface Reopened {
  readonly eventId: string;
  readonly version: number;
  /** Round of elections that ends with it, where one does. */
  readonly round: number;
}

/** @param ofOther security in which they were given, where the event has another one now: none of them stands */
export async function reopenElections(
  sql: PoolClient,
  event: Reopened,
  change: EventChange,
  ofOther: string | undefined,
): Promise<void> {
  const { eventId, version } = event;
  // Before anything lapses: whoever loses all that he elected has to hear of it most.
  if (change !== 'DEL')
    await sql.query(
      `update corporate_action_holders set reopened_version = $2 where event_id = $1 and answered_at is not null and reopened_version is distinct from $2`,
      [eventId, version],
    );
  await lapse(sql, event, { all: change === 'DEL' || ofOther !== undefined, isWithdrawn: change !== 'DEL', ofOther });
  if (change === 'DEL') {
    // The clearing house cancels what was filed for an event with the event itself, also what it had accepted: its result stays in the row.
    await sql.query(
      `update election_filings
          set state = 'cancelled', cancelled_from = state, cancelled_in = $2, answered_at = case when result_on is null then business_now() else answered_at end
        where event_id = $1 and state in ('waiting', 'sent', 'confirmed', 'success', 'partly')`,
      [eventId, version],
    );
    return;
  }
  // Whoever left it to the default did so by the terms before: he is asked again.
  await sql.query(
    `update corporate_action_holders set waived_at = null, answered_at = case when elected = 0 then null else answered_at end
      where event_id = $1 and waived_at is not null`,
    [eventId],
  );
}

/** What the close of the round before gave the silent does not stand once elections are collected again; what was chosen does. */
export async function lapseDefaults(sql: PoolClient, { eventId, version, round }: Reopened): Promise<void> {
  await sql.query(
    `with given as (
       select s.securities_account, s.ballot, s.option, e.quantity as stood, sum(s.quantity_after)::bigint as given, e.cut_at
         from election_steps s join elections e using (event_id, securities_account, ballot, option)
        where s.event_id = $1 and s.act = 'default' and starts_with(s.act_key, 'default:' || $1::bigint || ':' || $3::int || ':')
        group by s.securities_account, s.ballot, s.option, e.quantity, e.cut_at),
     steps as (
       insert into election_steps (event_id, securities_account, act, ballot, option, quantity_before, quantity_after, version_shown, elected_by, by,
                                   act_key, at, cut_at)
       select $1, securities_account, 'lapse', ballot, option, stood, greatest(0, stood - given), $2::int, 'house', $4,
              'undefault:' || $1::bigint || ':' || $3::int || ':' || securities_account || ':' || ballot || ':' || option, business_now(), cut_at from given),
     less as (
       update elections e set quantity = g.stood - g.given from given g
        where e.event_id = $1 and e.securities_account = g.securities_account and e.ballot = g.ballot and e.option = g.option and g.stood > g.given)
     delete from elections e using given g
      where e.event_id = $1 and e.securities_account = g.securities_account and e.ballot = g.ballot and e.option = g.option and g.stood <= g.given`,
    [eventId, version, round, SYSTEM_ACTOR],
  );
  await recountElected(sql, eventId);
}

/** The event has another security now: what was filed stays filed under the one of then, also where it goes out only after. */
export const keepSecurityOfFilings = (
  sql: PoolClient,
  eventId: string,
  { before, after }: { readonly before: string; readonly after: string },
) =>
  sql.query(
    'update election_filings set code = nullif(coalesce(code, $2), $3) where event_id = $1 and (code is null or code = $3)',
    [eventId, before, after],
  );

/**
 * Elections on options that are gone, or all. What was filed of an event that goes on is withdrawn, in the security in which it was; votes on what is
 * put no more the clearing house withdraws itself, and those in another security are withdrawn by a vote of no shares.
 */
async function lapse(
  sql: PoolClient,
  { eventId, version }: Reopened,
  how: { readonly all: boolean; readonly isWithdrawn: boolean; readonly ofOther: string | undefined },
): Promise<void> {
  await sql.query(
    `with gone as (
       delete from elections e using corporate_action_options o
        where e.event_id = $1 and o.event_id = $1 and o.ballot = e.ballot and o.option = e.option and ($2 or o.gone_version is not null)
       returning e.*, o.filed_as),
     steps as (
       insert into election_steps (event_id, securities_account, act, ballot, option, quantity_before, quantity_after, version_shown, elected_by, by,
                                   act_key, at, cut_at)
       select event_id, securities_account, 'lapse', ballot, option, quantity, 0, $3::int, 'house', $4,
              'lapse:' || event_id || ':' || $3::int || ':' || securities_account || ':' || ballot || ':' || option, business_now(), cut_at from gone),
     withdrawn as (
       select securities_account, ballot, option, filed_as, -quantity as quantity, null::jsonb as votes,
              (select -sum(f.frozen_fen)::bigint from election_filings f
                where f.event_id = gone.event_id and f.securities_account = gone.securities_account and f.option = gone.option
                  and f.state not in ('refused', 'failed', 'cancelled')) as frozen_fen
         from gone where filed_as <> 'H62'
       union all
       select distinct securities_account, ballot, 'VOTES', filed_as, 0::bigint, '{"for": "0", "against": "0", "abstain": "0"}'::jsonb, null::bigint
         from gone where filed_as = 'H62' and $6::text is not null)
     insert into election_filings (filing_no, event_id, securities_account, ballot, option, act_key, business, quantity, votes, frozen_fen, code)
     select ${NEXT_FILING_NO}, $1::bigint, securities_account, ballot, option,
            'lapse:' || $1::bigint || ':' || $3::int || ':' || securities_account || ':' || ballot || ':' || option, filed_as, quantity, votes, frozen_fen, $6
       from withdrawn where $5`,
    [eventId, how.all, version, SYSTEM_ACTOR, how.isWithdrawn, how.ofOther ?? null],
  );
  await recountElected(sql, eventId);
}

/** What each holder has elected, from the elections that stand. */
export async function recountElected(sql: PoolClient, eventId: string): Promise<void> {
  await sql.query(
    `with standing as (
       select securities_account, max(quantity) as elected
         from (select securities_account, sum(quantity)::bigint as quantity from elections where event_id = $1 group by securities_account, ballot) ballots
        group by 1)
     update corporate_action_holders h
        set elected = coalesce(s.elected, 0), excess = greatest(0, coalesce(s.elected, 0) - h.electable),
            answered_at = case when s.elected is null then null else h.answered_at end
       from (select holder.securities_account, standing.elected from corporate_action_holders holder
               left join standing using (securities_account) where holder.event_id = $1) s
      where h.event_id = $1 and h.securities_account = s.securities_account and h.elected <> coalesce(s.elected, 0)`,
    [eventId],
  );
}
