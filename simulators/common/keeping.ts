/**
 * What a simulator remembers over a kill: its state in one JSON file that is replaced as a whole, and what it received
 * in bulk in a journal that only grows. Both survive the death of the process at any moment (not of the machine).
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The state kept in a file, or the initial one where there is no file yet. */
export function readState<State>(path: string, initial: State): State {
  mkdirSync(dirname(path), { recursive: true });
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as State) : initial;
}

/** Replaces the state file in one step. */
export function writeState(path: string, state: unknown): void {
  writeFileSync(`${path}.next`, JSON.stringify(state, null, 1));
  renameSync(`${path}.next`, path);
}

export type Journal<Entry> = { readonly entries: readonly Entry[]; append(entry: Entry): void };

/** Opens a journal of one JSON document a line. A last line cut off by a kill was never answered for: it is dropped. */
export function openJournal<Entry>(path: string): Journal<Entry> {
  mkdirSync(dirname(path), { recursive: true });
  const written = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const whole = written.subarray(0, written.lastIndexOf('\n') + 1);
  if (whole.length < written.length) truncateSync(path, whole.length);
  const entries = whole
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
  return {
    entries,
    append(entry) {
      appendFileSync(path, `${JSON.stringify(entry)}\n`);
      entries.push(entry);
    },
  };
}
