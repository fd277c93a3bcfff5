/** Tasks of a process are found by the number of their case: whoever looks for them never reads all. */
import { HANDS_OF_FIRST_LEVEL } from '../../../activities/complaints/handlers';
import { handsOfCase } from '../../../activities/complaints/hands-of-case';
import { ofProcess, ofProcesses } from '../../../activities/database/of-process';
import { HOLDING } from '../../../activities/ladders/who-holds';
import { visibleFrom } from '../../../api/reads/complaints-seen';
import { BREAKS } from '../../../api/routes/settlement/breaks';
import { loadReference } from '../../../activities/books/load-reference';
import { openDatabase, type TestDatabase } from '../../support/database';
import { openedTask } from '../../support/tasks';

let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('tasks_of_process');
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('tasks_of_process', 'test', 'manual', '2025-06-23T02:00:00Z')`,
  );
  await loadReference(book.pool);
  const taskId = await openedTask(book.pool);
  await book.pool.query(
    `insert into tasks (workflow_id, key_tail, kind, title_id, role, form_id, form_version, revision, state, claimed_by)
     select 'complaint:T20250623-' || lpad(n::text, 6, '0'), ':1', 'register-complaint', title_id, 'service', form_id, 1, 1,
            case n % 3 when 0 then 'open' when 1 then 'claimed' else 'done' end, case n % 3 when 1 then 'service-' || n % 9 end
       from tasks, generate_series(1, 20000) n where task_id = $1`,
    [taskId],
  );
  await book.pool.query('analyze tasks');
}, 120_000);
afterAll(() => book.close());

const NO = 'T20250623-000777';

it.each([
  ['of a process', `select from tasks t where ${ofProcess('t.workflow_id', '$1')}`],
  ['of some processes', `select from tasks t where ${ofProcesses('t.workflow_id', 'array[$1]')}`],
  [
    'of a process by its key',
    `select from tasks where case_number(workflow_id) = case_number($1) and hashtextextended(business_key, 0) = hashtextextended($2, 0)`,
    'k',
  ],
  [
    'of each process that is closed',
    `select from processes p where workflow_id = $1 and not exists (select from tasks t where ${ofProcess('t.workflow_id', 'p.workflow_id')})`,
  ],
  ['by whoever decided at first', HANDS_OF_FIRST_LEVEL],
  ['by whoever decided', handsOfCase(`substr($1, 11)`)],
  ['held behind a promise', `select from deadlines d, lateral (${HOLDING}) h where d.workflow_id = $1`],
  [
    'of a complaint that is seen',
    `select from complaints c where c.complaint_no = substr($1, 11) and ${visibleFrom(2)}`,
    ...[null, ['1001'], 'service-1', []],
  ],
  ['for which a break waits', `select waits_for from (${BREAKS}) b where b.channel = $1`],
] as const)('tasks %s', async (_, query, ...values) => {
  const { rows } = await book.pool.query<{ 'QUERY PLAN': string }>(`explain ${query}`, [`complaint:${NO}`, ...values]);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).not.toMatch(/Seq Scan on tasks/);
  expect(plan).toMatch(/Scan (using|on) tasks_are_asked_once/);
});
