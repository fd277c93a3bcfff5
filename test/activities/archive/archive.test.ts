/** The file of a client: filed once, reviewed by a second person, never changed, kept for twenty years, packed as one. */
import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { writeClientPackage } from '../../../activities/archive/client-package';
import { takeClientFile } from '../../../activities/archive/export-client-file';
import { fileDocument, type DocumentToFile } from '../../../activities/archive/file-document';
import { missingDocuments } from '../../../activities/archive/missing-documents';
import { endRelationship, holdArchive, openArchive } from '../../../activities/archive/open-archive';
import { handOverPaper, reviewScan } from '../../../activities/archive/review-scan';
import { inTransaction } from '../../../activities/database/transaction';
import { loadReference } from '../../../activities/books/load-reference';
import { faultsOfPackage } from '../../../cli/check-package';
import { folderDocuments } from '../../../adapters/documents/folder-documents';
import { openDatabase, type TestDatabase } from '../../support/database';

const folder = mkdtempSync(path.join(tmpdir(), 'southbound-archive-'));
const documents = folderDocuments(path.join(folder, 'documents'));
let book: TestDatabase;
beforeAll(async () => {
  book = await openDatabase('archive');
  await book.pool.query(
    `insert into business_clock (book_name, book_kind, mode, now) values ('archive', 'test', 'manual', '2025-06-23T01:00:00Z')`,
  );
  await loadReference(book.pool);
});
afterAll(async () => {
  await book.close();
  rmSync(folder, { recursive: true, force: true });
});

let clients = 0;
async function newClient(): Promise<string> {
  clients += 1;
  const clientNo = `C${String(clients).padStart(8, '0')}`;
  await openArchive(book.pool, { clientNo, openedOn: '2025-06-23' });
  return clientNo;
}
async function* of(content: string | Buffer): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from(content));
}
const file = (clientNo: string, content: string | Buffer, given: Partial<DocumentToFile> = {}) =>
  fileDocument({ pool: book.pool, documents }, of(content), {
    key: `${clientNo}:${String(given.kind ?? 'agreement')}`,
    clientNo,
    kind: 'agreement',
    businessDate: '2025-06-23',
    filedBy: 'branch-1001',
    mostBytes: 1_000,
    ...given,
  });

describe('filing', () => {
  test('numbers run without holes, also for twenty at once, and each leaves an audit row', async () => {
    const clientNo = await newClient();
    const filed = await Promise.all(
      Array.from({ length: 20 }, (_, nth) => file(clientNo, `text ${nth}`, { key: `${clientNo}:${nth}` })),
    );
    expect(filed.map(({ entryNo }) => entryNo).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, nth) => nth + 1),
    );
    const { rows } = await book.pool.query(
      `select count(*) from audit where object_type = 'archive' and object_id = $1 and action = 'file document'`,
      [clientNo],
    );
    expect(rows).toEqual([{ count: 20n }]);
  });

  test('the same key with the same bytes is filed already, with others refused', async () => {
    const clientNo = await newClient();
    const first = await file(clientNo, 'signed');
    expect(await file(clientNo, 'signed')).toEqual(first);
    await expect(file(clientNo, 'signed otherwise')).rejects.toMatchObject({ code: 'DOCUMENT_KEY_TAKEN' });
    const other = await newClient();
    await expect(file(other, 'signed', { key: `${clientNo}:agreement` })).rejects.toMatchObject({
      code: 'DOCUMENT_KEY_TAKEN',
    });
  });

  test.each<[why: string, content: string, given: Partial<DocumentToFile>, code: string]>([
    ['nothing in it', '', {}, 'DOCUMENT_EMPTY'],
    ['too large', 'x'.repeat(1_001), {}, 'DOCUMENT_TOO_LARGE'],
    ['another type than it says', 'no picture', { mediaTypes: ['image/png'] }, 'DOCUMENT_OF_OTHER_TYPE'],
    ['a client that is not there', 'x', { clientNo: 'C99999999' }, 'NOT_FOUND'],
  ])('%s: refused, and no entry is left', async (_why, content, given, code) => {
    const clientNo = await newClient();
    await expect(file(clientNo, content, given)).rejects.toMatchObject({ code });
    const { rows } = await book.pool.query('select count(*) from archive_entries where client_no = $1', [clientNo]);
    expect(rows).toEqual([{ count: 0n }]);
  });
});

