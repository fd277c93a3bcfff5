/**
 * What risk money of an evening, and with it the funding of the next trading day, would be with other terms (A4 §25, §27): the verbs of the
 * evening run on its books twice, with the terms in force and with those tried, in a transaction that is rolled back. Nothing is booked,
 * no term changes.
 */
import type { Pool } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import { BusinessError } from '../../domain/errors';
import { refusalsOfTrial, termsTried, type RiskTerms, type TriedTerms } from '../../domain/settlement/tried-terms';
import { triedOut } from '../database/tried-out';
import type { Dependencies } from '../dependencies';
import { riskMoneyWith } from '../settlement/compute-risk-money';
import type { DayKey } from '../settlement/day-key';
import { forecastFunding } from '../settlement/forecast-funding';
import { auditOfDay, type AskedOfDay } from './audit-of-day';
import { refuseFirst } from './judge-actor';

export interface Trial {
  /** The day that is funded. */
  readonly fundedOn: BusinessDate;
  readonly sides: readonly TriedSide[];
}

export interface TriedSide {
  readonly side: Side;
  readonly inForce: RiskFigures;
  readonly tried: RiskFigures;
}

/** Figures of one side, in fen. */
export interface RiskFigures {
  readonly marginModel: 'flat22' | 'rpf';
  readonly markToMarketFen: bigint;
  readonly marginFen: bigint;
  readonly payableFen: bigint;
  /** Of the funding formula: below zero is to be sent in. */
  readonly fundingFen: bigint;
  /** Something of the funding is not known yet. */
  readonly uncertain: boolean;
}

interface Asked extends AskedOfDay {
  readonly terms: TriedTerms;
  /** Whose figures are told. */
  readonly sides: readonly Side[];
}

/**
 * @throws BusinessError DAY_NOT_STARTED, RISK_MONEY_NOT_COMPUTED
 * @throws SeveralRefusals INPUT_INVALID, TERM_UNKNOWN, TERM_NOT_READ
 */
export async function tryRiskTerms(pool: Pool, asked: Asked): Promise<Trial> {
  const workflowId = await computedDay(pool, asked);
  const day: DayKey = { channel: asked.channel, businessDate: asked.businessDate };
  const trial = await triedOut(pool, async (within) => {
    const inForce = await figuresWith(within, day, (terms, unsettled) => {
      refuseFirst(refusalsOfTrial(terms, asked.terms, { date: day.businessDate, unsettled }));
      return terms;
    });
    const tried = await figuresWith(within, day, (terms) => termsTried(terms, asked.terms, day.businessDate));
    return {
      fundedOn: inForce.fundedOn,
      sides: asked.sides.map((side) => ({ side, inForce: inForce.of(side), tried: tried.of(side) })),
    };
  });
  await auditOfDay(pool, asked, {
    action: 'try other risk terms',
    after: { ...asked.terms, creditFen: asked.terms.creditFen?.toString() },
    workflowId,
  });
  return trial;
}

async function computedDay(pool: Pool, { channel, businessDate }: DayKey): Promise<string> {
  const { rows } = await pool.query<{ workflow_id: string; computed: boolean }>(
    `select workflow_id, exists (select 1 from risk_money r where r.channel = d.channel and r.business_date = d.business_date) as computed
     from settlement_days d where channel = $1 and business_date = $2`,
    [channel, businessDate],
  );
  const [day] = rows;
  if (day === undefined) throw new BusinessError('DAY_NOT_STARTED', { date: businessDate });
  if (!day.computed) throw new BusinessError('RISK_MONEY_NOT_COMPUTED', { date: businessDate });
  return day.workflow_id;
}

/** The evening's own verbs, one after the other: the forecast reads the risk money just computed. */
async function figuresWith(
  within: Pool,
  day: DayKey,
  put: (inForce: RiskTerms, unsettled: readonly string[]) => RiskTerms,
) {
  await riskMoneyWith(within, day, put);
  const { next } = await forecastFunding({ pool: within } as Dependencies)(day);
  const { rows } = await within.query<RiskFigures & { readonly side: Side }>(
    `select r.side, r.margin_model as "marginModel", r.mark_to_market_fen as "markToMarketFen", r.margin_fen as "marginFen",
            r.payable_fen as "payableFen", f.amount_fen as "fundingFen",
            exists (select 1 from figure_terms t where t.figure_id = f.figure_id and t.uncertain) as uncertain
     from risk_money r join forecasts f using (channel, business_date, side)
     where r.channel = $1 and r.business_date = $2 and f.forecast_date = $3`,
    [day.channel, day.businessDate, next],
  );
  return {
    fundedOn: next,
    of(side: Side): RiskFigures {
      const found = rows.find((row) => row.side === side);
      if (found === undefined) throw new RangeError(`no risk money of the ${side} side was computed`);
      const { side: _, ...figures } = found;
      return figures;
    },
  };
}
