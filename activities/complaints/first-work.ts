/**
 * What a complaint owes and asks first: its promises and its registration, opened in the transaction of its receipt, so that they stand
 * however long the process engine is away (docs/decisions/0112-first-work-stands-with-the-receipt.md).
 */
import type { PoolClient } from 'pg';
import { registrationDueBy, registrationTask } from '../../domain/complaints/registration';
import { stageKey, stagePromises, type StageClock } from '../../domain/complaints/stage-promises';
import type { AuditSink } from '../audit/record-audit';
import { openWorkIn, type OpenedWork } from '../tasks/open-work';
import { clocksOf } from './complaint-clocks';
import { followComplaint, type FollowedComplaint } from './follow-complaint';
import { owedByProcess } from '../database/promises-found';

const PROCESS = 'complaint';

export interface FirstWork {
  readonly complaint: FollowedComplaint;
  readonly clocks: readonly StageClock[];
  readonly opened: OpenedWork;
}

/** What was promised keeps its limit: by a calendar that was corrected since, that of the law may have become the sooner one, or no more be it. */
async function asPromised(
  sql: PoolClient,
  { complaintNo, workflowId }: { readonly complaintNo: string; readonly workflowId: string },
  clocks: readonly StageClock[],
): Promise<readonly StageClock[]> {
  const { rows } = await sql.query<{ key: string; kind: StageClock['limit']['kind']; n: number }>(
    `select business_key as key, limit_kind as kind, limit_n as n from deadlines d where ${owedByProcess('d', '$1')}`,
    [workflowId],
  );
  return clocks.map((clock) => {
    const promised = rows.find(({ key }) => key === stageKey({ ...clock, complaintNo, level: 1 }));
    if (promised === undefined || promised.kind === 'CLOCK_TIME') return clock;
    return { ...clock, limit: { kind: promised.kind, n: promised.n } };
  });
}

/**
 * Safe to repeat.
 * @param act what opens it, where that is more than this: it takes the row that tells of it, and says of which instant it is
 */
export async function openFirstWork(
  sql: PoolClient,
  complaintNo: string,
  act?: { readonly audit: AuditSink; readonly at: string },
): Promise<FirstWork> {
  const complaint = await followComplaint(sql, complaintNo);
  const workflowId = `${PROCESS}:${complaintNo}`;
  const clocks = await asPromised(sql, { complaintNo, workflowId }, await clocksOf(sql, complaintNo));
  const { form, ...task } = registrationTask(complaint, { nth: 1, byOthers: false });
  const opened = await openWorkIn(
    sql,
    {
      promises: stagePromises(complaint, clocks).map(({ titleZh: _, titleEn: __, otherwise: ___, ...promise }) => ({
        ...promise,
        workflowId,
        process: PROCESS,
        ...(act === undefined ? {} : { openedAt: act.at }),
      })),
      task: { ...task, workflowId, form: form.schema, formVersion: form.version },
      dueBy: registrationDueBy(complaintNo),
    },
    act?.audit,
  );
  return { complaint, clocks, opened };
}
