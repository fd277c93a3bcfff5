/**
 * The events of the sample days from their notices to their money, on the books that the evenings left: dividend, bonus, split,
 * takeover and meeting. What was computed by ourselves and what the clearing house credited agree for every holder.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Pool } from 'pg';
import { clearBreak, findBreak } from '../../../activities/corporate-actions/find-break';
import { tellEvents } from '../../../activities/corporate-actions/tell-events';
import { inTransaction } from '../../../activities/database/transaction';
import { eventPageOf } from '../../../api/reads/corporate-actions/event-page';
import { inKnownSecurities } from '../../../activities/settlement/comparisons/masters';
import { takeLateNotices } from '../../../activities/intake/take-late-notices';
import { arrive, dayOf, DAYS_A, verbsOf } from '../../support/days-of-verbs';
import { undoneEveningOf } from '../../support/evenings';
import { holding, noticed } from '../../support/events';
import { FaultyDay } from '../../support/faulty-day';

const key = (eventNo: string) => ({ channel: 'SH', eventNo });

async function lines(pool: Pool, text: string, ...values: unknown[]): Promise<readonly string[]> {
  const { rows } = await pool.query<{ line: string }>(text, values);
  return rows.map(({ line }) => line);
}

test('notices become events with versions, each kept and compared with the one before', () =>
  undoneEveningOf('2025-06-24', async ({ pool }) => {
    expect(
      await lines(
        pool,
        `select concat_ws(' ', event_no, kind, code, 'v' || version, state, 'record ' || record_on, 'relevant ' || relevant_on,
                          'closes ' || to_char(broker_cut_at at time zone 'Asia/Shanghai', 'MM-DD HH24:MI')) as line
           from corporate_actions order by event_no`,
      ),
    ).toEqual([
      'BONU00000001 BONUS_SHARES 08004 v1 announced record 2025-06-24 relevant 2025-06-24',
      'DIVD00000001 CASH_DIVIDEND 08002 v1 announced record 2025-06-24 relevant 2025-06-24',
      'MEET00000001 VOTING 08001 v1 announced record 2025-06-24 relevant 2025-06-24 closes 07-04 13:00',
      'SPLT00000001 SPLIT_OR_CONSOLIDATION 08003 v1 announced record 2025-06-27 relevant 2025-06-27',
      'TKOV00000001 TAKEOVER 08005 v2 announced record 2025-06-23 relevant 2025-06-23 closes 06-25 13:00',
    ]);
    expect(
      await lines(
        pool,
        `select concat_ws(' ', v.version, change, differences, touches_elections) as line from corporate_action_versions v
           join corporate_actions using (event_id) where event_no = 'TKOV00000001' order by 1`,
      ),
    ).toEqual(['1 ADD [] f', '2 UPD [{"term": "priceBeforeTax", "after": "5.85", "before": "5.6"}] t']);
    expect(
      await lines(
        pool,
        `select concat_ws(' ', a.event_no, ballot, string_agg(option, ',' order by place)) as line
           from corporate_action_options o join corporate_actions a using (event_id) group by a.event_no, ballot order by a.event_no, ballot`,
      ),
    ).toEqual([
      'MEET00000001 1 FOR,AGAINST,ABSTAIN,WITHHOLD',
      'MEET00000001 2 FOR,AGAINST,ABSTAIN,WITHHOLD',
      'TKOV00000001  ACCEPT,DECLINE',
    ]);
    // Each event has its process, asked for once.
    expect(
      await lines(
        pool,
        `select workflow_id as line from waiting_messages where kind = 'start' and workflow_id like 'corporate-action:%' order by 1`,
      ),
    ).toHaveLength(5);
  }));

test('who can elect is settled on the relevant day, less what is sold and not settled; what is in transit does not count', () =>
  undoneEveningOf('2025-06-23', async ({ pool }) => {
    await verbsOf(pool).determineHolders(key('TKOV00000001'));
    // Settled at opening (static/opening_holdings.csv) with the trades of the day (counter_trades_20250623.csv) taken off or beside it.
    expect(
      await lines(
        pool,
        `select concat_ws(' ', securities_account, settled, '-' || unsettled_sales, '+' || in_transit, '=', electable) as line
           from corporate_action_holders where securities_account = any($1) order by 1`,
        ['A900000001', 'A900000005', 'A900000006', 'A900000007', 'B900000009'],
      ),
    ).toEqual([
      'A900000001 114000 -8000 +0 = 106000',
      'A900000005 11000 -0 +0 = 11000',
      'A900000006 8000 -0 +0 = 8000',
      'A900000007 0 -0 +36000 = 0',
      'B900000009 10000 -4000 +0 = 6000',
    ]);
  }));

const SUPERVISOR = {
  person: 'supervisor-1',
  grants: [{ role: 'supervisor' as const, side: null, branch: null, mark: null }],
};

test.each([
  // 95,698 shares at 0.50, less 0.10 of tax on the 73,998 of natural persons: 47,849.00 - 7,399.80 (expected.json).
  ['DIVD00000001', '2025-06-26', 26, '37161.89', true, { gross: '40449.20', sharesIn: null, sharesOut: null }],
  // The published bonus shares together.
  ['BONU00000001', '2025-06-26', 27, null, true, { gross: null, sharesIn: '85765', sharesOut: null }],
  // It is converted again on 14 July and 2 August. Two for one of the published positions of 26 June.
  ['SPLT00000001', '2025-06-27', 28, null, false, { gross: null, sharesIn: '782558', sharesOut: '391279' }],
  // 5,500 + 8,000 + 6,000 shares at 5.85.
  ['TKOV00000001', '2025-06-27', 3, '104555.44', true, { gross: '114075.00', sharesIn: null, sharesOut: '19500' }],
] as const)(
  '%s is computed from the books and credited on %s without a difference',
  (eventNo, day, holders, cny, isOver, sums) =>
    undoneEveningOf(day, async ({ pool }) => {
      const settled = await verbsOf(pool).settleEntitlements(key(eventNo));
      expect(settled).toEqual({ computed: holders, credited: holders, differing: 0, isOver, owed: null });
      const { rows } = await pool.query(
        `select to_char(sum(credited_fen) / 100.0, 'FM9999990.00') as cny, count(*) filter (where credited_fen is distinct from expected_fen)::int as off
         from corporate_action_entitlements`,
      );
      expect(rows[0]).toEqual({ cny, off: 0 });
      // The page of the event tells the same money.
      expect((await eventPageOf(pool, SUPERVISOR, key(eventNo))).money).toEqual({
        ...{ holders, agreed: holders, differing: 0, currency: cny === null ? null : 'HKD', frozenCny: '0.00' },
        ...{ ...sums, expectedCny: cny, creditedCny: cny },
      });
    }),
);

test('a split is followed until its temporary code is gone: each conversion computed, a share too little or nobody converted is a break', () =>
  undoneEveningOf('2025-06-27', async ({ pool }) => {
    const SPLIT = key('SPLT00000001');
    const settle = () => verbsOf(pool).settleEntitlements(SPLIT);
    await settle();
    const { rows: held } = await pool.query<{ account: string; shares: number }>(
      `select owner as account, -sum(amount)::int as shares from entries where ledger = 'client_shares' and asset = '02901' group by 1 order by 1`,
    );
    expect([held.length, held[0]]).toEqual([28, { account: 'A900000001', shares: 1600 }]);
    const closed = async (day: string) => {
      await pool.query('select open_business_date($1)', [day]);
      await pool.query(
        `insert into settlement_days (channel, business_date, workflow_id, day_kind, settlement_day, previous_trading_day, next_trading_day, trades_settle,
                                      fee_settles, risk_settles, calendar_version, stage, closed_at)
         values ('SH', $1::date, 'settlement-day:SH:' || $1, 'full', true, $1::date - 1, $1::date + 1, $1, $1, $1, 1, 'closed', business_now())`,
        [day],
      );
      await pool.query(
        `with file as (
           insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
           values ('SH', $1, 'hk_zqbd', 1, $2, '-', $2, 1, business_now()) returning file_id)
         insert into file_states (file_id, state_no, state, cause) select file_id, 1, 'accepted', 'test' from file`,
        [day, `movements of ${day}`],
      );
    };
    let row = 0;
    const converted = async (
      accounts: readonly { readonly account: string; readonly shares: number; readonly gone?: number }[],
    ) => {
      for (const { account, shares, gone = shares } of accounts)
        for (const [code, quantity] of [
          ['02901', -gone],
          ['02902', shares],
        ] as const)
          if (quantity !== 0)
            await pool.query(
              `insert into security_movements (business_date, file_id, row_no, channel, movement, business, securities_account, code, security_class,
                                               circulation, entitlement_class, trade_date, quantity, sellable_from, event_code)
               select business_date, file_id, $4, 'SH', '004', 'H10', $1, $2, 'PT', '0', '', business_date, $3, business_date, 'SPLT00000001'
                 from files_in_force where kind = 'hk_zqbd' and business_date = '2025-07-14'`,
              [account, code, quantity, (row += 1)],
            );
    };
    await closed('2025-07-14');
    expect(await settle()).toMatchObject({ differing: 0, isOver: false, owed: { from: '2025-07-14' } });
    const [short, nobody, ...rest] = held;
    await converted([{ ...short!, shares: short!.shares - 1, gone: short!.shares }, ...rest]);
    expect(await settle()).toMatchObject({ differing: 2, isOver: false });
    const breaks = () =>
      lines(
        pool,
        `select concat_ws(' ', break_key, facts ->> 'accounts', reason) as line from corporate_action_breaks join corporate_actions using (event_id)
          where event_no = 'SPLT00000001'`,
      );
    expect(await breaks()).toEqual([`converted 2 ["${short!.account}", "${nobody!.account}"]`]);
    // The share that lacked, and the one that was forgotten.
    await converted([{ ...short!, shares: 1, gone: 0 }, nobody!]);
    expect(await settle()).toMatchObject({ differing: 0, isOver: false, owed: null });
    expect((await breaks())[0]).toMatch(/agrees$/);
    // Nothing stands under the temporary code any more, and 2 August is a Saturday.
    await holding(
      pool,
      '2025-07-14',
      '02901',
      held.map(({ account, shares }) => ({ account, shares: -shares })),
    );
    expect(await settle()).toMatchObject({ isOver: false });
    await closed('2025-08-04');
    expect(await settle()).toMatchObject({ differing: 0, isOver: true, owed: null });
    expect(
      await lines(
        pool,
        `select concat_ws(' ', detail ->> 'code', detail ->> 'newCode', detail ->> 'on', detail ->> 'holders') as line
           from corporate_action_steps join corporate_actions using (event_id) where event_no = 'SPLT00000001' and act = 'compute conversion' order by step_id`,
      ),
    ).toEqual(['02901 02902 2025-07-14 28', '02901 02902 2025-08-02 0']);
  }));

/** One more was entitled to the bonus shares, and no file has a row of him. */
const entitleOneMore = (pool: Pool) =>
  pool.query(
    `insert into corporate_action_entitlements (event_id, securities_account, side, record_quantity, in_code, in_shares)
     select event_id, c.securities_account, 'client', 100, '08004', 10 from corporate_actions a, clients c
      where event_no = 'BONU00000001' and c.side = 'client'
        and not exists (select from corporate_action_entitlements e where e.event_id = a.event_id and e.securities_account = c.securities_account)
      order by c.securities_account limit 1`,
  );

