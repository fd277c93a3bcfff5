/** What the head office follows: many people of one cause, and what was taken up. */
import { readForHeadOffice, recordTakenUp } from '../../../activities/complaints/head-office';
import { inTransaction } from '../../../activities/database/transaction';
import { writeRungs } from '../../../activities/ladders/write-rungs';
import { FOLLOWED_COMPLAINTS } from '../../../activities/intake/complaints/followed-by-head-office';
import { refusalsOfForm } from '../../../activities/tasks/form-checks';
import type { TaskRow } from '../../../activities/tasks/task-row';
import { NOW, db, handledBy, onComplaintBook, receive, step } from '../../support/complaint-book';

onComplaintBook('followed');

it('many people of one cause are followed as long as one of them waits, however early the first one ended, each and by all handlers', async () => {
  const [lead, member, last] = [await receive(), await receive(), await receive()];
  await db.pool.query('update complaints set group_of = $1 where complaint_no = any($2)', [lead, [member, last]]);
  for (const one of [lead, member]) await handledBy(one);
  await db.pool.query(`update complaints set other_state = 'assigned' where complaint_no = $1`, [last]);
  const process = (cause: string) => `head-office-complaint:${lead}:${cause}`;
  for (const cause of ['urgent', 'collective'])
    await db.pool.query(`insert into processes (workflow_id) values ($1)`, [process(cause)]);
  const told = async () => {
    const { rows } = await db.pool.query<{ to: string }>(
      `select workflow_id as to from outbox where payload ->> 'signal' = 'followedComplaintEnded' and workflow_id like $1 order by 1`,
      [process('%')],
    );
    return rows.map(({ to }) => to);
  };
  const hasEnded = async (cause: 'urgent' | 'collective') =>
    (await readForHeadOffice(db)({ complaintNo: lead, cause, since: NOW })).hasEnded;
  const taking = (cause: string) =>
    inTransaction(db.pool, async (sql) =>
      (
        await refusalsOfForm(
          sql,
          { workflow_id: process(cause), kind: 'take-up-complaint' } as TaskRow,
          {},
          { person: 'compliance-1', role: 'compliance' },
        )
      ).map(({ code }) => code),
    );
  await step(lead, { step: 'refuse' });
  expect(await told()).toEqual([process('urgent')]);
  expect([await hasEnded('urgent'), await hasEnded('collective')]).toEqual([true, false]);
  expect([await taking('urgent'), await taking('collective')]).toEqual([['COMPLAINT_ENDED'], []]);
  await recordTakenUp(db)({
    ...{ complaintNo: lead, cause: 'collective', decision: 'followed by the head office', reason: 'x' },
    by: { person: 'compliance-1', role: 'compliance' },
  });
  const { rows: followed } = await db.pool.query<{ no: string }>(
    `select f.complaint_no as no from (${FOLLOWED_COMPLAINTS}) f where f.complaint_no = any($1) order by 1`,
    [[lead, member, last]],
  );
  expect(followed.map(({ no }) => no)).toEqual([lead, member, last]);
  const { rows: handlers } = await db.pool.query(
    `select facts ->> 'complaint' as complaint, recipient_ref as to from outbox where template = 'COMPLAINT_FOLLOWED' and workflow_id = any($1)`,
    [[lead, member, last].map((no) => `complaint:${no}`)],
  );
  expect(handlers).toEqual([{ complaint: member, to: 'person:service-3' }]);
  await step(member, { step: 'refuse' });
  expect(await told()).toEqual([process('urgent')]);
  // Let out, to be handled alone: nobody waits any more who is of the group.
  await step(last, { step: 'leave group' });
  expect(await told()).toEqual([process('collective'), process('urgent')]);
  expect(await hasEnded('collective')).toBe(true);
});

it('one that the head office follows says so: its handler is told, and compliance of each warning from then on, until it has ended', async () => {
  const [no, left] = [await receive({ urgency: 'urgent' }), await receive({ urgency: 'urgent' })];
  const ofHead = await receive({ urgency: 'urgent', against: 'service-2' });
  for (const [one, decision, audience] of [
    [no, 'followed by the head office', 'service'],
    [left, 'left with its handler', 'service'],
    [ofHead, 'followed by the head office', 'service head'],
  ] as const) {
    await handledBy(one);
    const by = { person: 'compliance-1', role: 'compliance' };
    await recordTakenUp(db)({ complaintNo: one, cause: 'urgent', decision, reason: 'x', by });
    const rung = {
      rung: 1,
      dueAt: NOW,
      audience,
      severity: 'info',
      actionZh: '提醒',
      actionEn: 'reminded',
    } as const;
    await inTransaction(db.pool, (sql) =>
      writeRungs(sql, [
        {
          ...rung,
          ...{ workflowId: `complaint:${one}`, ladder: 'PROMISE', subject: one, state: 'escalated', doneBy: 'x' },
        },
      ]),
    );
  }
  const toldOf = async (one: string) =>
    (
      await db.pool.query<{ told: string }>(
        `select template || ' ' || coalesce(recipient_role, recipient_ref) as told from outbox
          where workflow_id = $1 and template in ('RUNG', 'COMPLAINT_FOLLOWED') order by message_id`,
        [`complaint:${one}`],
      )
    ).rows.map(({ told }) => told);
  expect(await toldOf(no)).toEqual(['COMPLAINT_FOLLOWED person:service-3', 'RUNG service', 'RUNG compliance']);
  expect(await toldOf(left)).toEqual(['RUNG service']);
  // In the place of the head whom it is about, and as the head office: once.
  expect(await toldOf(ofHead)).toEqual(['COMPLAINT_FOLLOWED person:service-3', 'RUNG compliance']);
  const takeUp = async () =>
    (
      await inTransaction(db.pool, (sql) =>
        refusalsOfForm(
          sql,
          { workflow_id: `head-office-complaint:${left}:urgent`, kind: 'take-up-complaint' } as TaskRow,
          {},
          { person: 'compliance-1', role: 'compliance' },
        ),
      )
    ).map(({ code }) => code);
  expect(await takeUp()).toEqual([]);
  await step(left, { step: 'refuse' });
  expect(await takeUp()).toEqual(['COMPLAINT_ENDED']);
});
