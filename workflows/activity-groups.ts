/**
 * Kinds of effect, few and named: a reader sees at each call what it may cost and how it is repeated.
 *
 *   clock     local, milliseconds: the business clock's own verbs
 *   beginning local, a short transaction: what a process begins with, before anything of it waits
 *   database  short transactions of the book                     queue <book>-database
 *   bulk      long passes over a day's lines, with heartbeats     queue <book>-bulk
 *   outside   calls to systems that are not ours                  queue <book>-outside
 *
 * Form: `await database('头寸计划 客户侧 funding plan, client').planFunding(input)`. The summary, Chinese first, is what
 * the Web UI shows beside the verb; it carries no personal data. Retries go on until it works: a deadline ends as met,
 * acted upon or escalated by its ladder, never by an activity that gave up. Business refusals are not retried.
 * The worker sends a sign of life for each verb, so that a killed worker costs seconds, not the whole time-out.
 * Names of the queues begin with the book, which is the name of the namespace.
 */
import { proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { BeginningVerbs, BulkVerbs, ClockVerbs, DatabaseVerbs, OutsideVerbs } from '../activities';

const queue = (resource: 'database' | 'bulk' | 'outside') => `${workflowInfo().namespace}-${resource}`;

/** The business clock's verbs, run where the story runs. */
export const clockVerbs = (summary: string) =>
  proxyLocalActivities<ClockVerbs>({
    summary,
    startToCloseTimeout: '10s',
    retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '5s' },
  });

/**
 * What a process begins with, one call after the other, run where the story runs: an event each in its history, where a verb of a queue
 * leaves six (docs/decisions/0048-an-open-complaint-is-small.md). A database that is away for longer is waited for on a timer.
 */
export const beginning = (summary: string) =>
  proxyLocalActivities<BeginningVerbs>({
    summary,
    startToCloseTimeout: '30s',
    localRetryThreshold: '10s',
    retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '15s' },
  });

/** Short transactions of the book. */
export const database = (summary: string) =>
  proxyActivities<DatabaseVerbs>({
    summary,
    taskQueue: queue('database'),
    startToCloseTimeout: '30s',
    heartbeatTimeout: '6s',
    retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
  });

/** Passes over a day's lines. */
export const bulk = (summary: string) =>
  proxyActivities<BulkVerbs>({
    summary,
    taskQueue: queue('bulk'),
    startToCloseTimeout: '30m',
    heartbeatTimeout: '15s',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
  });

/** Calls to the outside. */
export const outside = (summary: string) =>
  proxyActivities<OutsideVerbs>({
    summary,
    taskQueue: queue('outside'),
    startToCloseTimeout: '20s',
    heartbeatTimeout: '6s',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  });
