/** The rungs of a ladder on a business date, from the terms in force, as instants. */
import { shanghaiInstant, type BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { loadParameters } from '../terms/load-terms';

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

interface TermRow {
  readonly rung: number;
  readonly at_time: string;
  readonly audience: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly action_zh: string;
  readonly action_en: string;
  readonly condition: string;
}

/** @throws BusinessError NO_PARAMETER_FOR_DATE where no rung is in force */
export const loadLadder =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({
    ladder,
    channel,
    businessDate,
  }: {
    readonly ladder: string;
    readonly channel: string;
    readonly businessDate: BusinessDate;
  }): Promise<readonly LoadedRung[]> =>
    inTransaction(pool, async (sql) => {
      const { rows } = await sql.query<TermRow>(
        `select rung, at_time, audience, severity, action_zh, action_en, condition from ladder_terms
       where ladder = $1 and valid_from <= $2 and (valid_to is null or $2 < valid_to) order by rung`,
        [ladder, businessDate],
      );
      if (rows.length === 0) throw new BusinessError('NO_PARAMETER_FOR_DATE', { date: businessDate, code: ladder });
      const parameter = await loadParameters(sql, channel, businessDate);
      // A time that is a parameter elsewhere is not written a second time.
      const timeOf = (time: string) => (/^\d/.test(time) ? time : parameter(time));
      return rows.map((term) => ({
        rung: term.rung,
        dueAt: shanghaiInstant(businessDate, timeOf(term.at_time)),
        audience: term.audience,
        severity: term.severity,
        actionZh: term.action_zh,
        actionEn: term.action_en,
        condition: term.condition,
      }));
    });
