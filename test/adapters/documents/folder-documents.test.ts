/** The store of documents: whole or not at all, once for each content, never changed. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { folderDocuments } from '../../../adapters/documents/folder-documents';
import { mediaTypeOf } from '../../../adapters/documents/media-type';

const root = mkdtempSync(path.join(tmpdir(), 'southbound-documents-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const documents = folderDocuments(root);

async function* of(...chunks: (string | Buffer)[]): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
}
const files = () => readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const text = async (stream: Readable) => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};
const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');
const placeOf = (name: string) => path.join(root, name.slice(0, 2), name.slice(2, 4), name);

test('what is kept is read again under its digest, and can be written by nobody', async () => {
  const kept = await documents.keep(of('一份', '文件'), 100);
  expect(kept).toEqual({ sha256: sha256('一份文件'), byteCount: 12, mediaType: 'text/plain' });
  expect(await text(await documents.read(kept.sha256))).toBe('一份文件');
  expect((statSync(placeOf(kept.sha256)).mode & 0o777).toString(8)).toBe('444');
});

test('twenty at once with the same bytes leave one file and nothing beside it', async () => {
  const before = files().length;
  const kept = await Promise.all(Array.from({ length: 20 }, () => documents.keep(of('twenty'), 100)));
  expect(new Set(kept.map(({ sha256: name }) => name)).size).toBe(1);
  expect(files().length).toBe(before + 1);
});

test.each<[why: string, chunks: string[], most: number, code: string]>([
  ['empty', [], 10, 'DOCUMENT_EMPTY'],
  ['one byte over the bound', ['12345', '6'], 5, 'DOCUMENT_TOO_LARGE'],
])('%s is refused and leaves nothing behind', async (_why, chunks, most, code) => {
  const before = files().length;
  await expect(documents.keep(of(...chunks), most)).rejects.toMatchObject({ code });
  expect(files().length).toBe(before);
});

test('exactly as large as the bound is taken', async () => {
  await expect(documents.keep(of('123', '45'), 5)).resolves.toMatchObject({ byteCount: 5 });
});

test('a sender that breaks off leaves nothing behind', async () => {
  const before = files().length;
  async function* broken(): AsyncIterable<Uint8Array> {
    yield await Promise.resolve(Buffer.from('half'));
    throw new Error('connection lost');
  }
  await expect(documents.keep(broken(), 100)).rejects.toThrow('connection lost');
  expect(files().length).toBe(before);
});

test('one flipped byte, and a file that is gone, are told when it is read', async () => {
  const { sha256: name } = await documents.keep(of('to be damaged'), 100);
  const place = placeOf(name);
  const bytes = readFileSync(place);
  bytes[3] = (bytes[3] ?? 0) ^ 1;
  chmodSync(place, 0o644);
  writeFileSync(place, bytes);
  await expect(documents.read(name).then(text)).rejects.toMatchObject({ code: 'DOCUMENT_DAMAGED' });
  rmSync(place);
  await expect(documents.read(name)).rejects.toMatchObject({ code: 'DOCUMENT_DAMAGED' });
});

const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(32)]);
test.each<[type: string, why: string, bytes: Buffer]>([
  ['application/pdf', 'its mark', Buffer.from('%PDF-1.7\n%âãÏÓ\n')],
  ['image/png', 'its mark', PNG],
  ['image/jpeg', 'its mark', Buffer.from('ffd8ffe000104a46494600010100', 'hex')],
  ['application/json', 'text that begins as JSON does', Buffer.from(' {"score": 41}')],
  ['text/plain', 'text', Buffer.from('投诉内容')],
  ['text/plain', 'text that was cut in the middle of a character', Buffer.from('投诉').subarray(0, 5)],
  // 投诉内容 in GBK.
  ['text/plain', 'text in GBK', Buffer.from('cdb6cbdfc4dac8dd', 'hex')],
  ['application/octet-stream', 'GBK with a sign that no text has', Buffer.from('cdb6cbdfc4dac8dd01', 'hex')],
  ['application/octet-stream', 'no text and no mark', Buffer.from([0x80, 0x00, 0x41, 0x80])],
  [
    'application/x-msdownload',
    'a program, whatever its name says',
    Buffer.concat([Buffer.from('MZ'), Buffer.alloc(64)]),
  ],
])('%s: %s', async (type, _why, bytes) => {
  expect(await mediaTypeOf(bytes)).toBe(type);
});