test('bonus shares that the clearing house lets be sold on the day of their receipt are asked about; what is not on the list can only be sold', () =>
  undoneEveningOf('2025-06-26', async ({ pool }) => {
    const settle = () => verbsOf(pool).settleEntitlements(key('BONU00000001'));
    await settle();
    const asked = () =>
      lines(
        pool,
        `select concat_ws(' ', break_key, facts -> 'days' -> 0 ->> 'sellableFrom', facts -> 'days' -> 0 ->> 'computed', facts -> 'days' -> 0 ->> 'holders', reason) as line
           from corporate_action_breaks`,
      );
    expect(await asked()).toEqual([]);
    const told = (day: string) =>
      pool.query(
        `update corporate_action_entitlements set sellable_from = $1 where securities_account = 'A900000001'`,
        [day],
      );
    await told('2025-06-26');
    await settle();
    expect(await asked()).toEqual(['sellable 2025-06-26 2025-06-27 1']);
    await told('2025-06-27');
    await settle();
    expect(await asked()).toEqual(['sellable 2025-06-26 2025-06-27 1 agrees']);
    // What the list of securities does not have can only be sold.
    const sellOnly = () =>
      lines(
        pool,
        `select concat_ws(' ', in_code, sell_only, count(*)) as line from corporate_action_entitlements group by in_code, sell_only order by 1`,
      );
    expect(await sellOnly()).toEqual(['08004 f 27']);
    const coded = (code: string) =>
      pool.query(`update corporate_action_entitlements set in_code = $1 where securities_account = 'A900000001'`, [
        code,
      ]);
    await coded('09999');
    await settle();
    expect(await sellOnly()).toEqual(['08004 f 26', '09999 t 1']);
    // Whoever answers for the days, as they were shown, leaves nothing of what is credited and was found since.
    await coded('08004');
    expect(await settle()).toMatchObject({ differing: 0 });
    await told('2025-06-26');
    await settle();
    const { breaksAsOf = '' } = await verbsOf(pool).readCorporateAction(key('BONU00000001'));
    await entitleOneMore(pool);
    expect(await settle()).toMatchObject({ differing: 1 });
    const answer = {
      ...key('BONU00000001'),
      by: 'operations-1',
      reason: 'as the clearing house has it',
      asOf: breaksAsOf,
    };
    expect(await verbsOf(pool).clearBreaks(answer)).toMatchObject({ cleared: 1, open: 1 });
    expect(await settle()).toMatchObject({ differing: 1, isOver: false });
  }));

