/** The business clock: read by everybody who works with days, moved by hand in a rehearsal only. */
import { BusinessError } from '../../../domain/errors';
import { businessNow } from '../../business-now';
import { rolesOf } from '../../identity';
import { route } from '../../route';
import { instant } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';

const clock = z
  .strictObject({
    book: z.string(),
    kind: z.enum(['production', 'rehearsal', 'drill', 'test']),
    mode: z.enum(['real', 'manual']),
    now: instant,
    businessDate: z.string().openapi({ format: 'date' }),
    nextWait: z
      .strictObject({ at: instant, summary: z.string() })
      .nullable()
      .openapi({ description: '最近的等待 the next instant somebody waits for; 实时账簿为空 null on a real clock' }),
  })
  .openapi('Clock');

async function readClockOf({ prisma, pool }: Services): Promise<z.input<typeof clock>> {
  const [row, wait, { now, today }] = await Promise.all([
    prisma.business_clock.findFirstOrThrow(),
    prisma.clock_waits.findFirst({ orderBy: { at: 'asc' } }),
    businessNow(pool),
  ]);
  return {
    book: row.book_name,
    kind: row.book_kind as 'test',
    mode: row.mode as 'manual',
    now,
    businessDate: today,
    nextWait: wait === null ? null : { at: wait.at.toISOString(), summary: wait.summary },
  };
}

export const readClock = route({
  id: 'readClock',
  method: 'get',
  path: '/v1/clock',
  tag: 'clock',
  summary: { zh: '业务时钟', en: 'The business clock' },
  answer: clock,
  respond: async (_, services) => ({ status: 200, body: await readClockOf(services) }),
});

export const moveClock = route({
  id: 'moveClock',
  method: 'post',
  path: '/v1/clock/moves',
  tag: 'clock',
  summary: { zh: '演练中拨动时钟，逐个唤醒', en: 'Move the clock of a rehearsal, from wake-up to wake-up' },
  body: z.strictObject({
    to: z.iso
      .datetime({ offset: true })
      .transform((text) => new Date(text).toISOString())
      .openapi({ type: 'string', format: 'date-time', example: '2025-06-23T10:00:00+08:00' }),
  }),
  answer: clock,
  refusals: [
    'NOT_A_REHEARSAL',
    'CLOCK_MOVES_FORWARD_ONLY',
    'CLOCK_MOVE_UNDER_WAY',
    'BOOK_NOT_SETTLED',
    'TEMPORAL_UNAVAILABLE',
  ],
  respond: async ({ body, caller, requestId }, services) => {
    const before = await readClockOf(services);
    if (before.mode !== 'manual') throw new BusinessError('NOT_A_REHEARSAL');
    if (body.to < before.now) {
      throw new BusinessError('CLOCK_MOVES_FORWARD_ONLY', { now: before.now, asked: body.to });
    }
    const role = rolesOf(caller).find((held) => held === 'operations' || held === 'supervisor') ?? 'operations';
    await services.advanceClock({ to: body.to, actor: caller.person, role, requestId });
    return { status: 200, body: await readClockOf(services) };
  },
});
