/**
 * Later conversions of a split (facts 3.4, 4.2): each is computed from the holding under the temporary code on the evening before its day, and
 * compared with what the clearing house moved from that day on. What differs is a break, as of the first conversion.
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { laterConversions, type LaterConversion } from '../../domain/corporate-actions/split-codes';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { convertedShares, ratioOf } from '../../domain/settlement/entitlement';
import { beat } from '../bulk/beat';
import { streamBetweenWrites } from '../bulk/stream-rows';
import { recordStep, type EventRow } from './event-row';
import { clearBreak, findBreak } from './find-break';

export interface SettledConversions {
  readonly differing: number;
  /** All of them were due, and nothing is awaited. */
  readonly isOver: boolean;
}

export async function settleLaterConversions(
  sql: PoolClient,
  event: EventRow,
  closedDay: BusinessDate,
): Promise<SettledConversions> {
  const conversions = laterConversions(event.terms);
  const due = conversions.filter(({ on }) => closedDay >= on);
  let [differing, awaited] = [0, 0];
  for (const conversion of due) {
    await compute(sql, event, conversion);
    const until = conversions.find(({ leg }) => leg > conversion.leg)?.on ?? null;
    const found = await compare(sql, event, conversion, { closedDay, until });
    differing += found.differing;
    awaited += found.awaited;
  }
  return { differing, isOver: due.length === conversions.length && differing + awaited === 0 };
}

interface Held {
  readonly account: string;
  readonly side: string;
  readonly quantity: bigint;
}

/** Once for each version of the event. */
async function compute(sql: PoolClient, event: EventRow, conversion: LaterConversion): Promise<void> {
  const { eventId, channel, version } = event;
  const { leg, on, out } = conversion;
  const key = `convert ${leg} ${version}`;
  const { rowCount } = await sql.query('select from corporate_action_steps where event_id = $1 and step_key = $2', [
    eventId,
    key,
  ]);
  if (rowCount !== 0) return;
  // Of those who would have been converted by earlier terms and are not by these nothing is left.
  await sql.query(
    `update split_conversions set out_shares = 0, in_shares = 0, fraction = null, state = 'computed' where event_id = $1 and leg = $2`,
    [eventId, leg],
  );
  let holders = 0;
  for await (const held of streamBetweenWrites<Held>(sql, HELD_BEFORE, [channel, out, on])) {
    await write(sql, { eventId, conversion, held });
    holders += held.length;
    beat(holders);
  }
  await recordStep(sql, {
    eventId,
    act: 'compute conversion',
    key,
    detail: { code: out, newCode: conversion.in, on, holders },
    by: SYSTEM_ACTOR,
  });
}

const HELD_BEFORE = `
  with held as (
    select e.owner as securities_account, -sum(e.amount)::bigint as quantity from entries e join batches b using (batch_id)
     where e.ledger = 'client_shares' and e.asset = $2 and b.channel = $1 and e.business_date < $3
     group by 1 having sum(e.amount) < 0)
  select securities_account as account, c.side, quantity from held join clients c using (securities_account) order by 1`;

async function write(
  sql: PoolClient,
  {
    eventId,
    conversion,
    held,
  }: { readonly eventId: string; readonly conversion: LaterConversion; readonly held: readonly Held[] },
): Promise<void> {
  const [newShares, oldShares] = ratioOf(conversion.newShares, conversion.oldShares);
  const converted = held.map(({ quantity }) => convertedShares(quantity, { newShares, oldShares }));
  await sql.query(
    `insert into split_conversions (event_id, leg, securities_account, side, out_code, out_shares, in_code, in_shares, fraction)
     select $1, $2, account, side, $3, gone, $4, come, fraction
       from unnest($5::text[], $6::side_of_business[], $7::bigint[], $8::bigint[], $9::text[]) as computed (account, side, gone, come, fraction)
     on conflict (event_id, leg, securities_account) do update
       set out_code = excluded.out_code, out_shares = excluded.out_shares, in_code = excluded.in_code, in_shares = excluded.in_shares,
           fraction = excluded.fraction, state = 'computed'`,
    [
      eventId,
      conversion.leg,
      conversion.out,
      conversion.in,
      held.map(({ account }) => account),
      held.map(({ side }) => side),
      held.map(({ quantity }) => quantity),
      converted.map(({ shares }) => shares),
      converted.map(({ fractionNumerator: over, fractionDenominator: under }) =>
        over === 0n ? null : `${over}/${under}`,
      ),
    ],
  );
}

/** Whoever is not converted while others are differs as well; what a person left stays left until it agrees. */
async function compare(
  sql: PoolClient,
  { eventId, channel, eventNo }: EventRow,
  { leg, on, out, in: into }: LaterConversion,
  { closedDay, until }: { readonly closedDay: BusinessDate; readonly until: BusinessDate | null },
): Promise<{ readonly differing: number; readonly awaited: number }> {
  await sql.query(
    `with moved as (
       select m.securities_account, c.side, max(m.business_date) as day,
              coalesce(-sum(m.quantity) filter (where m.code = $6 and m.quantity < 0), 0)::bigint as went,
              coalesce(sum(m.quantity) filter (where m.code = $7 and m.quantity > 0), 0)::bigint as came
         from security_movements_in_force m join clients c using (securities_account)
        where m.channel = $3 and m.event_code = $4 and m.code in ($6, $7) and m.business_date between $5 and $8
          and ($9::date is null or m.business_date < $9) group by 1, 2)
     insert into split_conversions as own (event_id, leg, securities_account, side, out_code, out_shares, in_code, in_shares, credited_out, credited_in,
                                           credited_on)
     select $1, $2, securities_account, side, $6, 0, $7, 0, went, came, day from moved
     on conflict (event_id, leg, securities_account) do update
       set credited_out = excluded.credited_out, credited_in = excluded.credited_in, credited_on = excluded.credited_on`,
    [eventId, leg, channel, eventNo, on, out, into, closedDay, until],
  );
  await sql.query(
    `with judged as (
       select securities_account,
              case when credited_on is null and bool_or(credited_on is not null) over (partition by side) then 'differs'
                   when credited_on is null then 'computed'
                   when credited_out = out_shares and credited_in = in_shares then 'agreed' else 'differs' end as state
         from split_conversions where event_id = $1 and leg = $2 and out_shares + coalesce(credited_in, 0) + coalesce(credited_out, 0) > 0)
     update split_conversions s set state = j.state from judged j
      where s.event_id = $1 and s.leg = $2 and s.securities_account = j.securities_account and s.state <> j.state
        and not (s.state = 'left' and j.state <> 'agreed')`,
    [eventId, leg],
  );
  const { rows } = await sql.query<{ differing: number; awaited: number; accounts: readonly string[] }>(
    `select count(*) filter (where state = 'differs')::int as differing, count(*) filter (where state = 'computed' and out_shares > 0)::int as awaited,
            coalesce((array_agg(securities_account order by securities_account) filter (where state = 'differs'))[1:20], '{}') as accounts
       from split_conversions where event_id = $1 and leg = $2`,
    [eventId, leg],
  );
  const { differing, awaited, accounts } = rows[0] ?? { differing: 0, awaited: 0, accounts: [] };
  const found = { eventId, kind: 'entitlement', key: `converted ${leg}` } as const;
  if (differing > 0) await findBreak(sql, { ...found, facts: { code: out, newCode: into, on, differing, accounts } });
  else await clearBreak(sql, { ...found, reason: 'agrees' });
  return { differing, awaited };
}