test('a takeover for cash and shares waits for both, and a share too little is a break', () =>
  undoneEveningOf('2025-06-27', async ({ pool }) => {
    // The published takeover, 5.85 HKD a share, with 0.35 of 08010 beside it.
    await pool.query(
      `update corporate_actions set terms = terms || '{"form": "H09", "sharesPerShare": "0.35", "securityReceived": "08010"}' where event_no = 'TKOV00000001'`,
    );
    const settle = () => verbsOf(pool).settleEntitlements(key('TKOV00000001'));
    const seen = () =>
      lines(
        pool,
        `select concat_ws(' ', securities_account, out_shares, in_shares, in_code, credited_out, credited_in, state) as line
           from corporate_action_entitlements order by 1`,
      );
    // 5,500 x 0.35 = 1,925; 8,000 x 0.35 = 2,800; 6,000 x 0.35 = 2,100. What is taken leaves with the published file.
    // The other shares are awaited from the deadline on.
    expect(await settle()).toMatchObject({
      computed: 3,
      credited: 3,
      differing: 0,
      isOver: false,
      owed: { from: '2025-06-25' },
    });
    expect(await seen()).toEqual([
      'A900000005 5500 1925 08010 5500 computed',
      'A900000006 8000 2800 08010 8000 computed',
      'B900000009 6000 2100 08010 6000 computed',
    ]);
    const delivered = (moves: readonly (readonly [string, string, number])[]) =>
      pool.query(
        `insert into security_movements (business_date, file_id, row_no, channel, movement, business, securities_account, code, security_class, circulation,
                                         entitlement_class, trade_date, quantity, sellable_from, event_code)
         select f.business_date, f.file_id, 900 + row_no, 'SH', '005', 'H63', account, code, 'PT', '0', 'GG', '2025-06-25', quantity, '2025-06-30', 'TKOV00000001'
           from files_in_force f, unnest($1::text[], $2::text[], $3::bigint[]) with ordinality as m (account, code, quantity, row_no)
          where f.kind = 'hk_zqbd' and f.business_date = '2025-06-27'`,
        [moves.map(([account]) => account), moves.map(([, code]) => code), moves.map(([, , quantity]) => quantity)],
      );
    await delivered([
      ['A900000005', '08010', 1_925],
      ['A900000006', '08010', 2_799],
      // Another security than the one that was offered.
      ['B900000009', '08001', 2_100],
    ]);
    expect(await settle()).toMatchObject({ computed: 3, credited: 3, differing: 2, isOver: false });
    expect(await seen()).toEqual([
      'A900000005 5500 1925 08010 5500 1925 agreed',
      'A900000006 8000 2800 08010 8000 2799 differs',
      'B900000009 6000 2100 08010 6000 0 differs',
    ]);
    expect(
      await lines(pool, `select concat_ws(' ', kind, facts ->> 'differing') as line from corporate_action_breaks`),
    ).toEqual(['entitlement 2']);
  }));

