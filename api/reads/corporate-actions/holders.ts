/** Holders of an event with what they can elect and have elected; a caller sees those of the own side and branch. */
import type { Pool } from 'pg';
import { holdsAnyOf, READS_BOTH_SIDES, type Caller } from '../../identity';
import { accessTo, type RouteId } from '../../policy';
import { scopeOf } from '../permission-requests';
import { instant } from '../../schemas';
import { z } from '../../zod';
import { securitiesAccount, shares } from './event-line';

/** Sides and branches of the holders whom a caller sees; null: all branches. Whoever is of neither side serves clients. */
export async function holdersSeenBy(
  pool: Pool,
  caller: Caller,
  route: RouteId,
): Promise<readonly [sides: readonly string[], branches: readonly string[] | null]> {
  const [, branches] = await scopeOf(pool, caller, route);
  if (holdsAnyOf(caller, READS_BOTH_SIDES)) return [['client', 'proprietary'], branches];
  const called = caller.grants.filter(({ role }) => (accessTo(route) as readonly string[]).includes(role));
  const sides = new Set(called.map(({ side }) => side ?? 'client'));
  return [[...sides], branches];
}

export const holderLine = z
  .strictObject({
    securitiesAccount,
    fundAccount: z.string(),
    branch: z.string(),
    settled: shares,
    unsettledSales: shares,
    inTransit: shares.openapi({ description: '在途，不可申报 in transit, not electable' }),
    electable: shares,
    recordHolding: shares.nullable().openapi({
      description:
        '供股、公开配售：登记日持股，可认购数量由此得出 of rights and open offers: the holding from which follows what may be subscribed for',
    }),
    elected: z.array(z.strictObject({ ballot: z.string(), option: z.string(), shares, electedBy: z.string() })),
    answeredAt: instant.nullable(),
    reopenedVersion: z.number().int().nullable(),
    unreachableSince: instant.nullable(),
    told: z.string().nullable().openapi({ description: '公告送达状态 what became of the notice' }),
  })
  .openapi('CorporateActionHolder');

export const HOLDER_LINE = `h.securities_account as "securitiesAccount", h.fund_account as "fundAccount", h.branch, h.settled::text,
  h.unsettled_sales::text as "unsettledSales", h.in_transit::text as "inTransit", h.electable::text,
  h.record_holding::text as "recordHolding",
  coalesce((select jsonb_agg(jsonb_build_object('ballot', e.ballot, 'option', e.option, 'shares', e.quantity::text, 'electedBy', e.elected_by)
              order by e.ballot, e.option) from elections e where e.event_id = h.event_id and e.securities_account = h.securities_account), '[]') as elected,
  h.answered_at as "answeredAt", h.reopened_version as "reopenedVersion", h.unreachable_since as "unreachableSince", o.state as told`;
