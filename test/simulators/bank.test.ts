import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { httpBank } from '../../adapters/bank/http-bank';
import { sendUnlessKnown, type TransferOrder } from '../../adapters/bank/bank-port';
import { DAYS, instant, onStage, SAMPLES, variant, type OnStage } from './stage';

const DAY = '2025-06-26';
const CLIENT_BANK = '6200000000000000001';
const OWN_BANK = '6200000000000000002';
const lateMoney: TransferOrder = {
  orderKey: 'fund:SH:2025-06-26:client',
  fromAccount: CLIENT_BANK,
  toAccount: 'HKB0000001',
  amount: '19004649.79',
  purpose: 'funding',
};

test('executes an order at its line, once, also when sent twice and killed in between', async () => {
  const stage = await onStage('bank', { from: DAY });
  await stage.clockTo(`${DAY} 09:05:00`);
  const first = await httpBank(stage.url()).sendTransfer(lateMoney);
  expect(first).toMatchObject({ outcome: 'accepted', acceptedAt: instant(`${DAY} 09:05:00`) });
  expect(await httpBank(stage.url()).sendTransfer(lateMoney)).toEqual(first);
  expect(await httpBank(stage.url()).sendTransfer({ ...lateMoney, amount: '1.00' })).toMatchObject({
    outcome: 'refused',
    code: 'KEY_WITH_OTHER_CONTENT',
  });
  await httpBank(stage.url()).sendTransfer({ ...lateMoney, orderKey: 'again' });
  await stage.killAndRestart();
  const bank = httpBank(stage.url());
  expect(await sendUnlessKnown(bank, lateMoney)).toMatchObject({ state: 'pending' });
  expect((await stage.clockTo(`${DAY} 10:17:59`)).body['next']).toBe(instant(`${DAY} 10:18:00`));
  expect(await bank.askTransfer(lateMoney.orderKey)).toMatchObject({ state: 'pending', executedAt: null });
  await stage.clockTo(`${DAY} 10:18:00`);
  const executed = { state: 'executed', executedAt: instant(`${DAY} 10:18:00`), bankReference: 'BK00000001' };
  expect(await bank.askTransfer(lateMoney.orderKey)).toMatchObject(executed);
  await stage.killAndRestart();
  await stage.clockTo('2025-07-02 23:00:00');
  expect(await httpBank(stage.url()).askTransfer(lateMoney.orderKey)).toMatchObject(executed);
  expect(await httpBank(stage.url()).askTransfer('again')).toMatchObject({ state: 'pending' });
  expect(await httpBank(stage.url()).askTransfer('never sent')).toMatchObject({
    state: 'unknown',
    bankReference: null,
  });
});

test.each([
  { change: { amount: '19004649.78' }, at: '09:05:00', why: 'a cent less' },
  { change: { fromAccount: OWN_BANK, toAccount: 'HKZ0000001' }, at: '09:05:00', why: 'the other side' },
])('neither adapts to our figure nor invents: $why stays silent', async ({ change, at }) => {
  const stage = await onStage('bank', { from: DAY });
  await stage.clockTo(`${DAY} ${at}`);
  await httpBank(stage.url()).sendTransfer({ ...lateMoney, ...change });
  expect((await stage.clockTo('2025-07-02 23:00:00')).body['next']).toBeNull();
  expect(await httpBank(stage.url()).askTransfer(lateMoney.orderKey)).toMatchObject({ state: 'pending' });
});

test("an order after its line's time is executed at once, on another day never", async () => {
  const stage = await onStage('bank', { from: DAY });
  await stage.clockTo('2025-06-25 23:59:59');
  await httpBank(stage.url()).sendTransfer({ ...lateMoney, orderKey: 'the evening before' });
  await stage.clockTo(`${DAY} 10:20:00`);
  const bank = httpBank(stage.url());
  await bank.sendTransfer(lateMoney);
  expect(await bank.askTransfer(lateMoney.orderKey)).toMatchObject({
    state: 'executed',
    executedAt: instant(`${DAY} 10:20:00`),
  });
  expect(await bank.askTransfer('the evening before')).toMatchObject({ state: 'pending' });
});

