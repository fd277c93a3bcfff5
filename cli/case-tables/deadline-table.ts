/** The case table of business deadlines: when a share of a promise has run, and when it is due. */
import { businessDateOf } from '../../domain/calendar/business-date';
import { civilWorkingDaysOf } from '../../domain/calendar/counted-days';
import { deadline } from '../../domain/deadlines/deadline';
import type { Stop } from '../../domain/deadlines/running-time';
import { deskHours } from '../../domain/deadlines/desk-hours';
import { parameterOn } from '../../domain/parameters';
import type { CaseLine, CaseTable } from './case-table';
import { instantIn, wallTime } from './wall-time';

export const businessDeadlinesTable: CaseTable = {
  name: 'business-deadlines',
  given: ['limit', 'n', 'received_at', 'stopped'],
  expected: ['outcome', 'at_50', 'at_80', 'due_at'],
  linesPerCase: 'one',
  answer: (lines, { calendars, parameters }) => {
    const days = civilWorkingDaysOf(calendars);
    return lines.map((line) => {
      const receivedAt = instantIn(line, line.text('received_at'));
      const due = deadline(
        {
          limit: {
            kind: line.oneOf('limit', ['BUSINESS_DAYS', 'CALENDAR_DAYS', 'BUSINESS_HOURS']),
            n: countIn(line, 'n'),
          },
          receivedAt,
          stops: stopsIn(line),
          // Hours of the house, the same for every channel.
          desk: deskHours((code) => parameterOn(parameters, code, businessDateOf(receivedAt), 'SH')),
        },
        days,
      );
      return { outcome: 'OK', at_50: wallTime(due.at(50)), at_80: wallTime(due.at(80)), due_at: wallTime(due.dueAt) };
    });
  },
};

const stopsIn = (line: CaseLine): Stop[] =>
  line.list('stopped').map((stop) => {
    const [from = '', to = ''] = stop.split('/');
    return { from: instantIn(line, from), to: instantIn(line, to) };
  });

function countIn(line: CaseLine, column: string): number {
  if (!/^[1-9]\d{0,3}$/.test(line.text(column))) throw line.malformed(`${column} "${line.text(column)}" is no count`);
  return Number.parseInt(line.text(column), 10);
}
