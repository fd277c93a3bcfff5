/**
 * What stands in the way of closing, read from rehearsed books: the trades of the published days, settled by the verbs. Which client traded when,
 * the files of the counter say (`counter_trades_*.csv`); a trade settles two Hong Kong settlement days later: 23 June on 25, 24 on 26, 25 on 27.
 */
import path from 'node:path';
import { elect, leaveToDefault } from '../../../activities/intake/corporate-actions/elect';
import { checkDesignation } from '../../../activities/intake/check-designation';
import { inTransaction } from '../../../activities/database/transaction';
import { checkClosingFacts, type CounterDay } from '../../../activities/permissions/closing-facts';
import type { BusinessDate } from '../../../domain/calendar/business-date';
import { BusinessError, SeveralRefusals } from '../../../domain/errors';
import type { TestDatabase } from '../../support/database';
import { clockAt, dayOf, DAYS_A, filesOf, runDay, verbsOf, workflowOf } from '../../support/days-of-verbs';
import { onEveningOf } from '../../support/evenings';

/** Bought on Tuesday 24, nothing else in those days. */
const BUYER = '6000000002';
/** Bought and sold on Monday 23, bought on Tuesday 24, sold on Wednesday 25. */
const SELLER = '6000000017';
const HOLDS_NOTHING = '6999999999';
/** Hold 08005 at the record date of its takeover, and traded nothing that is not settled on 25 June (opening_holdings.csv, counter_trades_*.csv). */
const ANSWERS = '6000000005';
const WAIVES = '6000000006';
const CLIENTS = {
  [BUYER]: 'C90000002',
  [SELLER]: 'C90000017',
  [HOLDS_NOTHING]: 'C90000099',
  [ANSWERS]: 'C90000005',
  [WAIVES]: 'C90000006',
};

async function register({ pool }: TestDatabase): Promise<void> {
  for (const [account, clientNo] of Object.entries(CLIENTS)) {
    await pool.query(`insert into archives (client_no, opened_on) values ($1, '2025-06-01')`, [clientNo]);
    await pool.query(
      `insert into registered_clients (client_no, kind, branch, account_manager, registered_on)
       values ($1, 'natural', '1001', 'manager-1', '2025-06-01')`,
      [clientNo],
    );
    await pool.query('insert into client_fund_accounts (fund_account, client_no) values ($1, $2)', [account, clientNo]);
  }
}

const QUIET: CounterDay = { hasTradedToday: false, hasLiveOrder: false };

/** `CODE=first date` of each blocker, then the conditions, then whether it may be closed now. */
async function looked(
  { pool }: TestDatabase,
  account: keyof typeof CLIENTS,
  date: string,
  more: { readonly confirmed?: true; readonly counter?: CounterDay; readonly channels?: readonly ('SH' | 'SZ')[] } = {},
): Promise<readonly string[]> {
  const clientNo = CLIENTS[account] ?? '';
  const found = await inTransaction(pool, async (sql) =>
    checkClosingFacts(sql, {
      clientNo,
      today: date as BusinessDate,
      channels: more.channels ?? ['SH', 'SZ'],
      areHoldingsConfirmed: more.confirmed === true,
      counter: more.counter ?? QUIET,
      tradedBefore: [],
    }),
  );
  const { blockers, conditions, mayCloseNow } = found;
  return [
    ...blockers.map(({ code, firstDate }) => `${code}=${firstDate}`),
    ...conditions,
    ...(mayCloseNow ? ['may close'] : []),
  ];
}

/** What keeps a client from revoking its designation now, all of it. */
async function keptBy({ pool }: TestDatabase, account: keyof typeof CLIENTS): Promise<readonly string[]> {
  const asked = checkDesignation(pool, {
    ...{ clientNo: CLIENTS[account] ?? '', channel: 'SH', act: 'revoke designation', branches: ['1001'] },
    ...{ by: 'branch-1001', role: 'branch', requestId: 'r' },
  });
  const refused = await asked.then(
    () => [],
    (failure: unknown) => {
      if (failure instanceof SeveralRefusals) return failure.all.map(({ code }) => code as string);
      if (failure instanceof BusinessError) return [failure.code];
      throw failure;
    },
  );
  const { rows } = await pool.query<{ outcome: string }>(
    `select outcome from audit where action = 'check designation' order by seq desc limit 1`,
  );
  expect(rows[0]?.outcome).toBe(refused.length === 0 ? 'done' : 'refused');
  return refused;
}

