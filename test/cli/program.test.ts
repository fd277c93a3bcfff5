/** What `southbound` answers to a command line that it cannot follow, before it does anything. */
import type { Command } from 'commander';
import { createProgram } from '../../cli/program';

function refusalOf(args: readonly string[]): Promise<{ readonly code: string; readonly told: string }> {
  let told = '';
  const strict = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: (text) => (told += text), writeOut: (text) => (told += text) });
    command.commands.forEach(strict);
  };
  const program = createProgram(() => undefined);
  strict(program);
  return program.parseAsync([...args], { from: 'user' }).then(
    () => ({ code: 'none', told }),
    (error: { readonly code: string }) => ({ code: error.code, told }),
  );
}

const refused: readonly { readonly why: string; readonly args: readonly string[]; readonly told: RegExp }[] = [
  { why: 'no such command', args: ['reherse'], told: /unknown command 'reherse'/ },
  { why: 'no folder of days', args: ['rehearse'], told: /required option '--data <folder>' not specified/ },
  { why: 'an option without its value', args: ['rehearse', '--data'], told: /argument missing/ },
  { why: 'no such option', args: ['start', '--frish'], told: /unknown option '--frish'/ },
  { why: 'a date that does not exist', args: ['rehearse', '--data', 'x', '--from', '2025-02-30'], told: /2025-02-30/ },
  { why: 'a date in another form', args: ['rehearse', '--data', 'x', '--to', '20250630'], told: /YYYY-MM-DD/ },
  { why: 'a kind of book that is none', args: ['migrate', '--book', 'b', '--kind', 'real'], told: /Allowed choices/ },
  { why: 'no book', args: ['migrate'], told: /required option '--book <name>' not specified/ },
  { why: 'half a range', args: ['ops', 'schedule', 'backfill', '--book', 'b', '--from', '2025-06-23'], told: /--to/ },
  { why: 'too many words', args: ['verify', 'cases', '--data', 'x', 'y'], told: /too many arguments/ },
];

beforeAll(() => delete process.env['BOOK_NAME']);

test.each(refused)('$why', async ({ args, told: wanted }) => {
  const { code, told } = await refusalOf(args);
  expect(code).toMatch(/^commander\./);
  expect(told).toMatch(wanted);
});

test('every command has its line of help', async () => {
  const { told } = await refusalOf(['--help']);
  for (const name of ['start', 'rehearse', 'worker', 'api', 'migrate', 'seed', 'ops', 'verify']) {
    expect(told).toMatch(new RegExp(`^  ${name} .*\\p{Script=Han}`, 'mu'));
  }
});
