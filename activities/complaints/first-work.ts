/**
 * What a complaint owes and asks first: its promises and its registration, opened in the transaction of its receipt, so that they stand
 * however long the process engine is away (docs/decisions/0112-first-work-stands-with-the-receipt.md).
 */
import type { PoolClient } from 'pg';
import { registrationDueBy, registrationTask } from '../../domain/complaints/registration';
import { stagePromises, type StageClock } from '../../domain/complaints/stage-promises';
import type { AuditSink } from '../audit/record-audit';
import { openWorkIn, type OpenedWork } from '../tasks/open-work';
import { clocksOf } from './complaint-clocks';
import { followComplaint, type FollowedComplaint } from './follow-complaint';

const PROCESS = 'complaint';

export interface FirstWork {
  readonly complaint: FollowedComplaint;
  readonly clocks: readonly StageClock[];
  readonly opened: OpenedWork;
}

/**
 * Safe to repeat.
 * @param audit takes the row that tells of it, where the act that opens it has a row of its own
 */
export async function openFirstWork(sql: PoolClient, complaintNo: string, audit?: AuditSink): Promise<FirstWork> {
  const complaint = await followComplaint(sql, complaintNo);
  const clocks = await clocksOf(sql, complaintNo);
  const workflowId = `${PROCESS}:${complaintNo}`;
  const { form, ...task } = registrationTask(complaint, { nth: 1, byOthers: false });
  const opened = await openWorkIn(
    sql,
    {
      promises: stagePromises(complaint, clocks).map(({ titleZh: _, titleEn: __, otherwise: ___, ...promise }) => ({
        ...promise,
        workflowId,
        process: PROCESS,
      })),
      task: { ...task, workflowId, form: form.schema, formVersion: form.version },
      dueBy: registrationDueBy(complaintNo),
    },
    audit,
  );
  return { complaint, clocks, opened };
}
