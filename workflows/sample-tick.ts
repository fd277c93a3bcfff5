/**
 * The first of a month: the samples of the month before are asked for, and of January the yearly reports of complaints too. The month comes from the scheduled time, never from the clock.
 */
import { defineSearchAttributeKey } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import { addDays, businessDateOf, parseBusinessDate } from '../domain/calendar/business-date';
import { database } from './activity-groups';
import { businessFailure } from './failures';

const scheduledStartTime = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

export async function sampleTick(): Promise<{ readonly period: string }> {
  const at = workflowInfo().typedSearchAttributes.get(scheduledStartTime);
  if (at === undefined) throw businessFailure('INPUT_INVALID', { field: 'period', reason: 'YYYY-MM' });
  const first = parseBusinessDate(`${businessDateOf(new Date(at).toISOString()).slice(0, 7)}-01`);
  const period = addDays(first, -1).slice(0, 7);
  await database(`请求 ${period} 的月度抽样 ask for the samples of the month`).askMonthlySamples({ period });
  const [year = '', month] = period.split('-');
  if (month === '12')
    await database(`请求 ${year} 年度投诉报告 ask for the reports of the year`).askYearlyReports({ year });
  return { period };
}
