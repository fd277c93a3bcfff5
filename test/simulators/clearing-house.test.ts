import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withdrawUnlessKnown } from '../../adapters/ccnet/ccnet-port';
import { httpCcnet } from '../../adapters/ccnet/http-ccnet';
import { DAYS, instant, onStage, SAMPLES, variant, type OnStage } from './stage';

const DAY = '2025-06-26';
const CLIENT = 'HKB0000001';
const PROPRIETARY = 'HKZ0000001';
const CLIENT_BANK = '6200000000000000001';
const OWN_BANK = '6200000000000000002';

describe('arrivals', () => {
  test('each file comes at its second, whole, stamped with its arrival', async () => {
    const stage = await onStage('clearing-house', { from: DAY });
    const arrivals = readFileSync(join(DAYS, DAY, 'arrivals.csv'), 'utf8')
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((line) => line.split(','))
      .map(([file, at]) => ({ file: file as string, at: at as string }))
      .sort((left, right) => left.at.localeCompare(right.at));
    expect(arrivals).toHaveLength(12);
    for (const { file, at } of arrivals) {
      const second = Date.parse(instant(at));
      const before = await stage.post('/clock', { now: new Date(second - 1000).toISOString() });
      expect(before.body['next']).toBe(instant(at));
      expect(stage.has(`${DAY}/${file}`)).toBe(false);
      await stage.post('/clock', { now: new Date(second).toISOString() });
      expect(stage.arrivedAt(`${DAY}/${file}`)).toBe(instant(at));
      expect(readFileSync(join(stage.inbox, DAY, file)).equals(readFileSync(join(DAYS, DAY, file)))).toBe(true);
    }
    expect(readdirSync(join(stage.inbox, DAY)).sort()).toEqual(arrivals.map(({ file }) => file).sort());
    expect(readdirSync(stage.inbox)).toEqual([DAY]);
  });

  test('one long move lays down the files of all days, each with its own time', async () => {
    const stage = await onStage('clearing-house');
    const moved = await stage.clockTo('2025-07-03 00:00:00');
    expect(moved.body['next']).toBeNull();
    expect(readdirSync(stage.inbox)).toHaveLength(7);
    expect(stage.arrivedAt('2025-06-23/hk_ckhl20250623.dbf')).toBe(instant('2025-06-23 08:31:10'));
    expect(stage.arrivedAt('2025-07-02/hk_zqye20250702.dbf')).toBe(instant('2025-07-02 18:45:40'));
  });

  test('a file that the variant takes away never comes, the others do', async () => {
    const stage = await onStage('clearing-house', { overlay: join(SAMPLES, 'faults-a/missing_file') });
    await stage.clockTo('2025-06-28 00:00:00');
    expect(stage.has(`${DAY}/hk_zqbd20250626.dbf`)).toBe(false);
    expect(stage.has(`${DAY}/hk_zqye20250626.dbf`)).toBe(true);
    expect(stage.has('2025-06-27/hk_zqbd20250627.dbf')).toBe(true);
  });

  test("a resend comes at the time of the variant's table, both versions in the variant's bytes", async () => {
    const folder = join(SAMPLES, 'faults-a/resend_correction');
    const stage = await onStage('clearing-house', { overlay: folder });
    const resent = readFileSync(join(folder, 'arrivals.csv'), 'utf8').match(/^hk_jsmx20250626_v2.dbf,(.*),2/m)?.[1];
    expect(resent).toMatch(/^2025-06-26 19:40:/);
    const second = Date.parse(instant(resent as string));
    await stage.post('/clock', { now: new Date(second - 1000).toISOString() });
    expect(stage.has(`${DAY}/hk_jsmx20250626_v2.dbf`)).toBe(false);
    await stage.post('/clock', { now: new Date(second).toISOString() });
    for (const name of ['hk_jsmx20250626.dbf', 'hk_jsmx20250626_v2.dbf']) {
      expect(readFileSync(join(stage.inbox, DAY, name)).equals(readFileSync(join(folder, name)))).toBe(true);
    }
  });

  test('after a kill nothing comes a second time', async () => {
    const stage = await onStage('clearing-house', { from: DAY });
    await stage.clockTo(`${DAY} 08:31:10`);
    await stage.post('/faults', { kind: 'none' });
    await stage.killAndRestart();
    const arrived = stage.arrivedAt(`${DAY}/hk_ckhl20250626.dbf`);
    expect((await stage.get('/clock')).body).toEqual({
      now: instant(`${DAY} 08:31:10`),
      next: instant(`${DAY} 10:36:20`),
    });
    await stage.clockTo(`${DAY} 10:36:20`);
    expect(stage.arrivedAt(`${DAY}/hk_ckhl20250626.dbf`)).toBe(arrived);
    expect(stage.has(`${DAY}/hk_zjbd20250626_1.dbf`)).toBe(true);
  });
});

