/** How long a department may take: the whole waits for it, and the complainant is owed the answer by a day (complaints page 4). */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import type { Parameters } from '../terms/load-terms';
import { dueBy } from './complaint-clocks';
import type { ComplaintRow } from './complaint-row';
import { withOneOfKeys } from '../database/promises-found';

/**
 * One working day may always be given, on the last day too. Once the answer is late nothing bounds it any more: compliance is asked at
 * once whether it is waited for.
 * @param dueDays working days from now on
 * @throws BusinessError REQUEST_DUE_AFTER_ANSWER by any clock of the answer
 */
export async function requireDueByAnswer(
  sql: PoolClient,
  parameter: Parameters,
  { complaintNo, level, now }: Pick<ComplaintRow, 'complaintNo' | 'level' | 'now'>,
  dueDays: number,
): Promise<void> {
  if (dueDays === 1) return;
  const { rows } = await sql.query<{ due: string | null }>(
    `select min(due_at) as due from ${withOneOfKeys('$1')} where ended_at is null`,
    [['answer', 'transfer-answer'].map((stage) => `complaint-${stage}:${complaintNo}:${level}`)],
  );
  const answerDueAt = rows[0]?.due ?? null;
  if (answerDueAt === null || answerDueAt <= now) return;
  const asked = await dueBy(sql, parameter, { kind: 'BUSINESS_DAYS', n: dueDays }, now);
  if (asked === undefined || asked.dueAt > answerDueAt)
    throw new BusinessError('REQUEST_DUE_AFTER_ANSWER', { dueDays, answerDueAt, field: 'dueDays' });
}