test('whoever gets nothing differs, what is left counts as settled, and changed terms are computed anew', () =>
  undoneEveningOf('2025-06-26', async ({ pool }) => {
    const BONUS = key('BONU00000001');
    const breaks = () =>
      lines(
        pool,
        `select concat_ws(' ', b.kind, break_key, reason) as line from corporate_action_breaks b join corporate_actions using (event_id)
          where event_no = 'BONU00000001' order by break_id`,
      );
    const notice = { kind: 'H01', code: '08004', eventCode: 'BONU00000001', mark2: 'N', entitlementClass: 'S' };
    const { rows } = await pool.query<{ terms: Record<string, string> }>(
      `select terms from corporate_actions where event_no = 'BONU00000001'`,
    );
    const { recordOn = '', payOn = '', sharesHeld = '', sharesReceived = '' } = rows[0]?.terms ?? {};
    const settle = () => verbsOf(pool).settleEntitlements(BONUS);
    expect(await settle()).toMatchObject({ computed: 27, credited: 27, differing: 0, isOver: true });
    await entitleOneMore(pool);
    expect(await settle()).toMatchObject({ computed: 28, credited: 27, differing: 1, isOver: false });
    expect(await breaks()).toEqual(['entitlement credited']);
    // What the system found to agree comes again when it differs again, whatever its facts.
    const { rows: events } = await pool.query<{ id: string }>(
      `select event_id::text as id from corporate_actions where event_no = 'BONU00000001'`,
    );
    const other = { eventId: events[0]?.id ?? '', kind: 'result', key: '2025-06-26' } as const;
    const findOther = () => inTransaction(pool, (sql) => findBreak(sql, { ...other, facts: { filings: 1 } }));
    await findOther();
    await inTransaction(pool, (sql) => clearBreak(sql, { ...other, reason: 'corrected' }));
    // The answer counts for what was shown; what is found afterwards is asked anew.
    const { openBreaks, breaksAsOf } = await verbsOf(pool).readCorporateAction(BONUS);
    expect(openBreaks).toBe(1);
    await findOther();
    const answer = { ...BONUS, by: 'operations-1', reason: 'agreed by telephone', asOf: breaksAsOf ?? '' };
    expect(await verbsOf(pool).clearBreaks(answer)).toMatchObject({ cleared: 1, open: 1 });
    expect((await verbsOf(pool).readCorporateAction(BONUS)).openBreaks).toBe(1);
    await inTransaction(pool, (sql) => clearBreak(sql, { ...other, reason: 'corrected' }));
    expect(await settle()).toMatchObject({ computed: 28, credited: 27, differing: 0, isOver: true });
    expect(await breaks()).toEqual(['entitlement credited agreed by telephone', 'result 2025-06-26 corrected']);
    // Half as many shares again for each share: nobody was credited that.
    const dates = { date1: recordOn, date2: payOn, ratio1: sharesHeld, ratio2: `${Number(sharesReceived) * 2}` };
    await noticed(pool, '2025-06-26', [{ ...notice, ...dates }]);
    // What was over by the terms before is not over by these.
    const move = { ...BONUS, to: 'ended', version: 1 } as const;
    expect(await verbsOf(pool).moveCorporateAction(move)).toEqual({ state: 'announced' });
    const anew = await settle();
    expect([anew.computed, anew.isOver]).toEqual([28, false]);
    expect(anew.differing).toBe(27);
    expect(
      await lines(
        pool,
        `select concat_ws(' ', act, detail -> 'before' ->> 'holders') as line from corporate_action_steps join corporate_actions using (event_id)
          where event_no = 'BONU00000001' and act = 'compute entitlements' order by step_id`,
      ),
    ).toEqual(['compute entitlements', 'compute entitlements 28']);
  }));

