/** The commands of README, run as they stand there: by bash, against the processes that `npm start` starts. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startBookProcesses, type BookProcesses } from '../../cli/processes/book-processes';
import { createProgram } from '../../cli/program';
import { shanghaiInstant, parseBusinessDate } from '../../domain/calendar/business-date';
import { dropBookDatabase } from '../../prisma/migrate';
import { openPool } from '../../prisma/pool';
import { makeBook } from '../../worker/book';
import { migratedDatabase, testServers } from '../support/servers';
import { marked, pages, ROOT, shellBlocks, textOf } from './markdown';

const FIRST_DAY = '2025-06-23';
const SECOND_DAY = '2025-06-24';

/** Output of a script, each command of which must succeed. */
function bash(script: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const shell = spawn('bash', ['-euo', 'pipefail', '-c', script], { cwd: ROOT, env: { ...process.env, ...env } });
    let said = '';
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    shell.on('error', reject);
    shell.on('close', (status) => (status === 0 ? resolve(said) : reject(new Error(`ended with ${status}: ${said}`))));
  });
}

/** Each is said, after the one before. */
function expectInOrder(said: string, parts: readonly string[]): void {
  let from = 0;
  for (const part of parts) {
    const at = said.indexOf(part, from);
    if (at < 0) throw new Error(`${part} is not said in its place: ${said}`);
    from = at + part.length;
  }
}

describe('a day by hand', () => {
  const book = `test_readme_${process.pid}_${randomBytes(3).toString('hex')}`;
  const folder = mkdtempSync(path.join(tmpdir(), 'southbound-readme-'));
  let processes: BookProcesses | undefined;
  let appUrl = '';

  beforeAll(async () => {
    process.env['SOUTHBOUND_DATA'] = folder;
    const { adminUrl, temporal } = testServers();
    await migratedDatabase(book);
    ({ appUrl } = await makeBook({
      adminUrl,
      temporalAddress: temporal,
      name: book,
      kind: 'rehearsal',
      clockMode: 'manual',
      clockAt: shanghaiInstant(parseBusinessDate('2025-06-22'), '23:59'),
      openingFolder: openingThatNeedsMoney(),
      people: true,
      clients: 100,
    }));
    processes = await startBookProcesses({
      book,
      databaseUrl: appUrl,
      servers: { temporalAddress: temporal },
      data: path.join(ROOT, 'samples/days-a'),
    });
  });

  afterAll(async () => {
    await processes?.stop();
    await dropBookDatabase(testServers().adminUrl, book);
    delete process.env['SOUTHBOUND_DATA'];
    rmSync(folder, { recursive: true, force: true });
  });

  /** The samples' opening state with the client reserve account 1,000.00 below zero: the first day has an order to make. */
  function openingThatNeedsMoney(): string {
    const opening = path.join(folder, 'opening');
    cpSync(path.join(ROOT, 'samples/days-a/static'), opening, { recursive: true });
    const accounts = path.join(opening, 'opening_accounts.csv');
    const text = readFileSync(accounts, 'latin1');
    expect(text).toContain('HKB0000001,reserve,C,3500000.00');
    writeFileSync(accounts, text.replace('HKB0000001,reserve,C,3500000.00', 'HKB0000001,reserve,C,-1000.00'), 'latin1');
    return opening;
  }

  it('is started, read and approved by the blocks of README', async () => {
    const script = marked('README.md', 'day').join('\n');
    expect(script).toContain('/completion');
    const env = { API: processes?.apiUrl ?? '', DATE: FIRST_DAY, MESSAGES: processes?.simulators.messages ?? '' };
    const said = await bash(script, env);
    expect(said).toContain('"stage": "morning funding"');
    expect(said).toContain('"SAME_PERSON"');
    expect(said).toContain('"amount": "1000.00"');
    expect(said).toContain('{"opening":"done","step":"ended"}');

    const pool = openPool(appUrl, 1);
    try {
      const orders = () => pool.query('select kind, side, amount_fen, made_by, approved_by from orders');
      const made = [
        { kind: 'FUND', side: 'client', amount_fen: 100_000n, made_by: 'ops-client-1', approved_by: 'ops-client-2' },
      ];
      expect((await orders()).rows).toEqual(made);
      const { rows: refused } = await pool.query(`select actor, reason from audit where outcome = 'refused'`);
      expect(refused).toEqual([{ actor: 'ops-client-1', reason: 'SAME_PERSON' }]);
    } finally {
      await pool.end();
    }
  });

  it('holds the life of a complaint, by the blocks of docs/complaints.md', async () => {
    const readme = marked('README.md', 'day').map((block) => block.split('\n'));
    // What README has defined in the same shell: addresses, tokens, the moved clock.
    const [head = []] = readme;
    const [clock = []] = readme.filter((lines) => lines.some((line) => line.startsWith('minutes() {')));
    const from = clock.findIndex((line) => line.startsWith('now() {'));
    const defined = [
      ...head,
      ...clock.slice(
        from,
        clock.indexOf(
          '}',
          clock.findIndex((line) => line.startsWith('minutes() {')),
        ) + 1,
      ),
    ];
    const script = [...defined, ...marked('docs/complaints.md', 'complaint')].join('\n');
    const said = await bash(script, { API: processes?.apiUrl ?? '', DATE: FIRST_DAY });
    expectInOrder(said, [
      '{"state":"received","receivedBy":"service-1"}',
      '["accept","running","2025-06-26T09:30:00.000Z"]',
      '{"task":"register-complaint","state":"done"}',
      '{"task":"assign-complaint","state":"done"}',
      '["柜台等候两小时 two hours at the counter"]',
      '"PARTICULARS_CONFIDENTIAL"',
      '{"task":"approve-complaint-proposal","state":"done"}',
      '{"task":"answer-complaint","state":"done"}',
      '"CALLER_HAD_A_HAND"',
      '{"callback":"ended","outcome":"confirmed"}',
      '{"state":"closed","promises":["met","met","met","met"]}',
      ' close service-1',
      '{"answered":["T20250623-000001"]}',
    ]);
  }, 180_000);

  it('is followed by a change of a parameter, from request to closed, by the blocks of README', async () => {
    const [people = ''] = marked('README.md', 'day');
    const { adminUrl, temporal } = testServers();
    const env = {
      ...{ API: processes?.apiUrl ?? '', DATE: FIRST_DAY, NEXT: SECOND_DAY, BOOK: book },
      ...{ DATABASE_URL: adminUrl, TEMPORAL_ADDRESS: temporal, SOUTHBOUND_SETUP: 'done' },
    };
    const said = await bash([people, ...marked('README.md', 'change')].join('\n'), env);
    const inOrder = [
      '"state": "awaiting approval"',
      '"firstNewDay"',
      '"status": 403',
      '"ROLE_MISSING"',
      '"SAME_PERSON"',
      '"task": "done"',
      '"state": "in force"',
      '"by": "supervisor-1"',
      '"closed": true',
      '"closed": false',
      'ops-client-1  ask for a parameter change  done',
      'supervisor-1  parameter change approved  done',
      'southbound  parameter change in force  done',
      'ops-client-1  completeTask  refused  ROLE_MISSING, SAME_PERSON',
      '流程开始 started  parameterChange',
      '收到操作 update  completeTask',
      '流程结束 completed',
    ];
    expectInOrder(said, inOrder);
  }, 180_000);
});

