/**
 * npx tsx tools/openapi.ts: writes docs/openapi.json, the API document that the API serves, so that a reviewer sees what
 * a change does to it. With `--check` writes nothing and says whether the file is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openApiDocument } from '../api/openapi';
import { routes } from '../api/routes';

const FILE = path.join(__dirname, '..', 'docs', 'openapi.json');

const fresh = `${JSON.stringify(openApiDocument(routes), null, 2)}\n`;
if (!process.argv.includes('--check')) {
  mkdirSync(path.dirname(FILE), { recursive: true });
  writeFileSync(FILE, fresh);
} else if (readOrNothing(FILE) !== fresh) {
  process.stderr.write(
    'docs/openapi.json 已过期，请运行 npx tsx tools/openapi.ts。docs/openapi.json is stale: run npx tsx tools/openapi.ts.\n',
  );
  process.exitCode = 1;
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
