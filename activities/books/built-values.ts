/**
 * Parameters whose value is built into the rules: the row says what holds, another value would change nothing. So it is refused
 * where terms are loaded, instead of being believed.
 */
import { BusinessError } from '../../domain/errors';
import type { ParameterRow } from '../../domain/parameters';

export const BUILT_VALUES: Readonly<Record<string, string>> = {
  AMOUNT_TOLERANCE_CNY: '0.01',
  FEE_TOLERANCE_HKD: '0.00',
  RATIO_FIELD_PORTFOLIO_FEE: 'BL1',
  RATIO_FIELD_RISK_MONEY: 'BL1',
  PRE_FUNDING_ON_ADDED_DAYS: 'false',
};

/** The view of ratios reads the field of purchases and takes the other one for sales (S1). */
const OTHER_FIELD: Readonly<Record<string, string>> = { BL1: 'BL2', BL2: 'BL1' };

/** @throws BusinessError INPUT_INVALID that names every row with a value that is not built */
export function requireBuiltValues(
  rows: readonly Pick<ParameterRow, 'code' | 'channel' | 'value' | 'validFrom'>[],
): void {
  const defects = rows.flatMap(({ code, channel, value, validFrom }) => {
    const buy = rows.find(
      (row) => row.code === 'RATIO_FIELD_BUY' && row.channel === channel && row.validFrom === validFrom,
    );
    const built = code === 'RATIO_FIELD_SELL' ? OTHER_FIELD[buy?.value ?? ''] : BUILT_VALUES[code];
    return built === undefined || built === value ? [] : [`${code} ${value}: only ${built} is built`];
  });
  if (defects.length > 0)
    throw new BusinessError('INPUT_INVALID', { field: 'parameters.csv', reason: defects.join('; ') });
}
