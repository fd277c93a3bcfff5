/** Tells Temporal that a long verb is alive, with how far it has come. Outside an activity (a benchmark) nobody asks. */
import { asyncLocalStorage } from '@temporalio/activity';

export function beat(rows: number): void {
  asyncLocalStorage.getStore()?.heartbeat(rows);
}
