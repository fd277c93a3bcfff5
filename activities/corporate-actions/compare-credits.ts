/** What was computed against what the settlement day's files credited: money to the cent by the allocation of S16, shares by code. */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { SUBSCRIPTION_KINDS } from '../../domain/corporate-actions/delivered-kinds';
import { isSellOnly, type ListMark } from '../../domain/corporate-actions/sell-only';
import { allocateGross } from '../../domain/settlement/allocation';
import { foreignAsFen } from '../../domain/settlement/clearing-amounts';
import { CORPORATE_ACTION_MONEY } from '../../domain/settlement/line-kinds';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { awaitedIn, awaitedMoney, awaitedOut, awaitedRights, isAwaited } from './awaited';
import { recordStep, type EventRow } from './event-row';
import { clearBreak, findBreak } from './find-break';

/** Key of the break about what was credited and differs. */
export const DIFFERING = 'credited';

export async function compareCredits(sql: PoolClient, event: EventRow, closedDay: BusinessDate): Promise<void> {
  const money = await creditMoney(sql, event, closedDay);
  const shares = await creditShares(sql, event, closedDay);
  await judge(sql, event);
  const { rows } = await sql.query<{
    differing: number;
    accounts: readonly string[];
    figures: string | null;
    hasCredits: boolean;
  }>(
    `select count(*) filter (where state = 'differs')::int as differing, coalesce(bool_or(credited_on is not null), false) as "hasCredits",
            coalesce((array_agg(securities_account order by securities_account) filter (where state = 'differs'))[1:20], '{}') as accounts,
            md5(string_agg(concat_ws(' ', securities_account, credited_fen, credited_in, credited_out, credited_rights), ',' order by securities_account)
                  filter (where state = 'differs')) as figures
       from corporate_action_entitlements where event_id = $1`,
    [event.eventId],
  );
  const { differing, accounts, figures, hasCredits } = rows[0] ?? {
    differing: 0,
    accounts: [],
    figures: null,
    hasCredits: false,
  };
  if (!hasCredits) return;
  await sql.query('update corporate_actions set paid_on = $2 where event_id = $1 and paid_on is null', [
    event.eventId,
    closedDay,
  ]);
  const found = { eventId: event.eventId, kind: 'entitlement', key: DIFFERING } as const;
  if (differing > 0) await findBreak(sql, { ...found, facts: { differing, accounts, figures } });
  else await clearBreak(sql, { ...found, reason: 'agrees' });
  if (money + shares === 0) return;
  await recordStep(sql, {
    eventId: event.eventId,
    act: 'compare credits',
    key: `credits ${closedDay}`,
    detail: { closedDay, money, shares, differing },
    by: SYSTEM_ACTOR,
  });
}

/**
 * Holder by holder; whoever got nothing while others of the side were credited differs as well. What a person left as it stands, a difference
 * or what has not come, stays left until a figure of it moves.
 */
async function judge(sql: PoolClient, { eventId, kind }: EventRow): Promise<void> {
  await sql.query(
    `with judged as (
       select securities_account,
              case when ${MISSING} then 'differs'
                   when credited_on is null then 'computed'
                   when coalesce(credited_fen, expected_fen) is distinct from expected_fen
                     or coalesce(credited_in, in_shares, 0) <> coalesce(in_shares, 0)
                     or coalesce(credited_out, out_shares, 0) <> coalesce(out_shares, 0)
                     or coalesce(credited_rights, rights_shares, 0) <> coalesce(rights_shares, 0) then 'differs'
                   when ${isAwaited(kind)} then 'computed'
                   when credited_fen is not distinct from expected_fen and coalesce(credited_in, 0) = coalesce(in_shares, 0)
                    and coalesce(credited_out, 0) = coalesce(out_shares, 0) then 'agreed'
                   else 'differs' end as state
         from corporate_action_entitlements where event_id = $1)
     update corporate_action_entitlements e set state = j.state from judged j
      where e.event_id = $1 and e.securities_account = j.securities_account and e.state <> j.state and not (e.state = 'left' and j.state <> 'agreed')`,
    [eventId],
  );
}