describe('other commands', () => {
  it('those that need no server do what they say', async () => {
    const said = await bash(marked('README.md', 'alone').join('\n'), { SOUTHBOUND_SETUP: 'done' });
    expect(said.trim().split('\n').at(-1)).toMatch(/^\d+ rows, \d+ differ$/);
  });

  it.each(pages().map((page) => [page]))('%s names commands and options that there are', (page) => {
    for (const words of commandsOf(page)) expect([words, faultOf(words)]).toEqual([words, undefined]);
  });

  it('knows a command that there is not', () => {
    expect(faultOf(['rehearse', '--dtaa', 'x'])).toBe('--dtaa');
    expect(faultOf(['reherse'])).toBe('reherse');
    expect(faultOf(['ops', 'schedule', 'trigger'])).toBe('trigger');
  });

  it('names scripts of package.json only', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    for (const page of pages()) {
      for (const [, name = ''] of textOf(page).matchAll(/`npm run ([\w:]+)/g)) {
        expect([page, name, name in scripts]).toEqual([page, name, true]);
      }
    }
  });
});

/** The words after `npx southbound` in the shell blocks and code marks of a page. */
function commandsOf(page: string): string[][] {
  const text = [...shellBlocks(page), ...textOf(page).matchAll(/`([^`\n]+)`/g)].map((found) =>
    typeof found === 'string' ? found : (found[1] ?? ''),
  );
  return text
    .join('\n')
    .split('\n')
    .flatMap((line) => /npx southbound ([^|#]+)/.exec(line)?.[1] ?? [])
    .map((words) => words.trim().split(/\s+/));
}

/** The first word that the command line does not know. */
function faultOf(words: readonly string[]): string | undefined {
  let command = createProgram(() => undefined);
  for (const word of words) {
    if (word === '--help') continue;
    if (word.startsWith('--')) {
      if (!command.options.some(({ long }) => long === word)) return word;
      continue;
    }
    if (command.commands.length === 0) continue;
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) return word;
    command = next;
  }
  return undefined;
}
