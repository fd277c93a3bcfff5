import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { httpCounter } from '../../adapters/counter/http-counter';
import { DAYS, instant, onStage } from './stage';

const DAY = '2025-06-26';
const batch = {
  batchKey: 'freeze:SH:2025-06-26',
  businessDate: DAY,
  lines: [
    { fundAccount: '6000000001', amount: '100.10' },
    { fundAccount: '6000000002', amount: '-0.30' },
  ],
};

test('lays its own files down at 18:05, byte for byte', async () => {
  const stage = await onStage('counter', { from: DAY });
  const files = ['counter_trades_20250626.csv', 'counter_cash_20250626.csv', 'elections_20250626.csv'];
  expect((await stage.clockTo(`${DAY} 18:04:59`)).body['next']).toBe(instant(`${DAY} 18:05:00`));
  expect(files.map((file) => stage.has(`${DAY}/${file}`))).toEqual([false, false, false]);
  await stage.clockTo(`${DAY} 18:05:00`);
  for (const file of files) {
    expect(readFileSync(join(stage.inbox, DAY, file)).equals(readFileSync(join(DAYS, DAY, file)))).toBe(true);
  }
  expect(stage.has(`${DAY}/bank_client_20250626.csv`)).toBe(false);
});

test('takes a batch of corrections once, over a kill, and refuses other content', async () => {
  const stage = await onStage('counter', { from: DAY });
  await stage.clockTo(`${DAY} 20:00:00`);
  // 100.10 - 0.30 = 99.80
  const accepted = { outcome: 'accepted', lineCount: 2, total: '99.80', receivedAt: instant(`${DAY} 20:00:00`) };
  expect(await httpCounter(stage.url()).sendFreezeCorrections(batch)).toMatchObject(accepted);
  await stage.killAndRestart();
  await stage.clockTo(`${DAY} 20:30:00`);
  const counter = httpCounter(stage.url());
  expect(await counter.sendFreezeCorrections(batch)).toMatchObject(accepted);
  expect(await counter.sendFreezeCorrections({ ...batch, lines: [] })).toMatchObject({
    outcome: 'refused',
    code: 'KEY_WITH_OTHER_CONTENT',
  });
  expect(await counter.askFreezeCorrections(batch.batchKey)).toMatchObject({ state: 'accepted' });
  expect(await counter.askFreezeCorrections('other')).toMatchObject({ state: 'unknown' });
  expect((await stage.get(`/freeze-corrections?businessDate=${DAY}`)).body['batches']).toHaveLength(1);
  expect((await stage.get('/freeze-corrections?businessDate=2025-06-27')).body['batches']).toEqual([]);
  expect((await stage.get(`/freeze-corrections/${batch.batchKey}`)).body['lines']).toEqual(batch.lines);
});

test('a batch cut off by a kill in the middle of writing was not taken, and may be sent again', async () => {
  const stage = await onStage('counter', { from: DAY });
  await httpCounter(stage.url()).sendFreezeCorrections(batch);
  await stage.killAndRestart((stateDir) => {
    const journal = join(stateDir, 'counter.json.freeze-corrections');
    return { path: journal, content: readFileSync(journal).subarray(0, -10) };
  });
  const counter = httpCounter(stage.url());
  expect(await counter.askFreezeCorrections(batch.batchKey)).toMatchObject({ state: 'unknown' });
  expect(await counter.sendFreezeCorrections(batch)).toMatchObject({ outcome: 'accepted' });
  await stage.killAndRestart();
  expect(await httpCounter(stage.url()).askFreezeCorrections(batch.batchKey)).toMatchObject({ state: 'accepted' });
});

test('takes permissions once and lists them', async () => {
  const stage = await onStage('counter');
  const counter = httpCounter(stage.url());
  const instruction = {
    instructionKey: 'block:6000000001',
    fundAccount: '6000000001',
    permission: 'southbound-purchase',
    state: 'blocked',
    reason: 'overdraft',
  } as const;
  expect(await counter.sendPermission(instruction)).toMatchObject({ outcome: 'accepted' });
  expect(await counter.sendPermission(instruction)).toMatchObject({ outcome: 'accepted' });
  expect(await counter.sendPermission({ ...instruction, state: 'granted' })).toMatchObject({ outcome: 'refused' });
  expect((await stage.get('/permissions')).body['permissions']).toMatchObject([instruction]);
});
