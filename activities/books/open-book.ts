/**
 * Opens a book from the state of an evening: masters, margin rates, opening balances as the first ledger batch. The folder
 * is the broker's own export (`static/` of a set of clearing days). Done once: a book that is open stays as it is.
 */
import type { Pool, PoolClient } from 'pg';
import { parseBusinessDate, type BusinessDate } from '../../domain/calendar/business-date';
import { parseScaled } from '../../domain/scaled';
import { copyInto } from '../bulk/copy-into';
import { inTransaction } from '../database/transaction';
import { openBatch } from '../ledger/open-batch';
import { readOpening, type Opening, type OpeningParameters } from './opening-folder';

export interface OpenedBook {
  readonly firstDay: BusinessDate;
  readonly openingEvening: BusinessDate;
  readonly clients: number;
}

/** @throws BusinessError INPUT_INVALID that names every defect of the folder; nothing is written then */
export const openBook = async (pool: Pool, channel: string, folder: string): Promise<OpenedBook> => {
  const opening = readOpening(folder);
  const { parameters } = opening;
  const evening = parseBusinessDate(parameters.previousTradingDay);
  const opened = { firstDay: parseBusinessDate(parameters.firstDay), openingEvening: evening };
  return inTransaction(pool, async (sql) => {
    // Two at once: the second finds the book open.
    await sql.query(`select pg_advisory_xact_lock(hashtextextended('open book', 0))`);
    const { rows } = await sql.query<{ clients: bigint }>('select count(*) as clients from clients');
    if ((rows[0]?.clients ?? 0n) > 0n) return { ...opened, clients: Number(rows[0]?.clients) };
    await sql.query('select open_business_date($1)', [evening]);
    await loadParameters(sql, channel, parameters);
    await loadAccounts(sql, channel, opening);
    const clients = await loadClients(sql, opening);
    await loadSecurities(sql, channel, evening, opening);
    await loadRiskRates(sql, channel, opening);
    await postOpeningBalances(sql, channel, evening, opening);
    await sql.query('select analyse_business_date($1)', [evening]);
    return { ...opened, clients };
  });
};

const sideOf = (letter: string) => (letter === 'P' ? 'proprietary' : 'client');

/** What the folder says wins over the general terms from the opening on, as dated rows of this channel. */
async function loadParameters(sql: PoolClient, channel: string, given: OpeningParameters): Promise<void> {
  const rows: readonly [string, string, string][] = [
    ['OVERDRAFT_INTEREST_PER_YEAR', given.overdraftInterestPerYear, 'fraction a year'],
    ['RESERVE_INTEREST_PER_YEAR', given.reserveInterestPerYear, 'fraction a year'],
    ['PENALTY_PER_DAY', given.penaltyPerDay, 'fraction a day'],
    ['INTEREST_DAY_BASE', String(given.interestDayBase), 'days'],
    ['RATIO_FIELD_BUY', given.ratioField.B, 'field of H05'],
    ['RATIO_FIELD_SELL', given.ratioField.S, 'field of H05'],
    ['PORTFOLIO_FEE_MINIMUM_CNY', given.portfolioFeeMinimumCny, 'CNY'],
    ['PRE_FUNDING_ON_ADDED_DAYS', String(given.preFundingOnAddedDays), 'yes/no'],
    ['FUNDING_DEADLINE', given.fundingLateFrom, 'time'],
    ['FILE_ALARM_FIRST', given.files.alarm[0], 'time'],
    ['FILE_ALARM_SECOND', given.files.alarm[1], 'time'],
  ];
  for (const [code, text, unit] of rows) {
    // A general row of this channel ends where the folder's begins; two are never in force at once.
    await sql.query(
      'update parameters set valid_to = $3 where code = $1 and channel = $2 and valid_from < $3 and valid_to is null',
      [code, channel, given.firstDay],
    );
    await sql.query(
      'insert into parameters (code, channel, value, unit, valid_from, source) values ($1, $2, $3, $4, $5, $6)',
      [code, channel, text, unit, given.firstDay, 'opening state of the book'],
    );
  }
  await sql.query(
    'insert into settlement_ratios (channel, business_date, buy_e5, sell_e5, source) values ($1, $2, $3, $4, $5)',
    [
      channel,
      given.previousTradingDay,
      parseScaled(given.previousSettlementRatio.buy, 5),
      parseScaled(given.previousSettlementRatio.sell, 5),
      'opening state of the book',
    ],
  );
}

async function loadAccounts(sql: PoolClient, channel: string, { accounts }: Opening): Promise<void> {
  for (const { account, kind, side } of accounts) {
    await sql.query('insert into broker_accounts (account, channel, kind, side) values ($1, $2, $3, $4)', [
      account,
      channel,
      kind,
      sideOf(side),
    ]);
  }
}

async function loadClients(sql: PoolClient, { clients }: Opening): Promise<number> {
  await copyInto(
    sql,
    'clients',
    [
      { name: 'fund_account', type: 'text', of: (client) => client.fundAccount },
      { name: 'securities_account', type: 'text', of: (client) => client.securitiesAccount },
      { name: 'branch', type: 'text', of: (client) => client.branch },
      { name: 'seat', type: 'text', of: (client) => client.seat },
      { name: 'side', type: 'text', of: (client) => client.side },
      { name: 'kind', type: 'text', of: (client) => client.kind },
      { name: 'commission_rate', type: 'numeric', of: (client) => client.commissionRate },
      { name: 'commission_minimum_fen', type: 'int8', of: (client) => client.commissionMinimumFen },
    ],
    [clients],
  );
  return copyInto(
    sql,
    'client_names',
    [
      { name: 'fund_account', type: 'text', of: (client) => client.fundAccount },
      { name: 'name', type: 'text', of: (client) => client.name },
    ],
    [clients],
  );
}

