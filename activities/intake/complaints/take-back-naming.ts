/** Somebody was named as complained about by mistake: the entry is taken back, and keeps nobody out any more (decision 0089). */
import type { Pool } from 'pg';
import { BusinessError } from '../../../domain/errors';
import { actOnComplaint, type ComplaintAct } from '../../complaints/act-on-complaint';
import { passOnWork } from '../../complaints/newly-kept-out';
import { letIn } from '../../people/keep-out';
import { requirePart } from './take-part';

export interface NamedByMistake extends ComplaintAct {
  readonly person: string;
  readonly reason: string;
}

/**
 * By compliance, with its reason, while the complaint is open; by nobody who is kept out of it. The superiors of that person come back too
 * unless it is about somebody else whom they are over. The process is told: who decides may be another one now.
 * @throws BusinessError COMPLAINT_ENDED, KEPT_OUT_OF_CASE, NOT_FOUND
 */
export const takeBackNaming = (pool: Pool, act: NamedByMistake): Promise<{ readonly persons: readonly string[] }> =>
  actOnComplaint(pool, act, 'take back naming', async (sql, complaint) => {
    await requirePart(sql, complaint, act);
    const { person, by, reason } = act;
    const persons = await letIn(sql, { workflowId: complaint.workflowId, person, by });
    if (persons.length === 0)
      throw new BusinessError('NOT_FOUND', { what: '被投诉人员 person complained about', key: person });
    await passOnWork(sql, complaint, act);
    return { answer: { persons }, detail: { person, persons }, reason, signal: true };
  });
