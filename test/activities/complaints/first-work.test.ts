/** What a complaint owes and asks first stands with its receipt, whether the process engine is there or not, and is found as it is when the process begins. */
import { holdCalendars } from '../../../activities/calendar/calendar-lock';
import { openComplaint } from '../../../activities/complaints/open-complaint';
import { releaseTask } from '../../../activities/intake/claim-task';
import { recuse } from '../../../activities/intake/complaints/act-of-people';
import { asOwner } from '../../support/as-owner';
import { act, auditOf, clockTo, db, dueOf, NOW, onComplaintBook, one, receive } from '../../support/complaint-book';

onComplaintBook('first_work');

const begin = (no: string) => openComplaint(db)({ workflowId: `complaint:${no}`, type: 'complaint', complaintNo: no });

interface Opened {
  readonly id: string;
  readonly role: string;
  readonly state: string;
  readonly holder: string | null;
  readonly due: string | null;
  readonly revisions: number;
}

const taskOf = async (no: string): Promise<Opened> => {
  const task = await one<Opened>(
    `select task_id::text as id, role, state, claimed_by as holder, due_at as due,
            (select count(*)::int from history.tasks h where h.task_id = t.task_id) as revisions
       from tasks t where workflow_id = $1`,
    `complaint:${no}`,
  );
  if (task === undefined) throw new Error(`${no} has no task`);
  return task;
};

it('what is promised at the receipt is given at that instant, however long the receipt takes', async () => {
  await asOwner(
    db.ownerUrl,
    `create function time_goes_by() returns trigger language plpgsql as
       $$ begin update business_clock set now = now + interval '5 ms'; return null; end $$;
     create trigger time_goes_by after insert on complaints execute function time_goes_by()`,
  );
  const given = async (more: Parameters<typeof receive>[0] = {}) => {
    const no = await receive(more);
    const { rows } = await db.pool.query<object>(
      `select p.opened_at as given, p.opened_later_at as later, c.received_at as received
         from deadlines p join complaints c using (workflow_id) where workflow_id = $1`,
      [`complaint:${no}`],
    );
    return rows;
  };
  expect(await given()).toEqual(Array(2).fill({ given: NOW, later: null, received: NOW }));
  await clockTo(NOW);
  const earlier = '2025-06-22T02:00:00.000Z';
  expect(await given({ receivedAt: earlier })).toEqual(Array(2).fill({ given: NOW, later: NOW, received: earlier }));
  await asOwner(db.ownerUrl, 'drop function time_goes_by cascade');
});

it('promises and the registration stand at once, held by whoever received it, in one row of the audit with the receipt', async () => {
  const no = await receive({ branch: '1001' });
  // Of Monday 23 June 2025, 10:00: within 3 and 15 business days, at the end of the desk's day.
  expect(await dueOf(no)).toEqual(['06-26', '07-14']);
  const task = await taskOf(no);
  expect(task).toMatchObject({ role: 'service', state: 'claimed', holder: 'service-3' });
  const { rows } = await db.pool.query('select action, actor, after from audit where workflow_id = $1', [
    `complaint:${no}`,
  ]);
  const promised = await db.pool.query<{ key: string; due: string }>(
    `select business_key as key, due_at as due from deadlines where workflow_id = $1`,
    [`complaint:${no}`],
  );
  const due = (key: string) => promised.rows.find((row) => row.key === key)?.due;
  expect(rows).toEqual([
    {
      action: 'receive complaint',
      actor: 'service-3',
      after: {
        ...{ channel: 'telephone', product: 'southbound', category: 'service', branch: '1001' },
        ...{ accept: due(`complaint-accept:${no}`), 'answer:1': due(`complaint-answer:${no}:1`) },
      },
    },
  ]);
  expect(task.due).toBe(due(`complaint-accept:${no}`));
});

it('the process finds them as they stand and writes nothing again, also where the task was given back since', async () => {
  const no = await receive();
  const before = await taskOf(no);
  await releaseTask(db)({ taskId: before.id, person: 'service-3', requestId: 'r' });
  const { opened, complaint } = await begin(no);
  expect(complaint.complaintNo).toBe(no);
  expect(opened?.task.taskId).toBe(before.id);
  expect(opened?.promises.map(({ businessKey, climbed }) => [businessKey, climbed?.state])).toEqual([
    [`complaint-accept:${no}`, 'running'],
    [`complaint-answer:${no}:1`, 'running'],
  ]);
  const [released, begun] = [await taskOf(no), (await begin(no), await taskOf(no))];
  expect([released.state, released.holder, released.revisions]).toEqual(['open', null, 1]);
  expect(begun).toEqual(released);
  expect(await auditOf('open task', before.id)).toEqual([]);
});

