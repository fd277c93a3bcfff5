/** The rungs of a ladder as the terms in force on a date say: when each rings, whom it tells, what must be reached by then. */
import type { ClientBase } from 'pg';
import { shanghaiInstant, type BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import type { Parameters } from '../terms/load-terms';

export interface LoadedRung {
  readonly rung: number;
  /** UTC. */
  readonly dueAt: string;
  readonly audience: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly actionZh: string;
  readonly actionEn: string;
  readonly condition: string;
}

/** A rung whose time is still words: a clock time, a parameter's code, or a share of the span. */
export interface RungTerm extends Omit<LoadedRung, 'dueAt'> {
  readonly atTime: string;
}

/** @throws BusinessError NO_PARAMETER_FOR_DATE where no rung is in force */
export async function rungTermsOn(
  sql: Pick<ClientBase, 'query'>,
  ladder: string,
  date: BusinessDate,
): Promise<readonly RungTerm[]> {
  const { rows } = await sql.query<RungTerm>(
    `select rung, at_time as "atTime", audience, severity, action_zh as "actionZh", action_en as "actionEn", condition
       from ladder_terms
      where ladder = $1 and valid_from <= $2 and (valid_to is null or $2 < valid_to) order by rung`,
    [ladder, date],
  );
  if (rows.length === 0) throw new BusinessError('NO_PARAMETER_FOR_DATE', { date, code: ladder });
  return rows;
}

/**
 * The instant of a rung: a share of the span, or a clock time on a date.
 * @param shareAt instant at which so many percent of the span have run; left away where there is no span
 * @throws RangeError for a share where there is no span: reference data of ours
 */
export function rungInstant(
  { atTime }: Pick<RungTerm, 'atTime'>,
  on: { readonly date: BusinessDate; readonly parameter: Parameters; readonly shareAt?: (percent: number) => string },
): string {
  if (atTime.endsWith('%')) {
    if (on.shareAt === undefined) throw new RangeError(`a rung at ${atTime} needs a span`);
    return on.shareAt(Number.parseInt(atTime, 10));
  }
  return shanghaiInstant(on.date, clockTimeOf({ atTime }, on.parameter));
}

/**
 * Shanghai time of a rung. A time that is a parameter elsewhere is not written a second time.
 * @throws RangeError for a rung at a share, which has none
 */
export function clockTimeOf({ atTime }: Pick<RungTerm, 'atTime'>, parameter: Parameters): string {
  if (atTime.endsWith('%')) throw new RangeError(`a rung at ${atTime} has no clock time`);
  return /^\d/.test(atTime) ? atTime : parameter(atTime);
}
