/**
 * Evening forecast of the funding amounts of the next two trading days, with what is certain and what is not (A4 §27,
 * settlement page step 6). The day after next rests on the assumption that tomorrow's amount is moved exactly (S13).
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { SIDES, type Channel, type Side } from '../../domain/channel';
import { notBelowZero } from '../../domain/scaled';
import { loadMarketCalendar } from '../calendar/load-market-calendar';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import type { DayKey } from './day-key';
import { fundingTermsOf, type SourcedTerms } from './funding-terms';
import { recordFundingFigure } from './plan-funding';

export const forecastFunding =
  ({ pool }: Dependencies) =>
  (day: DayKey): Promise<{ readonly next: BusinessDate; readonly amountFen: Readonly<Record<Side, string>> }> =>
    inTransaction(pool, async (sql) => {
      const { calendar, version } = await loadMarketCalendar(sql, day.channel as Channel);
      const next = calendar.nextTradingDay(day.businessDate);
      await sql.query('delete from forecasts where channel = $1 and business_date = $2', [
        day.channel,
        day.businessDate,
      ]);
      const amountFen = { client: '0', proprietary: '0' };
      for (const side of SIDES) {
        const terms = await fundingTermsOf(sql, { channel: day.channel, side, date: next, known: day.businessDate });
        const settles = calendar.isSettlementDay(next);
        amountFen[side] = await record(sql, { ...day, side, forecastDate: next, terms, settles, version });
        const after = calendar.nextTradingDay(next);
        await record(sql, {
          ...day,
          side,
          forecastDate: after,
          terms: await termsAfterNext(sql, { ...day, side, next: terms, date: after, settles }),
          settles: calendar.isSettlementDay(after),
          version,
        });
      }
      return { next, amountFen };
    });

interface Forecast extends DayKey {
  readonly side: Side;
  readonly forecastDate: BusinessDate;
  readonly terms: SourcedTerms;
  readonly settles: boolean;
  readonly version: number;
}

async function record(sql: PoolClient, forecast: Forecast): Promise<string> {
  const plan = await recordFundingFigure(sql, {
    channel: forecast.channel,
    businessDate: forecast.businessDate,
    side: forecast.side,
    code: `FORECAST ${forecast.forecastDate}`,
    terms: forecast.terms,
    settlementDay: forecast.settles,
    calendarVersion: forecast.version,
  });
  await sql.query(
    'insert into forecasts (channel, business_date, side, forecast_date, amount_fen, figure_id) values ($1, $2, $3, $4, $5, $6)',
    [forecast.channel, forecast.businessDate, forecast.side, forecast.forecastDate, plan.amountFen, plan.figureId],
  );
  return plan.amountFen;
}

/** Tomorrow's receivables stay in the reserve account; tomorrow's risk money comes back; what tomorrow trades adds is unknown. */
async function termsAfterNext(
  sql: PoolClient,
  given: DayKey & {
    readonly side: Side;
    readonly next: SourcedTerms;
    readonly date: BusinessDate;
    readonly settles: boolean;
  },
): Promise<SourcedTerms> {
  const terms = await fundingTermsOf(sql, {
    channel: given.channel,
    side: given.side,
    date: given.date,
    known: given.businessDate,
  });
  const assumed = (fen: bigint, assumption: string) => ({ fen, uncertain: true, source: { assumption } });
  return {
    ...terms,
    reserveBalancePreviousFen: assumed(
      given.settles ? notBelowZero(given.next.tradeNetFen.fen) : 0n,
      'tomorrow is funded or drawn back exactly',
    ),
    riskMoneyPayableFen: assumed(given.next.riskMoneyPayableFen.fen, 'risk money as today'),
    riskMoneyReturnedFen: assumed(given.next.riskMoneyPayableFen.fen, 'risk money payable tomorrow'),
  };
}
