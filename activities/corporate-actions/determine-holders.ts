/**
 * Who holds, from the settlement books: settled on the relevant day, less what is sold and not settled where shares are delivered; what is
 * in transit beside it (corporate-actions page, step 2). Before the relevant day known trades that settle by it are counted beforehand; what is
 * handed over must still be there, and is followed until the close. In one set; a later pass brings it up to date, and what was elected beyond what
 * is left stands as an excess that can only be withdrawn: its holder is told.
 */
import type { PoolClient } from 'pg';
import { businessDateOf, type BusinessDate } from '../../domain/calendar/business-date';
import { DELIVERED_KINDS, SUBSCRIPTION_KINDS } from '../../domain/corporate-actions/delivered-kinds';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { tellExcess } from './excess';
import { lockEvent, readEvent, recordStep, shutDoor, type EventKey, type EventRow } from './event-row';
import { determineSubscribers } from './subscribers';

export interface DeterminedHolders {
  readonly holders: number;
  readonly version: number;
  /** Who was not known before. */
  readonly added: number;
}

/** @param key.unlessKnown of many who ask at once for want of holders only the first one's pass is made */
export const determineHolders =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (key: EventKey & { readonly unlessKnown?: true }): Promise<DeterminedHolders> =>
    inTransaction(pool, async (sql) => {
      const before = await readEvent(sql, key);
      await shutDoor(sql, before.eventId);
      const event = await lockEvent(sql, key);
      if (key.unlessKnown === true && event.holdersVersion > 0) return { holders: 0, version: event.version, added: 0 };
      const isOver = event.closedAt !== null || event.state === 'cancelled' || event.state === 'ended';
      const books =
        isOver && event.relevantOn !== null
          ? { asOf: event.relevantOn, newest: event.relevantOn }
          : await booksOf(sql, event);
      const { holders, added } = isOver
        ? { holders: await countHolders(sql, event), added: 0 }
        : await determineAll(sql, event, books);
      if (!isOver) await tellExcess(sql, event);
      const changed = await sql.query(
        'update corporate_actions set holders_version = version where event_id = $1 and holders_version < version',
        [event.eventId],
      );
      const { eventId, version } = event;
      await recordStep(sql, {
        eventId,
        act: 'determine holders',
        key: `holders ${version} ${books.newest} ${holders}`,
        detail: {
          version,
          relevantOn: event.relevantOn,
          booksOf: books.newest,
          holders,
          isNew: changed.rowCount === 1,
        },
        by: SYSTEM_ACTOR,
      });
      return { holders, version, added };
    });

/** One statement over the books: a page of accounts would read all of them again. */
async function determineAll(
  sql: PoolClient,
  event: EventRow,
  { asOf, newest }: Books,
): Promise<{ readonly holders: number; readonly added: number }> {
  if (SUBSCRIPTION_KINDS.includes(event.kind)) return determineSubscribers(sql, event, asOf);
  const { rows } = await sql.query<{ holders: number; added: number }>(HOLDERS_OF_EVENT, [
    event.eventId,
    event.channel,
    event.code,
    asOf,
    DELIVERED_KINDS.includes(event.kind),
    // Whatever is known now settles by a day that the calendar does not know yet.
    event.relevantOn ?? '9999-12-31',
    newest,
  ]);
  await dropThoseWithout(sql, event, { asOf, newest });
  return rows[0] ?? { holders: 0, added: 0 };
}

interface Books {
  /** The relevant day once its books are closed; before that the newest day whose books are: what is settled after it is not known yet. */
  readonly asOf: BusinessDate;
  /** The newest day whose books are closed, where shares are handed over; else the same. */
  readonly newest: BusinessDate;
}

async function booksOf(sql: PoolClient, { channel, relevantOn, kind, announcedAt }: EventRow): Promise<Books> {
  const { rows } = await sql.query<{ day: BusinessDate | null }>(
    'select max(business_date) as day from settlement_days where channel = $1 and closed_at is not null',
    [channel],
  );
  const closed = rows[0]?.day ?? relevantOn ?? businessDateOf(announcedAt);
  const asOf = relevantOn !== null && relevantOn < closed ? relevantOn : closed;
  return { asOf, newest: DELIVERED_KINDS.includes(kind) ? closed : asOf };
}

/**
 * Electable: settled, less what leaves by the relevant day on balance; where shares are delivered, of those settled on the relevant day as many as
 * are settled now, less what is sold and not settled. Never below zero, and never what is still to come.
 */
