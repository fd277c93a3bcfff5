/** What an id of a process says: its kind, from which its type follows, and its key of business, by which it is found whatever its kind. */
import * as workflows from '../../../workflows';
import { registerProcess } from '../../../activities/clock/register-process';
import { openDatabase, type TestDatabase } from '../../support/database';

let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('ids_of_processes');
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('ids', 'test', 'manual', '2025-06-26T12:00:00Z')`,
  );
});
afterAll(() => book.close());

const kindOf = (type: string) => type.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Those whose ids say something else. */
const OTHERWISE: readonly (readonly [type: string, kind: string])[] = [
  ['permissionSuspension', 'permission-lifting'],
  ['yearlyComplaintReport', 'complaint-report'],
];

const KINDS = [...Object.keys(workflows).map((type) => [type, kindOf(type)] as const), ...OTHERWISE];

it.each(KINDS)('%s: a %s is found by its key of business and known by its type', async (type, kind) => {
  const workflowId = `${kind}:K:1`;
  await registerProcess(book.pool, { workflowId, type });
  const { rows } = await book.pool.query(
    `select workflow_id, type, other_type is not null as kept, business_key_of(workflow_id) as key from processes
      where workflow_id = any (ids_of_key('K:1')) and type = $1 and workflow_id = $2`,
    [type, workflowId],
  );
  expect(rows).toEqual([{ workflow_id: workflowId, type, kept: kind !== kindOf(type), key: 'K:1' }]);
});

it('no kind is listed that no process has', async () => {
  const { rows } = await book.pool.query<{ ids: string[] }>(`select ids_of_key('K') as ids`);
  expect([...rows[0]!.ids].sort()).toEqual(KINDS.map(([, kind]) => `${kind}:K`).sort());
});

it('those of a key are found by their ids, not by reading all', async () => {
  await book.pool.query(
    `insert into processes (workflow_id) select 'callback:' || n from generate_series(1, 20000) n on conflict do nothing`,
  );
  const { rows } = await book.pool.query<Record<string, string>>(
    `explain select workflow_id from processes where workflow_id = any (ids_of_key('7'))`,
  );
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('processes_pkey');
});
