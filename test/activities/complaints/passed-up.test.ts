/** What waits for those of whom nobody is left in a complaint, where that comes out in the same moment, and who owes it by then. */
import { askComplaintCallback } from '../../../activities/complaints/ask-complaint-callback';
import { inTransaction } from '../../../activities/database/transaction';
import { recuse } from '../../../activities/intake/complaints/act-of-people';
import { askTask, openTask, type OpenTask } from '../../../activities/tasks/open-task';
import { openWork } from '../../../activities/tasks/open-work';
import { untilWaiting } from '../../support/waiting-for-locks';
import { NOW, act, codesOf, db, onComplaintBook, one, receive } from '../../support/complaint-book';

onComplaintBook('passed_up');

/** Work of compliance, as a process of the case asks it. */
const work = (workflowId: string, more: Partial<OpenTask> = {}): OpenTask => ({
  ...{ workflowId, kind: 'extend-calendar', businessKey: `work:${workflowId}`, role: 'compliance' },
  ...{ titleZh: '事项', titleEn: 'work', form: { type: 'object' }, formVersion: 1, facts: {}, revision: 1, ...more },
});

/** It is about an ordinary member: with head and deputy all of compliance is kept out. */
const recusal = (no: string) =>
  recuse(db.pool, {
    ...act(no, 'service-3'),
    ...{ person: 'compliance-1', reason: 'x', cause: 'complained about' },
  });

const asksNow = async (businessKey: string) =>
  (await one<{ role: string }>('select role from tasks where business_key = $1', businessKey))?.role;

describe('what is asked of compliance in the moment in which the last one there is kept out', () => {
  it('goes to the general manager, though nobody sees it yet', async () => {
    for (const process of ['complaint', 'callback'] as const) {
      const no = await receive();
      const { callbackNo } = await askComplaintCallback(db)({ complaintNo: no, level: 1 });
      const asked = work(process === 'complaint' ? `complaint:${no}` : `callback:complaint-answer:${callbackNo}`);
      // The task is written, and nobody else sees it yet.
      const { recused } = await inTransaction(db.pool, async (sql) => {
        expect(await askTask(sql, asked)).not.toHaveProperty('asks');
        const keepsOut = recusal(no);
        await Promise.race([keepsOut, untilWaiting(sql, 1)]);
        return { recused: keepsOut };
      });
      await recused;
      expect([process, await asksNow(asked.businessKey)]).toEqual([process, 'general_manager']);
    }
  });

  it('stands in nobody’s way, asked for the first time or again, with what is promised first or without', async () => {
    for (let time = 0; time < 12; time += 1) {
      const no = await receive();
      const asked = work(`complaint:${no}`);
      const promise = {
        ...{
          businessKey: asked.businessKey,
          workflowId: asked.workflowId,
          process: 'complaint',
          step: 'x',
          subject: no,
        },
        ...{ owner: { role: 'compliance' }, ladder: 'PROMISE', receivedAt: NOW },
        ...{ limit: { kind: 'BUSINESS_DAYS', n: 5 } as const },
      };
      const first = () => openWork(db)({ promises: [promise], task: asked, dueBy: promise.businessKey });
      if (time % 2 === 0) await first();
      const ends = await codesOf(first(), recusal(no), openTask(db)({ ...asked, revision: 2 }), recusal(no));
      expect(ends).toEqual(['done', 'done', 'done', 'done']);
      expect(await asksNow(asked.businessKey)).toBe('general_manager');
    }
  });
});
