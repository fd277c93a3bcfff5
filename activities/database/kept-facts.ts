/**
 * Facts as a row keeps them: that they are about the case of its process follows from its process, and the column `facts` puts it together
 * (docs/decisions/0102-what-an-open-complaint-is-made-of.md).
 */
import { numberOf } from './kept-key';

/** What a row keeps of its facts. */
interface KeptFacts<Facts> {
  /** Among them is the complaint, the number of its process. */
  readonly namesItsCase: boolean;
  /** Those besides; null: none. */
  readonly factsTold: Facts | Omit<Facts, 'complaint'> | null;
}

/** @param workflowId undefined where the row is of no process */
export function keptFacts<Facts extends Readonly<Record<string, unknown>>>(
  workflowId: string | undefined,
  facts: Facts,
): KeptFacts<Facts> {
  const { complaint, ...others } = facts;
  const namesItsCase = workflowId !== undefined && complaint === numberOf(workflowId);
  const told = namesItsCase ? others : facts;
  return { namesItsCase, factsTold: Object.keys(told).length === 0 ? null : told };
}
