import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Pool } from 'pg';
import { loadReference } from '../../../activities/books/load-reference';
import { noteArrivals } from '../../../activities/intake/note-arrivals';
import { listNewFiles } from '../../../activities/files/list-new-files';
import { closeDay } from '../../../activities/settlement/close-day';
import { missingFiles } from '../../../activities/settlement/list-missing-files';
import { openPool } from '../../../prisma/pool';
import { clockAt, dayOf, DAYS_A } from '../../support/days-of-verbs';
import { findingsOf } from '../../support/findings';
import { openDatabase, type TestDatabase } from '../../support/database';
import { toldMessages } from '../../support/told';
import { untilWaiting } from '../../support/waiting-for-locks';

const DATE = '2025-06-26';
const day = dayOf(DATE);
const root = mkdtempSync(path.join(tmpdir(), 'inbox-'));
let book: TestDatabase;

beforeAll(async () => {
  book = await openDatabase('note arrivals');
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('arrivals', 'test', 'manual', '2025-06-26T00:00:00Z')`,
  );
  await loadReference(book.pool);
  await clockAt(book.pool, day, '18:00');
});
afterAll(async () => {
  rmSync(root, { recursive: true });
  await book.close();
});

function put(place: string, content: string | Buffer, at = '2025-06-26T10:00:00.000Z'): string {
  const where = path.join(root, place);
  mkdirSync(path.dirname(where), { recursive: true });
  writeFileSync(where, content);
  utimesSync(where, new Date(at), new Date(at));
  return where;
}

const look = () => noteArrivals({ pool: book.pool, inbox: root });

async function filesNamed(name: string): Promise<readonly { readonly kind: string; readonly state: string }[]> {
  const { rows } = await book.pool.query<{ kind: string; state: string }>(
    'select kind, state from file_verdicts where name = $1 order by file_id',
    [name],
  );
  return rows;
}

async function toldOf(pool: Pool, beginning: string): Promise<readonly string[]> {
  const told = await toldMessages(pool, 'starts_with(message_key, $1)', beginning);
  return told.map(({ subject, recipient_role: role }) => `${role}: ${subject.en}`);
}

test.each<[string, string, object]>([
  [
    'a name that no layout knows',
    'hk_abcd20250626.dbf',
    { class: 'UNKNOWN_NAME', file: 'hk_abcd20250626.dbf', value: 'hk_abcd20250626.dbf' },
  ],
  [
    'a name with a date that there is not',
    'hk_jsmx20250631.dbf',
    { class: 'UNKNOWN_NAME', file: 'hk_jsmx20250631.dbf', value: 'hk_jsmx20250631.dbf' },
  ],
  [
    'the file of another day',
    'hk_jsmx20250625.dbf',
    {
      class: 'DATE_MISMATCH',
      file: 'hk_jsmx20250625.dbf',
      field: 'name',
      fileValue: 'hk_jsmx20250625.dbf',
      computed: DATE,
    },
  ],
  [
    'another month and day in a name without year',
    'reff040625.txt',
    { class: 'DATE_MISMATCH', file: 'reff040625.txt', field: 'name', fileValue: 'reff040625.txt', computed: DATE },
  ],
])('%s is listed with the reason and told, and is no file of the day', async (_why, name, expected) => {
  const before = (await listNewFiles({ pool: book.pool })(day)).length;
  put(`${DATE}/${name}`, 'whatever');
  expect(await look()).toBe(1);
  expect(await look()).toBe(0);
  expect(await filesNamed(name)).toEqual([{ kind: 'UNKNOWN', state: 'refused' }]);
  expect((await findingsOf(book.pool, day)).find(({ file }) => file === name)).toEqual(expected);
  expect(await toldOf(book.pool, 'file-not-of-the-day:')).toContain(
    `operations: A file that is none of the day's: ${name}`,
  );
  expect(await listNewFiles({ pool: book.pool })(day)).toHaveLength(before);
  const sql = await book.pool.connect();
  expect(await missingFiles(sql, day)).toContain('hk_jsmx20250626.dbf');
  sql.release();
});

