/**
 * What is computed for a row while it is read: the checks that need nothing but the row, the dated terms and the client
 * master, and the commission of a trade (S4, S5, S8).
 */
import type { PoolClient } from 'pg';
import { type BusinessDate } from '../../domain/calendar/business-date';
import { rowFindings } from '../../adapters/clearing-files/read-file';
import type { Layout } from '../../adapters/clearing-files/layouts/layout';
import type { SettlementDetail } from '../../domain/clearing-files/row-checks';
import { finding, type Finding } from '../../domain/clearing-files/finding';
import { BusinessError } from '../../domain/errors';
import { amountText } from '../../domain/money';
import { parseRate, parseScaled } from '../../domain/scaled';
import { commissionFen, type CommissionTerms } from '../../domain/settlement/commission';
import { feeTermsOn, tradeFees, type FeeRateRow, type FeeTerms } from '../../domain/settlement/trade-fees';
import type { Channel } from '../../domain/channel';
import { loadMarketCalendar } from '../calendar/load-market-calendar';
import type { MarketCalendar } from '../../domain/calendar/market-calendar';
import type { DayKey } from '../settlement/day-key';
import { ENTITLEMENT_MONEY } from '../../domain/settlement/line-kinds';
import { loadFeeRates, loadParameters } from '../terms/load-terms';
import { streamRows } from '../bulk/stream-rows';
import type { FileRow } from './file-columns';
import type { ArrivedFile } from './file-verdict';

export interface RowRules {
  readonly findingsOf: (row: FileRow) => readonly Finding[];
  /** The broker's commission on a trade row, 0 on any other row and where the account is not ours. */
  readonly commissionFen: (row: FileRow) => bigint;
}

export async function loadRowRules(sql: PoolClient, day: DayKey, file: ArrivedFile, layout: Layout): Promise<RowRules> {
  const ofTheRow = (row: FileRow) => rowFindings(layout, row as Parameters<typeof rowFindings>[1]);
  if (file.kind !== 'hk_jsmx') return { findingsOf: ofTheRow, commissionFen: () => 0n };
  const commissions = await loadCommissions(sql, day);
  const feesOn = feeTermsByDate(await loadFeeRates(sql));
  const postponed = await postponedDates(sql, day.channel);
  const settlesOn = settlementDates(
    (await loadMarketCalendar(sql, day.channel as Channel)).calendar,
    Number((await loadParameters(sql, day.channel, day.businessDate))('TRADE_SETTLEMENT_CYCLE_DAYS')),
  );
  return {
    findingsOf: (row) => {
      const detail = row as unknown as SettlementDetail;
      const found = ofTheRow(row);
      // A row stops at its first class among quantity, sign and amount; the tolerance of one cent is no stop.
      if (found.some((one) => one.outcome === 'refused')) return found;
      const odd = oddDateFindings(detail, row, feesOn, settlesOn);
      if (odd.length > 0) return [...found, ...odd];
      const more = [...feeFindings(detail, row, feesOn), ...settlementDateFindings(detail, row, settlesOn, postponed)];
      return more.length === 0 ? found : [...found, ...more];
    },
    commissionFen: (row) => {
      if (row['YWLX'] !== 'H01') return 0n;
      const terms = commissions.get(row['ZQZH'] as string);
      return terms === undefined ? 0n : commissionFen(row['WBJE'] as bigint, ratioE5Of(row), terms);
    },
  };
}

let lastRatio = { text: '', ratioE5: 0n };
/** Rows name one of two ratios, mostly that of the row before. */
function ratioE5Of(row: FileRow): bigint {
  const text = row['WBHL'] as string;
  if (text !== lastRatio.text) lastRatio = { text, ratioE5: parseScaled(text, 5) };
  return lastRatio.ratioE5;
}

/**
 * Rate that a fund account is charged on trades of a day: that of the permission to trade through the channel as it stands at the end of
 * the day, else that of the opening state. A change of commission holds from its first trade date on (notice of A1..A5).
 */
const COMMISSIONS = `
  with charged as (
    select distinct on (f.fund_account) f.fund_account, m.rate
      from permission_types t
      join permission_commissions m using (permission)
      join client_fund_accounts f using (client_no)
     where $1 = any(t.clearing_channels) and daterange(t.valid_from, t.valid_to) @> $2::date
       and m.valid_from < ($2::date + 1)::timestamp at time zone 'Asia/Shanghai'
     order by f.fund_account, m.valid_from desc)
  select c.securities_account, coalesce(g.rate, c.commission_rate) as commission_rate, c.commission_minimum_fen
    from clients c left join charged g using (fund_account)`;

/** Clients share a few commission terms; each is kept once. Read in pages: of a row only its account is kept. */
async function loadCommissions(sql: PoolClient, day: DayKey): Promise<ReadonlyMap<string, CommissionTerms>> {
  const kept = new Map<string, CommissionTerms>();
  const terms = new Map<string, CommissionTerms>();
  const pages = streamRows<{ securities_account: string; commission_rate: string; commission_minimum_fen: bigint }>(
    sql,
    COMMISSIONS,
    [day.channel, day.businessDate],
  );
  for await (const page of pages) {
    for (const client of page) {
      const name = `${client.commission_rate}/${client.commission_minimum_fen}`;
      const known = kept.get(name) ?? {
        rateE12: parseRate(client.commission_rate),
        minimumFen: client.commission_minimum_fen,
      };
      kept.set(name, known);
      terms.set(client.securities_account, known);
    }
  }
  return terms;
}