test('commission moves between the two accounts on its pair of lines; balances follow', async () => {
  const stage = await onStage('bank', { from: DAY });
  const bank = httpBank(stage.url());
  const balances = async (): Promise<string[]> =>
    Promise.all([CLIENT_BANK, OWN_BANK].map(async (account) => (await bank.askBalance(account)).balance));
  await stage.clockTo(`${DAY} 08:40:00`);
  expect(await balances()).toEqual(['101349741.72', '76560704.26']);
  const commission = { orderKey: 'c', fromAccount: CLIENT_BANK, toAccount: OWN_BANK, amount: '11582.73', purpose: '' };
  await bank.sendTransfer(commission);
  await stage.clockTo(`${DAY} 08:49:59`);
  expect(await balances()).toEqual(['101349741.72', '76560704.26']);
  await stage.clockTo(`${DAY} 08:50:00`);
  expect(await bank.askTransfer('c')).toMatchObject({ state: 'executed' });
  expect(await balances()).toEqual(['101338158.99', '76572286.99']);
});

test('at the end of a day whose orders were sent the balances are those of the expected results', async () => {
  const stage = await onStage('bank', { from: DAY });
  const bank = httpBank(stage.url());
  await stage.clockTo(`${DAY} 08:40:00`);
  await bank.sendTransfer({
    orderKey: 'c',
    fromAccount: CLIENT_BANK,
    toAccount: OWN_BANK,
    amount: '11582.73',
    purpose: '',
  });
  await bank.sendTransfer(lateMoney);
  await bank.sendTransfer({
    ...lateMoney,
    orderKey: 'p',
    fromAccount: OWN_BANK,
    toAccount: 'HKZ0000001',
    amount: '6265502.56',
  });
  await stage.clockTo(`${DAY} 18:00:00`);
  const { accounts } = JSON.parse(readFileSync(join(DAYS, DAY, 'expected.json'), 'utf8')) as {
    accounts: { bank: Record<string, string> };
  };
  expect((await bank.askBalance(CLIENT_BANK)).balance).toBe(accounts.bank['client']);
  expect((await bank.askBalance(OWN_BANK)).balance).toBe(accounts.bank['proprietary']);
  await expect(bank.askBalance('CUSHION')).rejects.toThrow('bank /accounts/CUSHION: status 404');
});

describe('refused', () => {
  let stage: OnStage;
  beforeAll(async () => {
    stage = await onStage('bank', { from: DAY });
  });
  test.each([
    { change: { toAccount: 'HKZ0000001' }, code: 'DESTINATION_NOT_ALLOWED', why: "the other side's reserve account" },
    { change: { toAccount: '6222000000000000009' }, code: 'DESTINATION_NOT_ALLOWED', why: 'a strange account' },
    { change: { toAccount: CLIENT_BANK }, code: 'DESTINATION_NOT_ALLOWED', why: 'to itself' },
    { change: { fromAccount: 'HKB0000001' }, code: 'NO_SUCH_ACCOUNT', why: 'from a reserve account' },
    { change: { amount: '0.00' }, code: 'AMOUNT_NOT_POSITIVE', why: 'nothing' },
    { change: { amount: '-1.00' }, code: 'MALFORMED', why: 'below zero' },
  ])('$why', async ({ change, code, why }) => {
    const bank = httpBank(stage.url());
    const order = { ...lateMoney, ...change, orderKey: why };
    expect(await bank.sendTransfer(order)).toMatchObject({ outcome: 'refused', code });
    const known = code === 'MALFORMED' ? 'unknown' : 'refused';
    expect(await bank.askTransfer(why)).toMatchObject({ state: known });
  });
});

