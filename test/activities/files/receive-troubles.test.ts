import { copyFileSync, mkdirSync, mkdtempSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Pool } from 'pg';
import { receiveFile } from '../../../activities/files/receive-file';
import { openPool } from '../../../prisma/pool';
import { arrive, clockAt, dayOf, DAYS_A, filesOf, receive, workflowOf } from '../../support/days-of-verbs';
import { eveningOf, onEveningOf, undoneEveningOf } from '../../support/evenings';
import { FaultyDay } from '../../support/faulty-day';
import { findingsOf, refusedFiles } from '../../support/findings';
import { toldMessages } from '../../support/told';

const DATE = '2025-06-26';
const day = dayOf(DATE);
const JSMX = 'hk_jsmx20250626.dbf';
const ZQYE = 'hk_zqye20250626.dbf';
const published = filesOf(path.join(DAYS_A, DATE));
const folder = mkdtempSync(path.join(tmpdir(), 'receive-troubles-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => eveningOf('2025-06-25'), 240_000);

const inbox = (name: string): string => path.join(mkdtempSync(path.join(folder, 'inbox-')), name);
const take = (pool: Pool, fileId: string) => receiveFile({ pool })({ fileId, workflowId: workflowOf(day) });

async function alarmsOf(pool: Pool): Promise<readonly object[]> {
  const told = await toldMessages(pool, `kind = 'notice' and message_key ~ '^file-'`);
  return told.map(({ severity, recipient_role: role, subject, text }) => ({
    severity,
    role,
    subject: subject.en,
    text: text.en,
  }));
}

test('overwritten between arrival and receipt: what arrived is refused by name, what lies there is an arrival of its own', () =>
  undoneEveningOf('2025-06-25', async ({ pool }) => {
    await clockAt(pool, day, '18:00');
    const where = inbox(JSMX);
    copyFileSync(published.get(ZQYE)!, where);
    const [first] = await arrive(pool, day, [[JSMX, where]]);
    copyFileSync(published.get(JSMX)!, where);
    expect(await take(pool, first!)).toMatchObject({ state: 'refused', records: 0, findings: 1 });
    expect(await findingsOf(pool, day)).toEqual([{ class: 'CHANGED_AFTER_ARRIVAL', file: JSMX }]);
    expect(await alarmsOf(pool)).toMatchObject([
      { severity: 'critical', role: 'operations', subject: `File changed after it had arrived: ${JSMX}` },
    ]);

    const receipts = await receive(pool, day, [[JSMX, where]]);
    expect(receipts.get(JSMX)).toMatchObject({ state: 'accepted', records: 267 });
    expect(await findingsOf(pool, day)).toEqual([{ class: 'NEWER_VERSION', file: JSMX, replaces: JSMX }]);
    expect(await refusedFiles(pool, day)).toEqual([]);
  }));

test('taken away between arrival and receipt', () =>
  undoneEveningOf('2025-06-25', async ({ pool }) => {
    await clockAt(pool, day, '18:00');
    const where = inbox(JSMX);
    copyFileSync(published.get(JSMX)!, where);
    const [fileId] = await arrive(pool, day, [[JSMX, where]]);
    unlinkSync(where);
    expect(await take(pool, fileId!)).toMatchObject({ state: 'refused' });
    expect(await findingsOf(pool, day)).toEqual([{ class: 'CHANGED_AFTER_ARRIVAL', file: JSMX }]);
  }));

test('a failure over one file is told and refuses that file; the day goes on with the others, and with a resend', () =>
  undoneEveningOf('2025-06-25', async ({ pool }) => {
    await clockAt(pool, day, '18:00');
    const where = inbox(JSMX);
    copyFileSync(published.get(JSMX)!, where);
    const [fileId] = await arrive(pool, day, [[JSMX, where]]);
    unlinkSync(where);
    mkdirSync(where);
    const receipt = await take(pool, fileId!);
    expect(receipt).toMatchObject({ state: 'refused', findings: 1 });
    expect(await take(pool, fileId!)).toEqual(receipt);
    expect(await findingsOf(pool, day)).toEqual([{ class: 'NOT_RECEIVED', file: JSMX, value: 'EISDIR' }]);
    const alarms = await alarmsOf(pool);
    expect(alarms).toMatchObject([
      { severity: 'critical', role: 'operations', subject: `File could not be received: ${JSMX}` },
      { severity: 'critical', role: 'admin' },
    ]);
    expect(JSON.stringify(alarms)).toContain('put the file in again with a version (_v2)');

    const others = await receive(pool, day, [
      [ZQYE, published.get(ZQYE)!],
      ['hk_jsmx20250626_v2.dbf', published.get(JSMX)!],
    ]);
    expect([...others.values()].map(({ state }) => state)).toEqual(['accepted', 'accepted']);
  }));

test('a database error over the lines of a file is no endless repetition', () =>
  onEveningOf('2025-06-25', async (book) => {
    const { pool } = book;
    await clockAt(pool, day, '18:00');
    const [fileId] = await arrive(pool, day, [[JSMX, published.get(JSMX)!]]);
    // A rule of the table that no layout knows of: what a bound that we forgot would do.
    const owner = openPool(book.ownerUrl, 1);
    await owner.query('alter table clearing_lines add constraint forgotten check (quantity < 100) not valid');
    await owner.end();
    expect(await take(pool, fileId!)).toMatchObject({ state: 'refused', records: 0 });
    expect(await findingsOf(pool, day)).toEqual([{ class: 'NOT_RECEIVED', file: JSMX, value: '23514' }]);
    const { rows } = await pool.query('select count(*) from clearing_lines where business_date = $1', [DATE]);
    expect(rows).toEqual([{ count: 0n }]);
  }));

test('more findings than memory keeps are all listed, in their order and once', () =>
  undoneEveningOf('2025-06-25', async ({ pool }) => {
    await clockAt(pool, day, '18:00');
    const faulty = await FaultyDay.read(path.join(DAYS_A, DATE));
    const rows = faulty.rows(JSMX);
    const [trade] = rows;
    for (let nth = rows.length; nth < 2_500; nth += 1) rows.push({ ...trade!, CJBH: `T${nth}` });
    for (const row of rows) Object.assign(row, { BZ: 'XXX', SCDM: '06' });
    const written = await faulty.write(mkdtempSync(path.join(folder, 'many-')));
    const receipts = await receive(pool, day, [[JSMX, written.get(JSMX)!]]);
    expect(receipts.get(JSMX)).toMatchObject({ state: 'refused', findings: 5_000 });
    const { rows: listed } = await pool.query<{ row_no: bigint; field: string }>(
      'select row_no, field from findings_in_force where business_date = $1 order by finding_id',
      [DATE],
    );
    expect(listed).toEqual(
      Array.from({ length: 5_000 }, (_, nth) => ({
        row_no: BigInt(Math.floor(nth / 2) + 1),
        field: nth % 2 === 0 ? 'SCDM' : 'BZ',
      })),
    );
  }));
