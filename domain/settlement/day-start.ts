/**
 * When settlement days are started: one time for all of them, because the schedule that rings has one. It is no dated parameter:
 * a change of it brings the schedule to its new shape when a worker starts.
 *
 * Source    settlement page, schedules: 08:00 Monday to Friday (the plan is due at 08:30); a run that has not started two minutes
 *           after it was due raises an alarm.
 */
import { shanghaiInstant, type BusinessDate } from '../calendar/business-date';

/** Shanghai time. */
export const DAY_STARTS_AT = { hour: 8, minute: 0 } as const;
const LATE_AFTER_MINUTES = 2;

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** `08:00` */
export const START_TIME = clock(DAY_STARTS_AT.hour * 60 + DAY_STARTS_AT.minute);
/** `08:02`: a day that is not started by then is missing. */
export const STARTED_BY = clock(DAY_STARTS_AT.hour * 60 + DAY_STARTS_AT.minute + LATE_AFTER_MINUTES);

/** The instant at which the day of a date is started, UTC. */
export const dayStartOf = (date: BusinessDate): string => shanghaiInstant(date, START_TIME);
