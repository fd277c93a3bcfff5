/** The dated terms by which a kind of permission judges its conditions (A2 §7). */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { eligibilityTerms, type EligibilityTermRow, type EligibilityTerms } from '../../domain/permissions/eligibility';
import { loadParameters, type Parameters } from '../terms/load-terms';

/** Terms of clients hold for every channel. */
const ANY_CHANNEL = '';

/** @throws BusinessError NO_PARAMETER_FOR_DATE; PERMISSION_UNKNOWN for a kind that has no terms on the day */
export async function loadEligibilityTerms(
  sql: PoolClient,
  permission: string,
  date: BusinessDate,
): Promise<EligibilityTerms> {
  const { rows } = await sql.query<Pick<EligibilityTermRow, 'term' | 'parameter'>>(
    `select term, parameter from eligibility_terms
      where permission = $1 and valid_from <= $2 and (valid_to is null or $2 < valid_to)`,
    [permission, date],
  );
  if (rows.length === 0) throw new BusinessError('PERMISSION_UNKNOWN', { permission, date });
  return eligibilityTerms(rows, await clientParameters(sql, date));
}

/** Parameters of clients in force on a day. */
export const clientParameters = (sql: PoolClient, date: BusinessDate): Promise<Parameters> =>
  loadParameters(sql, ANY_CHANNEL, date);
