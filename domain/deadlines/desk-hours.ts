/** Desk hours as the dated parameters say. */
import type { DeskHours } from './running-time';

/**
 * Hours of the desk, by the parameters of the day of receipt: a promise keeps the hours under which it was given.
 * @throws BusinessError NO_PARAMETER_FOR_DATE
 */
export const deskHours = (parameter: (code: string) => string): DeskHours => ({
  opens: parameter('DESK_OPENS_AT'),
  closes: parameter('DESK_CLOSES_AT'),
});
