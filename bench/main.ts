/** Benchmarks: `npm run bench -- day --trades 100000`. Everything they make lies under .southbound/bench. */
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { INTERRUPTED_STATUS } from '../cli/interruption';
import { dataFolder } from '../cli/places';
import { benchmarkAudit } from './audit';
import { benchmarkComplaints, type ComplaintsOptions } from './complaints';
import { benchmarkDay } from './day';
import { generateDays } from './days/generate-days';
import { benchmarkDeadlines } from './deadlines';
import { isInterrupted, listen, unlessInterrupted } from './measure/interrupted';
import { SLOPE_FROM } from './measure/open-cases';
import { benchmarkElections, type ElectionsOptions } from './elections';
import { benchmarkPermissions, type PermissionsOptions } from './permissions';
import { benchmarkTasks, type TasksOptions } from './tasks';

const tell = (line: string): void => void process.stdout.write(`${line}\n`);

function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('正整数 a whole number from 1 on');
  return Number.parseInt(text, 10);
}

function dayCount(text: string): 1 | 2 | 3 {
  if (text === '1' || text === '2' || text === '3') return Number.parseInt(text, 10) as 1 | 2 | 3;
  throw new InvalidArgumentError('1, 2 或 3 (第三日交收首日成交 on the third the trades of the first settle)');
}

interface MarketOptions {
  readonly trades: number;
  readonly clients?: number;
  readonly seed: number;
  readonly days: 1 | 2 | 3;
}

/** A fifth as many accounts as trades unless told otherwise. */
const marketOf = ({ trades, clients, seed, days }: MarketOptions) => ({
  trades,
  clients: clients ?? Math.max(2, Math.ceil(trades / 5)),
  seed,
  days,
});

const program = new Command('bench').description('性能测试 benchmarks').hook('preAction', () => {
  process.env['SOUTHBOUND_DATA'] = path.join(dataFolder(), 'bench');
  listen(tell);
});

const withMarket = (command: Command): Command =>
  command
    .option('--trades <n>', '满日成交笔数 trades of a full day', count, 100_000)
    .option('--clients <n>', '账户数 accounts; a fifth of the trades unless told', count)
    .option('--seed <n>', '随机种子 seed of the market', count, 1)
    .option('--days <n>', '1 至 3 日 days', dayCount, 3);

withMarket(program.command('day'))
  .description('结算日全程: 用时、下限、内存 settlement days through the real path: time, floor, memory')
  .option('--repeat <k>', '重复次数 runs', count, 1)
  .option('--keep', '保留账簿 keep the books', false)
  .action(async (options: MarketOptions & { readonly repeat: number; readonly keep: boolean }) => {
    await benchmarkDay({ ...marketOf(options), repeat: options.repeat, keep: options.keep }, tell);
  });

withMarket(program.command('generate'))
  .description('只生成数据 write the folder of days only, for southbound rehearse --data')
  .requiredOption('--out <folder>', '输出文件夹 folder to write')
  .action(async (options: MarketOptions & { readonly out: string }) => {
    const market = await unlessInterrupted(() => generateDays(marketOf(options), path.resolve(options.out)));
    tell(`${market.days.length} 日 days: ${path.resolve(options.out)}`);
  });

program
  .command('audit')
  .description('审计链核对用时 how long the audit is verified')
  .option('--rows <n>', '审计记录数 rows of the audit', count, 1_000_000)
  .option('--repeat <k>', '重复次数 runs', count, 3)
  .action(async (options: { readonly rows: number; readonly repeat: number }) => {
    await benchmarkAudit(options, tell);
  });

program
  .command('complaints')
  .description(
    '在办投诉的成本、清单、重启 what open complaints cost over processes that wait on one timer; lists; a killed worker',
  )
  .option('--count <n>', '在办投诉数 open complaints', count, 10_000)
  .option('--from <n>', '斜率起点 where the slope begins', count, SLOPE_FROM)
  .option('--rounds <k>', '每项次数 how often each list is asked', count, 50)
  .action(async (options: ComplaintsOptions) => {
    await benchmarkComplaints(options, tell);
  });

program
  .command('deadlines')
  .description('未结承诺的成本 what an open promise costs over a process that waits on one timer')
  .option('--count <n>', '未结承诺数 open promises', count, 10_000)
  .option('--from <n>', '斜率起点 where the slope begins', count, SLOPE_FROM)
  .option('--due <n>', '同一分钟到期数 promises due in the same minute', count)
  .option('--due-only', '只测同一分钟到期 only what is due in the same minute', false)
  .action(
    async (options: {
      readonly count: number;
      readonly from: number;
      readonly due?: number;
      readonly dueOnly: boolean;
    }) => {
      const { due = 0, dueOnly } = options;
      await benchmarkDeadlines({ count: dueOnly ? 0 : options.count, from: options.from, due }, tell);
    },
  );

program
  .command('elections')
  .description(
    '公司行为申报: 确认、转发、截止 elections: accept path, fan out and close over the bare statements; --kill: under kills',
  )
  .option('--holders <n>', '持有人数 holders', count, 500_000)
  .option('--seconds <n>', '每种秒数 seconds of each kind', count, 10)
  .option('--kill <n>', '杀进程时的申报数 elections under kills', count)
  .option(
    '--history',
    '事件流程的历史: 1,000 与全部持有人 history of the process of an event: with 1,000 and with all holders',
    false,
  )
  .option('--http', '确认路径经 API the accept path over HTTP, with login and idempotency record', false)
  .action(async ({ kill, ...options }: Omit<ElectionsOptions, 'kill'> & { readonly kill?: number }) => {
    await benchmarkElections({ ...options, kill: kill ?? 0 }, tell);
  });

program
  .command('permissions')
  .description('开通的吞吐量与启动用时 openings over an empty process, a request over a bare start')
  .option('--count <n>', '开通数 openings', count, 200)
  .option('--starts <n>', '启动次数 starts of each kind', count, 100)
  .action(async (options: PermissionsOptions) => {
    await benchmarkPermissions(options, tell);
  });

program
  .command('tasks')
  .description('待办清单: 每页用时 lists of tasks: how long a page takes')
  .option('--tasks <n>', '任务数 tasks in the book', count, 1_000_000)
  .option('--rounds <k>', '每项次数 how often each list is asked', count, 200)
  .action(async (options: TasksOptions) => {
    await benchmarkTasks(options, tell);
  });

program.parseAsync().then(
  // A benchmark that found what must not be has set its status.
  () => process.exit(),
  (error: unknown) => {
    if (isInterrupted()) process.exit(INTERRUPTED_STATUS);
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
