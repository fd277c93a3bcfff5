/** What waits for those of whom nobody is left in a complaint, where that comes out in the same moment, and who owes it by then. */
import { holdCalendars } from '../../../activities/calendar/calendar-lock';
import { askComplaintCallback } from '../../../activities/complaints/ask-complaint-callback';
import { inTransaction } from '../../../activities/database/transaction';
import { askExtension } from '../../../activities/deadlines/extend-deadline';
import { openDeadline } from '../../../activities/deadlines/open-deadline';
import { readExtension } from '../../../activities/deadlines/read-extension';
import { recuse } from '../../../activities/intake/complaints/act-of-people';
import { takeBackNaming } from '../../../activities/intake/complaints/take-back-naming';
import { askTask, openTask, type OpenTask } from '../../../activities/tasks/open-task';
import { openWork } from '../../../activities/tasks/open-work';
import { untilWaiting } from '../../support/waiting-for-locks';
import { NOW, act, codesOf, db, onComplaintBook, one, receive, ringAll } from '../../support/complaint-book';

onComplaintBook('passed_up');

/** Work of compliance, as a process of the case asks it. */
const work = (workflowId: string, more: Partial<OpenTask> = {}): OpenTask => ({
  ...{ workflowId, kind: 'extend-calendar', businessKey: `work:${workflowId}`, role: 'compliance' },
  ...{ titleZh: '事项', titleEn: 'work', form: { type: 'object' }, formVersion: 1, facts: {}, revision: 1, ...more },
});

/** It is about an ordinary member: with head and deputy all of compliance is kept out. */
const recusal = (no: string, by = 'service-3') =>
  recuse(db.pool, {
    ...act(no, by),
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

describe('who owes mediation', () => {
  const kept = (no: string, person: string) => recuse(db.pool, { ...act(no, 'compliance-1'), person, reason: 'x' });
  const promised = (no: string) =>
    openDeadline(db)({
      ...{
        businessKey: `complaint-mediate:${no}`,
        workflowId: `complaint:${no}`,
        process: 'complaint',
        step: 'mediate',
      },
      ...{ subject: no, owner: { role: 'service' }, ladder: 'PROMISE', receivedAt: NOW },
      ...{ limit: { kind: 'BUSINESS_DAYS', n: 5 } },
    });
  const offered = (no: string) =>
    openTask(db)(
      work(`complaint:${no}`, { kind: 'offer-mediation', businessKey: `complaint-mediate:${no}`, role: 'service' }),
    );
  const owes = async (no: string) =>
    (
      await one<{ role: string }>(
        'select owner_role as role from deadlines where business_key = $1',
        `complaint-mediate:${no}`,
      )
    )?.role;
  const bothOf = async (no: string) => [await asksNow(`complaint-mediate:${no}`), await owes(no)];

  it('is whoever offers it by now: reminded and warned, never taken from again', async () => {
    const no = await receive();
    await promised(no);
    await offered(no);
    for (const person of ['service-1', 'service-2']) await kept(no, person);
    expect(await bothOf(no)).toEqual(['service', 'service']);
    await kept(no, 'service-3');
    expect(await bothOf(no)).toEqual(['compliance', 'compliance']);
    // The process reads whom its ladder tells from here on.
    expect(
      await one(
        `select payload -> 'args' as args from outbox where workflow_id = $1 and payload ->> 'signal' = 'deadlineChanged'`,
        `complaint:${no}`,
      ),
    ).toEqual({ args: [`complaint-mediate:${no}`, 2] });
    await ringAll(`complaint-mediate:${no}`);
    const { rows: told } = await db.pool.query<{ told: string }>(
      `select distinct concat_ws(' ', recipient_role, recipient_mark) as told from outbox
        where template = 'RUNG' and case_key = $1 and recipient_role is not null order by 1`,
      [`complaint:${no}`],
    );
    expect(told.map((one) => one.told)).toEqual(['compliance', 'compliance head']);
    await recusal(no, 'compliance-2');
    expect(await bothOf(no)).toEqual(['general_manager', 'general_manager']);
    const { extensionId } = await askExtension(db)({
      ...{ businessKey: `complaint-mediate:${no}`, furtherN: 2, reason: '投诉人出差', by: 'general-manager' },
    });
    // Nobody is over the general manager: another one decides.
    expect(await readExtension(db)({ extensionId })).toMatchObject({ risk: 'compliance concerned' });
    await takeBackNaming(db.pool, {
      ...act(no, 'general-manager', 'general_manager'),
      ...{ person: 'compliance-1', reason: 'x' },
    });
    expect(await bothOf(no)).toEqual(['general_manager', 'general_manager']);
  });

  it('is so too where it is promised in the moment in which the last one there is kept out, or before its task is opened', async () => {
    const [no, untold] = [await receive(), await receive()];
    for (const person of ['service-1', 'service-2']) for (const one of [no, untold]) await kept(one, person);
    const under = await inTransaction(db.pool, async (sql) => {
      await holdCalendars(sql);
      const opening = promised(no);
      await untilWaiting(sql, 1);
      const keepsOut = kept(no, 'service-3');
      await Promise.race([keepsOut, untilWaiting(sql, 2)]);
      return { ends: Promise.all([opening, keepsOut]) };
    });
    await under.ends;
    expect(await owes(no)).toBe('compliance');
    await promised(untold);
    await kept(untold, 'service-3');
    await offered(untold);
    expect(await bothOf(untold)).toEqual(['compliance', 'compliance']);
  });
});
