/**
 * `southbound start`: sets everything up, runs the published sample days on the book `rehearsal`, shows what came of
 * them, and stays up to be looked at. Days that are closed are not run again; one that was interrupted goes on.
 */
import path from 'node:path';
import { dropBook, makeBook } from '../worker/book';
import { listenForInterruption, type Interruption } from './interruption';
import { resultsFolder, ROOT } from './places';
import {
  clearBookFolder,
  startBookProcesses,
  takeBook,
  WANTED_API_PORT,
  type BookProcesses,
} from './processes/book-processes';
import { startServers, type Servers } from './processes/servers';
import { clockBefore, readDaysFolder, type DaysFolder } from './rehearsal/days-folder';
import { daysTable, openJournal, type Journal } from './rehearsal/journal';
import { countsLine } from './rehearsal/report';
import { runDays, type DaysOutcome } from './rehearsal/run-days';

const BOOK = 'rehearsal';
const SAMPLES = 'samples/days-a';

/** @returns status to end with */
export async function start({ fresh = false }: { readonly fresh?: boolean }): Promise<number> {
  const journal = openJournal(process.stdout);
  const interruption = listenForInterruption(() => journal.say('\n正在停止…… Stopping.'));
  const folder = readDaysFolder(path.join(ROOT, SAMPLES));
  const release = await takeBook(BOOK);
  let servers: Servers | undefined;
  try {
    servers = await startServers((line) => journal.say(line));
    await onBook(folder, servers, journal, interruption, fresh);
    return 0;
  } finally {
    await servers?.stop();
    release();
    interruption.release();
  }
}

async function onBook(
  folder: DaysFolder,
  servers: Servers,
  journal: Journal,
  interruption: Interruption,
  fresh: boolean,
): Promise<void> {
  if (fresh) {
    await dropBook(servers.adminUrl, servers.temporalAddress, BOOK);
    clearBookFolder(BOOK);
  }
  const [first] = folder.days;
  const { appUrl } = await makeBook({
    adminUrl: servers.adminUrl,
    temporalAddress: servers.temporalAddress,
    name: BOOK,
    kind: 'rehearsal',
    clockMode: 'manual',
    ...(first === undefined ? {} : { clockAt: clockBefore(first) }),
    openingFolder: folder.opening,
    people: true,
  }).catch(withFreshCure);
  const processes = await startBookProcesses({
    book: BOOK,
    databaseUrl: appUrl,
    servers,
    data: folder.folder,
    apiPort: WANTED_API_PORT,
  });
  try {
    tellTakenPort(journal, processes);
    const run = runDays({
      processes,
      folder,
      days: folder.days,
      isCompared: () => true,
      out: resultsFolder(BOOK),
      journal,
      stopping: () => interruption.asked,
    });
    const outcome = await Promise.race([run, interruption.whenAsked]);
    run.catch(() => undefined);
    if (outcome === undefined) return;
    tell(journal, outcome);
    for (const line of whatToTry(processes, servers)) journal.say(line);
    const failure = await Promise.race([interruption.whenAsked, processes.failed]);
    if (failure !== undefined) throw new Error(failure);
  } finally {
    await processes.stop();
  }
}

/** A book of an earlier version of the software cannot always be carried on. */
function withFreshCure(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  const cure = '演练账簿可重新开始：npm start -- --fresh。The rehearsed book can begin anew: npm start -- --fresh.';
  throw new Error(`${message} ${cure}`, { cause: error });
}

function tellTakenPort(journal: Journal, { apiUrl }: BookProcesses): void {
  const { port } = new URL(apiUrl);
  if (port === String(WANTED_API_PORT)) return;
  journal.say(
    `端口 ${WANTED_API_PORT} 被占用，接口改用 ${port}。Port ${WANTED_API_PORT} is taken; the API uses ${port}.`,
  );
}

function tell(journal: Journal, outcome: DaysOutcome): void {
  journal.say();
  for (const line of daysTable(outcome.summaries)) journal.say(line);
  for (const line of outcome.differences) journal.say(journal.paint('bad', line));
  journal.say(countsLine(outcome));
  journal.say();
}

/** Addresses, and three things to try next. */
export function whatToTry(
  { apiUrl, simulators }: Pick<BookProcesses, 'apiUrl' | 'simulators'>,
  { temporalUi }: Pick<Servers, 'temporalUi'>,
): string[] {
  const query = encodeURIComponent('ProcessType="settlementDay" AND BusinessDate="2025-06-26"');
  const ui = temporalUi === '' ? '(TEMPORAL_UI_ADDRESS)' : temporalUi;
  return [
    `接口 API            ${apiUrl}`,
    `接口文档 document   ${apiUrl}/docs`,
    `Temporal Web UI     ${ui}/namespaces/${BOOK}/workflows`,
    `消息 messages       ${simulators.messages}/`,
    '',
    '试一试 Try next:',
    '1. 以主管身份读取一个交收日 read a day as the supervisor:',
    `   TOKEN=$(curl -s ${apiUrl}/rehearsal/tokens -H 'Content-Type: application/json' -d '{"person":"supervisor-1"}' | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')`,
    `   curl -s -H "Authorization: Bearer $TOKEN" ${apiUrl}/v1/settlement-days/SH/2025-06-26`,
    '2. 在 Web UI 中查看该日流程 look at its process in the Web UI:',
    `   ${ui}/namespaces/${BOOK}/workflows?query=${query}`,
    '3. 以截断的文件重演一日 rehearse a day with a truncated file:',
    '   npx southbound rehearse --data samples/days-a --overlay samples/faults-a/truncated_file --compare',
    '',
    'Ctrl-C 结束 to end.',
  ];
}