/** SQL on an entitlement among those of its event: what has come to others of its side has not come to it. */
const MISSING = `(${awaitedMoney} and bool_or(credited_fen is not null) over (partition by side)
    or ${awaitedIn} and bool_or(credited_in is not null) over (partition by side)
    or ${awaitedOut} and bool_or(credited_out is not null) over (partition by side)
    or ${awaitedRights} and bool_or(credited_rights is not null) over (partition by side))`;

interface CreditedMoney {
  readonly securities_account: string;
  readonly side: string;
  readonly gross_cents: bigint;
  readonly ratio_e5: bigint;
  readonly clearing_date: BusinessDate;
}

/** One sum is exchanged per side and day; each gets its share of it by our own gross (S16). Answers how many were credited anew. */
async function creditMoney(sql: PoolClient, event: EventRow, closedDay: BusinessDate): Promise<number> {
  await sql.query(
    `insert into corporate_action_entitlements (event_id, securities_account, side, record_quantity, gross_cents)
     select distinct $1::bigint, l.securities_account, c.side, 0, 0
       from clearing_lines_in_force l join clients c using (securities_account)
      where l.channel = $2 and l.order_no = $3 and l.business = any($4) and l.business_date <= $5
     on conflict (event_id, securities_account) do nothing`,
    [event.eventId, event.channel, event.eventNo, CORPORATE_ACTION_MONEY, closedDay],
  );
  const { rows } = await sql.query<{ securities_account: string }>(
    `with credited as (
       select l.securities_account, sum(l.net_fen)::bigint as fen, max(l.ratio_e5) as ratio_e5, max(l.business_date) as clearing_date
         from clearing_lines_in_force l
        where l.channel = $2 and l.order_no = $3 and l.business = any($4) and l.business_date <= $5 group by 1)
     update corporate_action_entitlements e set credited_fen = c.fen, credited_on = c.clearing_date, state = 'computed'
       from credited c where e.event_id = $1 and e.securities_account = c.securities_account and e.credited_fen is distinct from c.fen
     returning e.securities_account`,
    [event.eventId, event.channel, event.eventNo, CORPORATE_ACTION_MONEY, closedDay],
  );
  const { rowCount: unexpected } = await sql.query(
    'select from corporate_action_entitlements where event_id = $1 and credited_fen is not null and expected_fen is null limit 1',
    [event.eventId],
  );
  if (rows.length > 0 || unexpected !== 0) await expectSums(sql, event, closedDay);
  return rows.length;
}

/** All holders of a sum share it, also where a correction moved only one of them. */
async function expectSums(sql: PoolClient, event: EventRow, closedDay: BusinessDate): Promise<void> {
  const { rows } = await sql.query<CreditedMoney>(
    `select e.securities_account, e.side, e.gross_cents, max(l.ratio_e5) as ratio_e5, max(l.business_date) as clearing_date
       from corporate_action_entitlements e join clearing_lines_in_force l using (securities_account)
      where e.event_id = $1 and l.channel = $2 and l.order_no = $3 and l.business = any($4) and l.business_date <= $5
      group by 1, 2, 3`,
    [event.eventId, event.channel, event.eventNo, CORPORATE_ACTION_MONEY, closedDay],
  );
  const sums = new Map<string, CreditedMoney[]>();
  for (const row of rows) {
    const key = `${row.side} ${row.clearing_date}`;
    const holders = sums.get(key);
    if (holders === undefined) sums.set(key, [row]);
    else holders.push(row);
  }
  for (const holders of sums.values()) await expectMoney(sql, event, holders);
}

