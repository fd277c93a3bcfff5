/**
 * 30 June, own side: 2,360,472.09 had to be in and came at 10:52. Batches that are booked bit by bit, and why a side is short,
 * from the published evening of 27 June on.
 */
import type { ReserveReading } from '../../../activities/settlement/read-reserve-account';
import { parseBusinessDate, shanghaiInstant } from '../../../domain/calendar/business-date';
import type { Pool } from 'pg';
import { approvedOrder, clockAt, dayOf, verbsOf, workflowOf } from '../../support/days-of-verbs';
import { undoneEveningOf } from '../../support/evenings';

const day = dayOf('2025-06-30');
const side = 'proprietary' as const;
const workflowId = workflowOf(day);
const at = (time: string) => shanghaiInstant(parseBusinessDate('2025-06-30'), time);

type Movement = readonly [business: string, time: string, fen: bigint];
const RETURNED: Movement = ['FKTH', '10:30', 28_272_007n];
const TRADES: Movement = ['JY', '10:30', -304_034_226n];
const RISK: Movement = ['FK', '10:30', -61_318_412n];

/** What CCNET answers after these movements; the evening before left 1,010,339.40. */
function reading(movements: readonly Movement[]): ReserveReading {
  let balance = 101_033_940n;
  const told = movements.map(([business, time, fen]) => {
    balance += fen;
    return { business, amountFen: fen.toString(), balanceFen: balance.toString(), at: at(time) };
  });
  return { side, balanceFen: balance.toString(), withdrawableFen: '0', movements: told };
}

const checkpoint = (pool: Pool, movements: readonly Movement[]) =>
  verbsOf(pool).recordCheckpoint({
    ...day,
    workflowId,
    side,
    checkpoint: '10:30',
    fundingDeadline: at('10:00'),
    endOfDayAt: at('18:00'),
    dueAt: at('10:30'),
    lastLookAt: at('18:00'),
    patienceMinutes: 10,
    reading: reading(movements),
  });

const morning = (work: (pool: Pool) => Promise<void>) => () =>
  undoneEveningOf('2025-06-27', async ({ pool }) => {
    await clockAt(pool, day, '08:00');
    await verbsOf(pool).openDay({ ...day, workflowId });
    await work(pool);
  });

const alarms = async (pool: Pool): Promise<number> => {
  const { rows } = await pool.query<{ alarms: number }>(
    `select count(*)::int as alarms from outbox
     where message_key = 'batch-incomplete:SH:2025-06-30:proprietary:10:30' and recipient_role = 'finance'`,
  );
  return rows[0]!.alarms;
};

describe('a batch is booked in a moment, not at one', () => {
  test.each<[why: string, time: string, movements: readonly Movement[], awaited: readonly string[], told: number]>([
    ['nothing is booked yet at 10:30:00', '10:30', [], ['FK', 'FKTH', 'JY'], 0],
    ['the half of it, below zero for a moment', '10:31', [RETURNED, TRADES], ['FK'], 0],
    ['below zero a second before the patience is over', '10:39:59', [RETURNED, TRADES], ['FK'], 0],
    ['below zero when it is over: that is a default', '10:40', [RETURNED, TRADES], [], 1],
    ['above zero when it is over: told, read again', '10:40', [RETURNED], ['FK', 'JY'], 1],
    ['above zero until the second batch begins', '17:59:59', [RETURNED], ['FK', 'JY'], 1],
    ['then what there is is recorded', '18:00', [RETURNED], [], 1],
    ['all booked by 10:31', '10:31', [RETURNED, TRADES, RISK], [], 0],
    [
      'booked a minute late is booked',
      '10:35',
      [RETURNED, ['JY', '10:34', -304_034_226n], ['FK', '10:34', -1n]],
      [],
      0,
    ],
  ])('%s', (_why, time, movements, awaited, told) =>
    morning(async (pool) => {
      await clockAt(pool, day, time);
      expect((await checkpoint(pool, movements)).awaited).toEqual(awaited);
      const { rowCount } = await pool.query(`select 1 from checkpoints where business_date = '2025-06-30'`);
      expect(rowCount).toBe(awaited.length === 0 ? 1 : 0);
      expect(await alarms(pool)).toBe(told);
    })(),
  );
});

