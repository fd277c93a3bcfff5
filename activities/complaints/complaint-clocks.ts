/** How long each stage of a complaint may take, by the rules of the day of receipt. Read once, when what is owed is promised. */
import type { PoolClient } from 'pg';
import { businessDateOf } from '../../domain/calendar/business-date';
import { LATER, limitIn, limitsOf, sooner, type LaterStage } from '../../domain/complaints/complaint-limits';
import type { StageClock } from '../../domain/complaints/stage-promises';
import { deadline } from '../../domain/deadlines/deadline';
import { deskHours } from '../../domain/deadlines/desk-hours';
import { countedBy, type Limit } from '../../domain/deadlines/limit';
import { BusinessError } from '../../domain/errors';
import { loadCountedDays } from '../calendar/load-counted-days';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueNotice } from '../outbox/queue-notice';
import { complianceOrAbove } from '../people/keep-out';
import { loadParameters, type Parameters } from '../terms/load-terms';
import { lockComplaint, type ComplaintRow } from './complaint-row';
import type { OfComplaint } from './follow-complaint';
import { firstSinceAnswer, isAnswerDisputed } from './said-since';

/**
 * Of the limit of the house and that of the law the sooner one. One that the calendars cannot date lies past the other; where they can
 * date neither, compliance is told, and it is that of the house.
 */
export const complaintClocks =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ complaintNo }: OfComplaint): Promise<readonly StageClock[]> =>
    inTransaction(pool, (sql) => clocksOf(sql, complaintNo));

/** The same within the transaction of what else the process begins with. */
export async function clocksOf(sql: PoolClient, complaintNo: string): Promise<readonly StageClock[]> {
  const { receivedAt, transferredAt, workflowId } = await lockComplaint(sql, complaintNo);
  const begun = [
    { clock: 'own', from: receivedAt } as const,
    ...(transferredAt === null ? [] : [{ clock: 'transfer', from: transferredAt } as const]),
  ];
  const clocks: StageClock[] = [];
  let isDated = true;
  for (const { clock, from } of begun) {
    const parameter = await loadParameters(sql, 'SH', businessDateOf(from));
    for (const stage of ['accept', 'answer'] as const) {
      const { house, legal } = limitsOf(parameter, stage, clock);
      const [byHouse, byLaw] = [await dueBy(sql, parameter, house, from), await dueBy(sql, parameter, legal, from)];
      isDated &&= byHouse !== undefined || byLaw !== undefined;
      const limit = byHouse !== undefined && byLaw !== undefined ? sooner(byHouse, byLaw) : (byHouse ?? byLaw)?.limit;
      clocks.push({ clock, stage, from, limit: limit ?? house });
    }
  }
  if (!isDated) await tellUndated(sql, { complaintNo, workflowId });
  return clocks;
}

/** How long a later stage may take, by the rules of the day of the step that it follows, or of the disagreement in writing that came later. */
export const laterClock =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ complaintNo, stage }: OfComplaint & { readonly stage: LaterStage }): Promise<Pick<StageClock, 'from' | 'limit'>> =>
    inTransaction(pool, async (sql) => {
      const { within, since, orObjection } = LATER[stage];
      const { rows } = await sql.query<{ from: string | null; level: number }>(
        'select level, (select max(at) from complaint_steps where complaint_no = $1 and act = any($2)) as from from complaints where complaint_no = $1',
        [complaintNo, since],
      );
      const { from: stepAt = null, level = 1 } = rows[0] ?? {};
      if (stepAt === null) throw new RangeError(`${complaintNo}: ${stage} follows no step`);
      const isObjected = orObjection === true && (await isAnswerDisputed(sql, complaintNo, level));
      const objectedAt = isObjected ? await firstSinceAnswer(sql, complaintNo) : null;
      const from = objectedAt !== null && objectedAt > stepAt ? objectedAt : stepAt;
      return { from, limit: limitIn((await loadParameters(sql, 'SH', businessDateOf(from)))(within)) };
    });

/** Undefined where the due date lies past the known days. */
export async function dueBy(sql: PoolClient, parameter: Parameters, limit: Limit, receivedAt: string) {
  const { days } = await loadCountedDays(sql, countedBy(limit.kind), 'SH');
  try {
    return { limit, dueAt: deadline({ limit, receivedAt, stops: [], desk: deskHours(parameter) }, days).dueAt };
  } catch (error) {
    if (error instanceof BusinessError && error.code === 'CALENDAR_OUT_OF_RANGE') return undefined;
    throw error;
  }
}

const tellUndated = async (
  sql: PoolClient,
  { complaintNo, workflowId }: Pick<ComplaintRow, 'complaintNo' | 'workflowId'>,
) =>
  queueNotice(sql, {
    key: `complaint-clock-unknown:${complaintNo}`,
    workflowId,
    severity: 'critical',
    recipientRole: await complianceOrAbove(sql, workflowId),
    template: 'COMPLAINT_CLOCK_UNKNOWN',
    facts: { complaint: complaintNo },
  });
