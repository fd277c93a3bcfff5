#!/usr/bin/env node
// npx southbound <command>: sets up what is missing, then runs cli/main.ts in this process, so that Ctrl-C and the exit
// status are the command's own. Relative paths are those of the caller's folder.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const { status } = spawnSync(process.execPath, [path.join(root, 'tools/setup.mjs')], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

// Only now: before the set-up there may be no packages.
const [{ register }, { register: registerImports }] = await Promise.all([import('tsx/cjs/api'), import('tsx/esm/api')]);
register();
// A command loads what it needs by import(), when it is called.
registerImports();
createRequire(import.meta.url)(path.join(root, 'cli/main.ts'));