const SHARES = 'HOLDINGS_NOT_CONFIRMED';

test('from a trade to its settlement, and through a day that closes late', () =>
  onEveningOf('2025-06-24', async (book) => {
    const { pool } = book;
    await register(book);
    const [wednesday, thursday, friday] = ['2025-06-25', '2025-06-26', '2025-06-27'].map(dayOf) as [
      ReturnType<typeof dayOf>,
      ReturnType<typeof dayOf>,
      ReturnType<typeof dayOf>,
    ];
    const files = (day: { businessDate: string }) => filesOf(path.join(DAYS_A, day.businessDate));
    const closes = (day: typeof wednesday) => verbsOf(pool).closeDay({ ...day, workflowId: workflowOf(day) });

    // Tuesday evening, the day is closed. The purchase of Monday and of Tuesday, the sale of Monday.
    expect(await looked(book, BUYER, '2025-06-24')).toEqual([
      'TRADED_TODAY=2025-06-25',
      'TRADE_NOT_DELIVERED=2025-06-26',
      SHARES,
    ]);
    expect(await looked(book, SELLER, '2025-06-24')).toEqual([
      'TRADED_TODAY=2025-06-25',
      'TRADE_NOT_DELIVERED=2025-06-26',
      'SALE_MONEY_NOT_SETTLED=2025-06-25',
      SHARES,
    ]);
    // Leaving the house: the same and all at once.
    expect(await keptBy(book, SELLER)).toEqual(['TRADED_TODAY', 'TRADE_NOT_DELIVERED', 'SALE_MONEY_NOT_SETTLED']);
    expect(await keptBy(book, HOLDS_NOTHING)).toEqual([]);
    // What is due on Thursday is postponed to Friday: not delivered before.
    await pool.query(
      `insert into settlement_postponements (channel, postponed_from, postponed_to, cause, notice, workflow_id, request_key, made_by, state)
       values ('SH', '2025-06-26', '2025-06-27', 'typhoon', 'notice of a test', 'w', 'k', 'x', 'approved')`,
    );
    expect(await looked(book, BUYER, '2025-06-24')).toContain('TRADE_NOT_DELIVERED=2025-06-27');
    await pool.query(`update settlement_postponements set state = 'recalled'`);
    // Nothing of a permission whose trades settle elsewhere is looked for here.
    expect(await looked(book, SELLER, '2025-06-24', { channels: [] })).toEqual(['may close']);
    expect(await looked(book, HOLDS_NOTHING, '2025-06-24')).toEqual(['may close']);

    // Wednesday before its files: only the counter knows of the day.
    await clockAt(pool, wednesday, '10:00');
    expect(await looked(book, SELLER, '2025-06-25')).toEqual([
      'TRADE_NOT_DELIVERED=2025-06-26',
      'SALE_MONEY_NOT_SETTLED=2025-06-25',
      SHARES,
    ]);
    expect(await looked(book, SELLER, '2025-06-25', { counter: { hasTradedToday: true, hasLiveOrder: true } })).toEqual(
      [
        'TRADED_TODAY=2025-06-26',
        'LIVE_ORDER_TODAY=2025-06-26',
        'TRADE_NOT_DELIVERED=2025-06-27',
        'SALE_MONEY_NOT_SETTLED=2025-06-25',
        SHARES,
      ],
    );

    // Thursday morning, the files of Wednesday held: whoever traded then is not known, and nothing of Wednesday is settled.
    const held = ['EARLIER_DAY_NOT_CLEARED=2025-06-26'];
    expect(await looked(book, HOLDS_NOTHING, '2025-06-26')).toEqual(held);
    expect(await looked(book, SELLER, '2025-06-26')).toEqual([
      'TRADE_NOT_DELIVERED=2025-06-26',
      'SALE_MONEY_NOT_SETTLED=2025-06-26',
      ...held,
      SHARES,
    ]);

    // Wednesday evening, not closed yet: the sale of Wednesday is in, that of Monday is not settled before the day is closed.
    await runDay(pool, wednesday, files(wednesday));
    const ofWednesday = [
      'TRADED_TODAY=2025-06-26',
      'TRADE_NOT_DELIVERED=2025-06-27',
      'SALE_MONEY_NOT_SETTLED=2025-06-27',
    ];
    expect(await looked(book, SELLER, '2025-06-25')).toEqual([...ofWednesday, SHARES]);
    await closes(wednesday);
    expect(await looked(book, SELLER, '2025-06-25')).toEqual([...ofWednesday, SHARES]);
    expect(await looked(book, BUYER, '2025-06-25', { confirmed: true })).toEqual(['TRADE_NOT_DELIVERED=2025-06-26']);

    // Thursday is worked off but stays open over night: what settles on it is due on Friday still, and gone once it is closed.
    await runDay(pool, thursday, files(thursday));
    expect(await looked(book, BUYER, '2025-06-26', { confirmed: true })).toEqual(['TRADE_NOT_DELIVERED=2025-06-26']);
    await clockAt(pool, friday, '09:00');
    expect(await looked(book, BUYER, '2025-06-27', { confirmed: true })).toEqual(['TRADE_NOT_DELIVERED=2025-06-27']);
    await closes(thursday);
    expect(await looked(book, BUYER, '2025-06-27')).toEqual([SHARES]);
    expect(await looked(book, BUYER, '2025-06-27', { confirmed: true })).toEqual(['may close']);

    // Shares move with the designation; the 2,172.72 below zero since Thursday evening (expected.json) keep it here.
    expect(await keptBy(book, BUYER)).toEqual(['OVERDRAFT_OWED']);
  }));

