/**
 * Securities that a computation had to leave out, because no price or rate of theirs is known: a break each, so that a person
 * decides. One that is listed as unknown already is not listed again.
 */
import type { PoolClient } from 'pg';
import { inKnownSecurities } from './comparisons/masters';
import { listFindings, withdrawUnfound, type ListedFinding } from '../files/list-findings';
import type { DayKey } from './day-key';

const NOT_VALUED = 'SECURITY_NOT_VALUED';

export async function listUnvalued(
  sql: PoolClient,
  day: DayKey,
  computation: 'risk money' | 'own portfolio fee',
  codes: readonly string[],
): Promise<void> {
  const known = await inKnownSecurities(sql, day, [...new Set(codes)].sort());
  const found = await listFindings(
    sql,
    day,
    { fileId: null, name: computation },
    known.map((code): ListedFinding => ({
      class: NOT_VALUED,
      outcome: 'break',
      field: computation,
      value: code,
      key: [code],
      reason: {
        zh: '没有该证券的价格或风控费率，计算时未计入。',
        en: 'No price or margin rate of this security is known; the computation leaves it out.',
      },
    })),
  );
  await withdrawUnfound(sql, day, { classes: [NOT_VALUED], field: computation, found });
}
