/** How often and how far what is owed to a complainant may be put off, whoever asks and by whichever way (facts 6.2). */
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
import { otherClocksOf, owedToComplainant, type OwedToComplainant } from './extended-answer';
import { owedByProcess } from '../database/promises-found';

/** EXTENSIONS_USED_UP, EXTENSION_BEYOND_LEGAL_LIMIT by any clock of it; nothing of a promise that is none to a complainant. */
export async function complaintExtensionRefusals(
  sql: PoolClient,
  row: DeadlineRow,
  { furtherN }: { readonly furtherN: number },
): Promise<readonly BusinessError[]> {
  const owed = owedToComplainant(row);
  if (owed === undefined) return [];
  const refusals = await usedUp(sql, row, owed);
  for (const clock of [row, ...(await otherClocksOf(sql, row))]) {
    const beyond = await beyondLegalLimit(sql, clock, { stage: owed.stage, furtherN });
    if (beyond !== undefined) return [...refusals, beyond];
  }
  return refusals;
}

/** Those of the complaint, of whatever stage and level, that were given, and the one that is being decided: what was refused has given nothing. */
async function usedUp(
  sql: PoolClient,
  { receivedAt }: DeadlineRow,
  { complaintNo }: OwedToComplainant,
): Promise<readonly BusinessError[]> {
  const parameter = await loadParameters(sql, 'SH', businessDateOf(receivedAt));
  const atMost = Number.parseInt(parameter('COMPLAINT_EXTENSIONS_AT_MOST'), 10);
  const { rows } = await sql.query<{ count: number }>(
    `select count(*)::int as count from deadline_extensions join deadlines d using (deadline_id)
      where ${owedByProcess('d', '$1')} and business_key ~ '^complaint-(transfer-)?(accept|answer):'
        and deadline_extensions.state in ('asked', 'approved')`,
    [`complaint:${complaintNo}`],
  );
  return (rows[0]?.count ?? 0) >= atMost
    ? [new BusinessError('EXTENSIONS_USED_UP', { complaint: complaintNo, count: atMost })]
    : [];
}

async function beyondLegalLimit(
  sql: PoolClient,
  row: DeadlineRow,
  { stage, furtherN }: Pick<OwedToComplainant, 'stage'> & { readonly furtherN: number },
): Promise<BusinessError | undefined> {
  const { receivedAt } = row;
  const parameter = await loadParameters(sql, 'SH', businessDateOf(receivedAt));
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
    stage,
    dueAt: row.dueAt,
    legalDueAt: await dueBy(limitsOf(parameter, stage, 'own').legal).catch(beyondCalendar(row.dueAt)),
    furtherDays: Number.parseInt(parameter('COMPLAINT_EXTENSION_DAYS'), 10),
  });
  return dueAt > legalDueAt
    ? new BusinessError('EXTENSION_BEYOND_LEGAL_LIMIT', { dueAt, legalDueAt, field: 'furtherDays' })
    : undefined;
}

/** A legal limit past the known days is no sooner than what is due within them. */
const beyondCalendar =
  (dueAt: string) =>
  (error: unknown): string => {
    if (error instanceof BusinessError && error.code === 'CALENDAR_OUT_OF_RANGE') return dueAt;
    throw error;
  };