test('a notice file that comes after its day was closed tells its events all the same, and posts nothing', () =>
  undoneEveningOf('2025-06-24', async ({ pool }) => {
    const faulty = await FaultyDay.read(path.join(DAYS_A, '2025-06-23'));
    const offer = faulty.rows('hk_tzxx').find(({ FZDM1 }) => FZDM1 === 'TKOV00000001');
    const closed = await FaultyDay.read(path.join(DAYS_A, '2025-06-24'));
    closed.rows('hk_tzxx').push({ ...offer, TZRQ: '20250624', LX2: 'DEL' });
    const dividend = faulty.rows('hk_tzxx').find(({ FZDM1 }) => FZDM1 === 'DIVD00000001');
    closed.rows('hk_tzxx').push({ ...dividend, TZRQ: '20250624', JG1: '0.6' });
    closed.rows('hk_tzxx').push({ ...dividend, TZRQ: '20250624', ZQDM: '08777', FZDM1: 'DIVD00000777' });
    const split = closed.rows('hk_tzxx').find(({ TZLB }) => TZLB === 'H10');
    Object.assign(split ?? {}, { LX2: 'DEL' });
    const known = async (day: string) => [
      ...(await lines(
        pool,
        `select distinct on (event_code) price_1::real::text as line from notices_known_on('SH', $1)
          where event_code = 'DIVD00000001' order by event_code, business_date desc, row_no desc`,
        day,
      )),
      ...(await inTransaction(pool, (sql) => inKnownSecurities(sql, dayOf(day), ['08777']))),
    ];
    const splits = `select old_code as line from splits_in_force`;
    expect(await lines(pool, splits)).toEqual(['08003']);
    const folder = mkdtempSync(path.join(tmpdir(), 'late-'));
    const files = await closed.write(folder);
    await arrive(pool, dayOf('2025-06-24'), [['hk_tzxx20250624_v2.dbf', files.get('hk_tzxx20250624.dbf') ?? '']]);
    const ratios = `select count(*)::text as line from settlement_ratios_in_force`;
    const before = await lines(pool, ratios);
    expect(await takeLateNotices(pool)).toBe(1);
    expect(await takeLateNotices(pool)).toBe(0);
    rmSync(folder, { recursive: true });
    expect(
      await lines(
        pool,
        `select concat_ws(' ', state, version) as line from corporate_actions where event_no = 'TKOV00000001'`,
      ),
    ).toEqual(['cancelled 3']);
    expect(await lines(pool, `select state as line from file_verdicts where name = 'hk_tzxx20250624_v2.dbf'`)).toEqual([
      'arrived',
    ]);
    expect(await lines(pool, ratios)).toEqual(before);
    // The closed day stands as it was, and the days after it know what came: prices, codes, splits.
    expect([await known('2025-06-24'), await known('2025-06-25')]).toEqual([['0.5'], ['0.6', '08777']]);
    expect(await lines(pool, splits)).toEqual([]);
    expect(
      await lines(pool, `select facts ->> 'versions' as line from outbox where template = 'NOTICES_AFTER_CLOSE'`),
    ).toEqual(['4']);
  }));

