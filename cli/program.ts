/** The commands of `southbound`, each with its line of help. What a command needs is loaded when it is called. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ComplaintsOptions } from './complaints/rehearse-complaints';
import type { RehearseOptions } from './rehearsal/rehearse';
import { BusinessError } from '../domain/errors';
import { parseBusinessDate } from '../domain/calendar/business-date';

/** Ends with this status once a command is through. */
type End = (status: number) => void;

export function createProgram(end: End): Command {
  const program = new Command('southbound')
    .description('港股通运营流程引擎 process engine of Southbound operations')
    .showHelpAfterError('（southbound --help 查看用法 shows how）');

  program
    .command('start')
    .description('准备环境，演练样本交收日并保持运行 set up, rehearse the sample days, stay up')
    .option('--fresh', '清空演练账簿，重新开始 drop the rehearsed book and begin anew')
    .action(async (options: { fresh?: boolean }) => {
      process.stdout.write('Southbound 正在准备…… getting ready.\n');
      end(await (await import('./start.js')).start(options));
    });

  program
    .command('rehearse')
    .description('在新账簿上演练一个文件夹的交收日并比对 rehearse the days of a folder on a fresh book')
    .requiredOption('--data <folder>', '交收日文件夹 folder of days')
    .option('--overlay <folder>', '覆盖其中一日的差错样本 variant laid over one day')
    .option('--faults <file>', '差错过程文件，或其文件夹 course of faults, or a folder of courses, compared')
    .option('--from <date>', '比对起始日 first day that counts', date)
    .option('--to <date>', '最后一日 last day', date)
    .option('--compare', '与 expected.json 比对，有差异时以 1 结束 compare, end with 1 where anything differs')
    .option('--report <file>', '将结果写成报告 write a report of the run')
    .option('--out <folder>', '每日 result.json 的文件夹 folder for each result.json')
    .option('--keep', '结束后保持运行 stay up at the end')
    .action(async (options: RehearseOptions) => {
      process.stdout.write('Southbound 演练 rehearsal ……\n');
      end(await (await import('./rehearsal/rehearse.js')).rehearse(options));
    });

  addComplaints(program, end);
  program
    .command('worker')
    .description('运行账簿的工作进程 run a worker of a book (BOOK_NAME, BOOK_DATABASE_URL ...)')
    .action(async () => void (await import('../worker/main.js')));
  program
    .command('api')
    .description('运行账簿的接口 run the API of a book (BOOK_NAME, BOOK_DATABASE_URL ...)')
    .action(async () => void (await import('../api/main.js')));

  program
    .command('export')
    .description('导出 export')
    .command('client')
    .description('将一名客户的完整档案导出为一个文件包 the whole file of a client as one package')
    .argument('<no>', '客户档案号 number of the client file')
    .addOption(bookOption())
    .requiredOption('--by <person>', '经办人 who takes the file out, for the audit')
    .requiredOption('--reason <text>', '事由 why, for the audit')
    .option('--out <folder>', '输出文件夹 folder of the package', '.')
    .action(async (no: string, options: { book: string; by: string; reason: string; out: string }) => {
      await (await import('./export-client.js')).exportClient(no, options);
      end(0);
    });

  program
    .command('history')
    .description('逐行列出一个流程的经过 what a process did, line by line')
    .argument('<workflowId>', '流程编号 id of the process')
    .addOption(bookOption())
    .action(async (workflowId: string, { book }: { book: string }) =>
      end(await (await import('./history.js')).printHistory(workflowId, book)),
    );

  addBookCommands(program, end);
  addVerify(program, end);
  return program;
}

function addComplaints(program: Command, end: End): void {
  program
    .command('rehearse-complaints')
    .description('在新账簿上演练投诉办理，并核对每一项承诺 rehearse complaints over many days, check every promise')
    .option('--days <n>', '营业日数 business days', wholeNumber, 60)
    .option('--complaints <n>', '投诉件数 complaints', wholeNumber, 1_000)
    .option('--seed <n>', '随机种子 seed', wholeNumber, 1)
    .option('--keep', '保留账簿 keep the book', false)
    .action(async (options: ComplaintsOptions) => {
      end(await (await import('./complaints/rehearse-complaints.js')).rehearseComplaints(options));
    });
}

