/**
 * The floor of a run: what the database alone needs to take the same trades, COPY of the raw rows and one GROUP BY over
 * them. No system that keeps the rows and sums them can be much quicker.
 */
import { createReadStream, createWriteStream, existsSync, renameSync } from 'node:fs';
import { once } from 'node:events';
import { finished, pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { tradeNumber, orderNumber } from '../days/clearing-house';
import type { Market } from '../days/market';
import { ACCOUNTS } from '../days/money';
import { rulesOf } from '../days/rules';
import { compactDate } from '../../domain/calendar/business-date';

const TABLE = 'southbound_bench_floor';
const COLUMNS = `
  business text, clearing_mark text, reserve_account text, trade_date date, settle_date date, seat text, securities_account text,
  code text, buy_sell text, order_no text, trade_no text, quantity bigint, price_e4 bigint, currency text, consideration_cents bigint,
  ratio_e5 bigint, stamp_duty_cents bigint, sfc_levy_cents bigint, trading_fee_cents bigint, system_fee_cents bigint,
  settlement_fee_cents bigint, other_cents bigint, net_cents bigint, net_fen bigint`;
const ROWS_PER_WRITE = 1_000;

/** The trades of the market's last day as COPY takes them; written once. */
export async function writeRawRows(market: Market, file: string): Promise<void> {
  if (existsSync(file)) return;
  const day = market.days.at(-1)!;
  const rules = rulesOf(market);
  const unfinished = `${file}.new`;
  const out = createWriteStream(unfinished);
  let waiting: string[] = [];
  for (let place = 0; place < day.trades; place += 1) {
    const trade = market.trade(day.index, place);
    const account = market.account(trade.account);
    const { considerationCents, fees, ratioE5, netCents, netFen } = rules.priced(day.index, trade);
    waiting.push(
      [
        ...['H01', 'H01', ACCOUNTS[account.side].reserve, day.date, day.tradesSettle, account.seat],
        ...[account.securitiesAccount, market.security(trade.security).code, trade.isBuy ? 'B' : 'S'],
        ...[orderNumber(trade.number), tradeNumber(compactDate(day.date), trade.number)],
        ...[trade.quantity, trade.priceE4, 'HKD', considerationCents, ratioE5],
        ...[fees.stampDutyCents, fees.sfcLevyCents, fees.tradingFeeCents, fees.systemFeeCents],
        ...[fees.settlementFeeCents, fees.afrcLevyCents, netCents, netFen],
      ].join('\t'),
    );
    if (waiting.length < ROWS_PER_WRITE && place + 1 < day.trades) continue;
    if (!out.write(`${waiting.join('\n')}\n`)) await once(out, 'drain');
    waiting = [];
  }
  out.end();
  await finished(out);
  renameSync(unfinished, file);
}

/** Seconds of one floor. */
export async function measureFloor(adminUrl: string, file: string): Promise<number> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`drop table if exists ${TABLE}`);
    await client.query(`create table ${TABLE} (${COLUMNS})`);
    const began = performance.now();
    await pipeline(createReadStream(file), client.query(copyFrom(`copy ${TABLE} from stdin`)));
    await client.query(
      `select count(*), sum(moved) from (select securities_account, sum(quantity * price_e4) as moved from ${TABLE} group by 1) of_accounts`,
    );
    const seconds = (performance.now() - began) / 1_000;
    await client.query(`drop table ${TABLE}`);
    return seconds;
  } finally {
    await client.end();
  }
}

/** The middle one; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
