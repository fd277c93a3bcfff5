/** Dated parameters: the numbers and times that a rule takes as arguments instead of knowing them. */
import type { BusinessDate } from './calendar/business-date';
import type { Channel } from './channel';
import { rowInForce, type Dated } from './dated';
import { BusinessError } from './errors';

/** One dated value. `channel` empty: holds for every channel that has no row of its own. */
export interface ParameterRow extends Dated {
  readonly code: string;
  readonly channel: Channel | '';
  readonly value: string;
  readonly unit: string;
}

/** The parameters in force on a date, asked by code; as `parameterOn`. */
export const parametersOn =
  (rows: readonly ParameterRow[], date: BusinessDate, channel: Channel) =>
  (code: string): string =>
    parameterOn(rows, code, date, channel);

/**
 * The value of a parameter in force on a date, as text; a row of the channel wins over a row for all channels.
 * @throws BusinessError NO_PARAMETER_FOR_DATE
 */
export function parameterOn(rows: readonly ParameterRow[], code: string, date: BusinessDate, channel: Channel): string {
  const ofCode = rows.filter((row) => row.code === code);
  const row =
    rowInForce(
      ofCode.filter((candidate) => candidate.channel === channel),
      date,
    ) ??
    rowInForce(
      ofCode.filter((candidate) => candidate.channel === ''),
      date,
    );
  if (row === undefined) throw new BusinessError('NO_PARAMETER_FOR_DATE', { code, date });
  return row.value;
}
