/**
 * The day from which shares that were distributed can be sold, by our own calendar: the trading day after that of their receipt (A4 §24, S20). What
 * the clearing house gave stands in the books; where it is another day, people are asked.
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Channel } from '../../domain/channel';
import type { EventKind } from '../../domain/corporate-actions/served-kinds';
import { loadMarketCalendar } from '../calendar/load-market-calendar';
import type { EventRow } from './event-row';
import { clearBreak, findBreak } from './find-break';
import { ifKnown } from './read-notices';

const DISTRIBUTED: readonly EventKind[] = ['BONUS_SHARES', 'DISTRIBUTED_WARRANTS'];

/** Answers whether the calendar knows all of them: what it does not is left for the next look. */
export async function askAboutSellableDays(
  sql: PoolClient,
  { eventId, channel, kind }: EventRow,
): Promise<{ readonly isKnown: boolean }> {
  if (!DISTRIBUTED.includes(kind)) return { isKnown: true };
  const { rows } = await sql.query<{ creditedOn: BusinessDate; sellableFrom: BusinessDate; accounts: string[] }>(
    `select credited_on as "creditedOn", sellable_from as "sellableFrom", array_agg(securities_account order by securities_account) as accounts
       from corporate_action_entitlements where event_id = $1 and credited_in > 0 and sellable_from is not null group by 1, 2 order by 1, 2`,
    [eventId],
  );
  const found = { eventId, kind: 'entitlement', key: 'sellable' } as const;
  const { calendar } = await loadMarketCalendar(sql, channel as Channel);
  const others = rows
    .map((row) => ({ ...row, computed: ifKnown(() => calendar.nextTradingDay(row.creditedOn)).found }))
    .filter(({ sellableFrom, computed }) => sellableFrom !== computed);
  const isKnown = others.every(({ computed }) => computed !== undefined);
  const differing = others.filter(({ computed }) => computed !== undefined);
  if (differing.length === 0) {
    if (isKnown) await clearBreak(sql, { ...found, reason: 'agrees' });
    return { isKnown };
  }
  const days = differing.map(({ accounts, ...told }) => ({
    ...told,
    holders: accounts.length,
    accounts: accounts.slice(0, 20),
  }));
  await findBreak(sql, { ...found, facts: { cause: '可卖日不符 sellable from another day', days } });
  return { isKnown };
}
