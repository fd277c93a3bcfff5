/** How often and how far the answer to a complaint may be put off, whoever asks and by whichever way (facts 6.2). */
import type { PoolClient } from 'pg';
import { businessDateOf } from '../../domain/calendar/business-date';
import { latestExtendedDueAt, limitsOf } from '../../domain/complaints/complaint-limits';
import { deadline } from '../../domain/deadlines/deadline';
import { deskHours } from '../../domain/deadlines/desk-hours';
import { countedBy, type Limit } from '../../domain/deadlines/limit';
import { BusinessError } from '../../domain/errors';
import { loadCountedDays } from '../calendar/load-counted-days';
import { limitOf, type DeadlineRow } from '../deadlines/deadline-row';
import { loadParameters } from '../terms/load-terms';

/** Promises of complaints to their complainants. */
const OF_COMPLAINT = /^complaint-(?:transfer-)?(accept|answer):(T\d{8}-\d{6})/;

/** EXTENSIONS_USED_UP, EXTENSION_BEYOND_LEGAL_LIMIT; nothing of a promise that is none to a complainant. `asked`: how often before. */
export async function complaintExtensionRefusals(
  sql: PoolClient,
  row: DeadlineRow,
  { furtherN, asked }: { readonly furtherN: number; readonly asked: number },
): Promise<readonly BusinessError[]> {
  const [, stage, complaint = ''] = OF_COMPLAINT.exec(row.businessKey) ?? [];
  if (stage !== 'accept' && stage !== 'answer') return [];
  const { receivedAt } = row;
  const parameter = await loadParameters(sql, 'SH', businessDateOf(receivedAt));
  const atMost = Number.parseInt(parameter('COMPLAINT_EXTENSIONS_AT_MOST'), 10);
  const { rows: stops } = await sql.query<{ from: string; to: string }>(
    'select from_at as "from", to_at as "to" from deadline_stops where deadline_id = $1',
    [row.deadlineId],
  );
  const dueBy = async (limit: Limit) => {
    const { days } = await loadCountedDays(sql, countedBy(limit.kind), 'SH');
    return deadline({ limit, receivedAt, stops, desk: deskHours(parameter) }, days).dueAt;
  };
  const dueAt = await dueBy({ ...limitOf(row), n: row.limitN + furtherN });
  const legalDueAt = latestExtendedDueAt({
    dueAt: row.dueAt,
    legalDueAt: await dueBy(limitsOf(parameter, stage, 'own').legal),
    furtherDays: Number.parseInt(parameter('COMPLAINT_EXTENSION_DAYS'), 10),
  });
  return [
    ...(asked >= atMost ? [new BusinessError('EXTENSIONS_USED_UP', { complaint, count: atMost })] : []),
    ...(dueAt > legalDueAt
      ? [new BusinessError('EXTENSION_BEYOND_LEGAL_LIMIT', { dueAt, legalDueAt, field: 'furtherDays' })]
      : []),
  ];
}
