/** Verbs are given the texts that people typed; processes know references to them only. */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Pool } from 'pg';
import { withTextsGiven } from '../activities/intake/typed-texts';

export const textsAreGiven =
  (pool: Pool): ActivityInterceptorsFactory =>
  () => ({
    inbound: { execute: async (input, next) => next({ ...input, args: await withTextsGiven(pool, input.args) }) },
  });
