/**
 * Whole days of a folder of clearing files through the verbs, in the order of the story, without processes: what each verb
 * does to the books can be tested at any step of a day. Maker and checker act through the verbs of orders and tasks; what
 * CCNET would answer is read from the clearing house's own movements (hk_zjbd) up to the moment of asking.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Pool } from 'pg';
import { loadReference } from '../../activities/books/load-reference';
import { openBook } from '../../activities/books/open-book';
import type { Dependencies } from '../../activities/dependencies';
import { listNewFiles } from '../../activities/files/list-new-files';
import { receiveFile, type Receipt } from '../../activities/files/receive-file';
import { bulkVerbs, databaseVerbs } from '../../activities/index';
import type { DraftedOrder, OrderKind } from '../../activities/orders/draft-order';
import type { DayKey } from '../../activities/settlement/day-key';
import type { ReserveReading } from '../../activities/settlement/read-reserve-account';
import { recogniseFile } from '../../adapters/clearing-files/file-name';
import { shanghaiLayouts } from '../../adapters/clearing-files/layouts/shanghai';
import { parseBusinessDate, shanghaiInstant } from '../../domain/calendar/business-date';
import { SIDES, type Side } from '../../domain/channel';
import { enterPeople } from './people';

export const SAMPLES = path.join(__dirname, '../../samples');
export const DAYS_A = path.join(SAMPLES, 'days-a');

export const dayOf = (date: string): DayKey => ({ channel: 'SH', businessDate: parseBusinessDate(date) });
export const workflowOf = (day: DayKey) => `settlement-day:${day.channel}:${day.businessDate}`;

/** The verbs of a book that touch nothing but its database. */
export function verbsOf(pool: Pool) {
  const deps = { pool } as Dependencies;
  return { ...databaseVerbs(deps), ...bulkVerbs(deps) };
}

