/** Which day an evening waits for, and when it is told that it waits no more. */
import type { Pool } from 'pg';
import { askStepRequest } from '../../../activities/intake/ask-step-request';
import { registerProcess } from '../../../activities/clock/register-process';
import { inTransaction } from '../../../activities/database/transaction';
import { openBatch } from '../../../activities/ledger/open-batch';
import { reverseBatchesOf } from '../../../activities/ledger/reverse-batches';
import { eveningBefore, tellDayAfter } from '../../../activities/settlement/evening-before';
import { EVENING_BATCHES } from '../../../activities/settlement/reverse-evening';
import { openDatabase, type TestDatabase } from '../../support/database';
import { undone } from '../../support/undone';
import { stepRequestSubject } from '../../../activities/settlement/step-request-subject';
import { undoneEveningOf } from '../../support/evenings';
import { dayOf, DAYS_A, openBookOf, verbsOf, workflowOf } from '../../support/days-of-verbs';

const [MONDAY, TUESDAY, THURSDAY] = [dayOf('2025-06-23'), dayOf('2025-06-24'), dayOf('2025-06-26')];
let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('evening before');
  await openBookOf(book.pool, DAYS_A);
});
afterAll(() => book.close());

/** Of the test: of a book before its first day, as each test finds it. */
let pool: Pool;
const inNewBook = (work: () => Promise<void>) => () =>
  undone(book.pool, (within) => {
    pool = within;
    return work();
  });

const begin = (date: string) => registerProcess(pool, { workflowId: workflowOf(dayOf(date)), type: 'settlementDay' });
const post = (date: string, kinds: readonly string[]) =>
  inTransaction(pool, async (sql) => {
    await sql.query('select open_business_date($1)', [date]);
    for (const kind of kinds) {
      await openBatch(sql, {
        ...dayOf(date),
        key: `test:${date}:${kind}`,
        kind,
        restsOn: [],
        cause: 'nothing to book',
      });
    }
  });
const waitsFor = async (day: typeof MONDAY) => (await eveningBefore({ pool })(day)).unposted;

test(
  'the first day of a book waits for none, also where an earlier date than the opening was begun',
  inNewBook(async () => {
    await begin('2025-06-20');
    await begin('2025-06-23');
    expect(await waitsFor(MONDAY)).toBeUndefined();
  }),
);

test(
  'an evening waits for the newest day begun before it, until each of its batches stands',
  inNewBook(async () => {
    for (const date of ['2025-06-23', '2025-06-24', '2025-06-26', '2025-06-27']) await begin(date);
    expect(await waitsFor(TUESDAY)).toBe('2025-06-23');
    await post('2025-06-23', EVENING_BATCHES.slice(1));
    expect(await waitsFor(TUESDAY)).toBe('2025-06-23');
    await post('2025-06-23', EVENING_BATCHES.slice(0, 1));
    expect(await waitsFor(TUESDAY)).toBeUndefined();
    // Wednesday was never begun: Thursday rests on Tuesday.
    expect(await waitsFor(THURSDAY)).toBe('2025-06-24');
  }),
);

test(
  'an evening that was taken back is waited for again, until it is posted anew',
  inNewBook(async () => {
    await begin('2025-06-23');
    await post('2025-06-23', EVENING_BATCHES);
    const [kind = ''] = EVENING_BATCHES;
    await inTransaction(pool, (sql) => reverseBatchesOf(sql, { ...MONDAY, kinds: [kind], cause: 'file replaced' }));
    expect(await waitsFor(TUESDAY)).toBe('2025-06-23');
    await post('2025-06-23', [kind]);
    expect(await waitsFor(TUESDAY)).toBeUndefined();
  }),
);

test(
  'the next day of the book is told once a posting, and nobody where there is none',
  inNewBook(async () => {
    const tell = () => inTransaction(pool, (sql) => tellDayAfter(sql, MONDAY));
    const told = async () => {
      const { rows } = await pool.query<{ workflow_id: string }>(
        `select workflow_id from outbox where kind = 'signal' and payload->>'signal' = 'eveningBeforePosted' order by message_id`,
      );
      return rows.map((row) => row.workflow_id);
    };
    await post('2025-06-23', EVENING_BATCHES);
    await tell();
    expect(await told()).toEqual([]);
    for (const day of [THURSDAY, TUESDAY]) await verbsOf(pool).openDay({ ...day, workflowId: workflowOf(day) });
    await tell();
    await tell();
    expect(await told()).toEqual([workflowOf(TUESDAY)]);
  }),
);

