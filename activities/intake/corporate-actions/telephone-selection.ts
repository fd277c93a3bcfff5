/** What a selection of holders elected by telephone: each a draft of its own, so that what one refuses leaves the others as they are. */
import type { Pool } from 'pg';
import { BusinessError, SeveralRefusals } from '../../../domain/errors';
import { recordTelephoneElection, type TelephonedElection } from './draft-election';

type OfHolder = Pick<TelephonedElection, 'securitiesAccount' | 'ballot' | 'option' | 'quantity' | 'recording'>;

export interface TelephonedOfSelection {
  readonly securitiesAccount: string;
  readonly recording: string;
  /** Undefined where it is refused. */
  readonly telephoneNo?: string;
  readonly refusals: readonly BusinessError[];
}

/** In the order given. Safe to repeat: what was taken down before is answered as then. */
export async function recordTelephoneElections(
  pool: Pool,
  by: Omit<TelephonedElection, keyof OfHolder>,
  elections: readonly OfHolder[],
): Promise<readonly TelephonedOfSelection[]> {
  const taken: TelephonedOfSelection[] = [];
  // By its place: a recording that stands twice in one selection is used once.
  for (const [nth, election] of elections.entries())
    taken.push(await recordOne(pool, { ...by, ...election, key: `${by.key}:${nth}` }));
  return taken;
}

async function recordOne(pool: Pool, asked: TelephonedElection): Promise<TelephonedOfSelection> {
  const { securitiesAccount, recording } = asked;
  const of = { securitiesAccount, recording };
  try {
    const { telephoneNo } = await recordTelephoneElection(pool, asked);
    return { ...of, telephoneNo, refusals: [] };
  } catch (error) {
    if (error instanceof SeveralRefusals) return { ...of, refusals: error.all };
    if (error instanceof BusinessError) return { ...of, refusals: [error] };
    throw error;
  }
}
