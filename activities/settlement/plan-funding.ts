/**
 * The morning's plan of one side: the amount of the funding formula with each of its terms and their lines (A4 §27).
 * Computed again with newer data it becomes the next revision; the same data give the same revision again.
 */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import { fundingAmount, halfDayTerms, type FundingTerms } from '../../domain/settlement/funding';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueSignal } from '../outbox/queue-message';
import type { DayKey } from './day-key';
import { fundingTermsOf, type SourcedTerms } from './funding-terms';

export const FUNDING_RULE = 'A4 §27, S12';

export interface FundingPlan {
  readonly figureId: string;
  readonly revision: number;
  /** Below zero: to be sent in; above zero: may be drawn back after 10:30. */
  readonly amountFen: string;
  readonly uncertain: boolean;
}

export const planFunding =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (given: DayKey & { readonly side: Side }): Promise<FundingPlan> =>
    inTransaction(pool, (sql) => planSide(sql, given));

/** Plans anew; where the amount is another one the day is told, which makes drafts of the old amount anew. */
export async function planSide(sql: PoolClient, given: DayKey & { readonly side: Side }): Promise<FundingPlan> {
  const { rows } = await sql.query<{
    previous_trading_day: BusinessDate;
    settlement_day: boolean;
    calendar_version: number;
    workflow_id: string;
  }>(
    'select previous_trading_day, settlement_day, calendar_version, workflow_id from settlement_days where channel = $1 and business_date = $2 for update',
    [given.channel, given.businessDate],
  );
  const [day] = rows;
  if (day === undefined) throw new RangeError(`day ${given.businessDate} is not open`);
  const terms = await fundingTermsOf(sql, { ...given, date: given.businessDate, known: day.previous_trading_day });
  const plan = await recordFundingFigure(sql, {
    ...given,
    code: 'FUNDING',
    terms,
    settlementDay: day.settlement_day,
    calendarVersion: day.calendar_version,
  });
  if (plan.revision > 1)
    await queueSignal(sql, {
      key: `plan-changed:${given.channel}:${given.businessDate}:${given.side}:${plan.revision}`,
      workflowId: day.workflow_id,
      signal: 'planChanged',
      args: [given.side],
    });
  return plan;
}

/** Records the figure with its terms, unless the newest revision already says the same. */
export async function recordFundingFigure(
  sql: PoolClient,
  given: DayKey & {
    readonly side: Side;
    readonly code: string;
    readonly terms: SourcedTerms;
    readonly settlementDay: boolean;
    readonly calendarVersion: number;
  },
): Promise<FundingPlan> {
  const all = Object.fromEntries(
    Object.entries(given.terms).map(([term, { fen }]) => [term, fen]),
  ) as unknown as FundingTerms;
  const counted = given.settlementDay ? all : halfDayTerms(all);
  const { amountFen, tradePayableFen } = fundingAmount(counted);
  const signed: Readonly<Record<keyof FundingTerms, bigint>> = {
    reserveBalancePreviousFen: counted.reserveBalancePreviousFen,
    tradeNetFen: -tradePayableFen,
    riskMoneyPayableFen: -counted.riskMoneyPayableFen,
    riskMoneyReturnedFen: counted.riskMoneyReturnedFen,
    portfolioFeePayableFen: -counted.portfolioFeePayableFen,
    nonTradePayableFen: -counted.nonTradePayableFen,
    crossCoverOwedFen: -counted.crossCoverOwedFen,
    corporateActionReceivableFen: counted.corporateActionReceivableFen,
  };
  const uncertain = Object.values(given.terms).some((term) => term.uncertain);
  const key = [given.channel, given.businessDate, given.side, given.code];
  const { rows: earlier } = await sql.query<{ figure_id: bigint; revision: number; amount_fen: bigint; terms: string }>(
    `select f.figure_id, f.revision, f.amount_fen,
            (select string_agg(t.term || '=' || t.amount_fen || (case when t.uncertain then '?' else '' end), ';' order by t.term_no)
             from figure_terms t where t.figure_id = f.figure_id) as terms
     from figures f where f.channel = $1 and f.business_date = $2 and f.side = $3 and f.code = $4 order by f.revision desc limit 1`,
    key,
  );
  // A term of its own where there is one: few days have cross-cover.
  const terms = (Object.entries(given.terms) as [keyof FundingTerms, SourcedTerms[keyof FundingTerms]][]).filter(
    ([term, { fen }]) => term !== 'crossCoverOwedFen' || fen !== 0n,
  );
  const said = terms.map(([term, { uncertain: open }]) => `${term}=${signed[term]}${open ? '?' : ''}`).join(';');
  const [newest] = earlier;
  if (newest !== undefined && newest.terms === said) {
    return {
      figureId: String(newest.figure_id),
      revision: newest.revision,
      amountFen: String(newest.amount_fen),
      uncertain,
    };
  }
  const revision = (newest?.revision ?? 0) + 1;
  const { rows: made } = await sql.query<{ figure_id: bigint }>(
    `insert into figures (channel, business_date, side, code, revision, amount_fen, rule, terms_version)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning figure_id`,
    [...key, revision, amountFen, FUNDING_RULE, `calendar ${given.calendarVersion}`],
  );
  const figureId = made[0]?.figure_id;
  for (const [index, [term, { uncertain: open, source }]] of terms.entries()) {
    await sql.query(
      'insert into figure_terms (figure_id, term_no, term, amount_fen, uncertain, source) values ($1, $2, $3, $4, $5, $6)',
      [figureId, index + 1, term, signed[term], open, source],
    );
  }
  return { figureId: String(figureId), revision, amountFen: String(amountFen), uncertain };
}
