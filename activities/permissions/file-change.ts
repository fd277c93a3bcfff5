/** What was decided about an open permission goes into the file of its client: who asked, why, who approved, what was done (A2 §13-15). */
import { canonicalJson } from '../../domain/canonical-json';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { fileDocument } from '../archive/file-document';
import { openArchive } from '../archive/open-archive';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { lockChange } from './change-row';
import { withoutNobody } from './file-opening';
import type { OfRequest } from './follow-request';

const MOST_BYTES = 1_000_000;

/** Safe to repeat: a decision that is filed is not filed again. */
export const fileChange =
  ({ pool, documents }: Pick<Dependencies, 'pool' | 'documents'>) =>
  async ({ requestNo }: OfRequest): Promise<void> => {
    const { change, text } = await inTransaction(pool, async (sql) => {
      const found = await lockChange(sql, requestNo);
      await openArchive(sql, { clientNo: found.clientNo, openedOn: found.today });
      const { rows: steps } = await sql.query<{ readonly onBehalfOf: string | null }>(
        // Up to what was done, or to the end where nothing was.
        `select step, act, outcome, codes, detail, by, on_behalf_of as "onBehalfOf", role, at from permission_steps
          where request_no = $1 and step not in ('filing', 'ended') order by permission_steps.step_id`,
        [requestNo],
      );
      const { kind, permission, openedBy, cause, callbackNo, reason, madeBy } = found;
      const asked = { kind, permission, openedBy, cause, callbackNo, reason, madeBy };
      return { change: found, text: canonicalJson({ requestNo, ...asked, steps: steps.map(withoutNobody) }) };
    });
    await fileDocument({ pool, documents }, bytesOf(text), {
      key: `${change.workflowId}:decision`,
      clientNo: change.clientNo,
      kind: 'decision',
      businessDate: change.today,
      workflowId: change.workflowId,
      filedBy: SYSTEM_ACTOR,
      mostBytes: MOST_BYTES,
    });
  };

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