test('a cancellation on the evening of the money is not in force; money of an event that is cancelled is asked about', () =>
  undoneEveningOf('2025-06-26', async ({ pool }) => {
    await noticed(pool, '2025-06-26', [
      { kind: 'H07', code: '08004', eventCode: 'BONU00000001', mark2: 'DEL' },
      { kind: 'H07', code: '08002', eventCode: 'DIVD00000001', mark2: 'DEL' },
    ]);
    const states = () =>
      lines(
        pool,
        `select concat_ws(' ', event_no, state) as line from corporate_actions where kind in ('BONUS_SHARES', 'CASH_DIVIDEND') order by 1`,
      );
    expect(await states()).toEqual(['BONU00000001 announced', 'DIVD00000001 announced']);
    await pool.query(
      `update corporate_actions set state = case kind when 'CASH_DIVIDEND' then 'cancelled' else 'ended' end, ended_at = business_now()
        where event_no in ('DIVD00000001', 'BONU00000001')`,
    );
    await inTransaction(pool, (sql) => tellEvents(sql, dayOf('2025-06-26')));
    expect(
      await lines(
        pool,
        `select concat_ws(' ', event_no, b.kind, break_key) as line from corporate_action_breaks b join corporate_actions using (event_id) order by 1`,
      ),
    ).toEqual([
      expect.stringMatching(/^BONU00000001 contradiction/),
      'BONU00000001 entitlement ended 2025-06-26',
      'DIVD00000001 contradiction version 2',
      'DIVD00000001 entitlement cancelled 2025-06-26',
    ]);
    expect(
      await lines(
        pool,
        `select message_key as line from outbox where message_key like '%corporate-action:%:credited:%' order by 1`,
      ),
    ).toEqual([
      'corporate-action:SH:BONU00000001:credited:2025-06-26',
      'corporate-action:SH:DIVD00000001:credited:2025-06-26',
      'start:corporate-action:SH:BONU00000001:credited:2025-06-26',
      'start:corporate-action:SH:DIVD00000001:credited:2025-06-26',
    ]);
  }));