describe('paper', () => {
  const workflowId = 'institution-opening:test';
  const scan = (clientNo: string, nth = 1) =>
    file(clientNo, `scan ${nth}`, {
      key: `${clientNo}:scan:${nth}`,
      kind: 'authorisation letter',
      paperNo: 'P-1',
      workflowId: `${workflowId}:${clientNo}`,
    });
  const review = (entryId: string, reviewedBy: string, outcome: 'legible' | 'scan again' = 'legible') =>
    inTransaction(book.pool, (sql) => reviewScan(sql, { entryId, outcome, reason: '清晰 can be read', reviewedBy }));
  const handOver = (entryId: string, given: { receiptNo?: string; receivedBy?: string } = {}) =>
    inTransaction(book.pool, (sql) =>
      handOverPaper(sql, {
        entryId,
        custodian: 'region-1',
        receiptNo: `R-${entryId}`,
        handedOverBy: 'branch-1001',
        receivedBy: 'region-1',
        handedOverOn: '2025-06-24',
        ...given,
      }),
    );

  test('scanned, reviewed by a second person, handed over: what is lacking is told at each step', async () => {
    const clientNo = await newClient();
    const lacking = () =>
      missingDocuments(book.pool, {
        workflowId: `${workflowId}:${clientNo}`,
        kinds: ['proof of legal person', 'authorisation letter'],
      });
    const withProof = [{ kind: 'proof of legal person', what: 'not filed' }];
    expect(await lacking()).toEqual([...withProof, { kind: 'authorisation letter', what: 'not filed' }]);
    const first = await scan(clientNo);
    expect(await lacking()).toEqual([...withProof, { kind: 'authorisation letter', what: 'not reviewed' }]);
    await expect(handOver(first.entryId)).rejects.toMatchObject({ code: 'SCAN_NOT_LEGIBLE' });
    await expect(review(first.entryId, 'branch-1001')).rejects.toMatchObject({ code: 'SAME_PERSON' });
    await review(first.entryId, 'branch-risk-1001', 'scan again');
    await expect(review(first.entryId, 'ops-client-1')).rejects.toMatchObject({ code: 'SCAN_REVIEWED_ALREADY' });
    expect(await lacking()).toEqual([...withProof, { kind: 'authorisation letter', what: 'scan again' }]);
    const second = await scan(clientNo, 2);
    await review(second.entryId, 'branch-risk-1001');
    await review(second.entryId, 'branch-risk-1001'); // the same once more changes nothing
    expect(await lacking()).toEqual([...withProof, { kind: 'authorisation letter', what: 'paper not handed over' }]);
    await expect(handOver(second.entryId, { receivedBy: 'branch-1001' })).rejects.toMatchObject({
      code: 'SAME_PERSON',
    });
    await handOver(second.entryId);
    await handOver(second.entryId);
    await expect(handOver(second.entryId, { receiptNo: 'R-other' })).rejects.toMatchObject({
      code: 'PAPER_HANDED_OVER_ALREADY',
    });
    expect(await lacking()).toEqual(withProof);
    const digital = await file(clientNo, 'no paper');
    await expect(review(digital.entryId, 'branch-risk-1001')).rejects.toMatchObject({ code: 'NOT_A_SCAN' });
  });

  test('the database refuses a review by the filer, whatever the row says', async () => {
    const clientNo = await newClient();
    const { entryId } = await scan(clientNo);
    await expect(
      book.pool.query(
        `insert into archive_reviews (entry_id, filed_by, reviewed_by, outcome, reason) values ($1, 'somebody else', 'branch-1001', 'legible', 'x')`,
        [entryId],
      ),
    ).rejects.toMatchObject({ code: '23514' });
  });
});

