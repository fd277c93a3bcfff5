/**
 * When what a file says is due on a day is due: notices move it first, then the calendar, and so on until it comes to rest.
 *
 * Source    A4 §40; S8, S9. Which of the two came first makes no difference, and a notice that is taken back leaves what the calendar says.
 *
 * The database asks the same of its rows, set by set (`due_date_of`, `due_on`, `due_after`).
 */
import { addDays, type BusinessDate } from '../calendar/business-date';

export interface Postponed {
  readonly from: BusinessDate;
  /** Later than `from`. */
  readonly to: BusinessDate;
}

/** @param notices those in force; of one day one at most */
export function dueDate(
  filed: BusinessDate,
  notices: readonly Postponed[],
  isSettlementDay: (day: BusinessDate) => boolean,
): BusinessDate {
  for (let due = filed; ;) {
    const notice = notices.find(({ from }) => from === due);
    if (notice === undefined && isSettlementDay(due)) return due;
    due = notice?.to ?? addDays(due, 1);
  }
}
