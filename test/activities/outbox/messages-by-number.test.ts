/** Messages are found by the digest of their key and by the number of their process: whoever looks for them never reads all. */
import { ofProcess } from '../../../activities/database/of-process';
import { ofKey } from '../../../activities/outbox/of-key';
import { aboutCases } from '../../../api/reads/messages';
import { ITS_MESSAGE } from '../../../api/reads/corporate-actions/event-page';
import { OF_DAY } from '../../../api/routes/work/notices';
import { openDatabase, type TestDatabase } from '../../support/database';

let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('messages_by_number');
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('messages', 'test', 'manual', '2025-06-23T02:00:00Z')`,
  );
  await book.pool.query(
    `insert into outbox (workflow_id, of_its_process, kind, severity, template, template_version, other_key)
     select 'complaint:T20250623-' || lpad(n::text, 6, '0'), true, 'notice', 'info', null, null, 'told:' || n from generate_series(1, 20000) n`,
  );
  await book.pool.query('analyze outbox');
}, 120_000);
afterAll(() => book.close());

const CASE = 'complaint:T20250623-000777';
const KEY = 'messages_are_told_once';
const NUMBER = 'outbox_of_process';

it.each([
  ['a message by its key', KEY, `select from outbox m where ${ofKey('m', '$1')}`, ['told:777']],
  [
    'those of a process',
    NUMBER,
    `select from outbox where kind = 'notice' and ${ofProcess('workflow_id', '$1')}`,
    [CASE],
  ],
  ['those of a case or about it', NUMBER, aboutCases('array[$1]'), [CASE]],
  ['those of a day', NUMBER, OF_DAY, ['settlement-day:SH:2025-06-23', 'SH', '2025-06-23', '0', 101, null, null]],
  [
    'those of holders',
    KEY,
    `select o.state from corporate_actions a join corporate_action_holders h using (event_id) left join outbox o on ${ITS_MESSAGE} where a.event_no = $1`,
    ['E'],
  ],
])('%s', async (_, index, query, values) => {
  const { rows } = await book.pool.query<{ 'QUERY PLAN': string }>(`explain ${query}`, values);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).not.toMatch(/Seq Scan on outbox/);
  expect(plan).toContain(index);
});

it('one key is told once, whichever process tells it', async () => {
  const tell = (workflowId: string | null, key: string) =>
    book.pool.query(
      `insert into outbox (workflow_id, kind, severity, other_key) values ($1, 'notice', 'info', $2) on conflict do nothing`,
      [workflowId, key],
    );
  const told = [
    await tell('day:1', 'once'),
    await tell('day:2', 'once'),
    await tell(null, 'once'),
    await tell(null, 'twice'),
  ];
  expect(told.map(({ rowCount }) => rowCount)).toEqual([1, 0, 0, 1]);
});
