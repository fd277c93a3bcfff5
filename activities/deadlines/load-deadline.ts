/** A promise as it stands: what its process climbs from here. */
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { climbedOf, lockDeadline, type Climbed } from './deadline-row';

export const loadDeadline =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ businessKey }: { readonly businessKey: string }): Promise<Climbed> =>
    inTransaction(pool, async (sql) => climbedOf(sql, await lockDeadline(sql, businessKey)));
