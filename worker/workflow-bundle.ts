/** The workflows as one file for the sandbox: built once for what they are made of, not at every start of a worker. */
import { bundleWorkflowCode } from '@temporalio/worker';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { readFolder } from '../prisma/local-server';

const ROOT = path.join(__dirname, '..');
const CACHE = path.join(ROOT, '.cache');
/** Folders that may end up in the bundle, and the file that pins the packages. */
const SOURCES: readonly string[] = ['workflows', 'domain'];
const KEPT_BUNDLES = 12;
/** Modules that see what goes into a process and out of it; part of every bundle. */
export const INTERCEPTORS: readonly string[] = ['request-id.ts', 'refused-updates.ts'].map((name) =>
  path.join(ROOT, 'workflows', 'building-blocks', name),
);

/**
 * Path of the bundle of all workflows, for `workflowBundle: { codePath }` of a worker. Builds it (about two seconds)
 * where workflows, rules or packages have changed.
 *
 * @param workflowsPath module whose exported functions are the workflows; a test may have its own, with modules beside it.
 * @throws Error of the bundler, for instance where a workflow imports a module that the sandbox does not have.
 */
export async function workflowBundle(workflowsPath = path.join(ROOT, 'workflows', 'index.ts')): Promise<string> {
  const file = path.join(CACHE, `workflows-${fingerprint(workflowsPath)}.js`);
  if (existsSync(file)) {
    // In use: the oldest ones are removed.
    utimesSync(file, new Date(), new Date());
    return file;
  }
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [...INTERCEPTORS],
    logger: quiet,
  });
  mkdirSync(CACHE, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, code);
  renameSync(unfinished, file);
  removeOldBundles();
  return file;
}

/** Only what keeps the bundle from working; sizes and module lists are nobody's concern at a start. */
const quiet = {
  log: () => undefined,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: (message: string) => process.stderr.write(`${message}\n`),
  error: (message: string) => process.stderr.write(`${message}\n`),
};

function fingerprint(workflowsPath: string): string {
  const hash = createHash('sha256').update(workflowsPath).update(readFileSync(workflowsPath));
  const folders = new Set([...SOURCES.map((folder) => path.join(ROOT, folder)), path.dirname(workflowsPath)]);
  for (const folder of folders) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      if (name.endsWith('.ts')) hash.update(`${folder}/${name}\n`).update(readFileSync(path.join(folder, name)));
    }
  }
  hash.update(readFileSync(path.join(ROOT, 'package-lock.json')));
  return hash.digest('hex').slice(0, 16);
}

function removeOldBundles(): void {
  const bundles = readFolder(CACHE).filter((name) => /^workflows-\w+\.js$/.test(name));
  const byAge = bundles
    .map((name) => ({ name, at: statSync(path.join(CACHE, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.at - a.at);
  for (const { name } of byAge.slice(KEPT_BUNDLES)) rmSync(path.join(CACHE, name), { force: true });
}
