/** Instants of the case tables: Asia/Shanghai wall time without offset, to the second. */
import {
  businessDateOf,
  parseBusinessDate,
  shanghaiInstant,
  shanghaiTimeOf,
} from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import type { CaseLine } from './case-table';

/**
 * The instant of a wall time.
 * @throws BusinessError CASE_TABLE_MALFORMED
 */
export function instantIn(line: CaseLine, text: string): string {
  const [date = '', time = ''] = text.split('T');
  try {
    return shanghaiInstant(parseBusinessDate(date), time);
  } catch (error) {
    if (error instanceof BusinessError) throw line.malformed(`"${text}" is no instant YYYY-MM-DDTHH:MM:SS`);
    throw error;
  }
}

/** The wall time of an instant. */
export const wallTime = (instant: string): string => `${businessDateOf(instant)}T${shanghaiTimeOf(instant)}`;

/** The instants of a list. */
export const instantsIn = (line: CaseLine, column: string): string[] =>
  line.list(column).map((text) => instantIn(line, text));
