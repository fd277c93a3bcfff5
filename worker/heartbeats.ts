/**
 * A sign of life for every verb that takes longer than a moment. Without it a killed worker would cost the whole
 * start-to-close time of the verb it was at; with it seconds. Verbs that count rows tell those besides.
 */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';

const EVERY_MS = 2_000;

export const beatsWhileAtWork: ActivityInterceptorsFactory = (context) => ({
  inbound: {
    async execute(input, next) {
      if (context.info.isLocal) return next(input);
      const beating = setInterval(() => context.heartbeat(), EVERY_MS);
      try {
        return await next(input);
      } finally {
        clearInterval(beating);
      }
    },
  },
});
