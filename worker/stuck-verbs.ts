/**
 * Verbs are retried until they work: a bank that does not answer, a defect of ours, a full disk. So that nobody waits for one in
 * silence, a verb that has failed for ten minutes of real time raises an alarm, once.
 */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Pool } from 'pg';
import { tellStuckVerb } from '../activities/outbox/tell-stuck-verb';
import { BusinessError } from '../domain/errors';

const STUCK_AFTER_MS = 10 * 60_000;
/** A local verb is scheduled anew after each wait on a timer: it is known by its tries, ten minutes of those of what a process begins with. */
const STUCK_AFTER_TRIES = 45;

/** @param stuckAfterMs for tests: how long a verb may fail before somebody is told */
export const stuckVerbsAreTold =
  (pool: Pool, stuckAfterMs = STUCK_AFTER_MS): ActivityInterceptorsFactory =>
  ({ info }) => ({
    inbound: {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          const failingMs = Date.now() - info.scheduledTimestampMs;
          const isStuck = info.isLocal ? info.attempt >= STUCK_AFTER_TRIES : failingMs >= stuckAfterMs;
          if (!(error instanceof BusinessError) && isStuck) {
            await tellStuckVerb(pool, {
              workflowId: info.workflowExecution?.workflowId ?? '',
              activityId: info.activityId,
              verb: info.activityType,
              minutes: Math.max(1, Math.floor(failingMs / 60_000)),
            }).catch(() => undefined); // Where the database is what fails, the next try tells.
          }
          throw error;
        }
      },
    },
  });
