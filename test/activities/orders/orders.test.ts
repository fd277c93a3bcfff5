/** Orders to move money, from the maker to the money that has moved, on the real database and with the real simulators. */
import type { Dependencies } from '../../../activities/dependencies';
import { askOrder } from '../../../activities/orders/ask-order';
import type { DraftedOrder, OrderKind } from '../../../activities/orders/draft-order';
import { openEmergencyChannel } from '../../../activities/orders/open-emergency-channel';
import { sendOrder } from '../../../activities/orders/send-order';
import { readReserveAccount } from '../../../activities/settlement/read-reserve-account';
import { httpBank } from '../../../adapters/bank/http-bank';
import { httpCcnet } from '../../../adapters/ccnet/http-ccnet';
import type { Side } from '../../../domain/channel';
import { approvedOrder, clockAt, dayOf, DAYS_A, openBookOf, verbsOf } from '../../support/days-of-verbs';
import { enterPeople } from '../../support/people';
import { openDatabase, type TestDatabase } from '../../support/database';
import { instant, onStage, type OnStage } from '../../simulators/stage';
import { toldMessages } from '../../support/told';
import { untilWaiting } from '../../support/waiting-for-locks';

const day = dayOf('2025-06-26');
const workflowId = 'settlement-day:SH:2025-06-26';
let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('orders');
  await openBookOf(book.pool, DAYS_A);
  await enterPeople(
    book.pool,
    ['ling', 'wei', 'hua'].map((person) => ({ person, role: 'operations', side: 'client' })),
  );
  await book.pool.query(`select open_business_date('2025-06-26')`);
  await clockAt(book.pool, day, '09:00');
});
afterAll(() => book.close());

let attempt = 100;
const draft = (side: Side, kind: OrderKind, of: Readonly<Record<string, unknown>> = {}) =>
  verbsOf(book.pool).draftOrder({
    ...day,
    side,
    kind,
    attempt: (attempt += 1),
    amountFen: '12345',
    madeBy: 'ling',
    ...of,
  });

const stateOf = async ({ orderId }: DraftedOrder): Promise<unknown> => {
  const { rows } = await book.pool.query('select state, approved_by from orders where order_id = $1', [orderId]);
  return rows[0];
};

test.each<[side: Side, kind: OrderKind, from: string, to: string]>([
  ['client', 'FUND', '6200000000000000001', 'HKB0000001'],
  ['proprietary', 'FUND', '6200000000000000002', 'HKZ0000001'],
  ['client', 'DRAW_BACK', 'HKB0000001', '6200000000000000001'],
  ['proprietary', 'DRAW_BACK', 'HKZ0000001', '6200000000000000002'],
  ['client', 'COMMISSION', '6200000000000000001', '6200000000000000002'],
])('where money goes follows from side and kind: %s %s', async (side, kind, fromAccount, toAccount) => {
  expect(await draft(side, kind)).toMatchObject({ fromAccount, toAccount, amountFen: '12345' });
});

test('an order whose approval is taken off the list ends with it, and is not approved any more', async () => {
  const order = await draft('client', 'FUND');
  const { taskId } = await verbsOf(book.pool).openTask({
    workflowId,
    businessKey: `approve:${order.orderKey}`,
    kind: 'approve-order',
    titleZh: '复核指令',
    titleEn: 'approve the order',
    role: 'operations',
    form: {},
    formVersion: 1,
    facts: {},
    revision: order.revision,
    madeBy: 'ling',
    approval: { subject: { kind: 'order', id: order.orderId } },
  });
  await verbsOf(book.pool).withdrawTask({ taskId, cause: 'the batches are over' });
  expect(await stateOf(order)).toEqual({ state: 'withdrawn', approved_by: null });
  await verbsOf(book.pool).withdrawTask({ taskId, cause: 'again' });
  expect(await stateOf(order)).toEqual({ state: 'withdrawn', approved_by: null });
  // Asked for again under its number, by a day that was started again: said, so that the next number is taken.
  expect(await draft('client', 'FUND', { attempt: order.revision })).toEqual({ ...order, isTakenBack: true });
});

test('an approved order that lost its purpose before it was sent ends as withdrawn; a sent one does not', async () => {
  const order = await approvedOrder(book.pool, day, { side: 'proprietary', kind: 'FUND', amountFen: '777' });
  const progress = { ...day, workflowId, order };
  await verbsOf(book.pool).recordOrderProgress({ ...progress, state: 'withdrawn' });
  expect(await stateOf(order)).toMatchObject({ state: 'sent' });
});

