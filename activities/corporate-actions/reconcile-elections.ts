/**
 * After the close: held = submitted = acknowledged, per event, side, ballot, option and quantity (corporate-actions page, step 5). Held is what
 * stands elected and must be filed, submitted what was sent, acknowledged what the clearing house confirmed. Whatever differs is a break
 * that must be cleared before the clearing house's own deadline; one that agrees again clears itself.
 */
import type { PoolClient } from 'pg';
import type { Side } from '../../domain/channel';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { readEvent, recordStep, type EventKey } from './event-row';
import { askAboutExcess } from './excess';
import { findBreak } from './find-break';
import { breaksOwed, type OwedByEvent } from './owed-by-event';

export interface Reconciled {
  readonly breaks: number;
  /** Filings that have no answer yet. */
  readonly unanswered: number;
  /** By when the breaks are to be cleared; none in histories of before it was promised. */
  readonly owed?: OwedByEvent | null;
  /** State of the newest break, by which an answer knows what was shown; none in histories of before it was told. */
  readonly breaksAsOf?: string;
}

export const reconcileElections =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (key: EventKey & { readonly nth: number }): Promise<Reconciled> =>
    inTransaction(pool, async (sql) => {
      const event = await readEvent(sql, key);
      const { eventId, version } = event;
      const tally = await tallyOf(sql, eventId);
      const differing = tally.filter(
        ({ held, submitted, acknowledged }) => held !== submitted || held !== acknowledged,
      );
      for (const { key: breakKey, ...line } of differing)
        await findBreak(sql, { eventId, kind: 'tally', key: breakKey, facts: line });
      const exceeding = await askAboutExcess(sql, eventId);
      await clearAgreed(sql, eventId, [...differing.map((line) => line.key), ...exceeding]);
      const { rows } = await sql.query<{ breaks: number; unanswered: number; breaksAsOf: string }>(
        `select count(*)::int as breaks, coalesce(max(state_no), 0)::text as "breaksAsOf",
                (select count(*) from election_filings where event_id = $1 and state in ('waiting', 'sent'))::int as unanswered
           from corporate_action_breaks where event_id = $1 and cleared_at is null`,
        [eventId],
      );
      const { breaksAsOf, ...counts } = rows[0] ?? { breaks: 0, unanswered: 0, breaksAsOf: '0' };
      if (counts.breaks + counts.unanswered === 0)
        await sql.query(
          `update corporate_actions set proven_round = round where event_id = $1 and state in ('closing', 'closed') and proven_round is distinct from round`,
          [eventId],
        );
      await recordStep(sql, {
        eventId,
        act: 'reconcile elections',
        key: `reconcile ${version} ${key.nth}`,
        detail: { tally: tally.map(({ accounts: _, key: __, ...line }) => line), ...counts },
        by: SYSTEM_ACTOR,
      });
      return { ...counts, owed: await breaksOwed(sql, event), breaksAsOf };
    });

interface TallyLine {
  readonly side: Side;
  readonly ballot: string;
  readonly option: string;
  /** Among the breaks. */
  readonly key: string;
  /** Shares as text. */
  readonly held: string;
  readonly submitted: string;
  readonly acknowledged: string;
  /** Of holders that differ, at most twenty. */
  readonly accounts: readonly string[];
}

/** SQL: `lines` of what each holder elected, and what was filed and acknowledged of it: two differences of opposite sign do not hide one another. */
export const TALLY_LINES = `
  with options as (
    select ballot, option from corporate_action_options where event_id = $1 and filed_as is not null),
  -- A resolution that is put no more is withdrawn by the clearing house with its votes.
  put as (select distinct ballot from corporate_action_options where event_id = $1 and gone_version is null),
  held as (
    select e.securities_account, e.ballot, e.option, e.quantity from elections e join options using (ballot, option) where e.event_id = $1),
  filed as (
    select f.securities_account, f.ballot, f.option, sum(f.quantity) filter (where f.state <> 'refused' and f.state <> 'cancelled' and f.state <> 'waiting') as submitted,
           sum(f.quantity) filter (where f.state in ('confirmed', 'success', 'partly', 'failed')) as acknowledged
      from election_filings f where f.event_id = $1 and f.business <> 'H62' group by 1, 2, 3),
  -- Of votes the newest filing replaces the earlier ones.
  voted as (
    select v.securities_account, v.ballot, upper(choice.key) as option,
           max(choice.value::bigint) filter (where v.sent_rank = 1) as submitted, max(choice.value::bigint) filter (where v.done_rank = 1) as acknowledged
      from (select f.*, case when f.state not in ('refused', 'cancelled', 'waiting') then row_number() over (
                           partition by f.securities_account, f.ballot, f.state not in ('refused', 'cancelled', 'waiting') order by f.filing_seq desc) end as sent_rank,
                   case when f.state in ('confirmed', 'success', 'partly', 'failed') then row_number() over (
                           partition by f.securities_account, f.ballot, f.state in ('confirmed', 'success', 'partly', 'failed') order by f.filing_seq desc) end as done_rank
              from election_filings f join put using (ballot) where f.event_id = $1 and f.business = 'H62') v,
           lateral jsonb_each_text(v.votes) choice group by 1, 2, 3),
  lines as (
    select securities_account, h.side, ballot, option, coalesce(held.quantity, 0) as held, coalesce(sent.submitted, 0) as submitted,
           coalesce(sent.acknowledged, 0) as acknowledged
      from held full join (select * from filed union all select * from voted) sent using (securities_account, ballot, option)
      join corporate_action_holders h using (securities_account) where h.event_id = $1)`;

/** SQL on a line: its key among the breaks. The firm's own shares are counted by themselves. */
export const TALLY_KEY = `ballot || ':' || option || case side when 'client' then '' else ':' || side end`;

async function tallyOf(sql: PoolClient, eventId: string): Promise<readonly TallyLine[]> {
  const { rows } = await sql.query<TallyLine>(
    `${TALLY_LINES}
     select side, ballot, option, ${TALLY_KEY} as key, sum(held)::text as held, sum(submitted)::text as submitted, sum(acknowledged)::text as acknowledged,
            coalesce((array_agg(securities_account order by securities_account) filter (where held <> submitted or held <> acknowledged))[1:20], '{}') as accounts
       from lines group by side, ballot, option order by side, ballot, option`,
    [eventId],
  );
  return rows.map((line) =>
    line.accounts.length > 0 && line.held === line.submitted && line.held === line.acknowledged
      ? { ...line, acknowledged: `${line.acknowledged} (${line.accounts.length} holders differ)` }
      : line,
  );
}

async function clearAgreed(sql: PoolClient, eventId: string, differing: readonly string[]): Promise<void> {
  await sql.query(
    `update corporate_action_breaks set cleared_at = business_now(), cleared_by = $3, reason = 'agrees'
      where event_id = $1 and kind = 'tally' and cleared_at is null and not break_key = any($2)`,
    [eventId, differing, SYSTEM_ACTOR],
  );
}