const HOLDERS_OF_EVENT = `
  with held as (
    select owner as securities_account, -(sum(amount) filter (where e.business_date <= $4))::bigint as settled, -sum(amount)::bigint as left_of_it
      from entries e join batches b using (batch_id)
     where e.ledger = 'client_shares' and e.asset = $3 and e.business_date <= $7 and b.channel = $2
     group by owner having sum(amount) filter (where e.business_date <= $4) < 0),
  -- Trades of before a split stand under the old code and settle under the one that it became (S20).
  codes as (
    select $3::text as code, 1::numeric as ratio, null::date as until
    union all
    select old_code, new_shares / old_shares, effective_on from splits_in_force where channel = $2 and new_code = $3 and effective_on <= $4::date),
  unsettled as (
    select l.securities_account, sum(l.quantity * k.ratio) filter (where l.buy_sell = 'S')::bigint as sold,
           sum(l.quantity * k.ratio) filter (where l.buy_sell = 'B')::bigint as bought,
           coalesce(sum(case l.buy_sell when 'B' then l.quantity else -l.quantity end * k.ratio)
                      filter (where l.settle_date <= $6 and not l.settle_date = any((select due_after($2, $6))::date[])), 0)::bigint as by_then
      from counted_clearing_lines l join codes k using (code)
     where l.channel = $2 and l.business = 'H01' and (k.until is null or l.trade_date < k.until) and l.business_date between $4::date - 30 and $4
       and (l.settle_date > $4 or l.settle_date = any((select due_after($2, $4))::date[]))
     group by 1),
  leaving as (
    select l.securities_account, sum(l.quantity * k.ratio)::bigint as sold
      from counted_clearing_lines l join codes k using (code)
     where $5 and l.channel = $2 and l.business = 'H01' and l.buy_sell = 'S' and (k.until is null or l.trade_date < k.until)
       and l.business_date between $7::date - 30 and $7 and (l.settle_date > $7 or l.settle_date = any((select due_after($2, $7))::date[]))
     group by 1),
  -- Whoever only has shares in transit is told too, and can elect for none of them.
  known as (
    select securities_account, coalesce(case when $5 then greatest(0, least(h.settled, h.left_of_it)) else h.settled end, 0) as settled,
           coalesce(case when $5 then l.sold else u.sold end, 0) as sold, coalesce(u.bought, 0) as bought,
           coalesce(case when $5 then least(h.settled, h.left_of_it - coalesce(l.sold, 0)) else h.settled - greatest(0, -coalesce(u.by_then, 0)) end, 0) as electable
      from held h full join (select * from unsettled where bought > 0 or sold > 0) u using (securities_account)
      left join leaving l using (securities_account)),
  written as (
    insert into corporate_action_holders (event_id, securities_account, fund_account, side, branch, settled, unsettled_sales, in_transit, electable)
    select $1, k.securities_account, c.fund_account, c.side, c.branch, k.settled, k.sold, k.bought,
           greatest(0, k.electable)
      from known k join clients c using (securities_account)
     where k.settled > 0 or k.bought > 0
    on conflict (event_id, securities_account) do update
      set settled = excluded.settled, unsettled_sales = excluded.unsettled_sales, in_transit = excluded.in_transit, electable = excluded.electable,
          excess = greatest(0, corporate_action_holders.elected - excluded.electable)
      where (corporate_action_holders.settled, corporate_action_holders.unsettled_sales, corporate_action_holders.in_transit,
             corporate_action_holders.electable)
            is distinct from (excluded.settled, excluded.unsettled_sales, excluded.in_transit, excluded.electable)
    returning xmax = 0 as is_new)
  select (select count(*) from known where settled > 0)::int as holders, (select count(*) from written where is_new)::int as added`;

/** Who was found by an earlier pass and by this one has nothing of the relevant day: kept where something was elected. */
async function dropThoseWithout(sql: PoolClient, event: EventRow, { asOf, newest }: Books): Promise<void> {
  await sql.query(
    `update corporate_action_holders h set settled = 0, unsettled_sales = 0, in_transit = 0, electable = 0, excess = h.elected
      where h.event_id = $1 and h.settled > 0 and not exists (
        select from entries e join batches b using (batch_id)
         where e.ledger = 'client_shares' and e.asset = $2 and e.owner = h.securities_account and e.business_date <= $5 and b.channel = $4
         group by e.owner having sum(e.amount) filter (where e.business_date <= $3) < 0 and sum(e.amount) < 0)`,
    [event.eventId, event.code, asOf, event.channel, newest],
  );
}

/** Counted as the passes count them: whoever only has shares in transit holds none. */
async function countHolders(sql: PoolClient, { eventId }: EventRow): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    'select count(*)::int as count from corporate_action_holders where event_id = $1 and (settled > 0 or record_holding > 0)',
    [eventId],
  );
  return rows[0]?.count ?? 0;
}
