/** Parameters that no rule reads take no other value than the one that is built. */
import { BUILT_VALUES, requireBuiltValues } from '../../../activities/books/built-values';
import type { ParameterRow } from '../../../domain/parameters';
import { parseBusinessDate } from '../../../domain/calendar/business-date';
import { readReference } from '../../../prisma/reference';

const { parameters } = readReference();
const validFrom = parseBusinessDate('2014-11-17');
type Row = Pick<ParameterRow, 'code' | 'channel' | 'value' | 'validFrom'>;
const rowsOf = (values: Readonly<Record<string, string>>): Row[] =>
  Object.entries(values).map(([code, value]) => ({ code, channel: 'SH', value, validFrom }));

test('the reviewed parameters are taken', () => {
  expect(() => requireBuiltValues(parameters)).not.toThrow();
  for (const code of Object.keys(BUILT_VALUES)) expect(parameters.map((row) => row.code)).toContain(code);
});

test.each([
  { values: { AMOUNT_TOLERANCE_CNY: '0.02' }, named: ['AMOUNT_TOLERANCE_CNY 0.02'], why: 'two fen' },
  { values: { FEE_TOLERANCE_HKD: '0.01' }, named: ['FEE_TOLERANCE_HKD 0.01'], why: 'fees are equal or not' },
  { values: { RATIO_FIELD_BUY: 'BL2', RATIO_FIELD_SELL: 'BL1' }, named: [], why: 'sales have the other field' },
  {
    values: { RATIO_FIELD_BUY: 'BL1', RATIO_FIELD_SELL: 'BL1' },
    named: ['RATIO_FIELD_SELL BL1'],
    why: 'the same field',
  },
  {
    values: { RATIO_FIELD_PORTFOLIO_FEE: 'BL2', RATIO_FIELD_RISK_MONEY: 'BL2', PRE_FUNDING_ON_ADDED_DAYS: 'true' },
    named: ['RATIO_FIELD_PORTFOLIO_FEE BL2', 'RATIO_FIELD_RISK_MONEY BL2', 'PRE_FUNDING_ON_ADDED_DAYS true'],
    why: 'all are named at once',
  },
])('$why', ({ values, named }) => {
  let reason = '';
  try {
    requireBuiltValues(rowsOf(values));
  } catch (refusal) {
    expect(refusal).toMatchObject({ code: 'INPUT_INVALID' });
    reason = JSON.stringify(refusal);
  }
  for (const one of named) expect(reason).toContain(one);
  if (named.length === 0) expect(reason).toBe('');
});
