/** A benchmark's outcome as an aligned table for people. */
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

export function benchmarkLines(of: DayBenchmark): string[] {
  const { surroundings: on, floorMedianSeconds: floor } = of;
  return [
    `${of.trades} 笔成交 trades, ${of.clients} 个账户 accounts, seed ${of.seed}`,
    `Node ${on.node}, ${on.postgres}, ${on.durability}, ${on.cores} cores, load ${on.loadBefore.toFixed(2)} -> ${on.loadAfter.toFixed(2)}`,
    `下限 floor (COPY + GROUP BY): ${of.floorSeconds.map((one) => one.toFixed(3)).join(' ')} s, median ${floor.toFixed(3)} s`,
    ...of.runs.flatMap((run, index) => ['', ...runLines(run, floor, index + 1)]),
  ];
}

function runLines(run: MeasuredRun, floor: number, nth: number): string[] {
  const [idle, peak] = [run.idleMb, run.peakMb];
  const above = idle === undefined || peak === undefined ? undefined : peak - idle;
  return [
    `第 ${nth} 次 run ${nth}: 问题 findings ${run.findings}`,
    `工作进程内存 worker memory: idle ${mb(idle)}, peak ${mb(peak)}, above idle ${mb(above)}`,
    ...aligned([
      [
        '日期 date',
        '秒 seconds',
        '其中工作 at work',
        '倍数 ratio',
        '进程峰值 worker',
        '数据库 database',
        '历史 events',
      ],
      ...run.evenings.map((evening) => [
        evening.date,
        seconds(evening.endedMs - evening.startedMs),
        seconds(evening.busyMs),
        ((evening.endedMs - evening.startedMs) / 1_000 / floor).toFixed(1),
        mb(evening.workerPeakMb),
        mb(evening.databasePeakMb),
        String(evening.historyEvents),
      ]),
    ]),
    ...run.evenings.slice(-1).flatMap(stepLines),
  ];
}

function stepLines(evening: MeasuredEvening): string[] {
  const long = evening.steps.filter(({ startedMs, endedMs }) => endedMs - startedMs >= SHORT_MS);
  const rest = evening.steps.filter(({ startedMs, endedMs }) => endedMs - startedMs < SHORT_MS);
  const restMs = rest.reduce((sum, { startedMs, endedMs }) => sum + endedMs - startedMs, 0);
  return [
    `${evening.date} 各步骤 steps:`,
    ...aligned([
      ...long.map((step) => [
        step.summary,
        seconds(step.endedMs - step.startedMs),
        step.attempts > 1 ? `attempt ${step.attempts}` : '',
      ]),
      [`其余 ${rest.length} 步 the ${rest.length} others`, seconds(restMs), ''],
    ]),
  ];
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(2);
const mb = (value: number | undefined): string => (value === undefined ? '-' : `${value.toFixed(0)} MB`);

/** Columns of equal width; the first to the left, all others to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
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
