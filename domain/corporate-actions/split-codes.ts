/**
 * Under which codes the shares of a split or consolidation stand, and from when until when.
 *
 * Source    facts 3.4 (H10), 4.2: the old code becomes the temporary one on RQ1; from RQ2 the new code trades beside it, and with RQ3 what is
 *           left under the temporary code becomes the new one. Without a temporary code the new one follows at once.
 */
import type { BusinessDate } from '../calendar/business-date';
import type { EventTerms } from './event-notice';

export interface SplitCode {
  readonly code: string;
  readonly role: 'old' | 'temporary' | 'new';
  /** First day; null: since ever. */
  readonly from: BusinessDate | null;
  /** Day from which it stands no more; null: nobody has said. */
  readonly until: BusinessDate | null;
}

export function splitCodes(code: string, terms: EventTerms): readonly SplitCode[] {
  if (terms['form'] !== 'H10') return [];
  const day = (term: string) => (terms[term] ?? null) as BusinessDate | null;
  const { temporaryCode, newCode } = terms;
  const [effective, first, second] = [day('effectiveOn'), day('newCodeFrom'), day('newCodeAgainFrom')];
  const codes: SplitCode[] = [{ code, role: 'old', from: null, until: effective }];
  if (temporaryCode !== undefined)
    codes.push({ code: temporaryCode, role: 'temporary', from: effective, until: second ?? first });
  if (newCode !== undefined)
    codes.push({
      code: newCode,
      role: 'new',
      from: temporaryCode === undefined ? effective : (first ?? second),
      until: null,
    });
  return codes;
}

/** What stands under the temporary code becomes the new one: on the first day of the new code, and with the end of parallel trading. */
export interface LaterConversion {
  /** The conversion of the effective date being the first. */
  readonly leg: 2 | 3;
  readonly on: BusinessDate;
  readonly out: string;
  readonly in: string;
  /** Texts of the notice, BL1 for BL2; share for share where it names none: the ratio was applied on the effective date. */
  readonly newShares: string;
  readonly oldShares: string;
}

export function laterConversions(terms: EventTerms): readonly LaterConversion[] {
  const { temporaryCode, newCode, newCodeFrom, newCodeAgainFrom, laterNewShares = '1', laterOldShares = '1' } = terms;
  if (terms['form'] !== 'H10' || temporaryCode === undefined || newCode === undefined) return [];
  const days = [
    [2, newCodeFrom],
    [3, newCodeAgainFrom],
  ] as const;
  return days.flatMap(([leg, on]) =>
    on === undefined
      ? []
      : [
          {
            leg,
            on: on as BusinessDate,
            out: temporaryCode,
            in: newCode,
            newShares: laterNewShares,
            oldShares: laterOldShares,
          },
        ],
  );
}
