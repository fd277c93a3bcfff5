/**
 * The close: from the broker's cut on nothing is elected any more. The door is shut, which waits for every election that is under way and
 * lets none in after it; then those who stayed silent, with all or part of what they can elect, get the default option of the event, recorded
 * as such (corporate-actions page, step 4). In pages, resumable: a default is written once.
 */
import type { PoolClient } from 'pg';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { beat } from '../bulk/beat';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { lockEvent, readEvent, recordStep, shutDoor, type EventKey, type EventRow } from './event-row';
import { LAPSED_BECAUSE, lapseTelephoned } from './lapse-telephoned';

const PAGE = 20_000;

export interface ClosedElections {
  /** False where the cut has not come: it was moved. */
  readonly isClosed: boolean;
  readonly defaults: number;
}

export const closeElections =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async (key: EventKey): Promise<ClosedElections> => {
    const event = await inTransaction(pool, (sql) => shut(sql, key));
    if (event === undefined) return { isClosed: false, defaults: 0 };
    let after = '';
    let defaults = 0;
    for (;;) {
      const page = await inTransaction(pool, (sql) => writeDefaults(sql, event, after));
      defaults += page.written;
      beat(defaults);
      if (page.last === null) break;
      after = page.last;
    }
    await inTransaction(pool, (sql) => finish(sql, event));
    return { isClosed: true, defaults };
  };

/** Undefined where it is too early, by the database's clock, or where the event is over. */
async function shut(sql: PoolClient, key: EventKey): Promise<EventRow | undefined> {
  const { eventId } = await readEvent(sql, key);
  await shutDoor(sql, eventId);
  const event = await lockEvent(sql, key);
  if (event.state === 'closing' || event.state === 'closed') return event;
  const { rows } = await sql.query<{ isDue: boolean }>(
    `select broker_cut_at <= business_now() as "isDue" from corporate_actions where event_id = $1`,
    [eventId],
  );
  if (rows[0]?.isDue !== true || event.state !== 'collecting') return undefined;
  await sql.query(`update corporate_actions set state = 'closing', closed_at = business_now() where event_id = $1`, [
    eventId,
  ]);
  await lapseTelephoned(sql, { eventId }, LAPSED_BECAUSE.deadline);
  await recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    action: 'close elections',
    outcome: 'done',
    objectType: 'corporate action',
    objectId: event.eventNo,
    workflowId: event.workflowId,
    after: { brokerCutAt: event.brokerCutAt },
  });
  return event;
}

/** On each ballot, what is not elected goes to its default; nothing is filed for it. */
async function writeDefaults(
  sql: PoolClient,
  event: EventRow,
  after: string,
): Promise<{ readonly written: number; readonly last: string | null }> {
  // An event that was cancelled or opened again between two pages gets no default any more.
  await sql.query(`select pg_advisory_xact_lock_shared(hashtextextended('elections of an event', $1::bigint))`, [
    event.eventId,
  ]);
  const { rowCount } = await sql.query(
    `select from corporate_actions where event_id = $1 and round = $2 and state in ('closing', 'closed')`,
    [event.eventId, event.round],
  );
  if (rowCount === 0) return { written: 0, last: null };
  const { rows } = await sql.query<{ written: number; last: string | null }>(
    `with clock as materialized (select business_now() as now),
     page as materialized (
       select securities_account, electable from corporate_action_holders
        where event_id = $1::bigint and securities_account > $2 order by securities_account limit $3),
     silent as materialized (
       select p.securities_account, o.ballot, o.option, p.electable - coalesce(e.quantity, 0) as quantity, coalesce(e.own, 0) as own
         from page p cross join corporate_action_options o
         left join lateral (select sum(e.quantity)::bigint as quantity, sum(e.quantity) filter (where e.option = o.option)::bigint as own from elections e
                             where e.event_id = $1::bigint and e.securities_account = p.securities_account and e.ballot = o.ballot) e on true
        where o.event_id = $1::bigint and o.is_default and o.gone_version is null and p.electable > coalesce(e.quantity, 0)),
     steps as (
       insert into election_steps (event_id, securities_account, act, ballot, option, quantity_before, quantity_after, version_shown, elected_by, by,
                                   act_key, at, cut_at)
       select $1::bigint, securities_account, 'default', ballot, option, 0, quantity, $4, 'default', $5,
              'default:' || $1::bigint || ':' || $7::int || ':' || securities_account || ':' || ballot, clock.now, $6
         from silent cross join clock
       returning 1),
     -- Of those who chose the default for a part themselves the rest is added to it.
     added as (
       update elections e set quantity = e.quantity + s.quantity from silent s
        where s.own > 0 and e.event_id = $1::bigint and e.securities_account > $2
          and e.securities_account <= (select max(securities_account) from page) and e.securities_account = s.securities_account and e.ballot = s.ballot and e.option = s.option),
     put as (
       insert into elections (event_id, securities_account, ballot, option, quantity, version_shown, elected_by, at, cut_at)
       select $1::bigint, securities_account, ballot, option, quantity, $4, 'default', clock.now, $6 from silent cross join clock where own = 0)
     select (select count(*) from steps)::int as written, (select max(securities_account) from page having count(*) = $3) as last`,
    [event.eventId, after, PAGE, event.version, SYSTEM_ACTOR, event.brokerCutAt, event.round],
  );
  return rows[0] ?? { written: 0, last: null };
}

async function finish(sql: PoolClient, { eventId, brokerCutAt, round }: EventRow): Promise<void> {
  const { rowCount } = await sql.query(
    `update corporate_actions set state = 'closed' where event_id = $1 and round = $2 and state in ('closing', 'closed')`,
    [eventId, round],
  );
  if (rowCount === 0) return;
  const { rows } = await sql.query<{ tally: unknown }>(
    `select coalesce(jsonb_agg(jsonb_build_object('side', side, 'ballot', ballot, 'option', option, 'holders', holders, 'quantity', quantity::text,
                                                  'byDefault', defaulted::text)), '[]') as tally
       from (select h.side, ballot, option, count(*) as holders, sum(quantity) as quantity,
                    coalesce(sum(quantity) filter (where elected_by = 'default'), 0) as defaulted
               from elections e join corporate_action_holders h using (event_id, securities_account)
              where e.event_id = $1 group by h.side, ballot, option order by h.side, ballot, option) options`,
    [eventId],
  );
  await recordStep(sql, {
    eventId,
    act: 'close elections',
    key: `close ${brokerCutAt}`,
    detail: { tally: rows[0]?.tally },
    by: SYSTEM_ACTOR,
  });
}
