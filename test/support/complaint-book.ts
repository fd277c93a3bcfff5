/** A book with clients, people and complaints in it past their processes, for the tests of what is done to them; its clock stands at `NOW`. */
import { randomUUID } from 'node:crypto';
import { loadReference } from '../../activities/books/load-reference';
import { loadRehearsalPeople } from '../../activities/books/load-rehearsal-people';
import { seedClients } from '../../activities/clients/seed-clients';
import { followComplaint } from '../../activities/complaints/follow-complaint';
import { recordComplaintStep, type RecordedStep } from '../../activities/complaints/record-step';
import { complaintForms } from '../../activities/complaints/task-forms';
import { inTransaction } from '../../activities/database/transaction';
import { writeRungs } from '../../activities/ladders/write-rungs';
import { climbedOf, lockDeadline } from '../../activities/deadlines/deadline-row';
import { extensionSubject } from '../../activities/deadlines/extension-subject';
import { givePromise } from '../../activities/deadlines/open-deadline';
import { receiveComplaint, type ReceivedComplaint } from '../../activities/intake/complaints/receive-complaint';
import type { SubjectEnd } from '../../activities/tasks/subject-kind';
import type { TaskRow } from '../../activities/tasks/task-row';
import { openDatabase, type TestDatabase } from './database';
import { handled } from './handled-complaint';

/** Monday 23 June 2025, 10:00. */
export const NOW = '2025-06-23T02:00:00.000Z';

/** Of the test file that opened the book. */
export let db: TestDatabase;

/** Opens a book of its own for a test file, before all of its tests. */
export function onComplaintBook(name: string): void {
  beforeAll(async () => {
    db = await openDatabase(`complaint_${name}`);
    await db.pool.query(
      `insert into business_clock (book_name, book_kind, mode, now) values ('complaints', 'test', 'manual', $1)`,
      [NOW],
    );
    await loadReference(db.pool);
    await seedClients(db.pool, 10);
    await loadRehearsalPeople(db.pool);
  });
  afterAll(() => db.close());
  afterEach(() => clockTo(NOW));
}

export const clockTo = (instant: string) => db.pool.query('update business_clock set now = $1', [instant]);
export const one = async <Row>(query: string, ...values: unknown[]): Promise<Row | undefined> =>
  (await db.pool.query(query, values)).rows[0] as Row | undefined;
export const receive = async (more: Partial<ReceivedComplaint> = {}): Promise<string> => {
  const { complaintNo } = await receiveComplaint(db.pool, {
    key: randomUUID(),
    channel: 'telephone',
    product: 'southbound',
    category: 'service',
    facts: '等候过久',
    complainant: { clientNo: 'C00000001' },
    by: 'service-3',
    role: 'service',
    ...more,
  });
  return complaintNo;
};
/** With whom it is, without its process. */
export const handledBy = (no: string, handler = 'service-3', state = 'assigned') =>
  handled(db.pool, no, handler, state);
export const step = (complaintNo: string, given: Omit<RecordedStep, 'complaintNo' | 'nth'>, nth = 1) =>
  recordComplaintStep(db)({ complaintNo, nth, by: { person: 'service-3', role: 'service' }, ...given });
export const act = (complaintNo: string, by: string, role = by.replace(/-.*/, '')) => ({
  complaintNo,
  by,
  role,
  key: randomUUID(),
});
export const formRefusals = async (
  kind: string,
  no: string,
  form: Record<string, unknown>,
  person = 'service-3',
  endedAs = 'closed',
  taskId = '0',
  subject: Pick<Partial<TaskRow>, 'subject_kind' | 'subject_id'> = {},
) => {
  const check = complaintForms[kind];
  if (check === undefined) throw new Error(`nothing is checked of ${kind}`);
  const task: Partial<TaskRow> = { workflow_id: `complaint:${no}`, task_id: taskId, facts: { endedAs }, ...subject };
  const refusals = await inTransaction(db.pool, (sql) =>
    check(sql, task as TaskRow, form, { person, role: 'service' }),
  );
  return refusals.map(({ code }) => code);
};
export const auditOf = async (action: string, objectId: string) =>
  (
    await db.pool.query<Record<string, unknown>>(
      'select actor, role, on_behalf_of as of, after from audit where action = $1 and object_id = $2 order by seq',
      [action, objectId],
    )
  ).rows;
export const followComplaintNow = (no: string) => inTransaction(db.pool, (sql) => followComplaint(sql, no));
export const owed = (no: string, transfer = false, n = 15, receivedAt = NOW, level = 1) =>
  inTransaction(db.pool, (sql) =>
    givePromise(sql, {
      businessKey: `complaint-${transfer ? 'transfer-' : ''}answer:${no}:${level}`,
      workflowId: `complaint:${no}`,
      process: 'complaint',
      step: 'answer',
      subject: no,
      owner: { role: 'service' },
      branch: '1001',
      ladder: 'PROMISE',
      limit: { kind: 'BUSINESS_DAYS', n },
      receivedAt,
    }),
  );
/** All rungs that a promise has left ring, as missed. */
export const ringAll = (businessKey: string) =>
  inTransaction(db.pool, async (sql) => {
    const owed = await lockDeadline(sql, businessKey);
    const { workflowId, ladder } = owed;
    const missed = {
      state: 'escalated',
      doneBy: 'southbound',
      workflowId,
      ladder,
      subject: businessKey,
      owed,
    } as const;
    const { rungs } = await climbedOf(sql, owed);
    await writeRungs(
      sql,
      rungs.map(({ condition: _, ...rung }) => ({ ...rung, ...missed })),
    );
  });
/** The days on which what is still owed is due. */
export const dueOf = async (no: string) => {
  const { rows } = await db.pool.query<{ due: string }>(
    `select to_char(due_at at time zone 'Asia/Shanghai', 'MM-DD') as due from deadlines where workflow_id = $1 and ended_at is null order by business_key`,
    [`complaint:${no}`],
  );
  return rows.map(({ due }) => due);
};
export const decide = (extensionId: string, state: SubjectEnd['state']) =>
  inTransaction(db.pool, async (sql) =>
    extensionSubject.end(
      sql,
      extensionId,
      { state, by: 'service-2', at: NOW },
      await extensionSubject.lock(sql, extensionId),
    ),
  );
export const codesOf = async (...attempts: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(attempts)).map((end) =>
    end.status === 'fulfilled' ? 'done' : String((end.reason as { code?: string }).code ?? end.reason),
  );
/** With the proposal still to be made. */
export const proposing = (no: string) =>
  db.pool.query(
    `insert into tasks (other_key, workflow_id, kind, title_id, role, form_id, form_version, facts_told, revision, state)
     values ('p:' || $1::text, 'complaint:' || $1, 'propose-complaint-outcome', task_title('x', 'x'), 'brokerage', task_form('{}'), 1, '{}', 1, 'open')`,
    [no],
  );
