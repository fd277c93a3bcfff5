/** How long an evening took, step by step, as the history of the day's process tells it. */
import type { Client } from '@temporalio/client';
import { settlementDayId } from '../../workflows/messages/settlement-day';
import type { BusinessDate } from '../../domain/calendar/business-date';

export interface Step {
  /** Name of the verb, and its summary as the Web UI shows it. */
  readonly verb: string;
  readonly summary: string;
  /** Rows taken, written or gone through, where the verb tells. */
  readonly rows?: number;
  /** Real time, ms since 1970. */
  readonly startedMs: number;
  readonly endedMs: number;
  readonly attempts: number;
}

export interface Evening {
  readonly date: BusinessDate;
  /** From the first evening file taken to the closed day. */
  readonly startedMs: number;
  readonly endedMs: number;
  /** How long at least one verb was at work in it. */
  readonly busyMs: number;
  readonly steps: readonly Step[];
  /** Start and end of the whole day, morning included. */
  readonly day: { readonly startedMs: number; readonly endedMs: number };
  readonly historyEvents: number;
}

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

/** @throws Error where the day has not been closed */
export async function readEvening(client: Client, date: BusinessDate): Promise<Evening> {
  const history = await client.workflow
    .getHandle(settlementDayId({ channel: 'SH', businessDate: date }))
    .fetchHistory();
  const events = history.events ?? [];
  const steps = stepsOf(events);
  const lastCheckpoint = steps.findLastIndex(({ verb }) => verb === 'recordCheckpoint');
  const evening = steps.slice(lastCheckpoint + 1);
  const first = evening.find(({ verb }) => verb === 'receiveFile');
  const close = evening.findLast(({ verb }) => verb === 'closeDay');
  if (first === undefined || close === undefined) throw new Error(`${date} has not been closed`);
  const within = evening.filter(({ startedMs, endedMs }) => startedMs >= first.startedMs && endedMs <= close.endedMs);
  const times = events.map(timeOf);
  return {
    date,
    startedMs: first.startedMs,
    endedMs: close.endedMs,
    busyMs: busy(within),
    steps: within,
    day: { startedMs: times[0] ?? 0, endedMs: times.at(-1) ?? 0 },
    historyEvents: events.length,
  };
}

/** Every verb that has ended, in the order in which they were asked for. */
function stepsOf(events: readonly HistoryEvent[]): Step[] {
  const started = new Map<string, HistoryEvent>();
  const ended = new Map<string, HistoryEvent>();
  for (const event of events) {
    const start = event.activityTaskStartedEventAttributes;
    if (start) started.set(String(start.scheduledEventId), event);
    const end = event.activityTaskCompletedEventAttributes;
    if (end) ended.set(String(end.scheduledEventId), event);
  }
  return events.flatMap((event): Step[] => {
    const asked = event.activityTaskScheduledEventAttributes;
    const id = String(event.eventId);
    const [start, end] = [started.get(id), ended.get(id)];
    if (!asked || start === undefined || end === undefined) return [];
    const rows = rowsTold(end);
    return [
      {
        verb: asked.activityType?.name ?? '',
        summary: summaryOf(event),
        ...(rows !== undefined && { rows }),
        startedMs: timeOf(event),
        endedMs: timeOf(end),
        attempts: start.activityTaskStartedEventAttributes?.attempt ?? 1,
      },
    ];
  });
}

function summaryOf(event: HistoryEvent): string {
  const bytes = event.userMetadata?.summary?.data;
  return bytes ? String(JSON.parse(Buffer.from(bytes).toString('utf8'))) : '';
}

/** Verbs name what they count after what it is. */
const COUNTS = ['records', 'entries', 'clients', 'accounts'] as const;

function rowsTold(end: HistoryEvent): number | undefined {
  const bytes = end.activityTaskCompletedEventAttributes?.result?.payloads?.[0]?.data;
  if (!bytes || bytes.length === 0) return undefined;
  const told = JSON.parse(Buffer.from(bytes).toString('utf8')) as Readonly<Record<string, unknown>> | null;
  const count = COUNTS.map((name) => told?.[name]).find((one) => typeof one === 'number');
  return typeof count === 'number' ? count : undefined;
}

const timeOf = ({ eventTime }: HistoryEvent): number =>
  Number(eventTime?.seconds ?? 0) * 1_000 + Math.round((eventTime?.nanos ?? 0) / 1e6);

/** Length of the union of the spans. */
export function busy(spans: readonly Pick<Step, 'startedMs' | 'endedMs'>[]): number {
  let [total, reached] = [0, 0];
  for (const { startedMs, endedMs } of [...spans].sort((a, b) => a.startedMs - b.startedMs)) {
    const from = Math.max(startedMs, reached);
    if (endedMs > from) total += endedMs - from;
    reached = Math.max(reached, endedMs);
  }
  return total;
}
