/** Figures of the day report that the published days leave open: a sale whose fees are more than what it brings. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dayReport } from '../../api/reports/day-report';
import { followSummary, followTrade } from '../support/consistent-totals';
import { checkpoints, dayOf, DAYS_A, evening, morning, receive } from '../support/days-of-verbs';
import { eveningOf, onEveningOf } from '../support/evenings';
import { FaultyDay } from '../support/faulty-day';
import { refusedFiles } from '../support/findings';

const folder = mkdtempSync(path.join(tmpdir(), 'day-report-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(() => eveningOf('2025-06-25'), 240_000);

test('a sale that its fees eat up is payable, in the report as in the money summary', async () => {
  const tiny = await FaultyDay.read(path.join(DAYS_A, '2025-06-26'));
  // Row 1 sells 51 shares and brings 5,350.99. At HKD 0.01 it sells for 0.51, its fees are 8.47: -7.96 x 0.96140 = -7.65.
  tiny.row('hk_jsmx', 1)['JG1'] = 100n;
  tiny.lines('counter_trades')[0]!['price'] = '0.01';
  followTrade(tiny.row('hk_jsmx', 1));
  followSummary(tiny);
  const files = await tiny.write(folder);
  const day = dayOf('2025-06-26');
  await onEveningOf('2025-06-25', async ({ pool }) => {
    const orders = await morning(pool, day);
    await receive(pool, day, files);
    await checkpoints(pool, day, orders);
    await evening(pool, day);
    expect(await refusedFiles(pool, day)).toEqual([]);
    const report = await dayReport(pool, day.channel, day.businessDate);
    // Published: payable 17,281,736.81, receivable 7,788,053.55.
    expect((report?.['trades'] as Record<string, unknown>)['client']).toMatchObject({
      payable: '-17281744.46',
      receivable: '7782702.56',
      net: '-9499041.90',
    });
  });
});
