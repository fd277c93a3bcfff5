/** Whether somebody was satisfied with a service, asked right after it: once for what was served. */
import type { Pool } from 'pg';
import { BusinessError } from '../../../domain/errors';
import type { SurveyOccasion } from '../../../domain/quality/survey-occasions';
import { recordAudit } from '../../audit/record-audit';
import { inTransaction } from '../../database/transaction';

export interface SurveyAnswer {
  readonly key: string;
  readonly occasion: SurveyOccasion;
  /** Number of what was served, the opening or the consultation; never of who answered. */
  readonly subject: string;
  readonly satisfied: boolean;
  /** Client whose login answers; none where somebody of the house writes down what was said. */
  readonly clientNo?: string | undefined;
  readonly by: string;
  readonly role: string;
  readonly requestId?: string;
}

/**
 * A client answers about the own services only, whoever serves in the name of a client who said it by telephone.
 * @throws BusinessError NOT_FOUND where no survey of it was asked for, or of somebody else; SURVEY_ANSWERED_ALREADY for the same case under another key,
 *         IDEMPOTENCY_MISMATCH for another answer under the same key
 */
export const recordSurvey = (pool: Pool, given: SurveyAnswer): Promise<{ readonly answerId: string }> =>
  inTransaction(pool, async (sql) => {
    const { key, occasion, subject, satisfied, by, role, requestId } = given;
    // Of two answers of one occasion at once one comes after the other.
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`survey:${occasion}:${subject}`]);
    const { rowCount: asked } = await sql.query(
      'select from surveys where occasion = $1 and subject = $2 and ($3::text is null or client_no = $3)',
      [occasion, subject, given.clientNo ?? null],
    );
    if (asked === 0)
      throw new BusinessError('NOT_FOUND', { what: '满意度调查 survey', key: subject, field: 'subject' });
    const { rows: before } = await sql.query<{ id: string; own: boolean; same: boolean }>(
      `select answer_id::text as id, answer_key = $1 as own, (occasion, subject, satisfied) = ($2, $3, $4) as same from survey_answers
        where answer_key = $1 or (occasion = $2 and subject = $3) order by answer_key = $1 desc limit 1`,
      [key, occasion, subject, satisfied],
    );
    const [kept] = before;
    if (kept?.own === false) throw new BusinessError('SURVEY_ANSWERED_ALREADY', { subject, field: 'subject' });
    if (kept?.same === false) throw new BusinessError('IDEMPOTENCY_MISMATCH');
    if (kept !== undefined) return { answerId: kept.id };
    const { rows } = await sql.query<{ id: string }>(
      `insert into survey_answers (answer_key, occasion, subject, satisfied, recorded_by) values ($1, $2, $3, $4, $5)
       on conflict (answer_key) do nothing returning answer_id::text as id`,
      [key, occasion, subject, satisfied, by],
    );
    const [entered] = rows;
    // At once with another answer under the same key.
    if (entered === undefined) throw new BusinessError('IDEMPOTENCY_MISMATCH');
    await recordAudit(sql, {
      actor: by,
      role,
      action: 'answer survey',
      outcome: 'done',
      objectType: 'survey',
      objectId: entered.id,
      after: { occasion, satisfied },
      requestId,
    });
    return { answerId: entered.id };
  });