describe('why it is short', () => {
  const NEEDED = 236_047_209n;
  const IN: Movement = ['ZR', '09:30', NEEDED];

  /** Plans, orders as asked, settles with these movements; the cause as it is filed. */
  async function explained(pool: Pool, ordered: bigint, movements: readonly Movement[], laterNeed = 0n) {
    const { figureId, amountFen } = await verbsOf(pool).planFunding({ ...day, side });
    expect(amountFen).toBe((-NEEDED).toString());
    if (ordered > 0n) await approvedOrder(pool, day, { side, kind: 'FUND', amountFen: ordered.toString(), figureId });
    if (laterNeed > 0n) await newerPlan(pool, figureId, laterNeed);
    await clockAt(pool, day, '10:45');
    await checkpoint(pool, movements);
    const told = await verbsOf(pool).explainDefault({ ...day, side, reading: reading(movements) });
    const { rows } = await pool.query<{ cause: string; cause_lines: unknown }>('select * from settlement_defaults');
    expect(rows).toMatchObject([{ cause: told.cause, cause_lines: told.lines }]);
    return told;
  }

  /** A correction came after the order: the same terms, with more to pay for trades. */
  async function newerPlan(pool: Pool, figureId: string, moreFen: bigint): Promise<void> {
    const { rows } = await pool.query<{ figure_id: string }>(
      `insert into figures (channel, business_date, side, code, revision, amount_fen, rule, terms_version)
       select channel, business_date, side, code, revision + 1, amount_fen - $2, rule, terms_version from figures where figure_id = $1
       returning figure_id::text`,
      [figureId, moreFen],
    );
    await pool.query(
      `insert into figure_terms (figure_id, term_no, term, amount_fen, uncertain, source)
       select $2, term_no, term, amount_fen - case term when 'tradeNetFen' then $3 else 0 end, uncertain, source
       from figure_terms where figure_id = $1`,
      [figureId, rows[0]!.figure_id, moreFen],
    );
  }

  test(
    'ordered and not in: the transfer did not arrive',
    morning(async (pool) => {
      const { cause, lines } = await explained(pool, NEEDED, [RETURNED, TRADES, RISK]);
      expect(cause).toBe('transfer not arrived');
      expect(lines).toMatchObject({
        planned: '2360472.09',
        ordered: '2360472.09',
        arrived: '0.00',
        needed: '2360472.09',
      });
    }),
  );
  test(
    'planned and never approved: not ordered',
    morning(async (pool) => {
      expect(await explained(pool, 0n, [RETURNED, TRADES, RISK])).toMatchObject({ cause: 'not ordered' });
    }),
  );
  test(
    'all in, and a correction needs 1,000.00 more: computed wrongly, the term says so',
    morning(async (pool) => {
      const more: Movement = ['JY', '10:30', -304_134_226n];
      const short: Movement = ['FK', '10:30', -61_418_412n];
      const { cause, lines } = await explained(pool, NEEDED, [IN, RETURNED, more, short], 100_000n);
      expect(cause).toBe('amount computed wrongly');
      expect(lines.needed).toBe('2361472.09');
      const trades = { planned: '-3040342.26', newest: '-3041342.26', settled: '-3041342.26' };
      expect(lines.terms.find(({ term }) => term === 'tradeNet')).toEqual({ term: 'tradeNet', ...trades });
    }),
  );
  test(
    'all in as planned: the clearing house settled otherwise than it announced',
    morning(async (pool) => {
      const other: Movement = ['FK', '10:30', -61_418_412n];
      const { cause, lines } = await explained(pool, NEEDED, [IN, RETURNED, TRADES, other]);
      expect(cause).toBe('settled otherwise');
      const risk = { planned: '-613184.12', newest: '-613184.12', settled: '-614184.12' };
      expect(lines.terms.find(({ term }) => term === 'riskMoneyPayable')).toEqual({
        term: 'riskMoneyPayable',
        ...risk,
      });
    }),
  );
});
