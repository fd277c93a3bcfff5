/** The case table of concentration: what a margin account may still buy. */
import { parseBusinessDate } from '../../domain/calendar/business-date';
import { concentration, concentrationLimitsOn, type ConcentrationLimitRow } from '../../domain/margin/concentration';
import { PRICE_DECIMALS } from '../../domain/scaled';
import { lineByLine, type CaseTable } from './case-table';

/** The table names no date: it was written for the limits in force on this one. */
const ORDERED_ON = parseBusinessDate('2026-06-15');

export const concentrationTable: CaseTable = {
  name: 'concentration',
  given: [
    'table',
    'board',
    'cash_cny',
    'securities_cny',
    'held_single_cny',
    'held_group_cny',
    'margin_debt_cny',
    'borrowed_value_cny',
    'interest_fees_cny',
    'order',
    'price_cny',
    'lot',
    'quantity',
  ],
  expected: ['band', 'limit_single', 'limit_group', 'max_quantity', 'answer', 'binding'],
  linesPerCase: 'one',
  answer: lineByLine((line, { concentrationLimits }) => {
    const board = { table: line.text('table'), board: line.text('board') };
    const account = {
      cashFen: line.amount('cash_cny'),
      securitiesFen: line.amount('securities_cny'),
      heldSingleFen: line.amount('held_single_cny'),
      heldGroupFen: line.amount('held_group_cny'),
      marginDebtFen: line.amount('margin_debt_cny'),
      borrowedValueFen: line.amount('borrowed_value_cny'),
      interestAndFeesFen: line.amount('interest_fees_cny'),
    };
    const order = {
      kind: line.oneOf('order', ['COLLATERAL', 'MARGIN']),
      priceE4: line.scaled('price_cny', PRICE_DECIMALS),
      lot: line.scaled('lot', 0),
    };
    const found = concentration(account, order, concentrationLimitsOn(concentrationLimits, board, ORDERED_ON));
    const { limits, maxQuantity, binding } = found;
    const isAllowed = maxQuantity === null || line.scaled('quantity', 0) <= maxQuantity;
    return {
      band: limits === null ? 'NO_DEBT' : bandText(limits),
      limit_single: limits?.singlePercent?.toString() ?? '',
      limit_group: limits?.groupPercent?.toString() ?? '',
      max_quantity: maxQuantity?.toString() ?? 'UNLIMITED',
      answer: isAllowed ? 'ALLOWED' : `AT_MOST_${maxQuantity}`,
      binding,
    };
  }),
};

function bandText({ fromPercent, toPercent }: ConcentrationLimitRow): string {
  if (fromPercent === null) return `<${toPercent}`;
  return toPercent === null ? `>=${fromPercent}` : `[${fromPercent},${toPercent})`;
}