describe('the clock', () => {
  test('goes forward only, and the same instant again changes nothing', async () => {
    const stage = await onStage('clearing-house', { from: DAY });
    const first = await stage.clockTo(`${DAY} 09:00:00`);
    expect(await stage.clockTo(`${DAY} 09:00:00`)).toEqual(first);
    const back = await stage.clockTo(`${DAY} 08:59:59`);
    expect(back).toMatchObject({ status: 409, body: { code: 'CLOCK_BACKWARDS' } });
    expect((await stage.get('/clock')).body['now']).toBe(instant(`${DAY} 09:00:00`));
    expect(await stage.post('/clock', { now: '2025-06-26' })).toMatchObject({
      status: 400,
      body: { code: 'MALFORMED', fields: [{ field: 'now' }] },
    });
  });
});

describe('accounts', () => {
  const cases: readonly { at: string; account: string; balance: string; lines: number; why: string }[] = [
    { at: '2025-06-23 08:00:00', account: CLIENT, balance: '3500000.00', lines: 0, why: 'opening state' },
    { at: '2025-06-23 10:44:59', account: CLIENT, balance: '3500000.00', lines: 0, why: 'before the draw-back' },
    { at: '2025-06-23 10:45:00', account: CLIENT, balance: '0.00', lines: 1, why: 'at the draw-back' },
    { at: '2025-06-26 10:17:59', account: CLIENT, balance: '0.00', lines: 0, why: 'late money not yet in' },
    { at: '2025-06-26 10:18:00', account: CLIENT, balance: '19004649.79', lines: 1, why: 'late money in' },
    {
      at: '2025-06-26 10:29:59',
      account: 'HKF0000001',
      balance: '6272727.25',
      lines: 0,
      why: 'risk money of the day before',
    },
    { at: '2025-06-26 10:30:00', account: CLIENT, balance: '31.89', lines: 4, why: 'the 10:30 batch, before its file' },
    {
      at: '2025-06-26 10:30:00',
      account: 'HKF0000001',
      balance: '3473857.13',
      lines: 2,
      why: 'risk money back and in',
    },
    { at: '2025-06-28 12:00:00', account: CLIENT, balance: '5690706.99', lines: 0, why: 'a Saturday: Friday evening' },
    { at: '2025-06-30 10:30:00', account: PROPRIETARY, balance: '-2360466.91', lines: 3, why: 'a default' },
    { at: '2025-06-30 10:52:00', account: PROPRIETARY, balance: '5.18', lines: 4, why: 'the default covered' },
  ];
  let stage: OnStage;
  beforeAll(async () => {
    stage = await onStage('clearing-house');
  });

  test.each(cases)('$account at $at: $balance ($why)', async ({ at, account, balance, lines }) => {
    await stage.clockTo(at);
    const answer = await stage.get(`/ccnet/accounts/${account}`);
    expect(answer.body).toMatchObject({ account, asOf: instant(at), balance });
    expect(answer.body['withdrawable']).toBe(balance.startsWith('-') ? '0.00' : balance);
    expect(answer.body['movements']).toHaveLength(lines);
  });

  test('a movement is told with number, business, sign, running balance, instant and counter account', async () => {
    const answer = await stage.get(`/ccnet/accounts/${PROPRIETARY}`);
    expect((answer.body['movements'] as unknown[])[3]).toEqual({
      number: 4,
      business: 'ZR',
      amount: '2360472.09',
      balance: '5.18',
      at: instant('2025-06-30 10:52:00'),
      counterAccount: OWN_BANK,
    });
    expect(await stage.get('/ccnet/accounts/NOBODY')).toMatchObject({ status: 404, body: { code: 'NO_SUCH_ACCOUNT' } });
  });

  test('at the end of every day the four accounts stand as the expected results say', async () => {
    const fresh = await onStage('clearing-house');
    for (const date of readdirSync(DAYS).filter((name) => name.startsWith('2025'))) {
      await fresh.clockTo(`${date} 23:00:00`);
      const { accounts } = JSON.parse(readFileSync(join(DAYS, date, 'expected.json'), 'utf8')) as {
        accounts: { reserve: Record<string, string>; riskFund: Record<string, string> };
      };
      const told = async (account: string): Promise<unknown> =>
        (await fresh.get(`/ccnet/accounts/${account}`)).body['balance'];
      expect([date, await told(CLIENT), await told(PROPRIETARY)]).toEqual([
        date,
        accounts.reserve['client'],
        accounts.reserve['proprietary'],
      ]);
      expect([date, await told('HKF0000001'), await told('HKF0000002')]).toEqual([
        date,
        accounts.riskFund['client'],
        accounts.riskFund['proprietary'],
      ]);
    }
  });

  const zjbd = 'hk_zjbd20250626_1.dbf';
  const clean = readFileSync(join(DAYS, DAY, zjbd));
  const brokenBalance = Buffer.from(clean);
  brokenBalance.write('9', clean.indexOf('25277377.04'), 'latin1');
  test.each([
    { why: 'missing', overlay: () => variant({}, { removes: [zjbd] }) },
    { why: 'cut off', overlay: () => variant({ [zjbd]: clean.subarray(0, clean.length - 50) }, { replaces: [zjbd] }) },
    { why: 'balances that do not add up', overlay: () => variant({ [zjbd]: brokenBalance }, { replaces: [zjbd] }) },
  ])('a file in fault is a fault of the file, not of the account: $why', async ({ overlay }) => {
    const faulty = await onStage('clearing-house', { overlay: overlay() });
    await faulty.clockTo(`${DAY} 10:30:00`);
    expect((await faulty.get(`/ccnet/accounts/${CLIENT}`)).body).toMatchObject({ balance: '31.89' });
  });
});

