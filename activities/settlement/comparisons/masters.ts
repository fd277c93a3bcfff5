/** Rows of accounts and securities that nobody knows, and trade rows with another ratio than the notice of the day. */
import type { PoolClient } from 'pg';
import { ratioText } from '../../../domain/scaled';
import type { DayKey } from '../day-key';
import { onRow, type Compared, type ComparedFinding, type Comparison } from './comparison';

interface UnknownRow {
  readonly file_id: bigint;
  readonly row_no: bigint;
  readonly value: string;
  readonly net_fen?: bigint;
}

async function unknownAccounts(
  sql: PoolClient,
  day: Compared,
  kind: string,
  table: string,
  net: string,
): Promise<ComparedFinding[]> {
  const { rows } = await sql.query<UnknownRow>(
    `select l.file_id, l.row_no, l.securities_account as value, ${net} as net_fen from ${table}_in_force l
     where l.channel = $1 and l.business_date = $2 and not exists (select 1 from clients c where c.securities_account = l.securities_account)
     order by l.row_no`,
    [day.channel, day.businessDate],
  );
  return rows.map((row) =>
    onRow(kind, row, 'UNKNOWN_ACCOUNT', { field: 'ZQZH', value: row.value, amountFen: row.net_fen ?? 0n }),
  );
}

/** ZQZH not in the client master: amounts stay on suspense (S23). */
export const knownAccounts: Comparison = {
  classes: ['UNKNOWN_ACCOUNT'],
  needs: [],
  refuses: [],
  compare: async (sql, day) => [
    ...(await unknownAccounts(sql, day, 'hk_jsmx', 'clearing_lines', 'l.net_fen')),
    ...(await unknownAccounts(sql, day, 'hk_zqbd', 'security_movements', '0::bigint')),
    ...(await unknownAccounts(sql, day, 'hk_zqye', 'security_balances', '0::bigint')),
    ...(await unknownFundAccounts(sql, day)),
    ...(await unknownBrokerAccounts(sql, day)),
  ],
};

async function unknownFundAccounts(sql: PoolClient, day: Compared): Promise<ComparedFinding[]> {
  const { rows } = await sql.query<UnknownRow>(
    `select l.file_id, l.row_no, l.fund_account as value, l.amount_fen as net_fen from counter_cash_in_force l
     where l.channel = $1 and l.business_date = $2 and not exists (select 1 from clients c where c.fund_account = l.fund_account) order by l.row_no`,
    [day.channel, day.businessDate],
  );
  return rows.map((row) =>
    onRow('counter_cash', row, 'UNKNOWN_ACCOUNT', {
      field: 'fund_account',
      value: row.value,
      amountFen: row.net_fen ?? 0n,
    }),
  );
}

/** Rows on a reserve or risk-fund account that is none of ours belong to no side and cannot be booked. */
async function unknownBrokerAccounts(sql: PoolClient, day: Compared): Promise<ComparedFinding[]> {
  const found: ComparedFinding[] = [];
  for (const [kind, table, account, net] of [
    ['hk_jsmx', 'clearing_lines', 'reserve_account', 'l.net_fen'],
    ['hk_zjhz', 'money_summaries', 'reserve_account', 'l.net_fen'],
    ['hk_zjbd', 'money_movements', 'account', 'l.amount_fen'],
    ['hk_zjye', 'money_balances', 'account', 'l.balance_fen'],
  ] as const) {
    const { rows } = await sql.query<UnknownRow>(
      `select l.file_id, l.row_no, l.${account} as value, ${net} as net_fen from ${table}_in_force l
       where l.channel = $1 and l.business_date = $2
         and not exists (select 1 from broker_accounts a where a.channel = $1 and a.account = l.${account} and a.kind in ('reserve', 'risk_fund'))
       order by l.file_id, l.row_no`,
      [day.channel, day.businessDate],
    );
    found.push(
      ...rows.map((row) =>
        onRow(kind, row, 'UNKNOWN_ACCOUNT', { field: 'ZJZH', value: row.value, amountFen: row.net_fen ?? 0n }),
      ),
    );
  }
  return found;
}

/** A code is known from the masters, from a list of tradable securities or from a notice. */
const KNOWN_CODES = `
  select code from securities where channel = $1
  union select code from listed_securities_in_force where channel = $1 and business_date <= $2
  union select code from notices_known_on($1, $2)
  union select event_code from notices_known_on($1, $2) where kind = 'H10'
  union select second_code from notices_known_on($1, $2)`;

/** Those of the codes that are known on the day. */
export async function inKnownSecurities(
  sql: PoolClient,
  day: DayKey,
  codes: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await sql.query<{ code: string }>(
    `with known as (${KNOWN_CODES}) select code from unnest($3::text[]) with ordinality as asked(code, nth)
     where exists (select 1 from known k where k.code = asked.code) order by nth`,
    [day.channel, day.businessDate, codes],
  );
  return rows.map(({ code }) => code);
}

export const knownSecurities: Comparison = {
  classes: ['UNKNOWN_SECURITY'],
  needs: ['reff04', 'hk_tzxx'],
  refuses: [],
  compare: async (sql, day) => {
    const found: ComparedFinding[] = [];
    for (const [kind, table, field] of [
      ['hk_jsmx', 'clearing_lines', 'ZQDM1'],
      ['hk_zqbd', 'security_movements', 'ZQDM'],
      ['hk_zqye', 'security_balances', 'ZQDM'],
    ] as const) {
      const { rows } = await sql.query<UnknownRow>(
        `with known as (${KNOWN_CODES})
         select l.file_id, l.row_no, l.code as value from ${table}_in_force l
         where l.channel = $1 and l.business_date = $2 and l.code <> '' and not exists (select 1 from known k where k.code = l.code) order by l.row_no`,
        [day.channel, day.businessDate],
      );
      found.push(...rows.map((row) => onRow(kind, row, 'UNKNOWN_SECURITY', { field, value: row.value })));
    }
    return found;
  },
};

/** WBHL of a trade row = the notice's ratio of its side (S1). */
export const ratioComparison: Comparison = {
  classes: ['RATIO_MISMATCH'],
  needs: ['hk_jsmx', 'hk_tzxx'],
  refuses: [],
  compare: async (sql, day) => {
    const { rows } = await sql.query<{ file_id: bigint; row_no: bigint; ratio_e5: bigint; noticed: bigint }>(
      `select l.file_id, l.row_no, l.ratio_e5, case when l.buy_sell = 'B' then r.buy_e5 else r.sell_e5 end as noticed
       from clearing_lines_in_force l
       join settlement_ratios_in_force r on r.channel = l.channel and r.business_date = l.trade_date
       where l.channel = $1 and l.business_date = $2 and l.business = 'H01'
         and l.ratio_e5 <> case when l.buy_sell = 'B' then r.buy_e5 else r.sell_e5 end
       order by l.row_no`,
      [day.channel, day.businessDate],
    );
    return rows.map((row) =>
      onRow('hk_jsmx', row, 'RATIO_MISMATCH', {
        field: 'WBHL',
        fileValue: ratioText(row.ratio_e5),
        computed: ratioText(row.noticed),
      }),
    );
  },
};
