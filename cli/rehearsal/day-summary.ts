/** What became of a day, as the table at the end and the report of a run show it. Read through the API. */
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import type { ApiClient } from './api-client';
import type { Break, DayReport, FileLine, Overdraft, SettlementDay } from './api-answers';
import { SUPERVISOR } from './cast';

export interface DaySummary {
  readonly date: BusinessDate;
  readonly workflowId: string;
  readonly closedAt: string | null;
  /** Funding amount of each side, money text. */
  readonly funding: Readonly<Partial<Record<Side, string>>>;
  readonly defaults: readonly { readonly side: Side; readonly amount: string }[];
  readonly overdrafts: number;
  readonly openBreaks: number;
  readonly signedBreaks: number;
  readonly files: number;
  /** Sections of the report that are held. */
  readonly held: readonly string[];
  readonly comparison?: { readonly compared: number; readonly differ: number };
}

export const dayPath = (date: BusinessDate): string => `/v1/settlement-days/SH/${date}`;

export async function readSummary(api: ApiClient, date: BusinessDate): Promise<DaySummary> {
  const path = dayPath(date);
  const [day, files, breaks, overdrafts, report] = await Promise.all([
    api.read<SettlementDay>(SUPERVISOR, path),
    api.readAll<FileLine>(SUPERVISOR, `${path}/files`),
    api.readAll<Break>(SUPERVISOR, `${path}/breaks`),
    api.readAll<Overdraft>(SUPERVISOR, `${path}/overdrafts`),
    api.read<DayReport>(SUPERVISOR, `${path}/report`),
  ]);
  return summaryOf(date, { day, files, breaks, overdrafts, held: Object.keys(report.held) });
}

export function summaryOf(
  date: BusinessDate,
  read: {
    readonly day: SettlementDay;
    readonly files: readonly FileLine[];
    readonly breaks: readonly Break[];
    readonly overdrafts: readonly Overdraft[];
    readonly held: readonly string[];
  },
): DaySummary {
  const { day, files, breaks, overdrafts, held } = read;
  const funding = day.sides.flatMap(({ side, figures }) => {
    const plan = figures.find(({ code }) => code === 'FUNDING');
    return plan === undefined ? [] : [[side, plan.value.amount] as const];
  });
  return {
    date,
    workflowId: day.workflowId,
    closedAt: day.closedAt,
    funding: Object.fromEntries(funding),
    defaults: day.sides.flatMap(({ side, default: failed }) =>
      failed === null ? [] : [{ side, amount: larger(failed.intraday.amount, failed.endOfDay.amount) }],
    ),
    overdrafts: overdrafts.length,
    openBreaks: breaks.filter(({ decision }) => decision === null).length,
    signedBreaks: breaks.filter(({ decision }) => decision !== null).length,
    files: files.length,
    held,
  };
}

/** The larger of two money texts that are not below zero. */
const larger = (one: string, other: string): string =>
  one.length > other.length || (one.length === other.length && one > other) ? one : other;