describe('withdrawals', () => {
  const order = { orderKey: 'w:1', account: CLIENT, amount: '1863998.96', bankAccount: CLIENT_BANK };
  const keyed = (key: string): Record<string, string> => ({ 'Idempotency-Key': key });

  test('is executed when its movement falls due, once, also when sent twice and killed in between', async () => {
    const stage = await onStage('clearing-house', { from: '2025-06-27' });
    await stage.clockTo('2025-06-27 10:35:00');
    const first = await stage.post('/ccnet/withdrawals', order, keyed('w:1'));
    expect(first).toMatchObject({ status: 202, body: { state: 'accepted', reference: 'CC00000001' } });
    expect(await stage.post('/ccnet/withdrawals', order, keyed('w:1'))).toEqual(first);
    expect(await stage.post('/ccnet/withdrawals', { ...order, amount: '1.00' }, keyed('w:1'))).toMatchObject({
      status: 409,
      body: { code: 'KEY_WITH_OTHER_CONTENT' },
    });
    await stage.post('/ccnet/withdrawals', { ...order, orderKey: 'w:2' }, keyed('w:2'));
    await stage.killAndRestart();
    expect((await stage.clockTo('2025-06-27 10:44:59')).body['next']).toBe(instant('2025-06-27 10:45:00'));
    expect((await stage.get('/ccnet/withdrawals/w:1')).body).toMatchObject({ state: 'accepted', executedAt: null });
    await stage.clockTo('2025-06-27 10:45:00');
    const executed = { state: 'executed', executedAt: instant('2025-06-27 10:45:00') };
    expect((await stage.get('/ccnet/withdrawals/w:1')).body).toMatchObject(executed);
    await stage.killAndRestart();
    await stage.clockTo('2025-07-02 23:00:00');
    expect((await stage.get('/ccnet/withdrawals/w:1')).body).toMatchObject(executed);
    expect((await stage.get('/ccnet/withdrawals/w:2')).body).toMatchObject({ state: 'accepted', executedAt: null });
    expect((await stage.get('/ccnet/withdrawals/w:3')).body).toMatchObject({ state: 'unknown' });
  });

  test('an order after the time of its movement is executed at once; another amount never', async () => {
    const stage = await onStage('clearing-house', { from: '2025-06-27' });
    await stage.clockTo('2025-06-27 10:50:00');
    await stage.post('/ccnet/withdrawals', { ...order, orderKey: 'w:0', amount: '1863998.95' }, keyed('w:0'));
    await stage.post('/ccnet/withdrawals', order, keyed('w:1'));
    expect((await stage.get('/ccnet/withdrawals/w:1')).body).toMatchObject({
      state: 'executed',
      executedAt: instant('2025-06-27 10:50:00'),
    });
    await stage.clockTo('2025-06-30 23:00:00');
    expect((await stage.get('/ccnet/withdrawals/w:0')).body).toMatchObject({ state: 'accepted' });
  });

  test('by the port: sent once, then only asked for; a lost answer is found by asking', async () => {
    const stage = await onStage('clearing-house', { from: '2025-06-27' });
    const ccnet = httpCcnet(stage.url());
    await stage.clockTo('2025-06-27 10:35:00');
    await stage.post('/faults', { kind: 'twice' });
    await expect(withdrawUnlessKnown(ccnet, order)).rejects.toThrow('ccnet /ccnet/withdrawals: no connection');
    expect(await withdrawUnlessKnown(ccnet, order)).toMatchObject({ state: 'accepted', executedAt: null });
    await stage.clockTo('2025-06-27 10:45:00');
    expect(await withdrawUnlessKnown(ccnet, order)).toMatchObject({ state: 'executed' });
    expect(await ccnet.askAccount(CLIENT)).toMatchObject({ balance: '36.45', withdrawable: '36.45' });
    await stage.post('/faults', { kind: 'none' });
    expect(await ccnet.sendWithdrawal({ ...order, orderKey: 'w:9', bankAccount: OWN_BANK })).toMatchObject({
      outcome: 'refused',
      code: 'DESTINATION_NOT_ALLOWED',
    });
    expect(await ccnet.askFiling('F1')).toMatchObject({ state: 'unknown' });
  });

  const refusals = [
    {
      body: { ...order, bankAccount: OWN_BANK },
      status: 422,
      code: 'DESTINATION_NOT_ALLOWED',
      why: "the other side's bank account",
    },
    {
      body: { ...order, bankAccount: '6222000000000000009' },
      status: 422,
      code: 'DESTINATION_NOT_ALLOWED',
      why: 'a strange account',
    },
    { body: { ...order, account: 'HKF0000001' }, status: 422, code: 'NOT_A_RESERVE_ACCOUNT', why: 'risk fund' },
    { body: { ...order, amount: '0.00' }, status: 422, code: 'AMOUNT_NOT_POSITIVE', why: 'nothing' },
    { body: { ...order, amount: 1863998.96 }, status: 400, code: 'MALFORMED', why: 'money as a number' },
    { body: { ...order, amount: '1863998.960' }, status: 400, code: 'MALFORMED', why: 'three decimals' },
    {
      body: { ...order, orderKey: 'w:2' },
      status: 400,
      code: 'IDEMPOTENCY_KEY_DIFFERS',
      why: 'another key in the header',
    },
  ];
  describe('refused', () => {
    let stage: OnStage;
    beforeAll(async () => {
      stage = await onStage('clearing-house', { from: '2025-06-27' });
    });
    test.each(refusals)('$why', async ({ body, status, code, why }) => {
      const answer = await stage.post(
        '/ccnet/withdrawals',
        { ...body, orderKey: body.orderKey + why },
        keyed(`w:1${why}`),
      );
      expect(answer).toMatchObject({ status, body: { code } });
    });
  });
});