test('an election asks for its answer, or to be left to the default option, from its opening until the broker closes', () =>
  onEveningOf('2025-06-24', async (book) => {
    const { pool } = book;
    await register(book);
    const event = { channel: 'SH', eventNo: 'TKOV00000001' };
    await verbsOf(pool).determineHolders(event);
    const wednesday = dayOf('2025-06-25');
    const at = (time: string) => clockAt(pool, wednesday, time);
    const conditionsOf = async (account: keyof typeof CLIENTS, channels: readonly ('SH' | 'SZ')[] = ['SH', 'SZ']) =>
      (await looked(book, account, '2025-06-25', { confirmed: true, channels })).filter((line) => !line.includes('='));
    const act = (account: keyof typeof CLIENTS) => ({
      ...event,
      by: `login of ${account}`,
      clientNo: CLIENTS[account] ?? '',
      key: `test ${account}`,
      requestId: 'request-1',
    });
    const OPEN = 'ELECTION_NOT_ANSWERED_OR_WAIVED';

    const { rows } = await pool.query<{ opens: string }>(
      `select to_char(opens_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') as opens from corporate_actions where event_no = $1`,
      [event.eventNo],
    );
    const [day = '', opens = ''] = (rows[0]?.opens ?? '').split(' ');
    // An hour before it opens nothing can be answered yet.
    await clockAt(pool, dayOf(day), `0${Number(opens.slice(0, 2)) - 1}${opens.slice(2)}`);
    expect(await conditionsOf(ANSWERS)).not.toContain(OPEN);
    await at('09:00');
    expect(await conditionsOf(ANSWERS)).toContain(OPEN);
    expect(await conditionsOf(WAIVES)).toContain(OPEN);
    // Holds nothing; holds it in books of a channel whose trades are not of this permission.
    expect(await conditionsOf(HOLDS_NOTHING)).not.toContain(OPEN);
    expect(await conditionsOf(ANSWERS, ['SZ'])).not.toContain(OPEN);

    await elect(pool, { ...act(ANSWERS), ballot: '', option: 'ACCEPT', quantity: '5500', versionShown: 2 });
    expect(await conditionsOf(ANSWERS)).not.toContain(OPEN);
    expect(await conditionsOf(WAIVES)).toContain(OPEN);
    // Answered it may be closed; whoever leaves the house waits for what comes of it. All at once with what settles today.
    expect(await keptBy(book, ANSWERS)).toEqual([
      'TRADE_NOT_DELIVERED',
      'SALE_MONEY_NOT_SETTLED',
      'ELECTION_UNDER_WAY',
      'ENTITLEMENT_TO_COME',
    ]);
    await leaveToDefault(pool, { ...act(WAIVES), versionShown: 2 });
    expect(await conditionsOf(WAIVES)).not.toContain(OPEN);

    // Whoever stays silent is asked until the broker's deadline, also when only the telephone is left; then the default stands.
    await at('12:59:59');
    expect(await conditionsOf(SELLER)).toContain(OPEN);
    await at('13:00');
    expect(await conditionsOf(SELLER)).not.toContain(OPEN);
  }));
