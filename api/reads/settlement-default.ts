/** A settlement default as operations look at it: what was missing, why, what it costs (A4 §41). */
import type { PrismaClient } from '../../generated/prisma/client';
import { yuan } from '../../domain/money';
import { DEFAULT_CAUSES } from '../../domain/settlement/default-cause';
import { instant, money } from '../schemas';
import { z } from '../zod';
import { dateText, instantText, moneyOrNull } from './columns';

const date = z.string().openapi({ format: 'date' });

export const settlementDefault = z
  .strictObject({
    intraday: money,
    endOfDay: money,
    cause: z.enum(['not yet found', ...DEFAULT_CAUSES]),
    causeLines: z
      .strictObject({
        planned: money,
        ordered: money,
        arrived: money,
        needed: money,
        terms: z.array(z.strictObject({ term: z.string(), planned: money, newest: money, settled: money.optional() })),
      })
      .nullable()
      .openapi({ description: '计划、指令、到账、最新所需 planned, ordered, arrived, needed by the newest lines' }),
    coveredOn: date.nullable(),
    coveredAt: instant.nullable(),
    days: z.number().int().nullable(),
    penalty: money.nullable(),
    interest: money.nullable(),
  })
  .openapi('SettlementDefault');

/** As the verb filed it: amounts in CNY as text. */
const filedCause = z.object({
  planned: z.string(),
  ordered: z.string(),
  arrived: z.string(),
  needed: z.string(),
  terms: z.array(
    z.object({ term: z.string(), planned: z.string(), newest: z.string(), settled: z.string().optional() }),
  ),
});

function causeLinesOf(filed: unknown): z.input<typeof settlementDefault>['causeLines'] {
  const cny = (amount: string) => ({ currency: 'CNY' as const, amount });
  const { planned, ordered, arrived, needed, terms } = filedCause.parse(filed);
  return {
    planned: cny(planned),
    ordered: cny(ordered),
    arrived: cny(arrived),
    needed: cny(needed),
    terms: terms.map((one) => ({
      term: one.term,
      planned: cny(one.planned),
      newest: cny(one.newest),
      ...(one.settled === undefined ? {} : { settled: cny(one.settled) }),
    })),
  };
}

type DefaultRow = NonNullable<Awaited<ReturnType<PrismaClient['settlement_defaults']['findUnique']>>>;

export const settlementDefaultOf = (failed: DefaultRow): z.input<typeof settlementDefault> => ({
  intraday: yuan(failed.intraday_fen),
  endOfDay: yuan(failed.end_of_day_fen),
  cause: failed.cause as 'not yet found',
  causeLines: failed.cause === 'not yet found' ? null : causeLinesOf(failed.cause_lines),
  coveredOn: failed.covered_on === null ? null : dateText(failed.covered_on),
  coveredAt: instantText(failed.covered_at),
  days: failed.days,
  penalty: moneyOrNull(failed.penalty_fen),
  interest: moneyOrNull(failed.interest_fen),
});
