/** A promise for a caller: what people typed about a complaint is for those who handle it, and for whoever typed it. */
import { queryAsOf } from '../as-of';
import type { Caller } from '../identity';
import type { Services } from '../services';
import { looksAt } from './complaint-particulars';
import { visibleDeadline, type DeadlineWithHistory } from './deadlines';
import { complaintOf } from '../../activities/intake/complaints/complaint-of-process';

/**
 * The promise, now or as of an instant; a look at reasons about a complaint is audited before the answer leaves.
 * @throws BusinessError as `visibleDeadline`
 */
export async function deadlineSeen(
  services: Pick<Services, 'prisma' | 'prismaAsOf' | 'pool'>,
  caller: Caller,
  {
    deadlineId,
    requestId,
    at,
  }: { readonly deadlineId: string; readonly requestId: string; readonly at?: string | undefined },
): Promise<{ readonly body: DeadlineWithHistory; readonly etag: string }> {
  const found = await queryAsOf(services, at, (sql) => visibleDeadline(sql, caller, deadlineId));
  const { body } = found;
  if (body.stops.length + body.extensions.length === 0) return found;
  const { rows } = await services.pool.query<{ no: string | null }>(
    `select ${complaintOf('process_behind($1)')} as no`,
    [body.workflowId],
  );
  const no = rows[0]?.no ?? null;
  const shown = { deadline: deadlineId };
  if (no === null || (await looksAt(services.pool, caller, { no, requestId, shown, whole: true }))) return found;
  return { ...found, body: withoutReasons(body, caller.person) };
}

function withoutReasons({ stops, extensions, ...line }: DeadlineWithHistory, person: string): DeadlineWithHistory {
  const typed = (reason: string | null, by: string | null) => (by === person ? reason : null);
  return {
    ...line,
    stops: stops.map((stop) => ({
      ...stop,
      reason: typed(stop.reason, stop.stoppedBy),
      resumeReason: typed(stop.resumeReason, stop.resumedBy),
    })),
    extensions: extensions.map((extension) => ({
      ...extension,
      reason: typed(extension.reason, extension.askedBy),
      decisionReason: typed(extension.decisionReason, extension.decidedBy),
    })),
  };
}
