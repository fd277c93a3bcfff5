/** A term as it is in force for a span of days, whatever table or calendar holds it. */
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { TermInForce } from '../../domain/terms/change-of-terms';

export interface TermRow extends TermInForce {
  /** First day that is no longer meant. */
  readonly validTo: BusinessDate | null;
  readonly source: string;
}
