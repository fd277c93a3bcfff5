/** `southbound history`: what a process did, line by line, for whoever has a shell and no Web UI at hand. */
import { Client, Connection, WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { startServers } from './processes/servers';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Says the story; answers the exit status: 1 where there is no such process. */
export async function printHistory(workflowId: string, book: string): Promise<number> {
  const servers = await startServers(() => undefined);
  try {
    const connection = await Connection.connect({ address: servers.temporalAddress });
    try {
      const { workflow } = new Client({ connection, namespace: book });
      const { events } = await workflow.getHandle(workflowId).fetchHistory();
      for (const line of historyLines(events ?? [])) say(line);
      return 0;
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    say(`账簿 ${book} 中没有流程 ${workflowId}。There is no process ${workflowId} in the book ${book}.`);
    return 1;
  } finally {
    await servers.stop();
  }
}

/**
 * A line an event: when on the server's clock (UTC), what happened, of what, the summary as its step was given it. The turns of
 * the worker are left out: they say nothing of the business.
 */
export function historyLines(events: readonly HistoryEvent[]): string[] {
  const summaries = new Map<string, string>();
  return events.flatMap((event) => {
    const { eventId, eventTime, userMetadata } = event;
    if (userMetadata?.summary)
      summaries.set(String(eventId), defaultPayloadConverter.fromPayload(userMetadata.summary));
    const said = sentenceOf(event);
    if (said === undefined) return [];
    const [what, of, step] = said;
    const at = new Date(Number(eventTime?.seconds ?? 0) * 1_000 + Math.floor((eventTime?.nanos ?? 0) / 1_000_000));
    const summary = summaries.get(String(step ?? eventId));
    return [[at.toISOString(), what, of, summary].filter((part) => part !== undefined && part !== '').join('  ')];
  });
}

type Sentence = readonly [what: string, of?: string | null | undefined, step?: HistoryEvent['eventId']];

/** What the event says to people, of what, and the event that began it; undefined for a turn of the worker. */
function sentenceOf(event: HistoryEvent): Sentence | undefined {
  const started = event.workflowExecutionStartedEventAttributes;
  if (started) return ['流程开始 started', started.workflowType?.name];
  const step = event.activityTaskScheduledEventAttributes;
  if (step) return ['步骤 step', step.activityType?.name];
  const stepDone = event.activityTaskCompletedEventAttributes;
  if (stepDone) return ['步骤完成 step done', undefined, stepDone.scheduledEventId];
  const stepFailed = event.activityTaskFailedEventAttributes;
  if (stepFailed) return ['步骤失败 step failed', typeOf(stepFailed.failure), stepFailed.scheduledEventId];
  const stepLate = event.activityTaskTimedOutEventAttributes;
  if (stepLate) return ['步骤超时 step timed out', undefined, stepLate.scheduledEventId];
  const timer = event.timerStartedEventAttributes;
  if (timer) return ['计时 timer'];
  const rang = event.timerFiredEventAttributes;
  if (rang) return ['到时 timer rang', undefined, rang.startedEventId];
  const cancelled = event.timerCanceledEventAttributes;
  if (cancelled) return ['计时取消 timer no longer needed', undefined, cancelled.startedEventId];
  const signal = event.workflowExecutionSignaledEventAttributes;
  if (signal) return ['收到信号 signal', signal.signalName];
  const update = event.workflowExecutionUpdateAcceptedEventAttributes;
  if (update) return ['收到操作 update', update.acceptedRequest?.input?.name];
  return endOf(event);
}

function endOf(event: HistoryEvent): Sentence | undefined {
  if (event.workflowExecutionCompletedEventAttributes) return ['流程结束 completed'];
  const failed = event.workflowExecutionFailedEventAttributes;
  if (failed) return ['流程失败 failed', typeOf(failed.failure)];
  if (event.workflowExecutionTerminatedEventAttributes) return ['流程被终止 terminated'];
  if (event.workflowExecutionCanceledEventAttributes) return ['流程被取消 cancelled'];
  if (event.workflowExecutionTimedOutEventAttributes) return ['流程超时 timed out'];
  if (event.workflowExecutionContinuedAsNewEventAttributes) return ['换新历史续行 goes on in a new run'];
  return undefined;
}

type Failure = NonNullable<HistoryEvent['workflowExecutionFailedEventAttributes']>['failure'];

/** The code of a failure; its sentence stays in the history. */
const typeOf = (failure: Failure): string => failure?.applicationFailureInfo?.type ?? failure?.source ?? '';
