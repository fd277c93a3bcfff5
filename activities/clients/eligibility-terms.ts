/** The dated terms of the conditions of a permission (A2 §7). */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { eligibilityTerms, type EligibilityTerms } from '../../domain/permissions/eligibility';
import { loadParameters } from '../terms/load-terms';

/** Terms of clients hold for every channel. */
const ANY_CHANNEL = '';

/** @throws BusinessError NO_PARAMETER_FOR_DATE */
export const loadEligibilityTerms = async (sql: PoolClient, date: BusinessDate): Promise<EligibilityTerms> =>
  eligibilityTerms(await loadParameters(sql, ANY_CHANNEL, date));
