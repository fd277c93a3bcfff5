/** Every alarm that the system gives stands in the page for operations staff, under the words of its subject. */
import { parse } from 'csv-parse/sync';
import { textOf } from './markdown';

const page = textOf('docs/operations.md');

/** Runs of four and more Chinese characters in the subjects of messages; what is filled in stands between them. */
const subjects = [
  ...new Set(
    parse<{ subject_zh: string }>(textOf('prisma/reference/message_templates.csv'), { columns: true }).flatMap(
      ({ subject_zh: subject }) => subject.replaceAll(/\{\w+\}/g, ' ').match(/[\u4e00-\u9fff]{4,}/g) ?? [],
    ),
  ),
];

it('finds the subjects to look for', () => {
  expect(subjects).toEqual(
    expect.arrayContaining(['文件被拒收', '日间交收违约', '划款指令被对方拒绝', '请补足可用资金']),
  );
  expect(subjects.length).toBeGreaterThanOrEqual(10);
});

it.each(subjects.map((subject) => [subject]))('%s', (subject) => expect(page).toContain(subject));

const rungs = parse<{ ladder: string; rung: string; clock_time: string; action_zh: string; severity: string }>(
  textOf('prisma/reference/ladders.csv'),
  { columns: true },
);

const parameters = parse<{ code: string; value: string }>(textOf('prisma/reference/parameters.csv'), { columns: true });
/** A rung's time is written, or named by the parameter that holds it; people read HH:MM. */
const clockTime = (time: string) =>
  (/^\d/.test(time) ? time : (parameters.find(({ code }) => code === time)?.value ?? time)).slice(0, 5);

it.each(rungs)('rung $rung of $ladder: $action_zh', ({ clock_time: time, action_zh: action, severity }) => {
  const row = page.split('\n').find((line) => line.includes(`期限 ${clockTime(time)} ${action}`));
  expect(row).toContain(severity);
});