test('the same draft again is the same order with one row of audit; another amount or maker is refused', async () => {
  const first = await draft('client', 'FUND', { attempt: 7 });
  expect(first.orderKey).toBe('fund:SH:2025-06-26:client:7');
  expect(await draft('client', 'FUND', { attempt: 7 })).toEqual(first);
  for (const other of [{ amountFen: '12346' }, { madeBy: 'wei' }]) {
    await expect(draft('client', 'FUND', { attempt: 7, ...other })).rejects.toMatchObject({
      code: 'BATCH_CONTENT_DIFFERS',
      details: { key: first.orderKey },
    });
  }
  const { rows } = await book.pool.query(
    `select actor, action, after from audit where object_id = $1 and object_type = 'order'`,
    [first.orderKey],
  );
  expect(rows).toEqual([
    {
      actor: 'ling',
      action: 'draft order FUND',
      after: { amountFen: '12345', fromAccount: '6200000000000000001', toAccount: 'HKB0000001' },
    },
  ]);
});

test('a channel without accounts has no orders', async () => {
  await expect(draft('client', 'FUND', { channel: 'SZ' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

describe('approval', () => {
  const asked = async (order: DraftedOrder) => {
    const { taskId } = await verbsOf(book.pool).openTask({
      workflowId,
      businessKey: `approve:${order.orderKey}`,
      kind: 'approve-order',
      titleZh: '复核',
      titleEn: 'approve',
      role: 'operations',
      form: {},
      formVersion: 1,
      facts: {},
      revision: order.revision,
      madeBy: 'ling',
      approval: { subject: { kind: 'order', id: order.orderId } },
    });
    return taskId;
  };
  const decide = (
    taskId: string,
    order: DraftedOrder,
    person: string,
    more: { onBehalfOf?: string; revision?: number } = {},
  ) =>
    verbsOf(book.pool).completeTask({
      taskId,
      revision: more.revision ?? order.revision,
      form: { decision: 'approve', reason: 'checked' },
      actor: {
        person,
        role: 'operations',
        ...(more.onBehalfOf === undefined ? {} : { onBehalfOf: more.onBehalfOf }),
      },
      requestId: 'r1',
      at: '',
    });

  test('by the maker, by whoever acts for the maker, of an older revision: refused; then by a second person', async () => {
    const order = await draft('client', 'FUND');
    const taskId = await asked(order);
    await expect(decide(taskId, order, 'ling')).rejects.toMatchObject({ code: 'SAME_PERSON' });
    await expect(decide(taskId, order, 'wei', { onBehalfOf: 'ling' })).rejects.toMatchObject({
      code: 'CHECKER_ACTS_FOR_MAKER',
    });
    await expect(decide(taskId, order, 'wei', { revision: order.revision - 1 })).rejects.toMatchObject({
      code: 'REVISION_STALE',
    });
    expect(await stateOf(order)).toEqual({ state: 'awaiting approval', approved_by: null });
    await decide(taskId, order, 'wei');
    expect(await stateOf(order)).toEqual({ state: 'approved', approved_by: 'wei' });
    await expect(decide(taskId, order, 'hua')).rejects.toMatchObject({ code: 'TASK_NOT_OPEN' });
  });

  test('a recalled order is approved no more', async () => {
    const order = await draft('client', 'FUND');
    const taskId = await asked(order);
    await verbsOf(book.pool).recallTask({
      taskId,
      actor: { person: 'ling', role: 'operations' },
      reason: 'a wrong amount',
      requestId: 'r2',
      at: '',
    });
    await expect(decide(taskId, order, 'wei')).rejects.toMatchObject({ code: 'TASK_RECALLED' });
    expect(await stateOf(order)).toEqual({ state: 'recalled', approved_by: null });
  });
});

describe('progress', () => {
  const progress = (order: DraftedOrder, state: 'sent' | 'rejected outside' | 'executed', more: object = {}) =>
    verbsOf(book.pool).recordOrderProgress({ ...day, workflowId, order, state, ...more });

  test('an order that nobody approved is neither sent nor executed', async () => {
    const order = await draft('client', 'COMMISSION');
    await progress(order, 'sent');
    await progress(order, 'executed', { executedAt: instant('2025-06-26 09:10:00') });
    expect(await stateOf(order)).toEqual({ state: 'awaiting approval', approved_by: null });
    const { rows } = await book.pool.query(`select 1 from batches where kind = 'move-commission'`);
    expect(rows).toEqual([]);
  });

  test('goes forward only, and moved commission is posted once: out of the client bank account, earned by the own side', async () => {
    const order = await approvedOrder(book.pool, day, { side: 'client', kind: 'COMMISSION', amountFen: '777' });
    const executedAt = instant('2025-06-26 09:10:00');
    await progress(order, 'executed', { executedAt });
    await progress(order, 'executed', { executedAt });
    await progress(order, 'sent');
    await progress(order, 'rejected outside', { code: 'X' });
    expect(await stateOf(order)).toMatchObject({ state: 'executed' });
    const { rows } = await book.pool.query(
      `select ledger, owner, amount from entries join batches using (batch_id) where kind = 'move-commission' order by ledger, owner`,
    );
    expect(rows).toEqual([
      { ledger: 'bank', owner: '6200000000000000001', amount: -777n },
      { ledger: 'bank', owner: '6200000000000000002', amount: 777n },
      { ledger: 'commission_due', owner: 'client', amount: 777n },
      { ledger: 'commission_income', owner: 'proprietary', amount: -777n },
    ]);
  });

  test.each([
    { side: 'client', kind: 'FUND', told: 'operations' },
    { side: 'proprietary', kind: 'FUND', told: 'finance' },
    { side: 'client', kind: 'COMMISSION', told: 'supervisor' },
  ] as const)('$kind of side $side refused outside: $told is told at once, nothing is posted', async (row) => {
    const { side, kind, told } = row;
    const order = await approvedOrder(book.pool, dayOf('2025-06-27'), { side, kind, amountFen: '888' });
    await progress(order, 'rejected outside', { code: 'ACCOUNT_CLOSED' });
    expect(await stateOf(order)).toMatchObject({ state: 'rejected outside' });
    const messages = await toldMessages(book.pool, 'message_key = $1', `order-rejected:${order.orderKey}`);
    expect(messages).toMatchObject([
      { severity: 'critical', recipient_role: told, text: { en: expect.stringContaining('ACCOUNT_CLOSED') as string } },
    ]);
    expect(messages).toHaveLength(1);
  });

  test('an order that nobody answered is matched with the account movements of the day', async () => {
    const order = await approvedOrder(book.pool, day, { side: 'client', kind: 'FUND', amountFen: '1900464979' });
    const { rows: files } = await book.pool.query<{ file_id: bigint }>(
      `insert into files (channel, business_date, kind, part, version, name, path, sha256, byte_count, arrived_at)
       values ('SH', '2025-06-26', 'hk_zjbd', 1, 1, 'm', 'x', 'x', 1, business_now()) returning file_id`,
    );
    await book.pool.query(`insert into file_states (file_id, state_no, state, cause) values ($1, 1, 'accepted', 'x')`, [
      files[0]?.file_id,
    ]);
    await book.pool.query(
      `insert into money_movements values ('2025-06-26', $1, 1, 'SH', 'HKB0000001', '1', 1, 'ZR', 1900464979, 1900464979, '101800', '')`,
      [files[0]?.file_id],
    );
    expect(await verbsOf(book.pool).matchTransfers(day)).toEqual({ executed: 1 });
    expect(await verbsOf(book.pool).matchTransfers(day)).toEqual({ executed: 0 });
    const { rows } = await book.pool.query('select executed_at from orders where order_id = $1', [order.orderId]);
    expect(rows).toEqual([{ executed_at: instant('2025-06-26 10:18:00') }]);
    // A second order of that amount waits for money of its own, and gets it in two parts.
    const second = await draft('client', 'FUND', { amountFen: '1900464979' });
    await book.pool.query(`update orders set state = 'sent', approved_by = 'wei' where order_id = $1`, [
      second.orderId,
    ]);
    expect(await verbsOf(book.pool).matchTransfers(day)).toEqual({ executed: 0 });
    await book.pool.query(
      `insert into money_movements values
         ('2025-06-26', $1, 2, 'SH', 'HKB0000001', '1', 2, 'ZR', 1900000000, 3800464979, '104000', ''),
         ('2025-06-26', $1, 3, 'SH', 'HKB0000001', '1', 3, 'ZR', 464979, 3800929958, '105200', '')`,
      [files[0]?.file_id],
    );
    expect(await verbsOf(book.pool).matchTransfers(day)).toEqual({ executed: 1 });
    const { rows: then } = await book.pool.query('select executed_at from orders where order_id = $1', [
      second.orderId,
    ]);
    expect(then).toEqual([{ executed_at: instant('2025-06-26 10:52:00') }]);
  });

  test('commission of which the bank knows nothing is due again once the statement of its day shows no such debit', async () => {
    const friday = dayOf('2025-06-27');
    const orders: DraftedOrder[] = [];
    for (const amountFen of ['333', '444']) orders.push(await draft('client', 'COMMISSION', { amountFen }));
    await book.pool.query(`update orders set state = 'sent', approved_by = 'wei' where order_id = any($1)`, [
      orders.map(({ orderId }) => orderId),
    ]);
    const verbs = verbsOf(book.pool);
    const never = async (nth: 0 | 1) => (await verbs.commissionNeverReceived({ orderId: orders[nth]!.orderId })).never;
    // All of them are asked about, in their order.
    const first = await verbs.openCommissionOrder(friday);
    expect(first.order?.orderId).toBe(orders[0]?.orderId);
    const next = await verbs.openCommissionOrder({ ...friday, after: orders[0]!.orderId });
    expect(next.order?.orderId).toBe(orders[1]?.orderId);
    expect(await verbs.openCommissionOrder({ ...friday, after: orders[1]!.orderId })).toEqual({});
    // Without the statement nobody knows.
    expect(await never(0)).toBe(false);
    const { rows: files } = await book.pool.query<{ file_id: bigint }>(
      `insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
       values ('SH', '2025-06-26', 'bank_client', 1, 'b', 'x', 'x', 1, business_now()) returning file_id`,
    );
    await book.pool.query(`insert into file_states (file_id, state_no, state, cause) values ($1, 1, 'accepted', 'x')`, [
      files[0]?.file_id,
    ]);
    await book.pool.query(
      `insert into bank_lines values ('2025-06-26', $1, 1, 'SH', '6200000000000000001', '090500', 'r', 'x', 444, 0, 0, '6200000000000000002')`,
      [files[0]?.file_id],
    );
    expect([await never(0), await never(1)]).toEqual([true, false]);
  });
});

describe('outside', () => {
  const order = (of: Partial<DraftedOrder>): DraftedOrder => ({
    orderId: '1',
    orderKey: 'fund:SH:2025-06-26:client:1',
    kind: 'FUND',
    revision: 1,
    amountFen: '1900464979',
    fromAccount: '6200000000000000001',
    toAccount: 'HKB0000001',
    ...of,
  });

  test('the bank executes what was sent twice once, and says when', async () => {
    const stage = await onStage('bank', { from: '2025-06-26' });
    await stage.clockTo('2025-06-26 09:05:00');
    const deps = { pool: book.pool, bank: httpBank(stage.url()) } as Dependencies;
    expect(await askOrder(deps)(order({}))).toEqual({ state: 'unknown' });
    expect(await sendOrder(deps)(order({}))).toMatchObject({ outcome: 'accepted' });
    expect(await sendOrder(deps)(order({}))).toMatchObject({ outcome: 'accepted' });
    expect(await askOrder(deps)(order({}))).toEqual({ state: 'under way' });
    await stage.clockTo('2025-06-26 10:18:00');
    expect(await askOrder(deps)(order({}))).toEqual({
      state: 'executed',
      executedAt: instant('2025-06-26 10:18:00'),
    });
    expect(await sendOrder(deps)(order({}))).toMatchObject({ outcome: 'executed' });
  });

  describe('the emergency channel: second bank, second system', () => {
    let deps: Dependencies;
    let first: OnStage;
    beforeAll(async () => {
      first = await onStage('bank', { from: '2025-06-26' });
      const second = await onStage('emergency-bank', { from: '2025-06-26' });
      for (const stage of [first, second]) await stage.clockTo('2025-06-26 09:05:00');
      deps = { pool: book.pool, bank: httpBank(first.url()), emergencyBank: httpBank(second.url()) } as Dependencies;
    });
    const open = (of: DraftedOrder, stopped = false, banks = deps) =>
      openEmergencyChannel(banks)({ order: of, stopped, openedBy: 'hua' });
    const knows = async ({ orderKey }: DraftedOrder) => ({
      first: (await deps.bank.askTransfer(orderKey)).state,
      second: (await deps.emergencyBank?.askTransfer(orderKey))?.state,
    });

    test('an order that the first bank never received goes through the second, and never through the first again', async () => {
      const lost = await draft('client', 'FUND');
      expect(await open(lost)).toEqual({ line: 'emergency bank', atFirstBank: 'unknown' });
      expect(await sendOrder(deps)(lost)).toMatchObject({ outcome: 'accepted' });
      // The first line tries again, because its answer was lost.
      expect(await sendOrder(deps)(lost)).toMatchObject({ outcome: 'accepted' });
      expect(await askOrder(deps)(lost)).toEqual({ state: 'under way' });
      expect(await knows(lost)).toEqual({ first: 'unknown', second: 'pending' });
      const { rows } = await book.pool.query(
        `select actor, after from audit where object_id = $1 and action = 'open the emergency channel'`,
        [lost.orderKey],
      );
      expect(rows).toEqual([{ actor: 'hua', after: { through: 'emergency bank', atFirstBank: 'unknown' } }]);
    });

    test('an order that the first bank has taken is not sent elsewhere, until the bank has told that it is stopped', async () => {
      const taken = await draft('client', 'FUND');
      await sendOrder(deps)(taken);
      expect(await open(taken)).toEqual({ line: 'bank', atFirstBank: 'pending' });
      await sendOrder(deps)(taken);
      expect(await knows(taken)).toEqual({ first: 'pending', second: 'unknown' });
      expect(await open(taken, true)).toEqual({ line: 'emergency bank', atFirstBank: 'stopped' });
    });

    test('what the first bank does not tell is not guessed', async () => {
      const silent = { ...deps, bank: httpBank('http://127.0.0.1:9') };
      const asked = await draft('client', 'FUND');
      await expect(open(asked, false, silent)).rejects.toThrow('no connection');
      expect(await open(asked, true, silent)).toEqual({ line: 'emergency bank', atFirstBank: 'stopped' });
    });

    test('opened while the first bank is being sent the order: it waits for the answer, and one bank has the order', async () => {
      const raced = await draft('client', 'FUND');
      let opening: Promise<unknown> = Promise.resolve();
      const sending = {
        ...deps,
        bank: {
          ...deps.bank,
          sendTransfer: async (sent: Parameters<typeof deps.bank.sendTransfer>[0]) => {
            opening = open(raced);
            await Promise.race([opening, untilWaiting(book.pool, 1)]);
            return deps.bank.sendTransfer(sent);
          },
        },
      };
      expect(await sendOrder(sending)(raced)).toMatchObject({ outcome: 'accepted' });
      expect(await opening).toEqual({ line: 'bank', atFirstBank: 'pending' });
      await sendOrder(deps)(raced);
      expect(await knows(raced)).toEqual({ first: 'pending', second: 'unknown' });
    });

    test('what the first bank has carried out is not sent again, whatever the head was told', async () => {
      const done = await draft('client', 'FUND', { amountFen: '1900464979' });
      await sendOrder(deps)(done);
      await first.clockTo('2025-06-26 10:18:00');
      expect(await open(done, true)).toEqual({ line: 'bank', atFirstBank: 'executed' });
      expect(await knows(done)).toEqual({ first: 'executed', second: 'unknown' });
    });
  });

  test('CCNET pays a surplus out to the own bank account of the side, and to no other', async () => {
    const stage = await onStage('clearing-house', { from: '2025-06-27' });
    await stage.clockTo('2025-06-27 10:40:00');
    const deps = { pool: book.pool, ccnet: httpCcnet(stage.url()) } as Dependencies;
    const back = order({
      kind: 'DRAW_BACK',
      orderKey: 'draw_back:SH:2025-06-27:client:1',
      amountFen: '186399896',
      fromAccount: 'HKB0000001',
      toAccount: '6200000000000000001',
    });
    const elsewhere = { ...back, orderKey: 'draw_back:SH:2025-06-27:client:9', toAccount: '6200000000000000002' };
    expect(await sendOrder(deps)(elsewhere)).toMatchObject({ outcome: 'refused', code: expect.any(String) as string });
    const before = await readReserveAccount(deps)({ channel: 'SH', side: 'client' });
    expect(before).toMatchObject({ side: 'client', balanceFen: '186403541', withdrawableFen: '186403541' });
    expect(before.movements.map(({ business }) => business)).toEqual(['FKTH', 'FK', 'GX']);
    expect(await sendOrder(deps)(back)).toMatchObject({ outcome: 'accepted' });
    await stage.clockTo('2025-06-27 10:45:00');
    expect(await askOrder(deps)(back)).toEqual({ state: 'executed', executedAt: instant('2025-06-27 10:45:00') });
    const after = await readReserveAccount(deps)({ channel: 'SH', side: 'client' });
    expect(after.movements.at(-1)).toMatchObject({ business: 'ZC', amountFen: '-186399896', balanceFen: '3645' });
  });
});
