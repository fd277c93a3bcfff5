/** Several refusals of one step as they leave an activity and as they are read from its failure: its own details first, then all the others. */
import { isErrorCode, SeveralRefusals, type BusinessError, type ErrorCode, type ErrorDetails } from './errors';

export interface ToldRefusal {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
}

/** Details of the failure that a refusal becomes. */
export const detailsTold = (
  refusal: Pick<BusinessError, 'details'>,
): readonly [ErrorDetails, ...(readonly ToldRefusal[])[]] => [
  refusal.details as ErrorDetails,
  ...(refusal instanceof SeveralRefusals
    ? [refusal.all.slice(1).map(({ code, details }) => ({ code, details: details as ErrorDetails }))]
    : []),
];

/** All that a failure of this type and these details says; none where the type is no code. An earlier version told the first only. */
export function refusalsTold(
  type: string | null | undefined,
  details: readonly unknown[] | null | undefined,
): readonly ToldRefusal[] {
  if (typeof type !== 'string' || !isErrorCode(type)) return [];
  const [first = {}, others = []] = details ?? [];
  const further = (Array.isArray(others) ? others : []) as readonly ToldRefusal[];
  return [{ code: type, details: first as ErrorDetails }, ...further.filter(({ code }) => isErrorCode(code))];
}