function feeTermsByDate(rates: readonly FeeRateRow[]): (date: BusinessDate) => FeeTerms {
  const known = new Map<string, FeeTerms>();
  return (date) => {
    const terms = known.get(date) ?? feeTermsOn(rates, date);
    known.set(date, terms);
    return terms;
  };
}

const FEE_FIELDS = [
  ['YHS', 'stampDutyCents'],
  ['JYZF', 'sfcLevyCents'],
  ['JYF', 'tradingFeeCents'],
  ['SYF', 'systemFeeCents'],
  ['JSF', 'settlementFeeCents'],
  ['QTJE', 'afrcLevyCents'],
] as const;

/** Each of the six fees of a trade row against the dated table, tolerance zero (facts 2.1). */
function feeFindings(detail: SettlementDetail, row: FileRow, feesOn: (date: BusinessDate) => FeeTerms): Finding[] {
  if (detail.YWLX !== 'H01') return [];
  const fees = tradeFees(detail.WBJE, feesOn(isoDate(row['JYRQ'] as string)));
  const found: Finding[] = [];
  for (const [field, name] of FEE_FIELDS) {
    if (detail[field] === fees[name]) continue;
    found.push(
      finding('FEE_MISMATCH', {
        row: detail.row,
        field,
        fileValue: amountText(detail[field]),
        computed: amountText(fees[name]),
      }),
    );
  }
  return found;
}

/** A trade date before the first rate or outside the known calendar: nothing can be computed for the row, so it is refused. */
function oddDateFindings(
  detail: SettlementDetail,
  row: FileRow,
  feesOn: (date: BusinessDate) => FeeTerms,
  settlesOn: SettlesOn,
): Finding[] {
  const date = isoDate((detail.YWLX === 'H01' ? row['JYRQ'] : row['QSRQ']) as string);
  try {
    if (detail.YWLX === 'H01') feesOn(date);
    settlesOn(detail.YWLX, date);
    return [];
  } catch (error) {
    if (!(error instanceof BusinessError)) throw error;
    return [
      finding(
        'BAD_VALUE',
        { row: detail.row, field: detail.YWLX === 'H01' ? 'JYRQ' : 'QSRQ', value: date.replaceAll('-', '') },
        error.text,
      ),
    ];
  }
}

type SettlesOn = (business: string, date: BusinessDate) => BusinessDate | undefined;

/** When a row of each business settles: trades by S8, fees and corporate-action money by S9. */
function settlementDates(calendar: MarketCalendar, cycleDays: number): SettlesOn {
  const known = new Map<string, Map<BusinessDate, BusinessDate | undefined>>();
  const compute: SettlesOn = (business, date) => {
    try {
      if (business === 'H01') return calendar.tradeSettlementDate(date, cycleDays);
      if (business === 'H60' || ENTITLEMENT_MONEY.includes(business)) return calendar.feeSettlementDate(date);
      return undefined;
    } catch (error) {
      // A trade dated on no trading day has no settlement date: whatever the row says is wrong.
      if (error instanceof BusinessError && error.code === 'NOT_A_TRADING_DAY') return '' as BusinessDate;
      throw error;
    }
  };
  return (business, date) => {
    let dates = known.get(business);
    if (dates === undefined) known.set(business, (dates = new Map<BusinessDate, BusinessDate | undefined>()));
    if (!dates.has(date)) dates.set(date, compute(business, date));
    return dates.get(date);
  };
}

/** Where trades of a date settle that were postponed: the file may say the one or the other. */
async function postponedDates(sql: PoolClient, channel: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql.query<{ from: string; to: string }>(
    `select postponed_from::text as "from", due_date_of($1, postponed_from)::text as "to" from settlement_postponements
     where channel = $1 and state = 'approved'`,
    [channel],
  );
  return new Map(rows.map(({ from, to }) => [from, to]));
}

function settlementDateFindings(
  detail: SettlementDetail,
  row: FileRow,
  settlesOn: SettlesOn,
  postponed: ReadonlyMap<string, string>,
): Finding[] {
  const from = detail.YWLX === 'H01' ? row['JYRQ'] : row['QSRQ'];
  const computed = settlesOn(detail.YWLX, isoDate(from as string));
  const given = isoDate(row['JSRQ'] as string);
  if (computed === undefined || computed === given || postponed.get(computed) === given) return [];
  return [
    finding('SETTLE_DATE_MISMATCH', {
      row: detail.row,
      field: 'JSRQ',
      fileValue: given.replaceAll('-', ''),
      computed: computed.replaceAll('-', ''),
    }),
  ];
}

const isoDates = new Map<string, BusinessDate>();
function isoDate(compact: string): BusinessDate {
  let date = isoDates.get(compact);
  if (date === undefined) {
    date = `${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6, 8)}` as BusinessDate;
    if (isoDates.size > 1000) isoDates.clear();
    isoDates.set(compact, date);
  }
  return date;
}
