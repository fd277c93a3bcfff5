/**
 * Who may subscribe in a rights issue or an open offer, and for how much: the holding settled on the record date by the ratio of the notice; once
 * the rights are in the books, what is left of them, less those that are sold and not settled yet (facts 4.1, 4.2). In one set, as the holders
 * of other events.
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { EventRow } from './event-row';

/** Nobody may subscribe where the notice has no ratio yet: they are holders of the event all the same. */
export async function determineSubscribers(
  sql: PoolClient,
  event: EventRow,
  asOf: BusinessDate,
): Promise<{ readonly holders: number; readonly added: number }> {
  const { kind, terms } = event;
  const { rows } = await sql.query<{ holders: number; added: number }>(SUBSCRIBERS, [
    event.eventId,
    event.channel,
    event.code,
    asOf,
    event.recordOn ?? asOf,
    kind === 'RIGHTS_ISSUE' ? (terms['securityReceived'] ?? null) : null,
    terms['sharesReceived'] ?? '0',
    terms['sharesHeld'] ?? '1',
  ]);
  return rows[0] ?? { holders: 0, added: 0 };
}

/** `bonusShares` of the domain is the formula of the ratio. */
const SUBSCRIBERS = `
  with books as (
    select e.owner, e.asset, e.amount, e.business_date from entries e join batches b using (batch_id)
     where e.ledger = 'client_shares' and e.asset in ($3, $6) and e.business_date <= $4 and b.channel = $2),
  stock as (
    select owner as securities_account, -sum(amount)::bigint as held from books where asset = $3 and business_date <= $5::date
     group by owner having sum(amount) < 0),
  rights as (select owner as securities_account, -sum(amount)::bigint as held from books where asset = $6 group by owner),
  came as (select exists (select from books where asset = $6) as have_come),
  unsettled as (
    select l.securities_account, sum(l.quantity) filter (where l.code = $6 and l.buy_sell = 'S')::bigint as sold,
           sum(l.quantity) filter (where l.code = $3 and l.buy_sell = 'B')::bigint as bought,
           coalesce(sum(case l.buy_sell when 'B' then l.quantity else -l.quantity end)
                      filter (where l.code = $3 and l.settle_date <= $5 and not l.settle_date = any((select due_after($2, $5))::date[])), 0)::bigint as by_then
      from counted_clearing_lines l
     where l.channel = $2 and l.business = 'H01' and l.code in ($3, $6) and l.business_date between $4::date - 30 and $4
       and (l.settle_date > $4 or l.settle_date = any((select due_after($2, $4))::date[]))
     group by 1),
  known as (
    select securities_account, coalesce(s.held, 0) as record_holding, coalesce(u.bought, 0) as bought,
           case when r.held is not null then r.held
                -- Whom the clearing house has forgotten keeps what the ratio gives, until somebody leaves that as it stands.
                when have_come and exists (select from corporate_action_entitlements t
                                            where t.event_id = $1 and t.securities_account = coalesce(s.securities_account, u.securities_account)
                                              and t.state = 'left') then 0
                -- What is sold and settles by the record date leaves before it.
                else floor(greatest(0, coalesce(s.held, 0) + least(0, coalesce(u.by_then, 0)))::numeric * $7::numeric / $8::numeric)::bigint end as entitled,
           case when have_come then coalesce(u.sold, 0) else 0 end as sold
      from stock s full join rights r using (securities_account) full join unsettled u using (securities_account) cross join came),
  written as (
    insert into corporate_action_holders (event_id, securities_account, fund_account, side, branch, settled, unsettled_sales, in_transit, electable,
                                          record_holding)
    select $1, k.securities_account, c.fund_account, c.side, c.branch, greatest(0, k.entitled), k.sold, k.bought, greatest(0, k.entitled - k.sold),
           k.record_holding
      from known k join clients c using (securities_account)
     where k.record_holding > 0 or k.entitled > 0 or k.bought > 0
    on conflict (event_id, securities_account) do update
      set settled = excluded.settled, unsettled_sales = excluded.unsettled_sales, in_transit = excluded.in_transit, electable = excluded.electable,
          record_holding = excluded.record_holding, excess = greatest(0, corporate_action_holders.elected - excluded.electable)
      where (corporate_action_holders.settled, corporate_action_holders.unsettled_sales, corporate_action_holders.in_transit,
             corporate_action_holders.electable, corporate_action_holders.record_holding)
            is distinct from (excluded.settled, excluded.unsettled_sales, excluded.in_transit, excluded.electable, excluded.record_holding)
    returning xmax = 0 as is_new),
  -- Who was found by an earlier pass and has neither stock nor rights now: kept where something was elected.
  gone as (
    update corporate_action_holders h set settled = 0, unsettled_sales = 0, in_transit = 0, electable = 0, record_holding = 0, excess = h.elected
     where h.event_id = $1 and (h.settled > 0 or h.record_holding > 0) and not exists (
       select from known k where k.securities_account = h.securities_account and (k.record_holding > 0 or k.entitled > 0 or k.bought > 0)))
  select (select count(*) from known where record_holding > 0 or entitled > 0)::int as holders,
         (select count(*) from written where is_new)::int as added`;
