/** The day as a person sees it, line by line: time on the business clock, side, what happened, the figure, who. */
import { shanghaiTimeOf, weekday, type BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import type { DayEvent } from './day-events';
import type { DaySummary } from './day-summary';
import { fit, grouped, paintFor, tableLines, widthOf, type Paint } from './text';

/** Columns of words, figure and person; two between them, sixteen before them for time and side. */
const COLUMNS = { all: 104, amount: 18, who: 20 } as const;
const WEEKDAYS = ['一', '二', '三', '四', '五', '六', '日'] as const;
const SIDE_WORDS: Readonly<Record<Side, string>> = { client: '客户', proprietary: '自营' };

/**
 * A line without colours, at most 120 columns: `08:31:10  客户  头寸计划 funding plan   -19,004,649.79  ops-client-1`.
 * Where there is no figure or no person, the words may take their room.
 */
export function eventLine({ at, side, zh, en, amount, who }: DayEvent): string {
  const forAmount = amount === undefined ? 0 : COLUMNS.amount + 2;
  const forWho = amount === undefined && who === undefined ? 0 : COLUMNS.who + 2;
  return [
    shanghaiTimeOf(at),
    side === null ? '    ' : SIDE_WORDS[side],
    fit(`${zh} ${en}`, COLUMNS.all - forAmount - forWho),
    ...(amount === undefined ? [] : [fit(grouped(amount), COLUMNS.amount, 'right')]),
    ...(forWho === 0 ? [] : [fit(who ?? '', COLUMNS.who)]),
  ]
    .join('  ')
    .trimEnd();
}

/** `── 2025-06-26 星期四 ── 4/7 ───`. */
export const dayHeading = (date: BusinessDate, place: { readonly day: number; readonly of: number }): string => {
  const title = `── ${date} 星期${WEEKDAYS[weekday(date) - 1] ?? ''} ── ${place.day}/${place.of} `;
  return title + '─'.repeat(Math.max(0, 118 - widthOf(title)));
};

/** What became of one day, in one line. */
export function summaryLine(summary: DaySummary): string {
  const { date, closedAt, held, files, overdrafts, openBreaks, signedBreaks } = summary;
  const end =
    closedAt === null
      ? `未关闭 not closed${held.length === 0 ? '' : `, 暂停 held sections ${held.length}`}`
      : `关闭于 closed at ${shanghaiTimeOf(closedAt)}`;
  const breaks = openBreaks + signedBreaks;
  return `${date}  ${end}; 文件 files ${files}, 透支 overdrafts ${overdrafts}, 差异 breaks ${breaks}${signedBreaks === 0 ? '' : ` (${signedBreaks} signed)`}`;
}

/** Table of the days: both sides' funding, defaults, overdrafts, breaks, close, differences from what was expected. */
export function daysTable(summaries: readonly DaySummary[]): string[] {
  const head = [
    '日期 date',
    '客户头寸 client',
    '自营头寸 own',
    '违约 default',
    '透支 overdr.',
    '差异 breaks',
    '关闭 closed',
    '比对 compared',
  ];
  const rows = summaries.map((day) => [
    day.date,
    day.funding.client === undefined ? '-' : grouped(day.funding.client),
    day.funding.proprietary === undefined ? '-' : grouped(day.funding.proprietary),
    day.defaults.map(({ side, amount }) => `${SIDE_WORDS[side]} ${grouped(amount)}`).join(' ') || '-',
    String(day.overdrafts),
    day.signedBreaks === 0
      ? String(day.openBreaks)
      : `${day.openBreaks + day.signedBreaks} (${day.signedBreaks} signed)`,
    day.closedAt === null ? '未关闭 open' : shanghaiTimeOf(day.closedAt),
    comparedText(day.comparison),
  ]);
  return tableLines([head, ...rows], [1, 2, 3, 4, 5]);
}

const comparedText = (comparison: DaySummary['comparison']): string =>
  comparison === undefined
    ? '-'
    : comparison.differ === 0
      ? `一致 ${comparison.compared}`
      : `${comparison.differ} differ`;

/** Where a run is told: lines on a stream, coloured on a terminal, with one line of progress that is written over. */
export interface Journal {
  readonly say: (line?: string) => void;
  readonly events: (events: readonly DayEvent[]) => void;
  /** Shown on a terminal only, until the next line. */
  readonly progress: (text: string) => void;
  readonly paint: Paint;
}

export function openJournal(output: NodeJS.WriteStream): Journal {
  const paint = paintFor(output.isTTY === true);
  let inProgress = false;
  const clear = () => {
    if (inProgress) output.write('\r\u001b[2K');
    inProgress = false;
  };
  return {
    paint,
    say: (line = '') => {
      clear();
      output.write(`${line}\n`);
    },
    events: (events) => {
      clear();
      for (const event of events) output.write(`${paint(event.tone, eventLine(event))}\n`);
    },
    progress: (text) => {
      if (output.isTTY !== true) return;
      output.write(`\r\u001b[2K${paint('faint', fit(text, Math.min(118, (output.columns ?? 120) - 2)).trimEnd())}`);
      inProgress = true;
    },
  };
}

/** `[████████░░░░] 3/7`. */
export const progressBar = (done: number, of: number, columns = 24): string => {
  const filled = of === 0 ? columns : Math.round((done / of) * columns);
  return `[${'█'.repeat(filled)}${'░'.repeat(columns - filled)}] ${done}/${of}`;
};