describe('filings', () => {
  test('are accepted once and answered by the replies of the days', async () => {
    const stage = await onStage('clearing-house');
    const filing = {
      SBBH: 'F202506240001',
      YWLX: 'H63',
      SBLX: 'HSB',
      ZQZH: 'A900000005',
      ZQDM: '08005',
      GXDM: 'TKOV00000001',
      SL: '5500',
    };
    await stage.clockTo('2025-06-24 10:20:00');
    const state = async (): Promise<unknown> => (await stage.get('/ccnet/filings/F202506240001')).body['state'];
    expect(await state()).toBe('unknown');
    expect(await stage.post('/ccnet/filings', filing, { 'Idempotency-Key': filing.SBBH })).toMatchObject({
      status: 202,
    });
    expect(await state()).toBe('accepted');
    await stage.clockTo('2025-06-24 10:20:02');
    expect(await state()).toBe('confirmed');
    await stage.clockTo('2025-06-25 17:59:59');
    expect(await state()).toBe('confirmed');
    await stage.clockTo('2025-06-25 18:00:00');
    expect(await state()).toBe('success');
    expect(
      await stage.post('/ccnet/filings', { ...filing, SL: '5600' }, { 'Idempotency-Key': filing.SBBH }),
    ).toMatchObject({ status: 409 });
  });
});
