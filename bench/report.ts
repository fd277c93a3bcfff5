/** A benchmark's outcome as an aligned table for people. */
import { median } from './measure/floor';
import type { MeasuredEvening, MeasuredRun } from './measure/run-days';

/** What a run stood on; printed with it, because the figures mean nothing without. */
export interface Surroundings {
  readonly node: string;
  readonly postgres: string;
  readonly durability: string;
  readonly cores: number;
  readonly loadBefore: number;
  readonly loadAfter: number;
}

export interface DayBenchmark {
  readonly trades: number;
  readonly clients: number;
  readonly seed: number;
  readonly surroundings: Surroundings;
  readonly floorSeconds: readonly number[];
  readonly floorMedianSeconds: number;
  readonly runs: readonly MeasuredRun[];
}

/** Steps below this are told together. */
const SHORT_MS = 50;

/** What the worker may take for itself above its idle memory, however many trades a day has. */
const MEMORY_GOAL_MB = 120;

export function benchmarkLines(of: DayBenchmark): string[] {
  const { surroundings: on, floorMedianSeconds: floor } = of;
  return [
    `${of.trades} 笔成交 trades, ${of.clients} 个账户 accounts, seed ${of.seed}`,
    `Node ${on.node}, ${on.postgres}, ${on.durability}, ${on.cores} cores, load ${on.loadBefore.toFixed(2)} -> ${on.loadAfter.toFixed(2)}`,
    `下限 floor (COPY + GROUP BY): ${of.floorSeconds.map((one) => one.toFixed(3)).join(' ')} s, median ${floor.toFixed(3)} s`,
    ...of.runs.flatMap((run, index) => ['', ...runLines(run, floor, index + 1)]),
    ...(of.runs.length > 1 ? ['', medianLine(of.runs, floor)] : []),
  ];
}

function runLines(run: MeasuredRun, floor: number, nth: number): string[] {
  const { idleMb: idle, peakMb: peak } = run;
  return [
    `第 ${nth} 次 run ${nth}: 问题 findings ${run.findings}`,
    `工作进程内存 worker memory: 空闲 idle ${mb(idle)}, 峰值 peak ${mb(peak)}, 高于空闲 above idle ${mb(aboveIdleMb(run))} (目标 goal <= ${MEMORY_GOAL_MB} MB)`,
    ...aligned([
      ['日期 date', '秒 s', '其中工作 at work', '倍数 x floor', '进程峰值 worker', '数据库 database', '历史 events'],
      ...run.evenings.map((evening) => [
        evening.date,
        seconds(spanMs(evening)),
        seconds(evening.busyMs),
        (spanMs(evening) / 1_000 / floor).toFixed(1),
        mb(evening.workerPeakMb),
        mb(evening.databasePeakMb),
        String(evening.historyEvents),
      ]),
    ]),
    ...run.evenings.slice(-1).flatMap((evening) => stepLines(evening, floor)),
  ];
}

/** Every step of an evening that takes a time worth telling, next to the floor; the sum is what was at work. */
function stepLines(evening: MeasuredEvening, floor: number): string[] {
  const long = evening.steps.filter((step) => spanMs(step) >= SHORT_MS);
  const rest = evening.steps.filter((step) => spanMs(step) < SHORT_MS);
  const restMs = rest.reduce((sum, step) => sum + spanMs(step), 0);
  const line = (name: string, ms: number, rows?: number, note = '') => [
    name,
    rows === undefined ? '' : String(rows),
    seconds(ms),
    rows === undefined || rows === 0 ? '' : String(Math.round(rows / (ms / 1_000))),
    (ms / 1_000 / floor).toFixed(2),
    note,
  ];
  return [
    '',
    ...aligned([
      [`${evening.date} 步骤 step`, '行 rows', '秒 s', '行/秒 rows/s', '倍数 x floor', ''],
      ...long.map((step) =>
        line(step.summary, spanMs(step), step.rows, step.attempts > 1 ? `attempt ${step.attempts}` : ''),
      ),
      line(`其余 ${rest.length} 步 the ${rest.length} others`, restMs),
      line('合计 (同时者计一次) all, what overlaps once', evening.busyMs),
      line('下限 floor', floor * 1_000),
    ]),
  ];
}

/** Middle of the runs: a machine that is shared makes single runs differ by a fifth and more. */
function medianLine(runs: readonly MeasuredRun[], floor: number): string {
  const last = runs.flatMap(({ evenings }) => evenings.slice(-1));
  const atWork = median(last.map(({ busyMs }) => busyMs)) / 1_000;
  const above = median(runs.flatMap((run) => aboveIdleMb(run) ?? []));
  return `${runs.length} 次中位数 median of ${runs.length}: 工作 at work ${atWork.toFixed(2)} s, ${(atWork / floor).toFixed(1)} x floor, 内存高于空闲 above idle ${mb(above)}`;
}

const aboveIdleMb = ({ idleMb, peakMb }: MeasuredRun): number | undefined =>
  idleMb === undefined || peakMb === undefined ? undefined : peakMb - idleMb;

const spanMs = ({ startedMs, endedMs }: { readonly startedMs: number; readonly endedMs: number }): number =>
  endedMs - startedMs;

const seconds = (ms: number): string => (ms / 1_000).toFixed(2);
const mb = (value: number | undefined): string => (value === undefined ? '-' : `${value.toFixed(0)} MB`);

/** Columns of equal width; the first to the left, all others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const blanks = ' '.repeat((widths[column] ?? 0) - width(cell));
        return column === 0 ? cell + blanks : blanks + cell;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Chinese characters take two columns. */
const width = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (/[\u2e80-\uffef]/.test(letter) ? 2 : 1), 0);