it('who turned out to be concerned before the process began does not register it, nor does a colleague who took it meanwhile', async () => {
  const no = await receive({ by: 'branch-1001', role: 'branch', branch: '1001' });
  expect(await taskOf(no)).toMatchObject({ role: 'branch', holder: 'branch-1001' });
  await recuse(db.pool, { ...act(no, 'branch-1001', 'branch'), person: 'branch-1001', reason: '亲属' });
  const { id } = await taskOf(no);
  await db.pool.query(`update tasks set state = 'claimed', claimed_by = 'branch-1001-head' where task_id = $1`, [id]);
  await begin(no);
  expect(await taskOf(no)).toMatchObject({ role: 'service', state: 'open', holder: null });
  expect(await auditOf('open task', id)).toMatchObject([{ after: { role: 'service' } }]);
});

it('what was promised keeps its limit, whichever limit is the sooner one by the time the process begins', async () => {
  const no = await receive();
  const within = (limit: string) =>
    asOwner(db.ownerUrl, `update parameters set value = '${limit}' where code = 'COMPLAINT_ACCEPT_WITHIN'`);
  await within('100 BUSINESS_DAYS');
  const { clocks } = await begin(no);
  await within('3 BUSINESS_DAYS');
  expect(clocks[0]?.limit).toEqual({ kind: 'BUSINESS_DAYS', n: 3 });
  expect(await dueOf(no)).toEqual(['06-26', '07-14']);
});

describe('where they cannot be opened yet', () => {
  it.each([
    ['without parameters', `valid_from = '2025-06-24'`, `valid_from = '2014-11-17'`, 'COMPLAINT_ACCEPT_WITHIN'],
    ['of a parameter that nobody can read', `value = 'soon'`, `value = '3 BUSINESS_DAYS'`, '"soon" is no limit'],
  ])('a complaint of a day %s is received all the same, and its process opens them when it can', async (...given) => {
    const [, wrong, right, fault] = given;
    const set = (what: string) =>
      asOwner(db.ownerUrl, `update parameters set ${what} where code = 'COMPLAINT_ACCEPT_WITHIN'`);
    await set(wrong);
    const no = await receive();
    expect(await dueOf(no)).toEqual([]);
    expect(await auditOf('receive complaint', no)).toMatchObject([
      { after: { channel: 'telephone', product: 'southbound', category: 'service', branch: '1001' } },
    ]);
    await expect(begin(no)).rejects.toThrow(fault);
    await set(right);
    await begin(no);
    expect(await dueOf(no)).toEqual(['06-26', '07-14']);
    expect(await auditOf('open task', (await taskOf(no)).id)).toHaveLength(1);
  });

  it('while a calendar is being corrected nobody who complains waits for it', async () => {
    const sql = await db.pool.connect();
    try {
      await sql.query('begin');
      await holdCalendars(sql);
      const no = await receive();
      expect(await auditOf('receive complaint', no)).toMatchObject([
        { after: { notOpened: 'a calendar is being corrected' } },
      ]);
      await sql.query('rollback');
      await begin(no);
      expect(await dueOf(no)).toEqual(['06-26', '07-14']);
    } finally {
      await sql.query('rollback');
      sql.release();
    }
  });

  it('past the end of the calendars the task stands without a due date, compliance is told, and the promise is given when they have grown', async () => {
    await clockTo('2027-12-30T02:00:00.000Z');
    const no = await receive({ receivedAt: '2027-12-30T02:00:00.000Z' });
    expect(await dueOf(no)).toEqual([]);
    expect(await taskOf(no)).toMatchObject({ state: 'claimed', due: null });
    expect(
      await one(
        `select recipient_role as to from outbox where template = 'COMPLAINT_CLOCK_UNKNOWN' and workflow_id = $1`,
        `complaint:${no}`,
      ),
    ).toEqual({ to: 'compliance' });
  });
});
