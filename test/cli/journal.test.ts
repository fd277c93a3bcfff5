/** A day as a person sees it, from answers that the API gave on the sample day 2025-06-30: late own money, a default. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Break, FileLine, Notice, Overdraft, SettlementDay } from '../../cli/rehearsal/api-answers';
import { newEvents, type DayEvent, type DayLook } from '../../cli/rehearsal/day-events';
import { summaryOf } from '../../cli/rehearsal/day-summary';
import { dayHeading, daysTable, eventLine, progressBar, summaryLine } from '../../cli/rehearsal/journal';
import { widthOf } from '../../cli/rehearsal/text';
import { parseBusinessDate } from '../../domain/calendar/business-date';

interface Recorded {
  readonly day: SettlementDay;
  readonly files: readonly FileLine[];
  readonly breaks: readonly Break[];
  readonly notices: readonly Notice[];
  readonly overdrafts: readonly Overdraft[];
}
const recorded = (): Recorded =>
  JSON.parse(readFileSync(path.join(__dirname, 'recorded/day-2025-06-30.json'), 'utf8')) as Recorded;
const DATE = parseBusinessDate('2025-06-30');
const linesOf = (look: DayLook): string[] => newEvents(look, new Set()).map(eventLine);

test('the story of the day, in the order of the business clock', () => {
  const lines = linesOf(recorded());
  const times = lines.map((line) => line.slice(0, 8));
  expect(times).toEqual([...times].sort());
  // What the published statement of that day says: own money at 10:52, too late; penalty 2360466.91 x 0.001.
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^08:00:00 {2}自营 {2}头寸计划 funding plan +-2,360,472\.09$/),
      expect.stringMatching(/^08:05:00 {2}客户 {2}划付指令经办 funding order made +5,995,185\.68 {2}ops-client-1$/),
      expect.stringMatching(/^08:10:00 {2}自营 {2}划付指令复核通过 .* 2,360,472\.09 {2}fin-prop-2$/),
      expect.stringMatching(/^10:00:00 {2}客户 {2}10:00 资金到位 .* 5,995,185\.68$/),
      expect.stringMatching(/^10:00:00 {2}自营 {2}10:00 资金未到 .* 2,360,472\.09$/),
      expect.stringMatching(/^10:30:00 {2}自营 {2}日间违约 intraday default +2,360,466\.91$/),
      expect.stringMatching(/^10:52:00 {2}自营 {2}划付指令到账 .* 2,360,472\.09$/),
      expect.stringMatching(/^11:00:00 {2}自营 {2}违约补足.* 2,360\.47$/),
      expect.stringMatching(/^18:42:31 {8}文件接受 hk_jsmx20250630\.dbf taken, \d+ records$/),
      expect.stringMatching(/^20:00:00 {8}交收日关闭 the day is closed$/),
    ]),
  );
});

test('lines fit a terminal of 120 columns', () => {
  for (const line of [...linesOf(recorded()), dayHeading(DATE, { day: 6, of: 7 })]) {
    expect(widthOf(line)).toBeLessThanOrEqual(120);
  }
});

test('what was told is not told again, what is new is', () => {
  const told = new Set<string>();
  const look = recorded();
  expect(newEvents({ ...look, files: [] }, told).length).toBeGreaterThan(20);
  expect(newEvents(look, told)).toHaveLength(look.files.length);
  expect(newEvents(look, told)).toEqual([]);
});

test('a default, a rung and a refused file are told once, not once more by their notices', () => {
  const subjects = newEvents(recorded(), new Set()).map(({ zh }) => zh);
  expect(subjects.filter((zh) => zh.includes('违约') && !zh.startsWith('违约补足'))).toEqual(['日间违约']);
  expect(subjects.some((zh) => zh.startsWith('期限 '))).toBe(false);
});

const BREAK: Break = {
  breakId: '9',
  class: 'AMOUNT_TOLERANCE',
  fileName: 'hk_jsmx20250630.dbf',
  row: '72',
  difference: { currency: 'CNY', amount: '-0.01' },
  reason: { zh: '金额相差 0.01', en: 'The CNY amount is off by 0.01' },
  foundAt: '2025-06-30T10:42:31.000Z',
  decision: null,
};

const told: readonly {
  readonly why: string;
  readonly change: (look: Recorded) => Recorded;
  readonly line: RegExp;
}[] = [
  {
    why: 'a refused file, with its cause',
    change: (look) => ({
      ...look,
      files: look.files.map((file) =>
        file.name.startsWith('hk_jsmx') ? { ...file, state: 'refused', cause: '3 findings' } : file,
      ),
    }),
    line: /文件拒收 hk_jsmx20250630\.dbf refused: 3 findings$/,
  },
  {
    why: 'an open break, with its place and amount',
    change: (look) => ({ ...look, breaks: [BREAK] }),
    line: /^18:42:31 .*差异 AMOUNT_TOLERANCE hk_jsmx20250630\.dbf row 72: .* -0\.01$/,
  },
  {
    why: 'a signed exception, with the one who signed',
    change: (look) => ({
      ...look,
      breaks: [{ ...BREAK, decision: { signedBy: 'supervisor-1', at: '2025-06-30T12:05:00.000Z', reason: 'checked' } }],
    }),
    line: /^20:05:00 .*签署例外 AMOUNT_TOLERANCE exception signed +supervisor-1$/,
  },
  {
    why: 'steps that are held, once for their cause',
    change: (look) => ({
      ...look,
      day: {
        ...look.day,
        steps: look.day.steps.map((step) =>
          ['forecast', 'risk money'].includes(step.step)
            ? { ...step, state: 'held', cause: 'missing hk_zqbd20250630.dbf' }
            : step,
        ),
      },
    }),
    line: /暂停 2 步 held by missing hk_zqbd20250630\.dbf: (forecast, risk money|risk money, forecast)$/,
  },
];

test.each(told)('$why', ({ change, line }) => {
  expect(linesOf(change(recorded()))).toContainEqual(expect.stringMatching(line));
});

test('a long text is cut where a figure stands beside it, and keeps its room where none does', () => {
  const event: DayEvent = { at: '2025-06-30T02:00:00.000Z', side: null, zh: '字'.repeat(80), en: '', tone: 'plain' };
  expect(widthOf(eventLine(event))).toBeLessThanOrEqual(120);
  const withFigure = eventLine({ ...event, side: 'client', amount: '-1234567.89', who: 'ops-client-1' });
  expect(withFigure).toMatch(/…\s+-1,234,567\.89 {2}ops-client-1$/);
  expect(widthOf(withFigure)).toBeLessThanOrEqual(120);
});

describe('the end of the day', () => {
  const summary = summaryOf(DATE, { ...recorded(), held: [] });

  test('one line', () => {
    expect(summaryLine(summary)).toBe(
      '2025-06-30  关闭于 closed at 20:00:00; 文件 files 17, 透支 overdrafts 0, 差异 breaks 0',
    );
  });

  test('a row of the table, with what the comparison says', () => {
    const [, row = ''] = daysTable([{ ...summary, comparison: { compared: 2110, differ: 0 } }]);
    expect(row.split(/ {2,}/)).toEqual([
      '2025-06-30',
      '-5,995,185.68',
      '-2,360,472.09',
      '自营 2,360,466.91',
      '0',
      '0',
      '20:00:00',
      '一致 2110',
    ]);
    expect(daysTable([{ ...summary, comparison: { compared: 2110, differ: 3 } }])[1]).toMatch(/3 differ$/);
  });

  test('a day that could not close says what is held', () => {
    const open = summaryOf(DATE, {
      ...recorded(),
      day: { ...recorded().day, closedAt: null },
      held: ['trades', 'cash'],
    });
    expect(summaryLine(open)).toContain('未关闭 not closed, 暂停 held sections 2');
    expect(daysTable([open])[1]).toContain('未关闭 open');
  });
});

test('progress', () => {
  expect(progressBar(0, 7, 7)).toBe('[░░░░░░░] 0/7');
  expect(progressBar(3, 7, 7)).toBe('[███░░░░] 3/7');
  expect(progressBar(7, 7, 7)).toBe('[███████] 7/7');
});
