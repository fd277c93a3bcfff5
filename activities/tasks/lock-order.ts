/**
 * The one order in which several tasks of a case are locked, for every verb that takes more than one: those that decide about more time, then
 * the others, each by number. Whoever decides about more time holds that task and moves those of the case; in any other order it would wait
 * for an act that gives tasks back, and be waited for.
 * @param task alias of the table in the query
 */
export const inLockOrder = (task: string): string =>
  `(${task}.workflow_id like 'deadline-extension:%') desc, ${task}.task_id`;