test('an evening that was posted on another one is corrected with it: repaid as from scratch, and once', () =>
  undoneEveningOf('2025-06-23', async ({ pool }) => {
    const verbs = verbsOf(pool);
    const client = '6000000001';
    const balances = async (date: string) => {
      const { rows } = await pool.query<{ ledger: string; fen: bigint }>(
        `select ledger, sum(amount)::bigint as fen from entries
         where owner = $1 and ledger in ('client_money', 'advance') and business_date <= $2 group by 1 order by 1`,
        [client, date],
      );
      return Object.fromEntries(rows.map(({ ledger, fen }) => [ledger, fen]));
    };
    // On Tuesday morning 500.00 more were advanced than the client had; Tuesday's evening is posted on that, and nothing is repaid.
    await pool.query(`select open_business_date('2025-06-24')`);
    await verbs.openDay({ ...TUESDAY, workflowId: workflowOf(TUESDAY) });
    const before = (await balances('2025-06-23'))['client_money'] ?? 0n;
    const move = (key: string, date: string, of: readonly (readonly [string, string, bigint])[], kind = 'test') =>
      inTransaction(pool, async (sql) => {
        const batch = await openBatch(sql, { ...dayOf(date), key, kind, restsOn: [], cause: 'test' });
        for (const [index, [ledger, owner, amount]] of of.entries())
          await sql.query(
            `insert into entries (business_date, batch_id, line_no, ledger, owner, asset, amount, value_date, cause)
             values ($1, $2, $3, $4, $5, 'CNY', $6, $1, 'x')`,
            [date, batch, index + 1, ledger, owner, amount],
          );
      });
    await move('lent', '2025-06-24', [
      ['client_money', client, -before],
      ['bank', 'B', before],
      ['advance', client, 50_000n],
      ['advance_contra', 'CUSHION', -50_000n],
    ]);
    await verbs.repayAdvances(TUESDAY);
    expect(await balances('2025-06-24')).toEqual({ advance: 50_000n, client_money: 0n });
    expect(await verbs.reverseEvening(TUESDAY)).toEqual({ reversed: 0 });
    // A deposit of Monday comes with the corrected file: Monday's evening is posted anew.
    await move(
      'deposit of Monday',
      '2025-06-23',
      [
        ['client_money', client, -30_000n],
        ['bank', 'B', 30_000n],
      ],
      'client-cash',
    );
    // Not closed over what it was posted on, though nobody has told it yet.
    expect(await verbs.closeDay({ ...TUESDAY, workflowId: workflowOf(TUESDAY) })).toEqual({ openBreaks: 0 });
    expect(await verbs.reverseEvening(TUESDAY)).toEqual({ reversed: 1 });
    await verbs.repayAdvances(TUESDAY);
    expect(await balances('2025-06-24')).toEqual({ advance: 20_000n, client_money: 0n });
    expect(await verbs.reverseEvening(TUESDAY)).toEqual({ reversed: 0 });
  }));

test('the funding plan is repeated by hand with the newest lines: asked for by one, made with the approval of another, the day told; not once the batch is recorded', () =>
  undoneEveningOf('2025-06-23', async ({ pool }) => {
    const verbs = verbsOf(pool);
    await verbs.openDay({ ...TUESDAY, workflowId: workflowOf(TUESDAY) });
    const ask = (key: string) =>
      askStepRequest(pool, {
        ...{ ...TUESDAY, step: 'funding plan', act: 'repeat', reason: 'the risk money was corrected', key },
        ...{ by: 'operations-maker', role: 'operations', requestId: 'r' },
      });
    await expect(ask('too early')).rejects.toMatchObject({ code: 'STEP_NOT_RUN' });
    for (const side of ['client', 'proprietary'] as const) await verbs.planFunding({ ...TUESDAY, side });
    const { stepRequestId } = await ask('newest lines');
    await pool.query(
      `update risk_money set payable_fen = payable_fen + 100 where business_date = '2025-06-23' and side = 'client'`,
    );
    const plans = async () =>
      (
        await pool.query<{ side: string; revision: number; amount_fen: bigint }>(
          `select side, revision, amount_fen from figures where business_date = '2025-06-24' and code = 'FUNDING' order by side, revision`,
        )
      ).rows;
    // 0.00 - 2,498,171.82 - 91.39 as published, and 538,350.42 + 10.09 of the own side.
    const before = [
      { side: 'client', revision: 1, amount_fen: -249_826_321n },
      { side: 'proprietary', revision: 1, amount_fen: -53_836_051n },
    ];
    expect(await plans()).toEqual(before);
    const decide = (by: string, id = stepRequestId) =>
      inTransaction(pool, async (sql) => {
        const end = { state: 'approved', by, at: '2025-06-24T00:30:00Z' } as const;
        await stepRequestSubject.end(sql, id, end, await stepRequestSubject.lock(sql, id));
      });
    await expect(decide('operations-maker')).rejects.toThrow('maker');
    await decide('operations-checker');
    // 1.00 more of risk money, and nothing else on the own side.
    expect(await plans()).toEqual([before[0], { side: 'client', revision: 2, amount_fen: -249_826_421n }, before[1]]);
    const { rows: told } = await pool.query(
      `select payload -> 'args' as args from outbox where payload ->> 'signal' = 'planChanged'`,
    );
    expect(told).toEqual([{ args: ['client'] }]);
    // It was done with the approval: the evening has nothing to do for it, and the day may close.
    const { rows: open } = await pool.query(
      `select 1 from step_requests where state = 'approved' and applied_at is null`,
    );
    expect(open).toEqual([]);
    await pool.query(
      `insert into checkpoints (channel, business_date, side, checkpoint, trades_fen, risk_payable_fen, risk_returned_fen, corporate_fen, fee_fen, total_fen, balance_fen, missing_fen)
       select 'SH', '2025-06-24', side, '10:30', 0, 0, 0, 0, 0, 0, 0, 0 from unnest(array['client', 'proprietary']::side_of_business[]) side`,
    );
    await expect(ask('too late')).rejects.toMatchObject({ code: 'FUNDING_PLAN_OVER' });
  }));
