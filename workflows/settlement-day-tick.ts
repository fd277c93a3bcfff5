/**
 * Starts a settlement day: date -> calendar -> day.
 *
 * Started by the schedule, whose scheduled time gives the date also when it runs late or is backfilled; or with a date,
 * by an operator or by whoever moves the clock of a rehearsal. A day that has been started before, running or closed,
 * is left alone. A day that is none is a recorded decision.
 */
import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import { businessDateOf, type BusinessDate } from '../domain/calendar/business-date';
import type { Channel } from '../domain/channel';
import { database } from './activity-groups';
import { businessFailure } from './failures';
import { BusinessDateKey, BusinessKey, ProcessType } from './messages/search-attributes';
import { settlementDayId } from './messages/settlement-day';

/** Set by the server on what a schedule starts: the nominal time, not the moment of starting. */
const scheduledStartTime = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');
const SETTLEMENT_DAY = 'settlementDay';

export interface SettlementDayTickInput {
  readonly channel: Channel;
  /** Left away by the schedule. */
  readonly businessDate?: BusinessDate;
}

export interface SettlementDayTickResult {
  readonly businessDate: BusinessDate;
  readonly outcome: 'started' | 'there already' | 'skipped' | 'calendar unknown';
  readonly reason?: string;
}

export async function settlementDayTick(input: SettlementDayTickInput): Promise<SettlementDayTickResult> {
  const { channel } = input;
  const businessDate = input.businessDate ?? scheduledDate();
  const workflowId = settlementDayId({ channel, businessDate });

  const asked = await database(`查日历 ${businessDate} ask the calendar`).decideSettlementDay({
    channel,
    businessDate,
    workflowId,
    type: SETTLEMENT_DAY,
  });
  if (asked.decision === 'skip') return { businessDate, outcome: 'skipped', reason: asked.reason };
  if (asked.decision === 'unknown') return { businessDate, outcome: 'calendar unknown', reason: asked.reason };

  try {
    await startChild(SETTLEMENT_DAY, {
      workflowId,
      args: [{ channel, businessDate }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      staticSummary: `交收日 ${businessDate} settlement day ${channel}`,
      typedSearchAttributes: [
        { key: ProcessType, value: SETTLEMENT_DAY },
        { key: BusinessKey, value: `${channel}:${businessDate}` },
        { key: BusinessDateKey, value: businessDate },
      ],
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { businessDate, outcome: 'there already' };
    throw error;
  }
  return { businessDate, outcome: 'started' };
}

/** The scheduled time's date in Shanghai. */
function scheduledDate(): BusinessDate {
  const at = workflowInfo().typedSearchAttributes.get(scheduledStartTime);
  if (at === undefined) throw businessFailure('INPUT_INVALID', { field: 'businessDate', reason: 'YYYY-MM-DD' });
  return businessDateOf(new Date(at).toISOString());
}