function addBookCommands(program: Command, end: End): void {
  program
    .command('migrate')
    .description('建立账簿或升级至本版本 make a book or bring it to this version')
    .addOption(bookOption())
    .addOption(
      new Option('--kind <kind>', '账簿类别 kind of book')
        .choices(['production', 'rehearsal', 'drill', 'test'])
        .default('production'),
    )
    .action(async ({ book, kind }: { book: string; kind: 'production' }) => {
      await (await import('./book-commands.js')).migrateBook(book, kind);
      end(0);
    });
  program
    .command('seed')
    .description('载入参考数据与期初状态 load reference data and an opening state into a book')
    .addOption(bookOption())
    .option('--opening <folder>', '期初文件夹（static） folder of the opening state')
    .option('--people', '演练人员 the test people of a rehearsal')
    .option('--clients <count>', '演练客户数 number of sample clients, never in production', wholeNumber)
    .action(async ({ book, ...options }: { book: string; opening?: string; people?: boolean; clients?: number }) => {
      await (await import('./book-commands.js')).seed(book, options);
      end(0);
    });

  const schedule = program
    .command('ops')
    .description('运维 for operators')
    .command('schedule')
    .description('交收日定时计划 the schedule of the settlement days');
  schedule
    .command('reconcile')
    .description('使定时计划与本版本一致 bring the schedule to its shape')
    .addOption(bookOption())
    .action(async ({ book }: { book: string }) => {
      await (await import('./book-commands.js')).reconcile(book);
      end(0);
    });
  schedule
    .command('backfill')
    .description('按日期补启动 start the days of a range that were missed')
    .addOption(bookOption())
    .requiredOption('--from <date>', '首日 first day', date)
    .requiredOption('--to <date>', '末日 last day', date)
    .action(async ({ book, from, to }: { book: string; from: string; to: string }) => {
      await (await import('./book-commands.js')).backfillDays(book, from, to);
      end(0);
    });
}

function addVerify(program: Command, end: End): void {
  const verify = program.command('verify').description('核对 verify');
  verify
    .command('audit')
    .description('重算账簿的审计链，指出首个不符之处 compute the chain over the audit again, say the first fault')
    .addOption(bookOption())
    .addOption(new Option('--anchors <folder>', '锚点文件夹 folder of the anchors').env('ANCHORS_DIR'))
    .action(async ({ book, anchors }: { book: string; anchors?: string }) =>
      end(await (await import('./verify-audit.js')).verifyAuditOfBook(book, anchors)),
    );
  verify
    .command('export')
    .description('核对导出的客户档案包，无需服务器 check a package of a client file, without any server')
    .argument('<file>', '文件包 package')
    .action(async (file: string) => end(await (await import('./export-client.js')).verifyExport(file)));
  verify
    .command('cases')
    .description('用本产品的规则运行一个文件夹的用例表 run the case tables of a folder through the rules')
    .requiredOption('--data <folder>', '用例表文件夹 folder of case tables')
    .action(async ({ data }: { data: string }) => {
      const { verificationLines, verifyCases } = await import('./verify-cases.js');
      const results = await verifyCases(data);
      for (const line of verificationLines(results)) process.stdout.write(`${line}\n`);
      end(results.some(({ differ }) => differ > 0) ? 1 : 0);
    });
}

const bookOption = (): Option =>
  new Option('--book <name>', '账簿名称 name of the book').env('BOOK_NAME').makeOptionMandatory();

function date(text: string): string {
  try {
    return parseBusinessDate(text);
  } catch (error) {
    if (error instanceof BusinessError) throw new InvalidArgumentError(`${error.text.zh}${error.text.en}`);
    throw error;
  }
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new InvalidArgumentError('须为 1 至 9999999 的整数。A whole number from 1 on.');
  return Number.parseInt(text, 10);
}
