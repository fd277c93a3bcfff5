/** Worker, API and clearing house of a book, each of which is killed and started again: the worker and the API are the product's own processes. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { apiSpec, workerSpec } from '../../cli/processes/book-processes';
import { startChild, type RunningChild } from '../../cli/processes/child';
import { launchSimulators } from '../../simulators/launch';
import { freePort } from '../../prisma/local-server';
import { endAll } from '../measure/interrupted';

const ROOT = path.join(__dirname, '../..');
const API_PORT = 3_900;

export interface Mortals {
  readonly apiUrl: string;
  /** Kills it in the middle of what it does; resolves when another one is at work. False where it was down already. */
  readonly kill: Readonly<Record<'worker' | 'api' | 'clearing house', () => Promise<boolean>>>;
  readonly stop: () => Promise<void>;
}

export async function startMortals(of: {
  readonly folder: string;
  readonly book: string;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
}): Promise<Mortals> {
  const { folder, book, databaseUrl, temporalAddress } = of;
  const inbox = path.join(folder, 'inbox');
  mkdirSync(inbox, { recursive: true });
  const simulators = await launchSimulators({
    data: path.join(ROOT, 'samples/days-a'),
    inbox,
    stateDir: path.join(folder, 'simulators'),
  });
  const port = await freePort(API_PORT);
  const { urls } = simulators;
  const environment = {
    BOOK_DATABASE_URL: databaseUrl,
    BOOK_NAME: book,
    TEMPORAL_ADDRESS: temporalAddress,
    INBOX_DIR: inbox,
    DOCUMENTS_DIR: path.join(folder, 'documents'),
    CLEARING_HOUSE_URL: urls.clearingHouse,
    BANK_URL: urls.bank,
    COUNTER_URL: urls.counter,
    MESSAGES_URL: urls.messages,
    LOG_LEVEL: 'warn',
  };
  const worker = mortal(() => startChild(workerSpec(folder, environment)));
  const api = mortal(() => startChild(apiSpec(folder, environment, port)));
  const stop = () => endAll(api.stop, worker.stop, () => simulators.stop());
  try {
    await Promise.all([worker.isAtWork, api.isAtWork]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    apiUrl: `http://127.0.0.1:${port}`,
    kill: { worker: worker.kill, api: api.kill, 'clearing house': () => killClearingHouse(urls.clearingHouse) },
    stop,
  };
}

/** On a machine with much to do a start may take longer than it may: it is begun anew, as whoever keeps a process running does. */
const STARTS = 5;

function mortal(startOnce: () => Promise<RunningChild>) {
  const start = async (): Promise<RunningChild> => {
    for (let nth = 1; ; nth += 1) {
      try {
        return await startOnce();
      } catch (error) {
        if (nth === STARTS) throw error;
      }
    }
  };
  const first = start();
  let atWork = first;
  return {
    isAtWork: first,
    kill: async () => {
      const { pid, ended } = await atWork;
      process.kill(pid, 'SIGKILL');
      atWork = ended.then(start);
      await atWork;
      return true;
    },
    /** Also the one that is about to come after a kill. */
    stop: async () => {
      const last = await atWork.catch(() => undefined);
      await last?.stop();
    },
  };
}

/** By its own words: a simulator tells its process id, and its launcher starts it again on its port with its state. */
async function killClearingHouse(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/process`);
    const { pid } = (await answer.json()) as { readonly pid?: number };
    return pid !== undefined && process.kill(pid, 'SIGKILL');
  } catch {
    // It is down already.
    return false;
  }
}