test('lays its statements down at 18:05, and a variant may change or take away a line', async () => {
  const stage = await onStage('bank', { overlay: join(SAMPLES, 'faults-a/missing_file'), from: DAY });
  await stage.clockTo(`${DAY} 18:04:59`);
  expect(stage.has(`${DAY}/bank_client_20250626.csv`)).toBe(false);
  await stage.clockTo(`${DAY} 18:05:00`);
  expect(stage.arrivedAt(`${DAY}/bank_client_20250626.csv`)).toBe(instant(`${DAY} 18:05:00`));
  expect(stage.has(`${DAY}/bank_own_20250626.csv`)).toBe(true);

  const name = 'bank_client_20250626.csv';
  const lines = readFileSync(join(DAYS, DAY, name), 'latin1').split('\r\n');
  const without = Buffer.from(lines.filter((line) => !line.includes('HKB0000001')).join('\r\n'), 'latin1');
  const silent = await onStage('bank', { overlay: variant({ [name]: without }, { replaces: [name] }), from: DAY });
  await silent.clockTo(`${DAY} 09:00:00`);
  await httpBank(silent.url()).sendTransfer(lateMoney);
  await silent.clockTo(`${DAY} 19:00:00`);
  expect(await httpBank(silent.url()).askTransfer(lateMoney.orderKey)).toMatchObject({ state: 'pending' });
  expect(readFileSync(join(silent.inbox, DAY, name)).equals(without)).toBe(true);
});

describe('faults', () => {
  const at = async (fault: object): Promise<OnStage> => {
    const stage = await onStage('bank', { from: DAY });
    await stage.clockTo(`${DAY} 09:05:00`);
    expect(await stage.post('/faults', fault)).toMatchObject({ status: 200 });
    return stage;
  };
  test('silent: takes the order and does nothing; healed, it is executed at that moment', async () => {
    const stage = await at({ kind: 'silent', only: 'client' });
    const bank = httpBank(stage.url());
    await bank.sendTransfer(lateMoney);
    await stage.clockTo(`${DAY} 10:40:00`);
    expect(await bank.askTransfer(lateMoney.orderKey)).toMatchObject({ state: 'pending' });
    await stage.post('/faults', { kind: 'none' });
    expect(await bank.askTransfer(lateMoney.orderKey)).toMatchObject({
      state: 'executed',
      executedAt: instant(`${DAY} 10:40:00`),
    });
  });
  test('refuse: a new key is turned away and not kept; 503 is an ordinary failure', async () => {
    const stage = await at({ kind: 'refuse' });
    const bank = httpBank(stage.url());
    expect(await bank.sendTransfer(lateMoney)).toMatchObject({ outcome: 'refused', code: 'REFUSED_FOR_DRILL' });
    expect(await bank.askTransfer(lateMoney.orderKey)).toMatchObject({ state: 'unknown' });
    await stage.post('/faults', { kind: 'refuse', status: 503 });
    await expect(bank.sendTransfer(lateMoney)).rejects.toThrow('bank /transfers: status 503');
  });
  test('late: executed so many minutes after its line', async () => {
    const stage = await at({ kind: 'late', minutes: 20 });
    await httpBank(stage.url()).sendTransfer(lateMoney);
    expect((await stage.get('/clock')).body['next']).toBe(instant(`${DAY} 10:38:00`));
  });
  test('twice: the first answer is lost although the order is taken, so asking comes before sending', async () => {
    const stage = await at({ kind: 'twice' });
    const bank = httpBank(stage.url());
    await expect(bank.sendTransfer(lateMoney)).rejects.toThrow('bank /transfers: no connection');
    expect(await sendUnlessKnown(bank, lateMoney)).toMatchObject({ state: 'pending', bankReference: 'BK00000001' });
    expect(await bank.sendTransfer(lateMoney)).toMatchObject({ outcome: 'accepted', bankReference: 'BK00000001' });
  });
  test('an unknown kind is refused with its field', async () => {
    const stage = await onStage('bank');
    expect(await stage.post('/faults', { kind: 'loud' })).toMatchObject({
      status: 400,
      body: { fields: [{ field: 'kind' }] },
    });
  });
});
