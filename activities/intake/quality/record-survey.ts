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
 * @throws BusinessError NOT_FOUND where no survey of it was asked for, or of somebody else; SURVEY_ANSWERED_ALREADY for the same case under another key
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
    const { rows: before } = await sql.query<{ answer_key: string }>(
      'select answer_key from survey_answers where occasion = $1 and subject = $2',
      [occasion, subject],
    );
    if (before[0] !== undefined && before[0].answer_key !== key)
      throw new BusinessError('SURVEY_ANSWERED_ALREADY', { subject, field: 'subject' });
    const { rows } = await sql.query<{ id: string; is_new: boolean }>(
      `with entered as (
         insert into survey_answers (answer_key, occasion, subject, satisfied, recorded_by) values ($1, $2, $3, $4, $5)
         on conflict (answer_key) do nothing returning answer_id)
       select answer_id::text as id, true as is_new from entered
       union all select answer_id::text, false from survey_answers where answer_key = $1 limit 1`,
      [key, occasion, subject, satisfied, by],
    );
    const { id: answerId = '', is_new: isNew = false } = rows[0] ?? {};
    if (isNew)
      await recordAudit(sql, {
        actor: by,
        role,
        action: 'answer survey',
        outcome: 'done',
        objectType: 'survey',
        objectId: answerId,
        after: { occasion, satisfied },
        requestId,
      });
    return { answerId };
  });
