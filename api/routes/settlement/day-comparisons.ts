/** A closed day run once more and compared with what was booked; nothing is booked (A4 §42). */
import { compareClosedDay } from '../../../activities/intake/compare-closed-day';
import { yuan } from '../../../domain/money';
import { rolesOf, sidesReadBy } from '../../identity';
import { route } from '../../route';
import { dayPath, money } from '../../schemas';
import { z } from '../../zod';

const difference = z
  .strictObject({
    kind: z.string().openapi({ description: '批次种类 kind of batch' }),
    ledger: z.string(),
    owner: z.string(),
    asset: z.string().openapi({ description: 'CNY 或证券代码 CNY, or a security' }),
    booked: money.nullable().openapi({ description: '已入账 as it stands; null for shares' }),
    again: money.nullable().openapi({ description: '重算 as it would be booked now' }),
    bookedShares: z.string().nullable(),
    againShares: z.string().nullable(),
  })
  .openapi('BookedOtherwise');

/** Twice the longest limit that may be configured: the last statement may begin just before it is over. */
const TAKEN_OVER_AFTER_MS = 2 * 600_000;

export const compareDay = route({
  id: 'compareClosedDay',
  method: 'post',
  path: '/v1/settlement-days/{channel}/{date}/comparisons',
  tag: 'days',
  summary: {
    zh: '重算已关闭的交收日并比对，含关闭后新到的文件；不入账',
    en: 'Run a closed day once more, with the files that came since, and compare; nothing is booked',
  },
  params: dayPath,
  answer: z
    .strictObject({
      channel: z.string(),
      businessDate: z.string().openapi({ format: 'date' }),
      filesSince: z.array(z.strictObject({ name: z.string(), state: z.string() })),
      entries: z.number().int().openapi({ description: '当晚分录数 entries of the evening as they stand' }),
      differences: z.array(difference),
      truncated: z.boolean().openapi({ description: '只列前一千项 only the first thousand are listed' }),
    })
    .openapi('DayComparison'),
  refusals: ['DAY_NOT_STARTED', 'DAY_NOT_CLOSED', 'COMPARISON_RUNNING', 'COMPARISON_TOO_LONG', 'CHANNEL_UNKNOWN'],
  takenOverAfterMs: TAKEN_OVER_AFTER_MS,
  respond: async ({ params, caller, requestId }, { pool, comparisonWithinMs }) => {
    const day = { channel: params.channel, businessDate: params.date };
    const { differences, ...compared } = await compareClosedDay(pool, {
      ...day,
      sides: sidesReadBy(caller),
      withinMs: comparisonWithinMs,
      by: caller.person,
      role: rolesOf(caller)[0] ?? '',
      requestId,
    });
    const amount = (asset: string, units: bigint) => (asset === 'CNY' ? yuan(units) : null);
    const shares = (asset: string, units: bigint) => (asset === 'CNY' ? null : units.toString());
    return {
      status: 200,
      body: {
        ...day,
        ...compared,
        filesSince: [...compared.filesSince],
        differences: differences.map(({ booked, again, ...of }) => ({
          ...of,
          booked: amount(of.asset, booked),
          again: amount(of.asset, again),
          bookedShares: shares(of.asset, booked),
          againShares: shares(of.asset, again),
        })),
      },
    };
  },
});