/** The closing prices of the opening evening stand in the list of securities; it is kept as a file of that day. */
async function loadSecurities(
  sql: PoolClient,
  channel: string,
  evening: BusinessDate,
  { securities, securitiesFile }: Opening,
): Promise<void> {
  const { rows } = await sql.query<{ file_id: bigint }>(
    `insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
     values ($1, $2, 'opening', 1, 'securities.csv', $3, $4, $5, business_now()) returning file_id`,
    [channel, evening, securitiesFile.path, securitiesFile.sha256, securitiesFile.bytes],
  );
  const fileId = rows[0]?.file_id;
  await sql.query(
    `insert into file_states (file_id, state_no, state, cause) values ($1, 1, 'accepted', 'opening state of the book')`,
    [fileId],
  );
  for (const [index, security] of securities.entries()) {
    await sql.query('insert into securities (channel, code, name, lot, currency) values ($1, $2, $3, $4, $5)', [
      channel,
      security.code,
      security.name,
      security.lot,
      security.currency,
    ]);
    await sql.query(
      'insert into closing_prices (business_date, file_id, row_no, channel, code, price_e4) values ($1, $2, $3, $4, $5, $6)',
      [evening, fileId, index + 1, channel, security.code, parseScaled(paddedDecimals(security.previous_close, 4), 4)],
    );
  }
}

/** A rate holds until the next one of its security begins. */
async function loadRiskRates(sql: PoolClient, channel: string, { riskRates }: Opening): Promise<void> {
  for (const { code, tier, rate, from } of riskRates) {
    const later = riskRates.filter((other) => other.code === code && other.from > from).map((other) => other.from);
    await sql.query(
      'insert into risk_rates (channel, code, tier, rate, valid_from, valid_to, source) values ($1, $2, $3, $4, $5, $6, $7)',
      [channel, code, tier, rate, from, later.sort()[0] ?? null, 'parameter file of the clearing house'],
    );
  }
}

interface OpeningEntry {
  readonly ledger: string;
  readonly owner: string;
  readonly asset: string;
  readonly amount: bigint;
}

async function postOpeningBalances(
  sql: PoolClient,
  channel: string,
  evening: BusinessDate,
  opening: Opening,
): Promise<void> {
  const batch = await openBatch(sql, {
    key: `open:${channel}:${evening}`,
    channel,
    businessDate: evening,
    kind: 'opening',
    restsOn: [],
    cause: `opening state of the evening of ${evening}`,
  });
  if (batch === undefined) return;
  const entries = balanced(openingEntries(channel, opening));
  let line = 0;
  await copyInto(
    sql,
    'entries',
    [
      { name: 'business_date', type: 'date', of: () => evening },
      { name: 'batch_id', type: 'int8', of: () => batch },
      { name: 'line_no', type: 'int8', of: () => (line += 1) },
      { name: 'ledger', type: 'text', of: (entry: OpeningEntry) => entry.ledger },
      { name: 'owner', type: 'text', of: (entry) => entry.owner },
      { name: 'asset', type: 'text', of: (entry) => entry.asset },
      { name: 'amount', type: 'int8', of: (entry) => entry.amount },
      { name: 'value_date', type: 'date', of: () => evening },
      { name: 'cause', type: 'text', of: () => 'opening' },
    ],
    [entries],
  );
}

function openingEntries(channel: string, opening: Opening): OpeningEntry[] {
  const accounts = opening.accounts.map(({ account, kind, balance }): OpeningEntry => {
    const fen = parseScaled(balance, 2);
    return { ledger: kind, owner: account, asset: 'CNY', amount: kind === 'cushion' ? -fen : fen };
  });
  const cash = opening.cash.map(({ fund_account, balance }): OpeningEntry => ({
    ledger: 'client_money',
    owner: fund_account,
    asset: 'CNY',
    amount: -parseScaled(balance, 2),
  }));
  const shares = opening.holdings.flatMap(({ securities_account, code, quantity }): OpeningEntry[] => [
    { ledger: 'client_shares', owner: securities_account, asset: code, amount: -BigInt(quantity) },
    { ledger: 'custody', owner: channel, asset: code, amount: BigInt(quantity) },
  ]);
  return [...accounts, ...cash, ...shares].filter((entry) => entry.amount !== 0n);
}

/** What the accounts hold beyond what is owed to clients and the cushion is own capital. */
function balanced(entries: readonly OpeningEntry[]): OpeningEntry[] {
  const difference = entries.filter(({ asset }) => asset === 'CNY').reduce((sum, { amount }) => sum + amount, 0n);
  if (difference === 0n) return [...entries];
  return [...entries, { ledger: 'own_capital', owner: 'proprietary', asset: 'CNY', amount: -difference }];
}

const paddedDecimals = (text: string, decimals: number): string => {
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(decimals, '0')}`;
};
