/** Terms of the house by which the cuts of an event are computed. */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { CutTerms } from '../../domain/corporate-actions/election-cuts';
import type { EventKind } from '../../domain/corporate-actions/served-kinds';
import { loadParameters } from '../terms/load-terms';

/** @throws BusinessError NO_PARAMETER_FOR_DATE */
export async function loadCutTerms(
  sql: PoolClient,
  channel: string,
  kind: EventKind,
  date: BusinessDate,
): Promise<CutTerms> {
  const parameter = await loadParameters(sql, channel, date);
  const count = (text: string) => Number.parseInt(text, 10);
  const hkscc =
    kind === 'VOTING'
      ? parameter('ELECTION_HKSCC_DAYS_VOTING')
      : kind === 'RIGHTS_ISSUE'
        ? parameter('ELECTION_HKSCC_DAYS_RIGHTS')
        : parameter('ELECTION_HKSCC_DAYS_OFFER');
  return {
    opensTime: parameter('ELECTION_OPENS_AT'),
    clearingTime: parameter('ELECTION_CLEARING_CUT_AT'),
    brokerMarginMinutes: count(parameter('ELECTION_BROKER_MARGIN_MINUTES')),
    clientMarginMinutes: count(parameter('ELECTION_CLIENT_MARGIN_MINUTES')),
    hksccDays: count(hkscc),
  };
}
