/** The lines behind figures of a day: of all of them at once, or of one. */
import type { BusinessDate } from '../../domain/calendar/business-date';
import { ENTITLEMENT_MONEY, PAID_AT_SETTLEMENT } from '../../domain/settlement/line-kinds';
import { CLIENT_SECTIONS } from './client-lines';
import { DAY_SECTIONS } from './day-lines';
import type { Section } from './explained-line';
import { RISK_MONEY_SECTION } from './risk-money-lines';
import { SETTLEMENT_SECTIONS } from './settlement-lines';

const SECTIONS: readonly Section[] = [...DAY_SECTIONS, ...SETTLEMENT_SECTIONS, RISK_MONEY_SECTION, ...CLIENT_SECTIONS];

/** Sections whose lines stand in a query of another name: what is told of the calendar, what is forecast. */
const QUERY_OF: Readonly<Record<string, string>> = { date: 'calendar', dayKind: 'calendar', forecastNext: 'funding' };

/**
 * A query over the lines of all figures of a day, or of the one named: `lines(figure, term, kind, amount, quoted, file_id, row_no,
 * entry_date, batch_id, line_no, refers)`, to be read from by the query that follows it.
 */
export function explainedLines(
  asked: { readonly channel: string; readonly date: BusinessDate; readonly figureId?: string },
  query: string,
): { readonly text: string; readonly values: unknown[] } {
  const named = asked.figureId?.split('.')[0];
  const wanted =
    named === undefined ? SECTIONS : SECTIONS.filter(({ section }) => section === (QUERY_OF[named] ?? named));
  const all = wanted
    .map(({ section, sql }) => `select * from (${sql}) as of_${section.toLowerCase()}`)
    .join('\nunion all\n');
  return {
    // The first table gives every parameter its type, also those that a section does not read.
    text: `with asked as (select $1::text, $2::date, $3::text, $4::text[], $5::text[]),
      lines as (select * from (${all}) as every where $3 is null or figure = $3)
      ${query}`,
    values: [asked.channel, asked.date, asked.figureId ?? null, ENTITLEMENT_MONEY, PAID_AT_SETTLEMENT],
  };
}
