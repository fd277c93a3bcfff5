/** `?as-of=`: what a process looked like at an instant. The same reading, from the versions of the tables instead of the tables. */
import type { PoolClient } from 'pg';
import { withoutTrace } from '../prisma/pool';
import type { Prisma } from '../generated/prisma/client';
import { businessNow } from './business-now';
import { refuseIfAny } from './problems';
import type { Services } from './services';
import { invalid } from './validation';
import { z } from './zod';

/** What a reading stands on: the tables as they are, or as they were. */
export type Tables = Prisma.TransactionClient;

export const asOf = z.iso.datetime({ offset: true }).optional().openapi({
  example: '2025-06-23T10:00:00+08:00',
  description: '当时的样子：业务时钟上的时刻 as it was then: an instant on the business clock, not later than now',
});

/**
 * Reads now, or as of an instant.
 * @param read must use nothing but the tables it is given: those of `history.kept_tables`
 * @throws Refused INPUT_INVALID for an instant that has not come: the answer could still change
 */
export async function readAsOf<Read>(
  { prisma, prismaAsOf, pool }: Pick<Services, 'prisma' | 'prismaAsOf' | 'pool'>,
  instant: string | undefined,
  read: (tables: Tables) => Promise<Read>,
): Promise<Read> {
  if (instant === undefined) return read(prisma);
  await refuseFuture(pool, instant);
  return prismaAsOf.$transaction(async (tables) => {
    await tables.$executeRaw`select set_config('southbound.as_of', ${instant}, true)`;
    return read(tables);
  });
}

/** As `readAsOf`, for a reading in SQL: names of tables are looked for among those as they were first. */
export async function queryAsOf<Read>(
  { pool }: Pick<Services, 'pool'>,
  instant: string | undefined,
  read: (sql: Queried) => Promise<Read>,
): Promise<Read> {
  if (instant === undefined) return read(pool);
  await refuseFuture(pool, instant);
  return withoutTrace(pool, 'begin read only', async (sql) => {
    await sql.query(
      `select set_config('southbound.as_of', $1, true), set_config('search_path', 'as_of, public', true)`,
      [instant],
    );
    return read(sql);
  });
}

/** What SQL is asked of: the pool, or one connection. */
export type Queried = Pick<PoolClient, 'query'>;

async function refuseFuture(pool: Services['pool'], instant: string): Promise<void> {
  const { now } = await businessNow(pool);
  const future = Date.parse(instant) > Date.parse(now);
  refuseIfAny(future ? [invalid('as-of', { zh: `不晚于 ${now}`, en: `not later than ${now}` })] : []);
}
