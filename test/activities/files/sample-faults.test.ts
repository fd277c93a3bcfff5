import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Pool } from 'pg';
import { dayReport } from '../../../api/reports/day-report';
import { differencesOf } from '../../support/compare-figures';
import { checkpoints, dayOf, DAYS_A, evening, filesOf, morning, receive, SAMPLES } from '../../support/days-of-verbs';
import { expectedOf, undoneEveningOf } from '../../support/evenings';
import { findingsOf, refusedFiles, type NotedFinding } from '../../support/findings';

interface Expectation {
  readonly base: string;
  readonly removes: readonly string[];
  readonly refused: readonly string[];
  readonly findings: readonly NotedFinding[];
  readonly books: 'as_base' | 'held' | 'differs';
}

const FAULTS = path.join(SAMPLES, 'faults-a');
const DATE = '2025-06-26';
const day = dayOf(DATE);

const expectationOf = (kind: string) =>
  JSON.parse(readFileSync(path.join(FAULTS, kind, 'expect.json'), 'utf8')) as Expectation;

/** The clean day with the variant laid over it. */
function filesOfVariant(kind: string): ReadonlyMap<string, string> {
  const files = new Map([...filesOf(path.join(DAYS_A, DATE)), ...filesOf(path.join(FAULTS, kind))]);
  for (const name of expectationOf(kind).removes) files.delete(name);
  return files;
}

async function runVariant(pool: Pool, kind: string) {
  const orders = await morning(pool, day);
  await receive(pool, day, filesOfVariant(kind));
  await checkpoints(pool, day, orders);
  return evening(pool, day);
}

/** Batches of the day that rest on a file which is not in force. */
async function batchesOnFilesNotInForce(pool: Pool): Promise<readonly unknown[]> {
  const { rows } = await pool.query<{ batch_key: string; name: string }>(
    `select b.batch_key, v.name from batches b join file_verdicts v on v.file_id = any(b.rests_on)
     where b.business_date = $1 and v.state <> 'accepted'`,
    [DATE],
  );
  return rows;
}

test.each(readdirSync(FAULTS))('%s is found as its expect.json says, and nothing else is', async (kind) => {
  const expected = expectationOf(kind);
  await undoneEveningOf('2025-06-25', async ({ pool }) => {
    const held = await runVariant(pool, kind);
    const found = [...(await findingsOf(pool, day))].sort(byPlace);
    const wanted = [...expected.findings].sort(byPlace);
    // Exactly these findings, of each the attributes that are named.
    expect(found.map((one, nth) => onlyNamed(one, wanted[nth] ?? one))).toEqual(wanted);
    expect(await refusedFiles(pool, day)).toEqual(expected.refused.toSorted());
    expect(await batchesOnFilesNotInForce(pool)).toEqual([]);

    expect(Object.keys(held).length > 0).toBe(expected.books === 'held');
    const report = await dayReport(pool, day.channel, day.businessDate);
    const heldSections = Object.keys(report?.held ?? {});
    const published = expectedOf(DATE);
    const told = Object.fromEntries(Object.keys(published).map((section) => [section, report?.[section]]));
    const differing = differencesOf(published, told).filter(
      ({ figure }) => !heldSections.some((section) => `${figure}.`.startsWith(`${section}.`)),
    );
    expect(differing.map(({ figure, expected: was, found: is }) => [figure, was, is])).toEqual(REACHED[kind] ?? []);
  });
});

const byPlace = (one: NotedFinding, other: NotedFinding) =>
  `${one.class} ${one.file}` < `${other.class} ${other.file}` ? -1 : 1;

const onlyNamed = (found: NotedFinding, wanted: NotedFinding) =>
  Object.fromEntries(Object.keys(wanted).map((name) => [name, found[name]]));

/**
 * Figures of the day that the faulty row reaches: figure, as published, with the fault.
 *
 * one_cent_row     a purchase costs 0.01 more: its side pays it, its client's money is frozen for it.
 * unknown_account  a sale of 218,956.98 less 175.36 commission is nobody's: 218,781.62 are not on the way to the client, the
 *                  other client sold one trade less. The side's totals hold, because the money stands on suspense; the shares
 *                  of the unknown seller are no collateral.
 */
const REACHED: Readonly<Record<string, readonly unknown[]>> = {
  one_cent_row: [
    ['trades.client.payable', '-17281736.81', '-17281736.82'],
    ['trades.client.net', '-9493683.26', '-9493683.27'],
    ['cash.19.frozenTrades', '966309.80', '966309.81'],
    ['cash.19.available', '540174.07', '540174.06'],
    ['preClearing.16.payable', '582509.10', '582509.11'],
    ['preClearing.16.correction', '-15609.42', '-15609.41'],
    [
      'reconciliation.breaks.0',
      undefined,
      { class: 'AMOUNT_TOLERANCE', file: 'hk_jsmx20250626.dbf', row: 72, field: 'YSFJE' },
    ],
  ],
  unknown_account: [
    ['riskMoney.client.collateralHKD', '42024900.32', '41732100.32'],
    ['cash.33.inTransit', '1353601.35', '1134819.73'],
    ['cash.33.available', '4326603.54', '4107821.92'],
    ['preClearing.30.trades', 6, 5],
    ['preClearing.30.receivable', '732666.94', '513885.32'],
    ['preClearing.30.commission', '1178.61', '1003.25'],
    [
      'reconciliation.breaks.0',
      undefined,
      { class: 'UNKNOWN_ACCOUNT', file: 'hk_jsmx20250626.dbf', row: 30, field: 'ZQZH' },
    ],
    [
      'reconciliation.breaks.1',
      undefined,
      { class: 'COUNTER_DIFFERENT', file: 'hk_jsmx20250626.dbf', row: 30, field: 'ZQZH' },
    ],
  ],
};
