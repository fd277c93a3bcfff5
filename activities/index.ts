/**
 * All verbs, in the groups in which workers run them. One import and one line a verb, in alphabetical order.
 * Workflows see the types only.
 */
import { decideSettlementDay } from './calendar/decide-settlement-day';
import { armWait } from './clock/arm-wait';
import { openProcess } from './clock/open-process';
import type { Dependencies } from './dependencies';
import { loadLadder } from './ladders/load-ladder';
import { recordRungs } from './ladders/record-rungs';
import { deliverNotices } from './outbox/deliver-notices';
import { completeTask } from './tasks/complete-task';
import { openTask } from './tasks/open-task';
import { recallTask } from './tasks/recall-task';
import { withdrawTask } from './tasks/withdraw-task';

/** Local activities of the business clock, on the queue of the stories. */
export const clockVerbs = (deps: Dependencies) => ({
  armWait: armWait(deps),
  openProcess: openProcess(deps),
});

/** Short transactions. */
export const databaseVerbs = (deps: Dependencies) => ({
  completeTask: completeTask(deps),
  decideSettlementDay: decideSettlementDay(deps),
  loadLadder: loadLadder(deps),
  openTask: openTask(deps),
  recallTask: recallTask(deps),
  recordRungs: recordRungs(deps),
  withdrawTask: withdrawTask(deps),
});

/** Long passes over a day's lines. */
export const bulkVerbs = (_deps: Dependencies) => ({});

/** Calls to systems that are not ours. */
export const outsideVerbs = (deps: Dependencies) => ({
  deliverNotices: deliverNotices(deps),
});

export type ClockVerbs = ReturnType<typeof clockVerbs>;
export type DatabaseVerbs = ReturnType<typeof databaseVerbs>;
export type BulkVerbs = ReturnType<typeof bulkVerbs>;
export type OutsideVerbs = ReturnType<typeof outsideVerbs>;