describe('retention', () => {
  const ended = (act: Parameters<typeof endRelationship>[1]) =>
    inTransaction(book.pool, (sql) => endRelationship(sql, act));
  const heldOn = (act: Parameters<typeof holdArchive>[1]) => inTransaction(book.pool, (sql) => holdArchive(sql, act));
  /** Retention is known to the database only: it has to hold against everybody who has a connection. */
  const keptUntil = async (clientNo: string) => {
    const { rows } = await book.pool.query<{ until: string | null }>('select archive_kept_until($1) as until', [
      clientNo,
    ]);
    return rows[0]?.until ?? null;
  };
  test.each<[ended: string | null, held: string[], until: string | null, why: string]>([
    [null, [], null, 'while the relationship lasts nothing goes'],
    [null, ['2050-01-01'], null, 'a longer period does not make an end known'],
    ['2025-06-30', [], '2045-06-30', 'twenty years to the day, that day included'],
    ['2024-02-29', [], '2044-02-29', 'from leap day to leap day'],
    ['2080-02-29', [], '2100-02-28', '2100 has no leap day'],
    ['2025-06-30', ['2045-06-29'], '2045-06-30', 'a shorter hold does not shorten'],
    ['2025-06-30', ['2045-07-01'], '2045-07-01', 'a longer one wins'],
    ['2025-06-30', ['2050-01-01', '2048-01-01'], '2050-01-01', 'the longest of several'],
  ])('ended %s, held until %j: kept until %s - %s', async (endedOn, held, until, _why) => {
    const clientNo = await newClient();
    const act = { clientNo, by: 'compliance-1', reason: '法院保全 court order' };
    if (endedOn !== null) await ended({ ...act, endedOn });
    for (const heldUntil of held) await heldOn({ ...act, heldUntil });
    expect(await keptUntil(clientNo)).toBe(until);
  });

  test('the end of the relationship is recorded once; another day is refused', async () => {
    const clientNo = await newClient();
    const act = { clientNo, by: 'branch-1001', reason: '销户 account closed' };
    await ended({ ...act, endedOn: '2025-06-20' });
    await ended({ ...act, endedOn: '2025-06-20' });
    await expect(ended({ ...act, endedOn: '2025-06-21' })).rejects.toMatchObject({
      code: 'RELATIONSHIP_ENDED_ALREADY',
    });
    await expect(heldOn({ ...act, clientNo: 'C99999999', heldUntil: '2050-01-01' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('the application can take nothing away; the owner only after the last day', async () => {
    const clientNo = await newClient();
    await file(clientNo, 'to be kept');
    for (const statement of [
      `delete from archive_entries where client_no = '${clientNo}'`,
      `update archive_entries set kind = 'other' where client_no = '${clientNo}'`,
      'delete from documents',
      'truncate archive_reviews',
    ]) {
      await expect(book.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
    const owner = new Client({ connectionString: book.ownerUrl });
    await owner.connect();
    try {
      const removal = `delete from archive_entries where client_no = '${clientNo}'`;
      const onDay = (date: string) =>
        owner.query(`update business_clock set now = '${date}T15:59:59+00:00'::timestamptz`); // 23:59:59 in Shanghai
      await owner.query('begin');
      await expect(owner.query(removal)).rejects.toThrow('the relationship lasts');
      await owner.query('rollback');
      await ended({
        clientNo,
        by: 'branch-1001',
        reason: '销户 account closed',
        endedOn: '2025-06-20',
      });
      await owner.query('begin');
      await onDay('2045-06-20');
      await expect(owner.query(removal)).rejects.toThrow('kept until 2045-06-20');
      await owner.query('rollback');
      await owner.query('begin');
      await onDay('2045-06-21');
      expect((await owner.query(removal)).rowCount).toBe(1);
      await expect(owner.query('update documents set byte_count = 1')).rejects.toMatchObject({ code: '42501' });
      await owner.query('rollback');
    } finally {
      await owner.end();
    }
  });
});

describe('the package of a client', () => {
  async function pack(clientNo: string, name: string) {
    const at = path.join(folder, name);
    const packed = await writeClientPackage({ pool: book.pool, documents }, clientNo, createWriteStream(at));
    writeFileSync(`${at}.sha256`, `${packed.sha256}  ${name}\n`);
    return { at, packed };
  }

  test('holds every document, the index, the audit trail, and proves itself without server or database', async () => {
    const clientNo = await newClient();
    await file(clientNo, '%PDF-1.7 合同', { kind: 'agreement' });
    await file(clientNo, '{"score":41}', { kind: 'answer sheet', workflowId: 'permission-opening:HKSC:1' });
    const { at, packed } = await pack(clientNo, 'whole.zip');
    expect(packed).toMatchObject({ entries: 2, auditRows: 2 });
    expect(createHash('sha256').update(readFileSync(at)).digest('hex')).toBe(packed.sha256);
    expect(await faultsOfPackage(at)).toEqual({ files: 7, faults: [] });
  });

  test('one flipped byte is found, wherever it is', async () => {
    const clientNo = await newClient();
    await file(clientNo, 'to be inspected by the regulator '.repeat(20));
    const { at } = await pack(clientNo, 'flipped.zip');
    const whole = readFileSync(at);
    const digest = readFileSync(`${at}.sha256`);
    let [told, inside] = [0, 0];
    for (let place = 0; place < whole.length; place += 7) {
      const bytes = Buffer.from(whole);
      bytes[place] = (bytes[place] ?? 0) ^ 0x10;
      writeFileSync(at, bytes);
      if ((await faultsOfPackage(at)).faults.length > 0) told += 1;
      rmSync(`${at}.sha256`);
      if ((await faultsOfPackage(at)).faults.length > 0) inside += 1;
      writeFileSync(`${at}.sha256`, digest);
    }
    expect(told).toBe(Math.ceil(whole.length / 7));
    // By the digests inside alone what stands in the directory of the package (times, marks) is not looked at.
    expect(inside / told).toBeGreaterThan(0.5);
  });

  test('a document that was damaged in the store stops the packing', async () => {
    const clientNo = await newClient();
    const { sha256 } = await file(clientNo, 'will be gone');
    rmSync(path.join(folder, 'documents', sha256.slice(0, 2), sha256.slice(2, 4), sha256));
    await expect(pack(clientNo, 'damaged.zip')).rejects.toMatchObject({ code: 'DOCUMENT_DAMAGED' });
    // Who tried to take it out, and why, is kept before anything leaves.
    const taken = { clientNo, by: 'compliance-1', reason: '现场检查 inspection' };
    const to = createWriteStream(path.join(folder, 'taken.zip'));
    await expect(takeClientFile({ pool: book.pool, documents }, taken, to)).rejects.toMatchObject({
      code: 'DOCUMENT_DAMAGED',
    });
    const { rows } = await book.pool.query(
      `select action, actor, reason from audit where object_id = $1 and action like '%export%'`,
      [clientNo],
    );
    expect(rows).toEqual([{ action: 'begin export of client file', actor: taken.by, reason: taken.reason }]);
    await expect(pack('C99999999', 'nobody.zip')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('no package, half a package and one without its sums are told', async () => {
    expect(await faultsOfPackage(path.join(folder, 'not-there.zip'))).toMatchObject({
      faults: [{ what: 'unreadable' }],
    });
    const at = path.join(folder, 'half.zip');
    writeFileSync(at, readFileSync(path.join(folder, 'whole.zip')).subarray(0, 500));
    expect(await faultsOfPackage(at)).toMatchObject({ faults: [{ what: 'unreadable' }] });
    expect(readdirSync(folder)).toContain('half.zip');
  });
});
