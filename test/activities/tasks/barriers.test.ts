/** What the directory says of whoever ends a task counts, and not what the message says: restriction of an exception, recall. */
import { completeTask } from '../../../activities/tasks/complete-task';
import { recallTask } from '../../../activities/tasks/recall-task';
import type { Pool } from 'pg';
import { openPool } from '../../../prisma/pool';
import { openDatabase, type TestDatabase } from '../../support/database';
import { enterPeople } from '../../support/people';
import { openedTask } from '../../support/tasks';

const NOW = '2025-06-23T00:05:00.000Z';
let book: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  book = await openDatabase('barriers');
  pool = openPool(book.appUrl, 4);
  await pool.query(`insert into business_clock (book_name, book_kind, mode, now) values ($1, 'test', 'manual', $2)`, [
    book.database,
    NOW,
  ]);
  await pool.query(
    `insert into roles (role, name_zh, name_en, office) values ('operations', '运营', 'operations', 'back'), ('compliance', '合规', 'compliance', 'back')`,
  );
  const client = { role: 'operations', side: 'client' } as const;
  await enterPeople(pool, [
    { person: 'free', ...client },
    { person: 'excepted', ...client },
    { person: 'excepted-again', naturalPerson: 'excepted', ...client },
    { person: 'maker', ...client },
    { person: 'gone', ...client },
  ]);
  await pool.query(
    `insert into grants (person, role, restriction, valid_from, valid_to, requested_by, granted_by, approved_by)
     values ('excepted', 'compliance', 'no single-security decisions', '2025-06-01', '2025-07-01', 'a', 'b', 'c')`,
  );
  await pool.query(
    `insert into restricted_kinds values ('suspend-security', 'no single-security decisions', '2025-06-01', null, 'test'),
       ('over', 'no single-security decisions', '2025-06-01', '2025-06-23', 'test')`,
  );
});
afterAll(async () => {
  await pool.end();
  await book.close();
});

const completed = async (person: string, kind: string, onBehalfOf?: string): Promise<string> => {
  const taskId = await openedTask(pool, { kind });
  const actor = { person, role: 'operations', ...(onBehalfOf === undefined ? {} : { onBehalfOf }) };
  return codesOfEnd(completeTask({ pool })({ taskId, revision: 1, form: {}, actor, requestId: 'r', at: NOW }));
};

async function codesOfEnd(end: Promise<unknown>): Promise<string> {
  try {
    await end;
    return 'done';
  } catch (error) {
    const { code, refusals } = error as { code?: string; refusals?: readonly { code: string }[] };
    return refusals?.map((refusal) => refusal.code).join(' ') ?? code ?? String(error);
  }
}

test.each([
  ['free', 'suspend-security', 'done', 'no exception, no restriction'],
  ['excepted', 'suspend-security', 'ROLE_RESTRICTED', 'the kind is marked'],
  ['excepted-again', 'suspend-security', 'ROLE_RESTRICTED', 'a restriction is of the human, not of the account'],
  ['excepted', 'ask-bank', 'done', 'the kind is not marked'],
  ['excepted', 'over', 'done', 'the mark ended with the day before'],
])('%s does %s: %s, %s', async (person, kind, codes) => {
  expect(await completed(person, kind)).toBe(codes);
});

test('nor does anybody do it for the one whom it is kept from', async () => {
  await pool.query(
    `insert into delegations (principal, delegate, role, first_day, last_day, reason, made_by, state)
     values ('excepted', 'free', 'operations', '2025-06-23', '2025-06-24', 'x', 'excepted', 'given')`,
  );
  expect(await completed('free', 'suspend-security', 'excepted')).toBe('ROLE_RESTRICTED');
  expect(await completed('free', 'ask-bank', 'excepted')).toBe('done');
});

test.each([
  ['maker', 'maker', 'compliance', 'done', 'the role of the message is not believed: the one held is kept'],
  ['maker', 'free', 'operations', 'ONLY_MAKER_RECALLS', 'another of the same role'],
  ['gone', 'gone', 'operations', 'ROLE_MISSING', 'the maker has left meanwhile'],
])('made by %s, recalled by %s as %s: %s, %s', async (madeBy, person, role, codes) => {
  const taskId = await openedTask(pool, { madeBy });
  await pool.query(`update people set active = false where person = 'gone'`);
  const recalled = recallTask({ pool })({ taskId, actor: { person, role }, reason: 'x', requestId: 'r', at: NOW });
  expect(await codesOfEnd(recalled)).toBe(codes);
  const { rows } = await pool.query(
    `select role from audit where object_id = $1 and object_type = 'task' and action like 'recall%'`,
    [taskId],
  );
  expect(rows).toEqual(codes === 'done' ? [{ role: 'operations' }] : []);
});
