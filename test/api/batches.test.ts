/** What was posted for a day and the files behind it, as people read it. */
import { openBatch } from '../../activities/ledger/open-batch';
import { reverseBatchesOf } from '../../activities/ledger/reverse-batches';
import { inTransaction } from '../../activities/database/transaction';
import { parseBusinessDate } from '../../domain/calendar/business-date';
import { openApiStage, type ApiStage } from './stage';

const DAY = { channel: 'SH', businessDate: parseBusinessDate('2025-06-23') } as const;
const PATH = '/v1/settlement-days/SH/2025-06-23/batches';

let api: ApiStage;
let fileId: string;
beforeAll(async () => {
  api = await openApiStage('batches', { worker: false });
  await api.pool.query(`select open_business_date('2025-06-23')`);
  const { rows } = await api.pool.query<{ id: string }>(
    `insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
     values ('SH', '2025-06-23', 'hk_zqbd', 1, 'hk_zqbd20250623.dbf', 'x', 'a', 100, '2025-06-23T10:00:00Z') returning file_id::text as id`,
  );
  fileId = rows[0]!.id;
  await state(1, 'accepted');
});
afterAll(() => api.close());

const state = (nth: number, verdict: string) =>
  api.pool.query('insert into file_states (file_id, state_no, state, cause) values ($1, $2, $3, $3)', [
    fileId,
    nth,
    verdict,
  ]);

const post = (kind: string, restsOn: readonly bigint[]) =>
  inTransaction(api.pool, (sql) =>
    openBatch(sql, { ...DAY, key: `settle:SH:2025-06-23:${kind}`, kind, restsOn, cause: `posting ${kind}` }),
  );

const listed = async () => {
  const { status, body } = await api.call('GET', `${PATH}?limit=10`, { as: 'supervisor-1' });
  expect(status).toBe(200);
  return body.items as Record<string, unknown>[];
};

test('a batch names the files that it rests on with their state of now, and what took it back', async () => {
  await post('share-movements', [BigInt(fileId)]);
  await post('repay-advances', []);
  await state(2, 'refused');
  expect(await listed()).toMatchObject([
    {
      kind: 'share-movements',
      batchKey: 'settle:SH:2025-06-23:share-movements',
      reverses: null,
      reversedBy: null,
      restsOn: [{ fileId, name: 'hk_zqbd20250623.dbf', state: 'refused' }],
    },
    { kind: 'repay-advances', restsOn: [] },
  ]);
  await inTransaction(api.pool, (sql) =>
    reverseBatchesOf(sql, { ...DAY, kinds: ['share-movements'], cause: 'no longer in force' }),
  );
  const [posted, , reversal] = await listed();
  expect(reversal).toMatchObject({ reverses: posted!['batchId'], reversedBy: null });
  expect(posted).toMatchObject({ reversedBy: reversal!['batchId'] });
});

test('pages of batches are in the order of posting', async () => {
  const first = await api.call('GET', `${PATH}?limit=2`, { as: 'audit-1' });
  const rest = await api.call('GET', `${PATH}?limit=2&cursor=${String(first.body.next)}`, { as: 'audit-1' });
  expect([...(first.body.items as unknown[]), ...(rest.body.items as unknown[])]).toEqual(await listed());
  expect(rest.body.next).toBeNull();
});
