import { parseBusinessDate, shanghaiInstant } from '../../../domain/calendar/business-date';
import { sendableAt } from '../../../domain/messages/quiet-hours';

const at = (text: string) => {
  const [date = '', time = ''] = text.split(' ');
  return shanghaiInstant(parseBusinessDate(date), time);
};

it.each([
  ['21:00-08:00', '2025-06-26 20:59:59', '2025-06-26 20:59:59', 'the last second before'],
  ['21:00-08:00', '2025-06-26 21:00', '2025-06-27 08:00', 'the first moment is quiet'],
  ['21:00-08:00', '2025-06-26 23:59:59', '2025-06-27 08:00', 'before midnight'],
  ['21:00-08:00', '2025-06-27 00:00', '2025-06-27 08:00', 'after midnight: the same morning'],
  ['21:00-08:00', '2025-06-27 07:59:59', '2025-06-27 08:00', 'the last quiet second'],
  ['21:00-08:00', '2025-06-27 08:00', '2025-06-27 08:00', 'the end itself is not quiet'],
  ['21:00-08:00', '2025-12-31 22:00', '2026-01-01 08:00', 'over the end of a year'],
  ['12:00-14:00', '2025-06-26 11:59:59', '2025-06-26 11:59:59', 'within a day: before'],
  ['12:00-14:00', '2025-06-26 12:00', '2025-06-26 14:00', 'within a day: the first moment'],
  ['12:00-14:00', '2025-06-26 13:59:59', '2025-06-26 14:00', 'within a day: the last second'],
  ['12:00-14:00', '2025-06-26 14:00', '2025-06-26 14:00', 'within a day: the end'],
  ['00:00-06:00', '2025-06-26 00:00', '2025-06-26 06:00', 'from midnight'],
  ['22:00-00:00', '2025-06-26 23:00', '2025-06-27 00:00', 'until midnight'],
  ['22:00-00:00', '2025-06-27 00:00', '2025-06-27 00:00', 'midnight is the end'],
  ['08:00-08:00', '2025-06-26 08:00', '2025-06-26 08:00', 'hours without length are none'],
])('%s: what comes at %s goes at %s: %s', (hours, comes, goes) => {
  const [from = '', until = ''] = hours.split('-');
  expect(sendableAt(at(comes), { from, until })).toBe(at(goes));
});
