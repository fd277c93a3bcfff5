/** After a service the client who was served is asked once whether it was satisfying (complaints page, "Satisfaction"). */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { SURVEY_OCCASION_NAMES, type SurveyOccasion } from '../../domain/quality/survey-occasions';
import { recordAudit } from '../audit/record-audit';
import { queueNotice } from '../outbox/queue-notice';

export interface AskedSurvey {
  readonly occasion: SurveyOccasion;
  /** Number of what was served, the opening or the consultation; never of who was served. */
  readonly subject: string;
  readonly clientNo: string;
  readonly by: string;
  readonly role?: string | undefined;
  readonly requestId?: string | undefined;
}

/**
 * Within the transaction of the service; true where it was not asked for before.
 * @throws BusinessError NOT_FOUND for a client that there is not, SURVEY_OF_ANOTHER_CLIENT where the number stands for another one's service
 */
export async function askSurvey(sql: PoolClient, asked: AskedSurvey): Promise<boolean> {
  const { occasion, subject, clientNo, by, role, requestId } = asked;
  const { rows: clients } = await sql.query<{ branch: string }>(
    'select branch from registered_clients where client_no = $1',
    [clientNo],
  );
  const [client] = clients;
  if (client === undefined)
    throw new BusinessError('NOT_FOUND', { what: '客户 client', key: clientNo, field: 'clientNo' });
  const { rowCount } = await sql.query(
    `insert into surveys (occasion, subject, client_no, asked_by) values ($1, $2, $3, $4) on conflict do nothing`,
    [occasion, subject, clientNo, by],
  );
  if (rowCount === 0) {
    const { rows } = await sql.query('select from surveys where occasion = $1 and subject = $2 and client_no = $3', [
      occasion,
      subject,
      clientNo,
    ]);
    if (rows.length === 0) throw new BusinessError('SURVEY_OF_ANOTHER_CLIENT', { subject, field: 'subject' });
    return false;
  }
  await recordAudit(sql, {
    actor: by,
    role,
    action: 'ask survey',
    outcome: 'done',
    objectType: 'survey',
    objectId: `${occasion}:${subject}`,
    after: { occasion, subject, clientNo },
    requestId,
  });
  await queueNotice(sql, {
    key: `survey:${occasion}:${subject}`,
    severity: 'info',
    side: 'client',
    branch: client.branch,
    recipientRef: clientNo,
    template: 'SURVEY_ASKED',
    facts: { service: SURVEY_OCCASION_NAMES[occasion], survey: subject },
  });
  return true;
}
