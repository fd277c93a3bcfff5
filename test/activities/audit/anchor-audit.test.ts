/** Anchors: a minute after the one before, at once when a day is closed, and people are told where none can be written. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { anchorAudit } from '../../../activities/audit/anchor-audit';
import { recordAudit } from '../../../activities/audit/record-audit';
import { sealAudit } from '../../../activities/audit/seal-audit';
import { verifyAudit } from '../../../activities/audit/verify-audit';
import { anchorsFolder } from '../../../adapters/anchors/anchors-folder';
import { openDatabase, type TestDatabase } from '../../support/database';

let book: TestDatabase;
let owner: pg.Client;
let folder: string;
beforeAll(async () => {
  book = await openDatabase('anchor audit');
  owner = new pg.Client({ connectionString: book.ownerUrl });
  await owner.connect();
  await owner.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('anchors', 'test', 'manual', '2025-06-23T12:00:00Z')`,
  );
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'southbound-anchors-')), 'anchors');
});
afterAll(async () => {
  rmSync(path.dirname(folder), { recursive: true });
  await owner.end();
  await book.close();
});

const store = () => anchorsFolder(folder);
async function seal(action: string, objectId = 'x'): Promise<void> {
  await recordAudit(book.pool, { actor: 'system', action, outcome: 'done', objectType: 'settlement day', objectId });
  await sealAudit(book.pool);
}
const anchored = async () => (await anchorAudit(book.pool, store())).anchored;
/** As if so much time had passed since the newest anchor and since what was sealed after it. */
const passes = (interval: string) =>
  owner.query(`update audit_anchors set anchored_at = anchored_at - $1::interval;`, [interval]);
const notices = async () =>
  (await owner.query<{ key: string }>(`select message_key as key from outbox order by 1`)).rows.map(({ key }) => key);

it('anchors nothing before the first seal, then the last one at once', async () => {
  expect(await anchored()).toBe(false);
  await seal('first');
  expect(await anchored()).toBe(true);
  expect((await store().read()).anchors).toMatchObject([{ sealNo: 1n, rows: 1n, highestSeq: 1n, closedDays: [] }]);
});

it('anchors again a minute later, and only where the chain has grown', async () => {
  await passes('2 minutes');
  expect(await anchored()).toBe(false);
  await seal('second');
  expect(await anchored()).toBe(true);
  await seal('third');
  expect(await anchored()).toBe(false);
  await passes('59 seconds');
  expect(await anchored()).toBe(false);
  await passes('1 second');
  expect(await anchored()).toBe(true);
});

it('anchors a closed day at once, and says which', async () => {
  await seal('close settlement day', 'SH:2025-06-23');
  await seal('fifth');
  expect(await anchored()).toBe(true);
  expect((await store().read()).anchors.at(-1)).toMatchObject({ sealNo: 5n, closedDays: ['SH:2025-06-23'] });
  await passes('2 minutes');
  await seal('sixth');
  expect(await anchored()).toBe(true);
  expect((await store().read()).anchors.at(-1)).toMatchObject({ sealNo: 6n, closedDays: [] });
});

it('agrees with the chain', async () => {
  const { anchors } = await store().read();
  expect(anchors.map(({ sealNo }) => sealNo.toString())).toEqual(['1', '2', '3', '5', '6']);
  expect((await verifyAudit(book.pool, anchors)).faults).toEqual([]);
  const another = anchors.map((one) => (one.sealNo === 3n ? { ...one, digest: '00'.repeat(32) } : one));
  expect((await verifyAudit(book.pool, another)).faults).toEqual([{ what: 'cut off', number: 3n }]);
});

describe('where the folder takes nothing', () => {
  beforeAll(() => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
  });

  it('waits for some minutes before it tells people, then tells them once', async () => {
    await passes('2 minutes');
    await seal('seventh');
    await expect(anchored()).rejects.toThrow();
    expect(await notices()).toEqual([]);
    await passes('4 minutes');
    await owner.query(`update audit_seals set sealed_at = sealed_at - interval '5 minutes' where seal_no = 7`);
    for (const _ of [1, 2]) await expect(anchored()).rejects.toThrow();
    expect(await notices()).toEqual(['anchors-missing:6:admin', 'anchors-missing:6:audit']);
    await owner.query('delete from outbox');
  });

  it('tells at once when a day was closed, which is closed all the same', async () => {
    await seal('close settlement day', 'SH:2025-06-24');
    await expect(anchored()).rejects.toThrow();
    expect(await notices()).toEqual(['anchors-missing:6:admin', 'anchors-missing:6:audit']);
  });

  it('writes what it owes when the folder is back', async () => {
    rmSync(folder);
    expect(await anchored()).toBe(true);
    expect((await store().read()).anchors).toMatchObject([{ sealNo: 8n, closedDays: ['SH:2025-06-24'] }]);
  });
});
