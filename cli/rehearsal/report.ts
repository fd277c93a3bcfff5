/** The report of a run as a text file (Markdown): what ran, the table of the days, every difference. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { daysTable } from './journal';
import type { DaysOutcome } from './run-days';

export interface RunReport {
  readonly title: string;
  readonly book: string;
  readonly data: string;
  readonly overlay: string | undefined;
  readonly seconds: number;
  readonly outcome: DaysOutcome;
}

export function writeReport(file: string, report: RunReport): void {
  const at = path.resolve(file);
  mkdirSync(path.dirname(at), { recursive: true });
  writeFileSync(at, `${reportLines(report).join('\n')}\n`);
}

export function reportLines({ title, book, data, overlay, seconds, outcome }: RunReport): string[] {
  const list = (heading: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', `## ${heading}`, '', ...lines.map((line) => `- ${line}`)];
  return [
    `# ${title}`,
    '',
    `- 账簿 book: ${book}`,
    `- 数据 data: ${data}`,
    ...(overlay === undefined ? [] : [`- 差错样本 variant: ${overlay}`]),
    `- 用时 took: ${seconds} s`,
    `- 流程 processes: ${outcome.summaries.map(({ workflowId }) => workflowId).join(', ')}`,
    '',
    '```text',
    ...daysTable(outcome.summaries),
    '```',
    ...list('差异 Differences', outcome.differences),
    ...list('说明 Remarks', outcome.remarks),
    '',
    countsLine(outcome),
  ];
}

export const countsLine = ({ compared, differ }: Pick<DaysOutcome, 'compared' | 'differ'>): string =>
  `${compared} figures compared, ${differ} differ`;