/** A rehearsal's state before its first day: manual clock, reference data, opening state of the folder. */
export async function openBookOf(pool: Pool, folder: string): Promise<void> {
  await pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('verbs', 'test', 'manual', '2014-11-17T00:00:00Z')`,
  );
  await loadReference(pool);
  await openBook(pool, 'SH', path.join(folder, 'static'));
  await enterPeople(
    pool,
    ['maker', 'checker'].flatMap((hand) => [
      { person: `operations-${hand}`, role: 'operations', side: 'client' },
      { person: `finance-${hand}`, role: 'finance', side: 'proprietary' },
    ]),
  );
}

/** Names of the days of a folder, oldest first. */
export const datesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => /^\d{4}-\d{2}-\d{2}$/.test(name))
    .sort();

/** Files of a day by their names: where the bytes stand. */
export type DayFiles = ReadonlyMap<string, string>;

export const filesOf = (folder: string): DayFiles =>
  new Map(
    readdirSync(folder)
      .filter((name) => recogniseFile(name, shanghaiLayouts.layouts) !== undefined)
      .map((name) => [name, path.join(folder, name)]),
  );

/** Stands the clock of the book at a time of the day in Shanghai, `HH:MM` or `HH:MM:SS`. */
export async function clockAt(pool: Pool, { businessDate }: DayKey, time: string): Promise<string> {
  const at = shanghaiInstant(businessDate, time);
  await pool.query('update business_clock set now = $1', [at]);
  return at;
}

/** Writes down that these files lie in the inbox now; answers their numbers in the order given. */
export async function arrive(pool: Pool, day: DayKey, files: Iterable<readonly [string, string]>): Promise<string[]> {
  const numbers: string[] = [];
  for (const [name, where] of files) {
    const known = recogniseFile(name, shanghaiLayouts.layouts);
    if (known === undefined) throw new Error(`no layout knows ${name}`);
    const bytes = readFileSync(where);
    const { rows } = await pool.query<{ file_id: string }>(
      `insert into files (channel, business_date, kind, part, version, name, path, sha256, byte_count, arrived_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, business_now()) returning file_id::text`,
      [
        day.channel,
        day.businessDate,
        known.kind,
        known.part ?? null,
        known.version,
        name,
        where,
        createHash('sha256').update(bytes).digest('hex'),
        bytes.length,
      ],
    );
    numbers.push(rows[0]!.file_id);
  }
  return numbers;
}

/** Files arrive and are taken, in the order given. */
export async function receive(
  pool: Pool,
  day: DayKey,
  files: Iterable<readonly [string, string]>,
): Promise<ReadonlyMap<string, Receipt>> {
  await arrive(pool, day, files);
  const receipts = new Map<string, Receipt>();
  const deps = { pool } as Dependencies;
  for (const { fileId, name } of await listNewFiles(deps)(day)) {
    receipts.set(name, await receiveFile(deps)({ fileId, workflowId: workflowOf(day) }));
  }
  return receipts;
}

/** The reserve account of a side as CCNET answers at a moment: the clearing house's movements up to then. */
export async function readingAt(pool: Pool, day: DayKey, side: Side, time: string): Promise<ReserveReading> {
  const { rows } = await pool.query<{ business: string; amount: bigint; balance: bigint; at_time: string }>(
    `select m.business, m.amount_fen as amount, m.balance_fen as balance, m.at_time
     from money_movements_in_force m join broker_accounts a on a.account = m.account and a.kind = 'reserve' and a.side = $3
     where m.channel = $1 and m.business_date = $2 and m.at_time <= $4 order by m.running_no`,
    [day.channel, day.businessDate, side, time.replaceAll(':', '').padEnd(6, '0')],
  );
  const { rows: before } = await pool.query<{ balance: bigint }>(
    `select coalesce(sum(e.amount), 0)::bigint as balance from entries e
     join broker_accounts a on a.account = e.owner and a.kind = 'reserve' and a.side = $2
     where e.ledger = 'reserve' and e.business_date < $1`,
    [day.businessDate, side],
  );
  const balance = (rows.at(-1)?.balance ?? before[0]?.balance ?? 0n).toString();
  return {
    side,
    balanceFen: balance,
    withdrawableFen: balance.startsWith('-') ? '0' : balance,
    movements: rows.map((row) => ({
      business: row.business,
      amountFen: row.amount.toString(),
      balanceFen: row.balance.toString(),
      at: shanghaiInstant(day.businessDate, row.at_time.replace(/(..)(..)(..)/, '$1:$2:$3')),
    })),
  };
}

/** An order from its maker through its checker to the one who carries it out. */
export async function approvedOrder(
  pool: Pool,
  day: DayKey,
  given: { readonly side: Side; readonly kind: OrderKind; readonly amountFen: string; readonly figureId?: string },
): Promise<DraftedOrder> {
  const verbs = verbsOf(pool);
  const role = given.side === 'client' ? 'operations' : 'finance';
  const order = await verbs.draftOrder({ ...day, ...given, attempt: 1, madeBy: `${role}-maker` });
  const { taskId } = await verbs.openTask({
    workflowId: workflowOf(day),
    businessKey: `approve:${order.orderKey}`,
    kind: 'approve-order',
    titleZh: '复核指令',
    titleEn: 'approve the order',
    role,
    side: given.side,
    form: {},
    formVersion: 1,
    facts: {},
    revision: 1,
    madeBy: `${role}-maker`,
    approval: { subject: { kind: 'order', id: order.orderId } },
  });
  await verbs.completeTask({
    taskId,
    revision: 1,
    form: { decision: 'approve', reason: 'checked' },
    actor: { person: `${role}-checker`, role },
    requestId: taskId,
    at: '',
  });
  await verbs.recordOrderProgress({ ...day, workflowId: workflowOf(day), order, state: 'sent', reference: 'R1' });
  return order;
}

/** The money of an order has moved, at the moment that the clearing house shows. */
export async function executed(pool: Pool, day: DayKey, order: DraftedOrder, executedAt: string): Promise<void> {
  const progress = { ...day, workflowId: workflowOf(day), order, state: 'executed' as const, executedAt };
  await verbsOf(pool).recordOrderProgress(progress);
}

/** Opens the day, advances, plans both sides, moves commission, makes and approves what must go in. */
export async function morning(pool: Pool, day: DayKey): Promise<ReadonlyMap<Side, DraftedOrder>> {
  const verbs = verbsOf(pool);
  const orders = new Map<Side, DraftedOrder>();
  await clockAt(pool, day, '08:00');
  await verbs.openDay({ ...day, workflowId: workflowOf(day) });
  await verbs.advanceOverdrafts(day);
  const { dueFen } = await verbs.commissionDue(day);
  if (dueFen !== '0') {
    const order = await approvedOrder(pool, day, { side: 'client', kind: 'COMMISSION', amountFen: dueFen });
    await executed(pool, day, order, shanghaiInstant(day.businessDate, '09:05'));
  }
  for (const side of SIDES) {
    const plan = await verbs.planFunding({ ...day, side });
    if (!plan.amountFen.startsWith('-')) continue;
    const amountFen = plan.amountFen.slice(1);
    orders.set(side, await approvedOrder(pool, day, { side, kind: 'FUND', amountFen, figureId: plan.figureId }));
  }
  return orders;
}

/** 10:00, 10:30 with the draw-back or the default, and 18:00, as the movements in force tell them. */
export async function checkpoints(pool: Pool, day: DayKey, orders: ReadonlyMap<Side, DraftedOrder>): Promise<void> {
  const verbs = verbsOf(pool);
  const instants = {
    fundingDeadline: shanghaiInstant(day.businessDate, '10:00'),
    endOfDayAt: shanghaiInstant(day.businessDate, '18:00'),
    patienceMinutes: 10,
  };
  for (const checkpoint of ['10:00', '10:30', '18:00'] as const) {
    await clockAt(pool, day, checkpoint);
    for (const side of SIDES) {
      const reading = await readingAt(pool, day, side, checkpoint === '10:00' ? '09:59:59' : checkpoint);
      const keyed = { ...day, workflowId: workflowOf(day), side, checkpoint, reading };
      const dueAt = shanghaiInstant(day.businessDate, checkpoint);
      const { missingFen, balanceFen } = await verbs.recordCheckpoint({
        ...keyed,
        ...instants,
        dueAt,
        lastLookAt: dueAt,
      });
      if (checkpoint !== '10:00') await verbs.coverDefaults({ ...day, side, balanceFen });
      if (checkpoint === '10:30' && missingFen === '0') await drawBack(pool, day, side, reading.withdrawableFen);
    }
    if (checkpoint === '10:30') await followTransfers(pool, day, orders);
  }
}

async function drawBack(pool: Pool, day: DayKey, side: Side, withdrawableFen: string): Promise<void> {
  const { amountFen, figureId } = await verbsOf(pool).drawBackAmount({ ...day, side, withdrawableFen });
  if (amountFen === '0') return;
  const order = await approvedOrder(pool, day, { side, kind: 'DRAW_BACK', amountFen, figureId });
  const { movements } = await readingAt(pool, day, side, '23:59:59');
  const moved = movements.find(({ business }) => business === 'ZC');
  if (moved !== undefined) await executed(pool, day, order, moved.at);
}

/** Transfers into the reserve account, whenever they came in; a default is covered with them. */
async function followTransfers(pool: Pool, day: DayKey, orders: ReadonlyMap<Side, DraftedOrder>): Promise<void> {
  for (const [side, order] of orders) {
    const { movements } = await readingAt(pool, day, side, '23:59:59');
    const moved = movements.find(({ business, amountFen }) => business === 'ZR' && amountFen === order.amountFen);
    if (moved === undefined) continue;
    await executed(pool, day, order, moved.at);
    await pool.query('update business_clock set now = greatest(now, $1)', [moved.at]);
    const balanceFen = moved.at > shanghaiInstant(day.businessDate, '10:30') ? moved.balanceFen : undefined;
    if (balanceFen !== undefined) await verbsOf(pool).coverDefaults({ ...day, side, balanceFen });
  }
}

/** The steps of an evening with their verbs, in the order of the story. */
export function stepsOf(pool: Pool, day: DayKey): Readonly<Record<string, readonly (() => Promise<unknown>)[]>> {
  const verbs = verbsOf(pool);
  const keyed = { ...day, workflowId: workflowOf(day) };
  return {
    'account movements': [() => verbs.postAccountMovements(day), () => verbs.matchTransfers(day)],
    'client cash': [() => verbs.postClientCash(day)],
    trades: [() => verbs.clearTrades(day)],
    'portfolio fee': [() => verbs.clearPortfolioFee(day)],
    entitlements: [() => verbs.clearEntitlements(day)],
    'share movements': [() => verbs.postShareMovements(day)],
    repayments: [() => verbs.repayAdvances(day)],
    'pre-clearing': [() => verbs.preClearTrades(day)],
    'client figures': [() => verbs.recordClientFigures(day), () => verbs.tellNegativeClients(keyed)],
    overdrafts: [() => verbs.listOverdrafts(keyed)],
    'own portfolio fee': [() => verbs.computePortfolioFees(day), () => verbs.comparePortfolioFees(day)],
    'risk money': [() => verbs.computeRiskMoney(day)],
    forecast: [() => verbs.forecastFunding(day)],
    reconciliation: [() => verbs.reconcileDay(keyed)],
  };
}

/** Compares the files and does every step of the evening that no missing or refused file holds; answers the held ones. */
export async function evening(pool: Pool, day: DayKey): Promise<Readonly<Record<string, string>>> {
  const verbs = verbsOf(pool);
  const keyed = { ...day, workflowId: workflowOf(day) };
  await clockAt(pool, day, '20:00');
  await verbs.listMissingFiles(day);
  await verbs.compareFiles(keyed);
  const { held } = await verbs.holdSteps(day);
  for (const [step, acts] of Object.entries(stepsOf(pool, day))) {
    if (held[step] !== undefined) continue;
    for (const act of acts) await act();
  }
  return held;
}

/** One whole day, with the files of its folder unless others are given. The day is left open. */
export async function runDay(
  pool: Pool,
  day: DayKey,
  files: DayFiles,
): Promise<{ readonly held: Readonly<Record<string, string>>; readonly receipts: ReadonlyMap<string, Receipt> }> {
  const orders = await morning(pool, day);
  const receipts = await receive(pool, day, files);
  await checkpoints(pool, day, orders);
  return { held: await evening(pool, day), receipts };
}
