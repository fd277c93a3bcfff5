/** The record of a callback goes into the file of its client, or of the complaint of whoever is none: script, each call with its caller, answers and recording, and the outcome (A2 §13-15). */
import { CALLBACK_RECORD } from '../../domain/callbacks/call-result';
import { canonicalJson } from '../../domain/canonical-json';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { fileDocument } from '../archive/file-document';
import { openArchive } from '../archive/open-archive';
import { fileWithComplaint } from '../complaints/keep-attachment';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { attemptsOf, lockCallback, scriptOf } from './callback-row';
import type { OfCallback } from './follow-callback';

const MOST_BYTES = 5_000_000;

/** Safe to repeat: a record that is filed is not filed again. */
export const fileCallback =
  ({ pool, documents }: Pick<Dependencies, 'pool' | 'documents'>) =>
  async ({ callbackNo }: OfCallback): Promise<void> => {
    const { row, text } = await inTransaction(pool, async (sql) => {
      const found = await lockCallback(sql, callbackNo);
      if (found.clientNo !== null) await openArchive(sql, { clientNo: found.clientNo, openedOn: found.today });
      const { purpose, subject, script, scriptVersion, outcome, givenUp, askedAt, endedAt } = found;
      const sheet = {
        callbackNo,
        purpose,
        subject,
        script,
        scriptVersion,
        questions: await scriptOf(sql, found),
        calls: await attemptsOf(sql, callbackNo),
        outcome,
        givenUp,
        askedAt,
        endedAt,
      };
      return { row: found, text: canonicalJson(sheet) };
    });
    const { clientNo } = row;
    if (clientNo === null) {
      const kept = await documents.keep(bytesOf(text), MOST_BYTES);
      await inTransaction(pool, (sql) =>
        fileWithComplaint(sql, kept, { complaintNo: row.subject, kind: CALLBACK_RECORD, by: SYSTEM_ACTOR }),
      );
      return;
    }
    await fileDocument({ pool, documents }, bytesOf(text), {
      key: `${row.workflowId}:record`,
      clientNo,
      kind: CALLBACK_RECORD,
      businessDate: row.today,
      workflowId: row.filedWith ?? row.workflowId,
      filedBy: SYSTEM_ACTOR,
      mostBytes: MOST_BYTES,
    });
  };

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}
