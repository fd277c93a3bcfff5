/** What does not agree, listed once for its key until somebody clears it. */
import type { PoolClient } from 'pg';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';

export interface FoundBreak {
  readonly eventId: string;
  readonly kind: 'tally' | 'filing' | 'result' | 'entitlement' | 'contradiction';
  /** Of what, within the event; the same key is the same break. */
  readonly key: string;
  /** References and quantities as text; no personal data. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What agrees again needs nobody. @param facts where only a break that says so is meant */
export async function clearBreak(
  sql: PoolClient,
  {
    eventId,
    kind,
    key,
    reason,
    facts = {},
  }: Pick<FoundBreak, 'eventId' | 'kind' | 'key'> & Partial<Pick<FoundBreak, 'facts'>> & { readonly reason: string },
): Promise<void> {
  await sql.query(
    `update corporate_action_breaks set cleared_at = business_now(), cleared_by = $4, reason = $5
      where event_id = $1 and kind = $2 and break_key = $3 and cleared_at is null and facts @> $6`,
    [eventId, kind, key, SYSTEM_ACTOR, reason, JSON.stringify(facts)],
  );
}

/** Opens it, or brings its facts up to date; one that a person cleared with the same facts stays cleared, with others it is found again. */
export async function findBreak(sql: PoolClient, { eventId, kind, key, facts }: FoundBreak): Promise<void> {
  await sql.query(
    `insert into corporate_action_breaks (event_id, kind, break_key, facts) values ($1, $2, $3, $4)
     on conflict (event_id, kind, break_key) do update
       set facts = excluded.facts, cleared_at = null, cleared_by = null, approved_by = null, reason = null, state_no = nextval('corporate_action_break_states'),
           found_at = case when corporate_action_breaks.cleared_at is null then corporate_action_breaks.found_at else business_now() end
      where corporate_action_breaks.facts <> excluded.facts
         -- What the system cleared because it agreed comes again; what a person left stays left.
         or corporate_action_breaks.cleared_by = $5`,
    [eventId, kind, key, JSON.stringify(facts), SYSTEM_ACTOR],
  );
}
