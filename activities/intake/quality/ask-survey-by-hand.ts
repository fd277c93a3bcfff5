/** Whoever consulted a client by telephone or online has the survey asked for: consulting leaves no process that would do it. */
import type { Pool } from 'pg';
import { inTransaction } from '../../database/transaction';
import { askSurvey, type AskedSurvey } from '../../surveys/ask-survey';

/** @throws BusinessError NOT_FOUND, SURVEY_OF_ANOTHER_CLIENT */
export const askSurveyByHand = (pool: Pool, asked: AskedSurvey): Promise<{ readonly isNew: boolean }> =>
  inTransaction(pool, async (sql) => ({ isNew: await askSurvey(sql, asked) }));
