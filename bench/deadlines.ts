/**
 * `npm run bench -- deadlines --count 10000`: what an open promise costs over a process that waits on one timer.
 *
 * Engine storage is the size of the development server's database file after it was ended, which writes its log into the file:
 * once with so many bare processes, once with so many promises, each in a file of its own. Besides, promises that are all due
 * in the same minute: how many rang, twice, late, beside as many bare alarms. It ends with what each goal asks and what was found.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { dataFolder } from '../cli/places';
import { startPostgres, stopPostgres } from '../prisma/embedded';
import { dropBookDatabase } from '../prisma/migrate';
import { makeBook } from '../worker/book';
import { workflowBundle } from '../worker/workflow-bundle';
import {
  bookUrl,
  goalLine,
  measureOpenCases,
  openCaseGoals,
  openCaseLines,
  relationLines,
  slopeTo,
  startBareTimer,
  type Measured,
  type StartCase,
} from './measure/open-cases';
import { endAll } from './measure/interrupted';
import { runName } from './measure/run-name';
import { dueAtOnce, startOwed, type Lateness } from './deadlines/due-at-once';

export interface DeadlinesOptions {
  readonly count: number;
  /** Where the slope begins. */
  readonly from: number;
  /** Promises due in the same minute; none where 0. */
  readonly due: number;
}

/** Due at once: lateness. */
const GOALS = { lateSeconds: 60 };

type Tell = (line: string) => void;

export async function benchmarkDeadlines({ count, from, due }: DeadlinesOptions, tell: Tell): Promise<void> {
  const postgres = await startPostgres(dataFolder());
  const bundle = await workflowBundle(require.resolve('./deadlines/stories'));
  const book = runName('deadlines');
  // Nothing but what is due at once, where no case is counted.
  const steps = count === 0 ? [] : slopeTo(count, from);
  const prepare = async (temporalAddress: string) => {
    await makeBook({ adminUrl: postgres, temporalAddress, name: book, kind: 'drill', clockMode: 'real' });
  };
  const measured = { folder: path.join(dataFolder(), 'deadlines'), book, databaseUrl: bookUrl(postgres, book), bundle };
  const measure = (kind: 'bare' | 'promise', start: StartCase) =>
    measureOpenCases({ ...measured, kind, steps, prepare, tell, start });
  try {
    const bare = await measure('bare', startBareTimer(book));
    const now = new Date().toISOString();
    const promise = await measure('promise', (engine, pool, id) =>
      startOwed(engine, pool, { key: id, receivedAt: now, limit: { kind: 'BUSINESS_DAYS', n: 5 } }),
    );
    const outcome = {
      surroundings: { cpus: os.cpus().length, load: os.loadavg()[0], node: process.version },
      bare: bare.found,
      promise: promise.found,
    };
    for (const line of openCaseLines(bare.found, promise.found)) tell(line);
    for (const line of relationLines(promise.found)) tell(line);
    const lateness = due > 0 ? await dueAtOnce({ spec: promise.spec, prepare, due }, tell) : undefined;
    for (const line of goalLines(bare.found, promise.found, lateness)) tell(line);
    const file = path.join(dataFolder(), 'deadlines', `${book}.json`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ ...outcome, lateness }, null, 1));
    tell(`JSON: ${file}`);
  } finally {
    await endAll(
      () => dropBookDatabase(postgres, book),
      () => stopPostgres(dataFolder()),
    );
  }
}

/** Each goal with what was found; of bytes the slope, where there is one. */
function goalLines(bare: readonly Measured[], promise: readonly Measured[], due: Lateness | undefined): string[] {
  return [
    ...(promise.length > 1 ? openCaseGoals(bare, promise) : []),
    ...(due === undefined
      ? []
      : [
          goalLine(
            '同时到期 99 百分位秒 due at once, 99 of a hundred late by seconds',
            due.p99Seconds,
            GOALS.lateSeconds,
            1,
          ),
          goalLine('丢失 lost', due.lost, 0),
          goalLine('重复 doubled', due.doubled, 0),
          goalLine('提前 early', due.early, 0),
        ]),
  ];
}
