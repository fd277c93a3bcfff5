/**
 * Follows the open defaults of a side: once the reserve account is no longer below zero the default is covered, its penalty and
 * interest are computed and booked as cost of the own funds (A4 §41; S14: billed apart, no row in the daily files).
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import { daysInDefault, defaultInterestFen, defaultPenaltyFen } from '../../domain/settlement/default-charges';
import { parseRate } from '../../domain/scaled';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { openBatch } from '../ledger/open-batch';
import { reverseStanding } from '../ledger/reverse-batches';
import { loadParameters } from '../terms/load-terms';
import type { DayKey } from './day-key';

interface OpenDefault {
  readonly business_date: BusinessDate;
  readonly intraday_fen: bigint;
  readonly end_of_day_fen: bigint;
}

export const coverDefaults =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (given: DayKey & { readonly side: Side; readonly balanceFen: string }): Promise<{ readonly open: number }> =>
    inTransaction(pool, async (sql) => {
      if (BigInt(given.balanceFen) < 0n) return { open: (await openDefaults(sql, given)).length };
      await coverOpenDefaults(sql, given);
      return { open: 0 };
    });

/** Covers what is open of the side, charged until the day of the movement that covers it. @param given.before only of days before this one */
export async function coverOpenDefaults(
  sql: PoolClient,
  given: DayKey & { readonly side: Side; readonly before?: BusinessDate },
): Promise<void> {
  for (const open of await openDefaults(sql, given)) {
    if (given.before === undefined || open.business_date < given.before) await cover(sql, given, open);
  }
}

async function openDefaults(sql: PoolClient, given: DayKey & { readonly side: Side }): Promise<readonly OpenDefault[]> {
  const { rows } = await sql.query<OpenDefault>(
    `select business_date, intraday_fen, end_of_day_fen from settlement_defaults
     where channel = $1 and side = $2 and covered_on is null and business_date <= $3 order by business_date for update`,
    [given.channel, given.side, given.businessDate],
  );
  return rows;
}

/**
 * The first day on which a movement left the account not below zero; of its own first day how the account ended it. What is covered late in our books,
 * because a rate was missing or a day stood still, is charged until the money came, not until somebody looked.
 */
async function dayOfCover(
  sql: PoolClient,
  { channel, businessDate, side }: DayKey & { readonly side: Side },
  open: OpenDefault,
): Promise<BusinessDate> {
  const { rows } = await sql.query<{ day: BusinessDate | null }>(
    `select min(told.business_date)::text as day from broker_accounts a cross join lateral (
       select m.business_date from money_movements_in_force m
       where m.channel = $1 and m.account = a.account and m.business_date > $3 and m.business_date < $4 and m.balance_fen >= 0
       union all
       select b.business_date from money_balances_in_force b
       where b.channel = $1 and b.account = a.account and b.business_date = $3 and $3 < $4::date and b.balance_fen >= 0) told
     where a.channel = $1 and a.side = $2 and a.kind = 'reserve'`,
    [channel, side, open.business_date, businessDate],
  );
  return rows[0]?.day ?? businessDate;
}

async function cover(sql: PoolClient, given: DayKey & { readonly side: Side }, open: OpenDefault): Promise<void> {
  const parameters = await loadParameters(sql, given.channel, open.business_date);
  const coveredOn = await dayOfCover(sql, given, open);
  const days = daysInDefault(open.business_date, coveredOn);
  const penalty = defaultPenaltyFen({
    intradayDefaultFen: open.intraday_fen,
    endOfDayDefaultFen: open.end_of_day_fen,
    penaltyRatePerDayE12: parseRate(parameters('PENALTY_PER_DAY')),
    days,
  });
  const interest = defaultInterestFen({
    endOfDayDefaultFen: open.end_of_day_fen,
    reserveRatePerYearE12: parseRate(parameters('RESERVE_INTEREST_PER_YEAR')),
    days,
    dayBase: BigInt(parameters('INTEREST_DAY_BASE')),
  });
  await sql.query(
    `update settlement_defaults set covered_on = $4, covered_at = business_now(), days = $5, penalty_fen = $6, interest_fen = $7
     where channel = $1 and business_date = $2 and side = $3`,
    [given.channel, open.business_date, given.side, coveredOn, days, penalty, interest],
  );
  await recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    action: 'settlement default covered',
    outcome: 'done',
    objectType: 'settlement default',
    objectId: `${given.channel}:${open.business_date}:${given.side}`,
    after: { coveredOn, days, penaltyFen: penalty.toString(), interestFen: interest.toString() },
  });
  // Covered at noon and short again at 18:00: what was charged first is taken back, the whole default charged.
  const key = `default:${given.channel}:${open.business_date}:${given.side}:charges`;
  await reverseStanding(sql, {
    key,
    on: given.businessDate,
    cause: 'default charged again with the end-of-day amount',
  });
  const batch = await openBatch(sql, {
    channel: given.channel,
    businessDate: given.businessDate,
    key,
    kind: `default-charges-${given.side}`,
    restsOn: [],
    cause: `penalty ${penalty} and interest ${interest} fen of the default of ${open.business_date}, ${given.side}`,
  });
  if (batch === undefined || penalty + interest === 0n) return;
  await sql.query(
    `insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
     values ($1, $2, 1, 'default_cost', $3, 'CNY', $4, $1, 'penalty and interest'), ($1, $2, 2, 'default_payable', $3, 'CNY', -$4::bigint, $1, 'penalty and interest')`,
    [given.businessDate, batch, given.side, penalty + interest],
  );
}
