/**
 * A default that people cover on the same day: on 24 June the clearing house takes 540,000.00 of risk money from the own side where it
 * had announced 538,350.42. All that was planned came in time, so the amount is ordered anew: the shortfall of 1,639.49 and the
 * portfolio fee of 10.09 that is due at 18:00. It comes at 11:00; penalty 1,639.49 x 0.001 x 1 day.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { settlementDayId } from '../../workflows/messages/settlement-day';
import { SAMPLES } from '../support/days-of-verbs';
import { FaultyDay } from '../support/faulty-day';
import { independentCheck } from '../support/independent-check';
import { rehearsedDays } from '../support/rehearsed-days';

const DATE = '2025-06-24';

/** The day with other risk money, everything that follows from it, and the bank line that covers it. */
async function settledOtherwise(folder: string): Promise<void> {
  const day = await FaultyDay.read(path.join(SAMPLES, 'days-a', DATE));
  const before = day.rows('hk_zjbd20250624_1');
  const change = (rows: typeof before, of: Record<string, string>, to: Record<string, bigint>) =>
    Object.assign(
      rows.find((row) => Object.entries(of).every(([field, value]) => row[field] === value))!,
      to,
    );
  change(before, { ZJZH: 'HKZ0000001', YWLB: 'FK' }, { FSJE: -54_000_000n, YE: -163_949n });
  change(before, { ZJZH: 'HKF0000002', YWLB: 'FK' }, { FSJE: 54_000_000n, YE: 54_000_000n });
  const after = day.rows('hk_zjbd20250624_2');
  const fee = change(after, { ZJZH: 'HKZ0000001', YWLB: 'ZF' }, { XH: 4n });
  const cover = { XH: 3n, YWLB: 'ZR', FSJE: 164_958n, YE: 1_009n, FSSJ: '110000', DFZH: '6200000000000000002' };
  after.splice(after.indexOf(fee), 0, { ...fee, ...cover, ZY: '银行转入' });
  const balances = day.rows('hk_zjye');
  const short = { SRJE: 54_001_009n, ZCJE: -54_001_009n, YE: 0n, QKJE1: 163_949n };
  change(balances, { ZJZH: 'HKZ0000001' }, short);
  change(balances, { ZJZH: 'HKF0000002' }, { SRJE: 54_000_000n, YE: 54_000_000n });
  const bank = day.lines('bank_own');
  const amount = { debit: '1649.58', balance: '80259989.91' };
  bank.push({ ...bank.at(-1)!, time: '110000', reference: 'O202506240002', ...amount });
  const files = await day.write(folder);
  const replaces = [...files].filter(([, where]) => where.startsWith(folder)).map(([name]) => name);
  const expect = { kind: 'settled_otherwise', base: `days-a/${DATE}`, replaces, adds: [], removes: [] };
  writeFileSync(path.join(folder, 'expect.json'), JSON.stringify(expect));
}

test('settled otherwise than announced: the missing amount is ordered anew, approved, sent and in; the day ends covered', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'southbound-default-'));
  await settledOtherwise(folder);
  await rehearsedDays(
    2,
    async (client, [, date], pool) => {
      const asked = async (text: string) => (await pool.query(text)).rows as unknown[];
      expect(
        await asked(`select side, intraday_fen, end_of_day_fen, cause, covered_on, days, penalty_fen, interest_fen,
                            cause_lines ->> 'needed' as needed, cause_lines ->> 'arrived' as arrived from settlement_defaults`),
      ).toEqual([
        {
          side: 'proprietary',
          intraday_fen: 163_949n,
          end_of_day_fen: 0n,
          cause: 'settled otherwise',
          covered_on: DATE,
          days: 1,
          penalty_fen: 164n,
          interest_fen: 0n,
          needed: '538360.51',
          arrived: '538360.51',
        },
      ]);
      expect(
        await asked(`select amount_fen, state, made_by <> approved_by as two_people from orders
                     where kind = 'FUND' and side = 'proprietary' and business_date = '${DATE}' order by revision`),
      ).toEqual([
        { amount_fen: 53_836_051n, state: 'executed', two_people: true },
        { amount_fen: 164_958n, state: 'executed', two_people: true },
      ]);
      expect(await asked(`select kind, state from tasks where kind = 'call-bank'`)).toEqual([
        { kind: 'call-bank', state: 'withdrawn' },
      ]);
      expect(
        await asked(`select distinct class, file_name from findings_in_force where outcome in ('break', 'refused')`),
      ).toEqual([{ class: 'SETTLED_DIFFERENT', file_name: 'hk_zjbd20250624_1.dbf' }]);
      expect(await asked(`select closed_at is not null as closed from settlement_days`)).toEqual([
        { closed: true },
        { closed: true },
      ]);
      expect(await independentCheck(pool)).toEqual([]);
      const handle = client.workflow.getHandle(settlementDayId({ channel: 'SH', businessDate: date! }));
      expect((await handle.describe()).status.name).toBe('COMPLETED');
    },
    folder,
  );
  rmSync(folder, { recursive: true, force: true });
}, 240_000);
