/** A condition that is not met, as the refusal of a request at the counter: what was found and is required, what cures it and from when. */
import { BusinessError, type BilingualText } from '../errors';
import type { EligibilityFailure } from './eligibility';
import { eligibilityTexts } from './eligibility-texts';

/** What whoever serves the client is told. Never logged. */
export interface ConditionTold {
  readonly found: BilingualText;
  readonly required: BilingualText;
  readonly cure: BilingualText;
  /** First day on which waiting has cured it; null where waiting does not. */
  readonly curedFrom: string | null;
}

export class UnmetCondition extends BusinessError {
  readonly condition: ConditionTold;

  constructor(failure: EligibilityFailure) {
    super(failure.code, {} as never);
    this.condition = { ...eligibilityTexts(failure), curedFrom: failure.curedFrom };
  }
}
