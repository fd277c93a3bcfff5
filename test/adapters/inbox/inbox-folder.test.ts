import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInbox } from '../../../adapters/inbox/inbox-folder';

const root = mkdtempSync(join(tmpdir(), 'southbound-test-'));
afterAll(() => rmSync(root, { recursive: true }));

function put(path: string, content: string, at: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
  utimesSync(join(root, path), new Date(at), new Date(at));
}

test('whole files of day folders in the order of arrival, nothing hidden or half written', async () => {
  put('2025-06-26/hk_jsmx20250626.dbf', 'twelve bytes', '2025-06-26T10:42:31.000Z');
  put('2025-06-26/hk_ckhl20250626.dbf', 'four', '2025-06-26T00:31:10.000Z');
  put('2025-06-27/HK_YWHB.dbf', '', '2025-06-27T10:30:00.000Z');
  put('2025-06-26/.hk_zqye20250626.dbf.coming', 'half', '2025-06-26T10:45:00.000Z');
  put('2025-06-26/hk_zqye20250626.dbf.part', 'half', '2025-06-26T10:45:00.000Z');
  put('2025-06-26/hk_zqye20250626.dbf.TMP', 'half', '2025-06-26T10:45:00.000Z');
  put('2025-06-26/folder/hk_zqbd20250626.dbf', 'elsewhere', '2025-06-26T10:45:00.000Z');
  put('archive/hk_zqbd20250626.dbf', 'elsewhere', '2025-06-26T10:45:00.000Z');
  put('stray.dbf', 'elsewhere', '2025-06-26T10:45:00.000Z');
  const seen = (await readInbox(root)).files.map(({ businessDate, name, bytes, modifiedAt }) => [
    businessDate,
    name,
    bytes,
    modifiedAt,
  ]);
  expect(seen).toEqual([
    ['2025-06-26', 'hk_ckhl20250626.dbf', 4, '2025-06-26T00:31:10.000Z'],
    ['2025-06-26', 'hk_jsmx20250626.dbf', 12, '2025-06-26T10:42:31.000Z'],
    ['2025-06-27', 'HK_YWHB.dbf', 0, '2025-06-27T10:30:00.000Z'],
  ]);
});

test('an inbox that is not there is an error, not an empty inbox', async () => {
  await expect(readInbox(join(root, 'nowhere'))).rejects.toThrow('ENOENT');
});
