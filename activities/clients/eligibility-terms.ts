/** The dated terms of the conditions of a permission (A2 §7). */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { EligibilityTerms } from '../../domain/permissions/eligibility';
import { parseScaled } from '../../domain/scaled';
import { loadParameters } from '../terms/load-terms';

/** Terms of clients hold for every channel. */
const ANY_CHANNEL = '';

/** @throws BusinessError NO_PARAMETER_FOR_DATE */
export async function eligibilityTerms(sql: PoolClient, date: BusinessDate): Promise<EligibilityTerms> {
  const parameter = await loadParameters(sql, ANY_CHANNEL, date);
  return {
    riskResultValidYears: Number.parseInt(parameter('RISK_RESULT_VALID_YEARS'), 10),
    assetsMinimumFen: parseScaled(parameter('ASSETS_MINIMUM_CNY'), 2),
    exchangeWarningLookBackMonths: Number.parseInt(parameter('EXCHANGE_WARNING_LOOK_BACK_MONTHS'), 10),
  };
}
