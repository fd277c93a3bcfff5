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

describe('what somebody else still decides is accepted with the place where it shows', () => {
  const because = 'as the notice of today says';
  let breakId: string;
  beforeAll(async () => {
    const sql = (text: string, values: unknown[] = []) => api.pool.query(text, values);
    await sql(`insert into settlement_days values ('SH', '2025-06-23', 'settlement-day:SH:2025-06-23', 'full', true, '2025-06-20', '2025-06-24', '2025-06-25',
      '2025-06-24', '2025-06-24', 1, 'evening', '2025-06-23T00:00:00Z', null)`);
    await sql(
      `insert into broker_accounts values ('HKB1', 'SH', 'reserve', 'client'), ('BANK1', 'SH', 'bank', 'client'), ('BANK2', 'SH', 'bank', 'proprietary')`,
    );
    const { rows: files } = await sql(
      `insert into files (channel, business_date, kind, version, name, path, sha256, byte_count, arrived_at)
       values ('SH', '2025-06-23', 'hk_jsmx', 1, 'hk_jsmx01.623', 'x', 'b', 100, '2025-06-23T10:00:00Z') returning file_id`,
    );
    await sql(`insert into file_states (file_id, state_no, state, cause) values ($1, 1, 'accepted', 'whole')`, [
      files[0].file_id,
    ]);
    await sql(
      `insert into clearing_lines values ('2025-06-23', $1, 1, 'SH', 'H01', '', 'HKB1', '2025-06-23', '2025-06-25', '21000', 'A900000001', '08001',
         'B', 'o', 'T1', 100, 533000, 'HKD', 0, 91000, 0, 0, 0, 0, 0, 0, 0, -100, 0)`,
      [files[0].file_id],
    );
    const { rows: found } = await sql(
      `insert into findings (channel, business_date, file_name, class, outcome, reason_zh, reason_en, finding_key, amount_fen)
       values ('SH', '2025-06-23', 'x', 'AMOUNT_TOLERANCE', 'break', '差', 'apart', 'a cent', 1) returning finding_id::text as id`,
    );
    breakId = found[0].id;
  });

  it.each<[what: string, as: string, path: () => string, body: object, id: string]>([
    [
      'a cancelled trade',
      'ops-client-1',
      () => '/v1/trade-cancellations',
      { channel: 'SH', tradeDate: '2025-06-23', tradeNo: 'T1', notice: because },
      'cancellationId',
    ],
    [
      'a top-up of the cushion',
      'fin-client-1',
      () => '/v1/cushion-top-ups',
      { channel: 'SH', amount: { currency: 'CNY', amount: '100000.00' }, reason: because },
      'topUpId',
    ],
    ['a write-off', 'fin-client-1', () => `/v1/breaks/${breakId}/write-off`, { reason: because }, 'breakId'],
  ])('%s', async (_, as, path, body, id) => {
    const asked = await api.call('POST', path(), { as, body });
    expect([asked.status, asked.body[id]]).toEqual([202, expect.stringMatching(/^\d+$/)]);
    const { items } = (await api.call('GET', asked.headers.get('location') ?? '', { as })).body;
    expect(items.map((item: Record<string, unknown>) => item[id])).toContain(asked.body[id]);
  });

  it('and a break is given to somebody by the tag of its line: 412 where somebody else has given it away since', async () => {
    const as = 'supervisor-1';
    const tag = async () => {
      const { items } = (await api.call('GET', '/v1/breaks', { as })).body;
      return items.find((item: { breakId: string }) => item.breakId === breakId).tag as string;
    };
    const shown = await tag();
    const give = (to: string) =>
      api.call('POST', `/v1/breaks/${breakId}/assignment`, {
        ...{ as, body: { to, reason: because }, headers: { 'if-match': shown } },
      });
    const given = await give('fin-client-1');
    expect([given.status, given.headers.get('etag')]).toEqual([200, await tag()]);
    const late = await give('ops-client-1');
    expect([late.status, late.body.code]).toEqual([412, 'REVISION_STALE']);
  });

  it('and a top-up that is not needed any more is taken back', async () => {
    const as = 'fin-client-1';
    const shown = async () => (await api.call('GET', '/v1/cushion-top-ups', { as })).body.items[0];
    const { topUpId } = await shown();
    const taken = await api.call('POST', `/v1/cushion-top-ups/${topUpId}/withdrawal`, {
      as,
      body: { reason: because },
    });
    expect([taken.status, taken.headers.get('location')]).toEqual([202, '/v1/cushion-top-ups']);
    expect((await shown()).state).toBe('not needed');
  });
});
