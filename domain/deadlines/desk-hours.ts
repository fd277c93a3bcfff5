/** Desk hours as the dated parameters say. */
import type { BusinessDate } from '../calendar/business-date';
import { parameterOn, type ParameterRow } from '../parameters';
import type { DeskHours } from './running-time';

/**
 * Hours of the desk on a date, the day of receipt: a promise keeps the hours under which it was given. They are those of
 * the house, the same for every channel.
 * @throws BusinessError NO_PARAMETER_FOR_DATE
 */
export const deskHoursOn = (rows: readonly ParameterRow[], date: BusinessDate): DeskHours => ({
  opens: parameterOn(rows, 'DESK_OPENS_AT', date, 'SH'),
  closes: parameterOn(rows, 'DESK_CLOSES_AT', date, 'SH'),
});
