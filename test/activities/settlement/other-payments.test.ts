/** What clients pay at settlement beside trades and portfolio fee: non-trade transfer fee and duty, payments for rights (A4 §26). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { amountText } from '../../../domain/money';
import { corporateActionMoney } from '../../../api/reports/corporate-action-money';
import { dayReport } from '../../../api/reports/day-report';
import { parseScaled } from '../../../domain/scaled';
import { dayOf, receive, SAMPLES, verbsOf, workflowOf } from '../../support/days-of-verbs';
import { onEveningOf } from '../../support/evenings';
import { FaultyDay } from '../../support/faulty-day';

const day = dayOf('2025-06-26');

test('fee and duty go against clearing, payments for rights with the corporate-action money; both are debited to the client', () =>
  onEveningOf('2025-06-25', async ({ pool }) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'southbound-payments-'));
    const faulty = await FaultyDay.read(path.join(SAMPLES, 'days-a', day.businessDate));
    const rows = faulty.rows('hk_jsmx');
    const fee = rows.find(({ YWLX }) => YWLX === 'H60')!;
    for (const YWLX of ['H70', 'H64']) {
      const CJBH = `X${YWLX}`;
      rows.push({ ...fee, YWLX, QSBZ: YWLX, CJBH, SQBH: CJBH, ZQDM1: '00700', JSRQ: '20250626', JG1: 0n });
    }
    const later = { YWLX: 'H70', QSBZ: 'H70', CJBH: 'XLATER', SQBH: 'XLATER', JSRQ: '20250627', JG1: 0n };
    rows.push({ ...fee, ...later, ZQDM1: '00700' });
    // The clearing house takes 1,000.00 of the own funds for clients at 18:00.
    const moved = faulty.rows('hk_zjbd20250626_2');
    for (const [ZJZH, DFZH, sign] of COVERED) {
      const last = moved.filter((row) => row['ZJZH'] === ZJZH).at(-1)!;
      const [XH, YE] = [(last['XH'] as bigint) + 1n, (last['YE'] as bigint) + sign * 100_000n];
      moved.push({ ...last, XH, YWLB: 'GL', FSJE: sign * 100_000n, YE, DFZH });
    }
    const files = await faulty.write(folder);
    const verbs = verbsOf(pool);
    await verbs.openDay({ ...day, workflowId: workflowOf(day) });
    const name = faulty.name('hk_jsmx');
    const movements = ['hk_zjbd20250626_1', 'hk_zjbd20250626_2'].map((part) => faulty.name(part));
    const receipts = await receive(
      pool,
      day,
      [name, ...movements].map((file) => [file, files.get(file)!] as const),
    );
    expect(movements.map((file) => receipts.get(file)?.state)).toEqual(['accepted', 'accepted']);
    await verbs.postAccountMovements(day);
    const { rows: covered } = await pool.query<{ ledger: string; owner: string; fen: bigint }>(
      `select ledger, owner, amount as fen from entries where business_date = $1 and cause = 'GL' order by ledger, owner`,
      [day.businessDate],
    );
    expect(covered).toEqual([
      { ledger: 'cross_cover', owner: 'client', fen: -100_000n },
      { ledger: 'cross_cover', owner: 'proprietary', fen: 100_000n },
      { ledger: 'reserve', owner: 'HKB0000001', fen: 100_000n },
      { ledger: 'reserve', owner: 'HKZ0000001', fen: -100_000n },
    ]);
    expect(receipts.get(name)).toMatchObject({ state: 'accepted' });
    await verbs.clearPortfolioFee(day);
    const { rows: booked } = await pool.query<{ ledger: string; cause: string; fen: bigint }>(
      `select e.ledger, e.cause, sum(e.amount)::bigint as fen from entries e join batches b using (business_date, batch_id)
       where b.kind = 'clear-portfolio-fee' and e.business_date = $1 and e.cause <> 'portfolio fee' group by 1, 2 order by 2, 1`,
      [day.businessDate],
    );
    const fen = -(fee['YSFJE'] as bigint);
    expect(fen).toBeGreaterThan(0n);
    expect(booked).toEqual([
      { ledger: 'clearing', cause: 'non-trade transfer fee and duty', fen: -fen },
      { ledger: 'client_money', cause: 'non-trade transfer fee and duty', fen },
      { ledger: 'client_money', cause: 'rights and open offers', fen },
      { ledger: 'on_the_way', cause: 'rights and open offers', fen: -fen },
    ]);
    // Finance sees it taken from the client, and on the way to the clearing house.
    const { onTheWay, events } = await corporateActionMoney(pool, day.channel, day.businessDate, ['client']);
    expect(onTheWay).toEqual([
      { side: 'client', before: 0n, cleared: 0n, subscribed: -fen, moved: 0n, otherwise: 0n, after: -fen },
    ]);
    const paid = { event: 'XH64', business: 'H64', tax: 0n, fees: 0n, fen: -fen, net: fee['WBYSF'] };
    expect(events.filter(({ business }) => business === 'H64')).toMatchObject([
      { stage: 'cleared', ...paid },
      { stage: 'settles', ...paid },
    ]);
    // Due on the 27th it is a term of its own: those that are shown sum to the amount.
    const next = dayOf('2025-06-27');
    await verbs.openDay({ ...next, workflowId: workflowOf(next) });
    await verbs.planFunding({ ...next, side: 'client' });
    const { funding } = (await dayReport(pool, next.channel, next.businessDate)) as unknown as Funded;
    const { amount, fundBefore1000: _in, drawBackAfter1030: _out, ...terms } = funding.client;
    expect(terms['nonTradePayable']).toBe(amountText(fen));
    // What the own funds covered is repaid first, by the client side alone.
    expect(terms['crossCoverOwed']).toBe('1000.00');
    const sum = Object.entries(terms).reduce(
      (total, [name, text]) =>
        /Payable$|Owed$/.test(name) ? total - parseScaled(text, 2) : total + parseScaled(text, 2),
      0n,
    );
    expect(amountText(sum)).toBe(amount);
    rmSync(folder, { recursive: true, force: true });
  }));

/** Reserve account, the other one, and what moves. */
const COVERED = [
  ['HKB0000001', 'HKZ0000001', 1n],
  ['HKZ0000001', 'HKB0000001', -1n],
] as const;

interface Funded {
  readonly funding: { readonly client: Readonly<Record<string, string>> & { readonly amount: string } };
}
