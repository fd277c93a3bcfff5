import { copyFileSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Pool } from 'pg';
import { receiveFile } from '../../../activities/files/receive-file';
import { parseRate } from '../../../domain/scaled';
import { commissionFen } from '../../../domain/settlement/commission';
import { dayReport } from '../../../api/reports/day-report';
import { differencesOf } from '../../support/compare-figures';
import { add, followSummary, followTrade } from '../../support/consistent-totals';
import {
  arrive,
  checkpoints,
  clockAt,
  dayOf,
  DAYS_A,
  evening,
  filesOf,
  morning,
  receive,
  SAMPLES,
  verbsOf,
  workflowOf,
} from '../../support/days-of-verbs';
import { eveningOf, expectedOf, onEveningOf, undoneEveningOf } from '../../support/evenings';
import { FaultyDay } from '../../support/faulty-day';
import { findingsOf, refusedFiles } from '../../support/findings';

const DATE = '2025-06-26';
const day = dayOf(DATE);
const JSMX = 'hk_jsmx20250626.dbf';
/** A client with trades on the day. */
const FUND_ACCOUNT = '6000000029';
const ZJHZ = 'hk_zjhz20250626.dbf';
const published = filesOf(path.join(DAYS_A, DATE));
const folder = mkdtempSync(path.join(tmpdir(), 'receive-file-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => eveningOf('2025-06-25'), 240_000);

const clean = (name: string): string => published.get(name)!;
const one = (name: string, where: string): readonly (readonly [string, string])[] => [[name, where]];

/** Settlement details and totals that agree with one another, with a stamp duty that is 1.00 HKD too high. */
async function overcharged(): Promise<ReadonlyMap<string, string>> {
  const faulty = await FaultyDay.read(path.join(DAYS_A, DATE));
  add(faulty.row(JSMX, 2), 'YHS', 100n);
  followTrade(faulty.row(JSMX, 2));
  followSummary(faulty);
  return faulty.write(mkdtempSync(path.join(folder, 'overcharged-')));
}

async function linesOf(pool: Pool): Promise<readonly { readonly name: string; readonly rows: bigint }[]> {
  const { rows } = await pool.query<{ name: string; rows: bigint }>(
    `select f.name, count(*) as rows from clearing_lines l join files f using (file_id) where l.business_date = $1 group by 1 order by 1`,
    [DATE],
  );
  return rows;
}

async function inForce(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(
    'select name from files_in_force where business_date = $1 order by name',
    [DATE],
  );
  return rows.map(({ name }) => name);
}

async function differingFigures(pool: Pool): Promise<readonly unknown[]> {
  const report = await dayReport(pool, day.channel, day.businessDate);
  const expected = expectedOf(DATE);
  return differencesOf(expected, Object.fromEntries(Object.keys(expected).map((name) => [name, report?.[name]])));
}

test('the same bytes under a higher version change nothing, and are listed as that', () =>
  undoneEveningOf('2025-06-25', async ({ pool }) => {
    await clockAt(pool, day, '18:00');
    await receive(pool, day, one(JSMX, clean(JSMX)));
    const receipts = await receive(pool, day, one('hk_jsmx20250626_v2.dbf', clean(JSMX)));
    expect(receipts.get('hk_jsmx20250626_v2.dbf')).toMatchObject({ state: 'superseded', records: 0 });
    expect(await findingsOf(pool, day)).toEqual([
      { class: 'SAME_FILE_AGAIN', file: 'hk_jsmx20250626_v2.dbf', replaces: JSMX },
    ]);
    expect(await inForce(pool)).toEqual([JSMX]);
    expect(await linesOf(pool)).toEqual([{ name: JSMX, rows: 267n }]);
  }));

test('a receipt asked for again is answered as it was, and nothing is read twice', () =>
  onEveningOf('2025-06-25', async ({ pool }) => {
    await clockAt(pool, day, '18:00');
    const [fileId] = await arrive(pool, day, one(JSMX, clean(JSMX)));
    const take = () => receiveFile({ pool })({ fileId: fileId!, workflowId: workflowOf(day) });
    const [first, second, third] = await Promise.all([take(), take(), take()]);
    expect(first).toMatchObject({ state: 'accepted', records: 267, findings: 0 });
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect(await linesOf(pool)).toEqual([{ name: JSMX, rows: 267n }]);
    const { rows } = await pool.query('select state from file_states where file_id = $1', [fileId]);
    expect(rows).toEqual([{ state: 'accepted' }]);
  }));

test('two versions at once: one of them is in force, never both', () =>
  onEveningOf('2025-06-25', async ({ pool }) => {
    await clockAt(pool, day, '18:00');
    const files = await arrive(pool, day, [
      [JSMX, (await overcharged()).get(JSMX)!],
      ['hk_jsmx20250626_v2.dbf', clean(JSMX)],
    ]);
    await Promise.all(files.map((fileId) => receiveFile({ pool })({ fileId, workflowId: workflowOf(day) })));
    expect(await inForce(pool)).toEqual(['hk_jsmx20250626_v2.dbf']);
  }));

test('a newer version replaces the older one with its findings; an older or equal one is not taken', () =>
  undoneEveningOf('2025-06-25', async ({ pool }) => {
    await clockAt(pool, day, '18:00');
    const bad = (await overcharged()).get(JSMX)!;
    await receive(pool, day, one(JSMX, bad));
    expect(await findingsOf(pool, day)).toMatchObject([{ class: 'FEE_MISMATCH', row: 2 }]);

    const receipts = await receive(pool, day, one('hk_jsmx20250626_v3.dbf', clean(JSMX)));
    expect(receipts.get('hk_jsmx20250626_v3.dbf')).toMatchObject({ state: 'accepted', replaced: JSMX });
    expect(await findingsOf(pool, day)).toEqual([
      { class: 'NEWER_VERSION', file: 'hk_jsmx20250626_v3.dbf', replaces: JSMX },
    ]);

    await receive(pool, day, one('hk_jsmx20250626_v2.dbf', bad));
    const otherBytes = path.join(folder, 'equal.dbf');
    copyFileSync(clean(JSMX), otherBytes);
    truncateSync(otherBytes, 5_000);
    await receive(pool, day, one('hk_jsmx20250626_v3.dbf', otherBytes));
    expect((await findingsOf(pool, day)).map(({ class: name, file }) => [name, file])).toEqual([
      ['NEWER_VERSION', 'hk_jsmx20250626_v3.dbf'],
      ['VERSION_NOT_HIGHER', 'hk_jsmx20250626_v2.dbf'],
      ['VERSION_NOT_HIGHER', 'hk_jsmx20250626_v3.dbf'],
    ]);
    expect(await inForce(pool)).toEqual(['hk_jsmx20250626_v3.dbf']);
    const { rows } = await pool.query('select count(*) from clearing_lines_in_force where business_date = $1', [DATE]);
    expect(rows).toEqual([{ count: 267n }]);
  }));

test('a refused file leaves no line behind, and its corrected version takes its findings off the list', () =>
  undoneEveningOf('2025-06-25', async ({ pool }) => {
    await clockAt(pool, day, '18:00');
    await receive(pool, day, one(JSMX, path.join(SAMPLES, 'faults-a/duplicate_row', JSMX)));
    expect(await findingsOf(pool, day)).toMatchObject([{ class: 'DUPLICATE_KEY', row: 61, firstRow: 21 }]);
    expect(await linesOf(pool)).toEqual([]);
    const { rows } = await pool.query<{ message_key: string }>(
      `select severity, recipient_role from outbox where message_key like 'file-refused:%'`,
    );
    expect(rows).toEqual([{ severity: 'critical', recipient_role: 'operations' }]);

    await receive(pool, day, one('hk_jsmx20250626_v2.dbf', clean(JSMX)));
    expect(await findingsOf(pool, day)).toEqual([
      { class: 'NEWER_VERSION', file: 'hk_jsmx20250626_v2.dbf', replaces: JSMX },
    ]);
    const { rows: verdicts } = await pool.query(
      'select s.state from file_states s join files f using (file_id) where f.name = $1 order by state_no',
      [JSMX],
    );
    expect(verdicts).toEqual([{ state: 'refused' }, { state: 'superseded' }]);
    expect(await refusedFiles(pool, day)).toEqual([]);
    expect(await inForce(pool)).toEqual(['hk_jsmx20250626_v2.dbf']);
  }));

test.each([
  ['20:00:00', undefined, 'the moment itself is in time'],
  ['20:00:01', '2025-06-26 20:00:01', 'a second later is late'],
])('a file that arrives at %s', async (time, arrived, _why) => {
  await undoneEveningOf('2025-06-25', async ({ pool }) => {
    await clockAt(pool, day, time);
    const { missing } = await verbsOf(pool).listMissingFiles(day);
    expect(missing).toContain(JSMX);
    await receive(pool, day, published);
    await verbsOf(pool).listMissingFiles(day);
    const found = await findingsOf(pool, day);
    const late = found.filter(({ class: name }) => name === 'LATE_FILE');
    expect(late.find(({ file }) => file === JSMX)?.['arrived']).toBe(arrived);
    expect(found.length - late.length).toBe(0);
  });
});

test('a resend after 20:00 of a file that was there in time is newer, not late', () =>
  undoneEveningOf('2025-06-25', async ({ pool }) => {
    await clockAt(pool, day, '19:00');
    await receive(pool, day, one(JSMX, (await overcharged()).get(JSMX)!));
    await clockAt(pool, day, '20:30');
    await receive(pool, day, one('hk_jsmx20250626_v2.dbf', clean(JSMX)));
    expect((await findingsOf(pool, day)).map(({ class: name }) => name)).toEqual(['NEWER_VERSION']);
  }));

test('a correction after posting: the evening is reversed and posted again, and the books are as if it had come first', () =>
  undoneEveningOf('2025-06-25', async ({ pool }) => {
    const orders = await morning(pool, day);
    await receive(pool, day, await overcharged());
    await checkpoints(pool, day, orders);
    await evening(pool, day);
    expect((await findingsOf(pool, day)).map(({ class: name }) => name)).toEqual(['FEE_MISMATCH']);
    expect(await differingFigures(pool)).not.toEqual([]);

    const verbs = verbsOf(pool);
    await receive(pool, day, [
      ['hk_jsmx20250626_v2.dbf', clean(JSMX)],
      ['hk_zjhz20250626_v2.dbf', clean(ZJHZ)],
    ]);
    const { reversed } = await verbs.reverseEvening(day);
    expect(reversed).toBe(7);
    await evening(pool, day);
    expect(await differingFigures(pool)).toEqual([]);
    expect((await findingsOf(pool, day)).map(({ class: name }) => name)).toEqual(['NEWER_VERSION', 'NEWER_VERSION']);

    const { rows } = await pool.query<{ batch_key: string; reversals: bigint }>(
      `select b.batch_key, (select count(*) from batches r where r.reverses = b.batch_id) as reversals from batches b
       where b.business_date = $1 and b.kind = 'clear-trades' and b.reverses is null order by batch_id`,
      [DATE],
    );
    expect(rows).toEqual([
      { batch_key: 'settle:SH:2025-06-26:clear-trades', reversals: 1n },
      { batch_key: 'settle:SH:2025-06-26:clear-trades#2', reversals: 0n },
    ]);
    // Everything stands on files in force again, and nothing is posted twice.
    const { rows: stale } = await pool.query(
      `select b.batch_key from batches b join file_verdicts v on v.file_id = any(b.rests_on)
       where b.business_date = $1 and v.state <> 'accepted' and not exists (select 1 from batches r where r.reverses = b.batch_id)`,
      [DATE],
    );
    expect(stale).toEqual([]);
  }));

test('of a refused pair one is corrected: the other is taken again, and the contradiction is listed no longer', () =>
  undoneEveningOf('2025-06-25', async ({ pool }) => {
    await morning(pool, day);
    const faulty = await FaultyDay.read(path.join(DAYS_A, DATE));
    // One purchase less, in the details only.
    faulty.rows(JSMX).splice(1, 1);
    await receive(pool, day, await faulty.write(mkdtempSync(path.join(folder, 'pair-'))));
    const compare = () => verbsOf(pool).compareFiles({ ...day, workflowId: workflowOf(day) });
    expect(await compare()).toMatchObject({ refused: [JSMX, ZJHZ] });
    expect(await refusedFiles(pool, day)).toEqual([JSMX, ZJHZ]);
    const contradicted = (await findingsOf(pool, day)).map(({ class: name, file, row }) => [name, file, row]);
    expect(new Set(contradicted.map(String))).toEqual(new Set([`CONTROL_TOTAL_MISMATCH,${ZJHZ},1`]));

    await receive(pool, day, one('hk_jsmx20250626_v2.dbf', clean(JSMX)));
    expect(await compare()).toEqual({ breaks: 0, refused: [] });
    expect((await findingsOf(pool, day)).map(({ class: name, file }) => [name, file])).toEqual([
      ['NEWER_VERSION', 'hk_jsmx20250626_v2.dbf'],
    ]);
    expect(await inForce(pool)).toEqual(expect.arrayContaining(['hk_jsmx20250626_v2.dbf', ZJHZ]));
  }));

test('a repeated evening of an unchanged day posts nothing more', () =>
  undoneEveningOf('2025-06-25', async ({ pool }) => {
    const orders = await morning(pool, day);
    await receive(pool, day, published);
    await checkpoints(pool, day, orders);
    await evening(pool, day);
    const entries = async () => {
      const { rows } = await pool.query<{ count: bigint }>('select count(*) from entries where business_date = $1', [
        DATE,
      ]);
      return rows[0]?.count;
    };
    const before = await entries();
    await evening(pool, day);
    await morning(pool, day);
    expect(await entries()).toBe(before);
    expect(await differingFigures(pool)).toEqual([]);
  }));

test('a break that a newer file of the other side cures is listed no longer, and is listed again when it comes back', () =>
  undoneEveningOf('2025-06-25', async ({ pool }) => {
    await morning(pool, day);
    const bank = 'bank_own_20250626.csv';
    const faulty = await FaultyDay.read(path.join(DAYS_A, DATE));
    faulty.lines('bank_own').splice(2, 1);
    const without = await faulty.write(mkdtempSync(path.join(folder, 'bank-')));
    await receive(pool, day, without);
    const compare = async () => {
      await verbsOf(pool).compareFiles({ ...day, workflowId: workflowOf(day) });
      return (await findingsOf(pool, day)).filter(({ class: name }) => name !== 'NEWER_VERSION');
    };
    const missing = {
      class: 'BANK_MISSING',
      file: 'hk_zjbd20250626_1.dbf',
      row: 7,
      time: '093200',
      amount: '6265502.56',
    };
    expect(await compare()).toEqual([missing]);
    await receive(pool, day, one('bank_own_20250626_v2.csv', clean(bank)));
    expect(await compare()).toEqual([]);
    await receive(pool, day, one('bank_own_20250626_v3.csv', without.get(bank)!));
    expect(await compare()).toEqual([missing]);
    expect(await compare()).toEqual([missing]);
  }));

/** The client behind a fund account, whose permission is charged at a rate from a date on. */
const charge = (pool: Pool, fundAccount: string, rate: string, effectiveOn: string) =>
  pool.query(
    `with registered as (insert into registered_clients values ('C00000001', 'natural', '1001', 'nobody', '2025-06-01') returning client_no),
          linked as (insert into client_fund_accounts select $1, client_no from registered returning client_no),
          asked as (
            insert into permission_requests (request_no, client_no, permission, terms_from, kind, state, step, step_since, workflow_id,
                                             requested_at, lapses_at, ended_at)
            select 'P20250601-000001', l.client_no, t.permission, t.valid_from, 'opening', 'done', 'ended', '2025-06-02', 'x', '2025-06-01',
                   '2025-07-01', '2025-06-02' from linked l, permission_types t where t.permission = 'HKSC'
            returning request_no, client_no, permission)
     insert into permission_commissions (client_no, permission, rate, valid_from, request_no, source)
     select client_no, permission, $2::numeric, ($3::date)::timestamp at time zone 'Asia/Shanghai', request_no, 'test' from asked`,
    [fundAccount, rate, effectiveOn],
  );

test.each([
  ['from the trade date of the day on', '2025-06-26', '0.00900000'],
  ['from the day after on: not yet', '2025-06-27', undefined],
])('the commission of a permission %s', (_why, effectiveOn, charged) =>
  undoneEveningOf('2025-06-25', async ({ pool }) => {
    await charge(pool, FUND_ACCOUNT, '0.009', effectiveOn);
    await clockAt(pool, day, '18:00');
    await receive(pool, day, one(JSMX, clean(JSMX)));
    const { rows } = await pool.query<
      Record<'consideration' | 'ratio' | 'commission' | 'minimum', bigint> & { rate: string }
    >(
      `select l.consideration_cents as consideration, l.ratio_e5 as ratio, l.commission_fen as commission,
              c.commission_rate as rate, c.commission_minimum_fen as minimum
         from clearing_lines l join clients c using (securities_account)
        where c.fund_account = $1 and l.business_date = $2 and l.business = 'H01'`,
      [FUND_ACCOUNT, DATE],
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { consideration, ratio, commission, rate, minimum } of rows) {
      const terms = { rateE12: parseRate(charged ?? rate), minimumFen: minimum };
      expect(commission).toBe(commissionFen(consideration, ratio, terms));
    }
  }),
);
