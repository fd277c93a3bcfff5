/** The case table of callbacks: when a client may be called. */
import { businessDateOf } from '../../domain/calendar/business-date';
import { publicHolidaysOf } from '../../domain/calendar/counted-days';
import { callbackTerms, callbackWindow } from '../../domain/callbacks/callback-windows';
import { parametersOn } from '../../domain/parameters';
import { yesOrNo, type CaseTable } from './case-table';
import { instantIn, instantsIn, wallTime } from './wall-time';

/** Callbacks are the same in both channels. */
const CHANNEL = 'SH';

export const callbackWindowsTable: CaseTable = {
  name: 'callback-windows',
  given: ['now', 'attempts'],
  expected: ['may_call_now', 'reasons', 'window_from', 'window_until'],
  linesPerCase: 'one',
  answer: (lines, { calendars, parameters }) => {
    const publicHolidays = publicHolidaysOf(calendars);
    return lines.map((line) => {
      const now = instantIn(line, line.text('now'));
      const terms = callbackTerms(parametersOn(parameters, businessDateOf(now), CHANNEL));
      const { mayCallNow, reasons, window } = callbackWindow(now, instantsIn(line, 'attempts'), publicHolidays, terms);
      return {
        may_call_now: yesOrNo(mayCallNow),
        reasons: reasons.join(';'),
        window_from: window === null ? '' : wallTime(window.from),
        window_until: window === null ? '' : wallTime(window.until),
      };
    });
  },
};
