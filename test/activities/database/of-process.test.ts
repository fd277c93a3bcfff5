/** The digits of the id of a process, by which its rows are found. */
import { ofProcess, ofProcesses } from '../../../activities/database/of-process';
import { openDatabase, type TestDatabase } from '../../support/database';

let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('of_process');
});
afterAll(() => book.close());

it.each([
  { id: 'complaint:T20250623-000001', number: '20250623000001', why: 'a number of a complaint' },
  { id: 'settlement-day:SH:2025-06-23', number: '20250623', why: 'a day' },
  { id: 'election:SZ:2025-06-23:1', number: '202506231', why: 'a day and a number: told apart by the id' },
  { id: 'election:SH:2025-06-23:1', number: '202506231', why: 'the same digits as the other market' },
  {
    id: 'export:7f3a9c1e-0b5d-4e8f-9a21-bb40d2c37e66',
    number: '73910548921402376',
    why: 'digits of a name that is random',
  },
  { id: `batch:${'9'.repeat(30)}`, number: '9'.repeat(17), why: 'as many as fit' },
  { id: 'retention', number: '0', why: 'none' },
  { id: 'person:３０', number: '0', why: 'full-width digits are none' },
  { id: null, number: '0', why: 'of no process' },
])('$id has the number $number: $why', async ({ id, number }) => {
  const { rows } = await book.pool.query<{ number: string; numbers: string[] }>(
    'select case_number($1)::text as number, case_numbers(array[$1, $1])::text[] as numbers',
    [id],
  );
  expect(rows).toEqual([{ number, numbers: [number, number] }]);
});

it.each([
  { id: 'T20250623-000001', number: '20250623000001', why: 'digits, as its process has them' },
  { id: 'li', other: 'wang', why: 'no digits: two persons are not one' },
])('an object $id of the audit: $why', async ({ id, number, other }) => {
  const { rows } = await book.pool.query<{ number: string; same: boolean; ofProcess: boolean }>(
    `select object_number($1)::text as number, object_number($1) = object_number($2) as same,
            object_numbers(array['person:' || $1]) = array[object_number($1)] as "ofProcess"`,
    [id, other ?? id],
  );
  expect(rows[0]).toMatchObject({
    ...(number === undefined ? {} : { number }),
    same: other === undefined,
    ofProcess: true,
  });
});

it('finds by the whole id, and no other process of the same digits', async () => {
  const { rows } = await book.pool.query(
    `select ids.id, ${ofProcess('ids.id', '$2')} as one, ${ofProcesses('ids.id', '$3')} as several from unnest($1::text[]) ids(id)`,
    [['a:SH:1', 'a:SZ:1', 'a:SH:2'], 'a:SH:1', ['a:SH:1', 'a:SH:2']],
  );
  expect(rows).toEqual([
    { id: 'a:SH:1', one: true, several: true },
    { id: 'a:SZ:1', one: false, several: false },
    { id: 'a:SH:2', one: false, several: true },
  ]);
});
