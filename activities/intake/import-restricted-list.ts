/**
 * Imports a list of restricted persons from a file and asks for it to be in force: file, version and draft stand together or not at
 * all. It is approved as a change of terms is, by somebody else, who sees how it differs.
 */
import type { Pool } from 'pg';
import { BusinessError, SeveralRefusals } from '../../domain/errors';
import { readRestrictedList } from '../clients/restricted-list-file';
import { keepRestrictedList, RESTRICTED_PERSONS } from '../clients/restricted-lists';
import { inTransaction } from '../database/transaction';
import { businessDateNow } from '../people/standing';
import { askParameterChangeIn, lockTerm, type AskParameterChange } from './ask-parameter-change';

export interface ImportRestrictedList extends Pick<
  AskParameterChange,
  'effectiveOn' | 'reason' | 'actor' | 'requestKey' | 'requestId'
> {
  readonly content: Buffer;
}

/** @throws SeveralRefusals every fault of the file with its row; if it has none, every reason why it may not be asked for */
export const importRestrictedList =
  ({ pool }: { readonly pool: Pool }) =>
  ({ content, ...asked }: ImportRestrictedList): Promise<{ readonly changeId: string }> =>
    inTransaction(pool, async (sql) => {
      const { sha256, persons, faults } = readRestrictedList(content, await businessDateNow(sql));
      refuseAll(faults);
      const term = { kind: 'restricted_list', code: RESTRICTED_PERSONS, part: '' } as const;
      // Two at once would count the same next version.
      await lockTerm(sql, term);
      const { reason, actor, requestKey } = asked;
      const version = await keepRestrictedList(sql, { sha256, persons, reason, by: actor.person, requestKey });
      const taken = await askParameterChangeIn(sql, pool, { ...asked, ...term, values: { version: String(version) } });
      if ('changeId' in taken) return taken;
      refuseAll(taken.refusals.map(({ code, details }) => new BusinessError(code, details as never)));
      throw new RangeError('a list was neither taken nor refused');
    });

function refuseAll(refusals: readonly BusinessError[]): void {
  const [first, ...rest] = refusals;
  if (first !== undefined) throw new SeveralRefusals([first, ...rest]);
}