/** What is paid for a subscription is exchanged account by account, as a purchase is; what comes, in one sum. */
async function expectMoney(
  sql: PoolClient,
  { eventId, kind }: EventRow,
  holders: readonly CreditedMoney[],
): Promise<void> {
  const [first] = holders;
  if (first === undefined) return;
  const shares = SUBSCRIPTION_KINDS.includes(kind)
    ? holders.map(({ securities_account: account, gross_cents: gross, ratio_e5: ratioE5 }) => ({
        account,
        shareFen: -foreignAsFen(gross ?? 0n, ratioE5),
      }))
    : allocateGross(
        holders.map(({ securities_account: account, gross_cents: gross }) => ({ account, grossCents: gross ?? 0n })),
        first.ratio_e5,
      ).shares;
  await sql.query(
    `update corporate_action_entitlements e set expected_fen = s.fen, state = 'computed'
       from unnest($2::text[], $3::bigint[]) as s (account, fen)
      where e.event_id = $1 and e.securities_account = s.account and e.expected_fen is distinct from s.fen`,
    [eventId, shares.map(({ account }) => account), shares.map(({ shareFen }) => shareFen)],
  );
}

/** Bonus shares, conversions, deliveries of a takeover, each under its code; with the day from which they can be sold. */
async function creditShares(sql: PoolClient, event: EventRow, closedDay: BusinessDate): Promise<number> {
  const rightsCode = event.kind === 'RIGHTS_ISSUE' ? (event.terms['securityReceived'] ?? null) : null;
  const credited = [event.eventId, event.channel, event.eventNo, closedDay];
  await sql.query(
    `insert into corporate_action_entitlements (event_id, securities_account, side, record_quantity)
     select distinct $1::bigint, m.securities_account, c.side, 0 from security_movements_in_force m join clients c using (securities_account)
      where m.channel = $2 and m.event_code = $3 and m.business_date <= $4
     on conflict (event_id, securities_account) do nothing`,
    credited,
  );
  const { rowCount } = await sql.query(
    `with moved as (
       select m.securities_account,
              sum(case when m.code = coalesce(e.in_code, m.code) then m.quantity else 0 end) filter (where m.quantity > 0 and m.code is distinct from $5)::bigint as came,
              -- Rights that are exercised or lapse leave as the clearing house says.
              -sum(case when m.code = coalesce(e.out_code, m.code) then m.quantity else 0 end) filter (where m.quantity < 0 and m.code is distinct from $5)::bigint as went,
              sum(m.quantity) filter (where m.quantity > 0 and m.code = $5)::bigint as rights,
              max(m.sellable_from) filter (where m.quantity > 0) as sellable_from, max(m.business_date) as day
         from security_movements_in_force m join corporate_action_entitlements e on e.event_id = $1 and e.securities_account = m.securities_account
        where m.channel = $2 and m.event_code = $3 and m.business_date <= $4 group by 1)
     update corporate_action_entitlements e
        set state = 'computed', credited_in = m.came, credited_out = m.went, credited_rights = m.rights, sellable_from = m.sellable_from, credited_on = m.day
       from moved m where e.event_id = $1 and e.securities_account = m.securities_account
        and (e.credited_in, e.credited_out, e.credited_rights) is distinct from (m.came, m.went, m.rights)`,
    [...credited, rightsCode],
  );
  await markSellOnly(sql, event, closedDay);
  return rowCount ?? 0;
}

/** By the list of securities of the newest day: what is taken off it later can only be sold as well. */
async function markSellOnly(sql: PoolClient, event: EventRow, closedDay: BusinessDate): Promise<void> {
  const { rows } = await sql.query<{ code: string; mark: ListMark }>(
    `with list as (
       select max(business_date) as day from listed_securities_in_force where channel = $2 and business_date <= $3)
     select c.in_code as code,
            case when list.day is null then 'unknown'
                 else coalesce((select l.trading_mark from listed_securities_in_force l
                                 where l.channel = $2 and l.business_date = list.day and l.code = c.in_code limit 1), 'absent') end as mark
       from (select distinct in_code from corporate_action_entitlements where event_id = $1 and in_code is not null) c cross join list`,
    [event.eventId, event.channel, closedDay],
  );
  for (const { code, mark } of rows) {
    await sql.query(
      'update corporate_action_entitlements set sell_only = $3 where event_id = $1 and in_code = $2 and sell_only <> $3',
      [event.eventId, code, isSellOnly(event.kind, mark)],
    );
  }
}
