import type { BusinessDate } from '../../domain/calendar/business-date';
import { benchmarkLines, type DayBenchmark } from '../../bench/report';

const step = (
  summary: string,
  startedMs: number,
  endedMs: number,
  more: { rows?: number; attempts?: number } = {},
) => ({
  verb: 'receiveFile',
  summary,
  startedMs,
  endedMs,
  attempts: 1,
  ...more,
});

const run = (busyMs: number, peakMb: number | undefined): DayBenchmark['runs'][number] => ({
  book: 'bench',
  idleMb: 200,
  peakMb,
  highestMb: peakMb,
  findings: 0,
  evenings: [
    {
      date: '2025-06-25' as BusinessDate,
      startedMs: 0,
      endedMs: 5_000,
      busyMs,
      steps: [
        step('收取文件 receive', 0, 2_000, { rows: 120_000 }),
        step('核对文件 compare', 2_000, 3_000),
        step('阶段 stage', 3_000, 3_010),
        step('重试 again', 3_010, 3_510, { attempts: 2, rows: 0 }),
      ],
      day: { startedMs: 0, endedMs: 5_000 },
      historyEvents: 1_000,
      workerPeakMb: peakMb,
      databasePeakMb: 90,
    },
  ],
});

const benchmark = (runs: DayBenchmark['runs']): DayBenchmark => ({
  trades: 100_000,
  clients: 20_000,
  seed: 1,
  surroundings: {
    node: '20',
    postgres: 'PostgreSQL 18',
    durability: 'fsync on',
    cores: 2,
    loadBefore: 0,
    loadAfter: 1,
  },
  floorSeconds: [0.4, 0.6],
  floorMedianSeconds: 0.5,
  runs,
});

const cellsOf = (lines: readonly string[], begin: string): readonly string[] =>
  (lines.find((line) => line.startsWith(begin)) ?? '').split(/ {2,}/);

test.each([
  ['收取文件', ['收取文件 receive', '120000', '2.00', '60000', '4.00'], '120,000 rows in 2 s, the floor 0.5 s'],
  ['核对文件', ['核对文件 compare', '1.00', '2.00'], 'a step that counts no rows'],
  ['重试', ['重试 again', '0', '0.50', '1.00', 'attempt 2'], 'no rows have no speed; a second attempt is told'],
  ['其余 1 步', ['其余 1 步 the 1 others', '0.01', '0.02'], 'short steps together'],
  ['合计', ['合计 (同时者计一次) all, what overlaps once', '3.51', '7.02'], 'at work, against the floor'],
  ['2025-06-25  ', ['2025-06-25', '5.00', '3.51', '10.0', '290 MB', '90 MB', '1000'], '5 s from file to close'],
])('%s is told as %j (%s)', (begin, cells) => {
  const lines = benchmarkLines(benchmark([run(3_510, 290)]));
  expect(cellsOf(lines, begin).filter((cell) => cell !== '')).toEqual(cells);
});

test('memory is told above idle, next to its goal', () => {
  const lines = benchmarkLines(benchmark([run(3_510, 290)])).join('\n');
  expect(lines).toContain('above idle 90 MB (目标 goal <= 120 MB)');
});

test.each([
  [
    [run(2_000, 260), run(9_000, 250), run(3_000, 290)],
    '3.00 s, 6.0 x floor, 内存高于空闲 above idle 60 MB',
    'of three',
  ],
  [[run(2_000, undefined), run(4_000, 250)], '3.00 s, 6.0 x floor, 内存高于空闲 above idle 50 MB', 'one not measured'],
])('several runs end with their median (%#)', (runs, told) => {
  expect(benchmarkLines(benchmark(runs)).at(-1)).toContain(told);
});

test('one run has no median', () => {
  expect(benchmarkLines(benchmark([run(2_000, 260)])).join('\n')).not.toContain('median of');
});