test('a name with its date, without year, without date, with a version are files of the day', async () => {
  for (const name of ['hk_zqye20250626_v2.dbf', 'reff040626.txt', 'HK_YWHB.dbf', 'HK_YWHB_v2.dbf']) {
    put(`${DATE}/${name}`, name);
    expect(await look()).toBe(1);
    expect(await filesNamed(name)).toMatchObject([{ state: 'arrived' }]);
  }
});

test('overwritten under the same name is a new arrival', async () => {
  const where = put(`${DATE}/hk_zjye20250626.dbf`, 'first');
  expect(await look()).toBe(1);
  copyFileSync(path.join(DAYS_A, DATE, 'hk_zjye20250626.dbf'), where);
  expect(await look()).toBe(1);
  expect(await filesNamed('hk_zjye20250626.dbf')).toHaveLength(2);
});

test('what is hidden, unfinished, empty and young is left for later, and holds nothing up', async () => {
  put(`${DATE}/.hk_zqbd20250626.dbf`, 'half');
  put(`${DATE}/hk_zqbd20250626.dbf.part`, 'half');
  put(`${DATE}/hk_zqbd20250626.dbf.tmp`, 'half');
  put(`${DATE}/hk_zqbd20250626.dbf`, '', new Date().toISOString());
  expect(await look()).toBe(0);
  put(`${DATE}/hk_zqbd20250626.dbf`, '');
  expect(await look()).toBe(1);
});

test('folders, links and what lies beside the days are told once and hold nothing up', async () => {
  mkdirSync(path.join(root, DATE, 'folder'));
  symlinkSync(path.join(DAYS_A, DATE, 'hk_zqbd20250626.dbf'), path.join(root, DATE, 'link.dbf'));
  put('hk_tzxx20250626.dbf', 'beside the days');
  put('20250626/hk_tzxx20250626.dbf', 'in a folder that nobody reads');
  put('2025-02-30/hk_tzxx20250230.dbf', 'on a day that there is not');
  put('archive/hk_tzxx20250101.dbf', 'kept by somebody');
  put(`${DATE}/counter_cash_20250626.csv`, 'whole');
  expect(await look()).toBe(1);
  expect(await look()).toBe(0);
  expect([...(await toldOf(book.pool, 'inbox-stray:'))].sort()).toEqual(
    ['2025-02-30', `${DATE}/folder`, `${DATE}/link.dbf`, '20250626', 'hk_tzxx20250626.dbf'].map(
      (place) => `operations: Something in the inbox cannot be received: ${place}`,
    ),
  );
});

test('a name in bytes that are no UTF-8 is told', async () => {
  writeFileSync(
    Buffer.concat([Buffer.from(`${root}/${DATE}/`), Buffer.from([0xd6, 0xd0]), Buffer.from('.dbf')]),
    'GBK',
  );
  expect(await look()).toBe(0);
  expect((await toldOf(book.pool, 'inbox-stray:')).filter((told) => told.includes('.dbf'))).toHaveLength(3);
});

test('a file that is noted while the day closes keeps the day open', async () => {
  await book.pool.query(
    `insert into settlement_days values ('SH', '2025-06-27', 'settlement-day:SH:2025-06-27', 'full', true, '2025-06-26', '2025-06-30', '2025-07-02',
       '2025-06-30', '2025-06-30', 1, 'reconciling', '2025-06-27T00:00:00Z', null)`,
  );
  put('2025-06-27/hk_jsmx20250627.dbf', 'the last moment');
  const owner = openPool(book.ownerUrl, 1);
  const holding = await owner.connect();
  await holding.query('begin');
  // The message to the day waits for this; the file is written already.
  await holding.query('lock table outbox in exclusive mode');
  const noted = look();
  await Promise.race([untilWaiting(holding, 1), noted]);
  const closed = closeDay({ pool: book.pool })({ ...dayOf('2025-06-27'), workflowId: 'settlement-day:SH:2025-06-27' });
  await Promise.race([untilWaiting(holding, 2), closed]);
  await holding.query('commit');
  holding.release();
  await owner.end();
  expect(await noted).toBe(1);
  expect((await closed).closedAt).toBeUndefined();
});
