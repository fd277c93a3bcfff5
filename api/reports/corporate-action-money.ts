/**
 * Money of corporate actions of a day, for finance: what is on the way to each side by the ledger, and each event behind it - gross, the tax that
 * was held back, fees, in the event's currency and in CNY (A4 §22-24; S9, S16). Sums only: no account of a client.
 */
import type { Pool } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { SIDES, type Side } from '../../domain/channel';
import { CORPORATE_ACTION_MONEY, ENTITLEMENT_MONEY } from '../../domain/settlement/line-kinds';

/** Fen of a side on the ledger of money on the way; `before` and the four that follow it sum to `after`. */
export interface MoneyOnTheWay {
  readonly side: Side;
  readonly before: bigint;
  /** Dividends and takeover money that the clearing house cleared today. */
  readonly cleared: bigint;
  /** Taken from clients today for rights and open offers: below zero. */
  readonly subscribed: bigint;
  /** Went into the reserve account (below zero), or out of it. */
  readonly moved: bigint;
  readonly otherwise: bigint;
  readonly after: bigint;
}

/** An event of a side by its class. Cents of its currency; `gross` less `tax` and `fees` is `net`, payable below zero. */
export interface EventMoney {
  /** Told by the clearing house today, or moving today. */
  readonly stage: 'cleared' | 'settles';
  readonly side: Side;
  readonly event: string;
  readonly business: string;
  readonly security: string;
  readonly currency: string;
  readonly holders: number;
  readonly quantity: bigint;
  readonly gross: bigint;
  readonly tax: bigint;
  readonly fees: bigint;
  readonly net: bigint;
  readonly ratio_e5: bigint;
  readonly fen: bigint;
  readonly cleared_on: BusinessDate;
  readonly settles_on: BusinessDate;
}

export interface CorporateActionMoney {
  readonly onTheWay: readonly MoneyOnTheWay[];
  readonly events: readonly EventMoney[];
}

export async function corporateActionMoney(
  pool: Pool,
  channel: string,
  date: BusinessDate,
  sides: readonly Side[],
): Promise<CorporateActionMoney> {
  const { rows: ledger } = await pool.query<MoneyOnTheWay>(ON_THE_WAY, [channel, date, sides]);
  const nothing = { before: 0n, cleared: 0n, subscribed: 0n, moved: 0n, otherwise: 0n, after: 0n };
  const onTheWay = SIDES.filter((side) => sides.includes(side)).map(
    (side) => ledger.find((row) => row.side === side) ?? { side, ...nothing },
  );
  const { rows: events } = await pool.query<EventMoney>(EVENTS, [
    channel,
    date,
    sides,
    CORPORATE_ACTION_MONEY,
    ENTITLEMENT_MONEY.filter((business) => business !== TAKEOVER_MONEY),
  ]);
  return { onTheWay, events };
}

/** Paid at the price of the offer: nothing is held back of it. */
const TAKEOVER_MONEY = 'H63';

/** A reversal is of the kind of what it reverses, and counts against it. */
const ON_THE_WAY = `
  with posted as (
    select e.owner as side, e.amount, e.business_date < $2 as is_before, case when e.business_date = $2 then b.kind end as kind
      from entries e join batches b using (business_date, batch_id)
     where b.channel = $1 and e.ledger = 'on_the_way' and e.asset = 'CNY' and e.owner = any($3) and e.business_date <= $2)
  select side, coalesce(sum(amount) filter (where is_before), 0)::bigint as before,
         coalesce(sum(amount) filter (where kind = 'clear-entitlements'), 0)::bigint as cleared,
         coalesce(sum(amount) filter (where kind = 'clear-portfolio-fee'), 0)::bigint as subscribed,
         coalesce(sum(amount) filter (where kind = 'account-movements'), 0)::bigint as moved,
         coalesce(sum(amount) filter (where kind not in ('clear-entitlements', 'clear-portfolio-fee', 'account-movements')), 0)::bigint as otherwise,
         sum(amount)::bigint as after
    from posted group by side`;

/** Of a dividend, tax is what lacks to the amount before tax of the newest notice (JG1), rounded holder by holder as it is paid. */
const EVENTS = `
  with told as (
    select l.*, a.side, s.stage
      from clearing_lines_in_force l join broker_accounts a on a.account = l.reserve_account
      cross join lateral (
        select 'cleared' as stage where l.business_date = $2
        union all select 'settles' where l.settle_date = any((select due_on($1, $2))::date[])) s
     where l.channel = $1 and l.business = any($4) and a.side = any($3)
       and (l.business_date = $2 or l.settle_date = any((select due_on($1, $2))::date[]))),
  prices as (
    select distinct on (event_code) event_code, price_1 from notices_known_on($1, $2)
     where kind = 'H01' and mark_2 <> 'DEL' and event_code in (select order_no from told)
     order by event_code, business_date desc, row_no desc),
  each as (
    select t.*, t.stamp_duty_cents + t.sfc_levy_cents + t.trading_fee_cents + t.system_fee_cents + t.settlement_fee_cents + t.other_cents as fees,
           case when t.business = any($5) then round(t.quantity * p.price_1 * 100) end as before_tax
      from told t left join prices p on p.event_code = t.order_no)
  select stage, side, order_no as event, business, code as security, currency, count(*)::int as holders, sum(quantity)::bigint as quantity,
         sum(coalesce(before_tax, net_cents + fees))::bigint as gross, sum(coalesce(before_tax - fees - net_cents, 0))::bigint as tax,
         sum(fees)::bigint as fees, sum(net_cents)::bigint as net, max(ratio_e5) as ratio_e5, sum(net_fen)::bigint as fen,
         business_date as cleared_on, settle_date as settles_on
    from each group by stage, side, order_no, business, code, currency, business_date, settle_date
   order by stage, side, business, order_no, code, business_date`;
