/**
 * How much of a callback a caller sees: who complains, and what was answered, is for those who handle the complaint, and for whoever calls or
 * listens to the call; of other callbacks for those who work with them, not for those who read the report only.
 */
import type { Pool } from 'pg';
import type { ShownCallback } from '../../activities/intake/callbacks/show-callback';
import { recordReading } from '../../activities/intake/record-reading';
import { holdsAnyOf, rolesOf, type Caller } from '../identity';
import { CALLBACK_READERS } from '../role-groups';
import type { z } from '../zod';
import { callbackViewOf, type callbackView } from './callbacks';
import { sightNow } from './complaint-particulars';
import { refuseKeptFrom } from './kept-from';
import { ofProcess } from '../../activities/database/of-process';

/** SQL: the attempt `a`, with its result `r`, is a person's own. */
export const isOwnCall = (person: string): string => `a.begun_by = ${person} or r.recorded_by = ${person}`;

/** SQL: a person has called, or begins to, for the callback `k`. */
export const calledBy = (person: string): string =>
  `exists (select from callback_attempts a left join callback_results r using (attempt_id)
            where a.callback_no = k.callback_no and (${isOwnCall(person)}))`;

/**
 * SQL: the client of the callback `k` as a list shows it: who complains, to whoever calls only.
 * @param called condition that the caller has called for it
 */
export const shownClient = (caller: Caller, called: string): string =>
  `case when ${holdsAnyOf(caller, CALLBACK_READERS) ? `k.purpose <> 'complaint-answer' or ` : ''}${called} then k.client_no end`;

/** SQL: a person listens to a call of the callback `k` by the checklist. */
const listens = (person: string): string =>
  `exists (select from callback_attempts a join inspections i on i.kind = 'calls' and i.subject = a.attempt_id::text join tasks t on ${ofProcess('t.workflow_id', 'i.workflow_id')}
            where a.callback_no = k.callback_no and t.kind = 'check-call' and t.state = 'claimed' and t.claimed_by = ${person})`;

const OF_COMPLAINT = /^complaint:(T\d{8}-\d{6})$/;

/**
 * The callback for a caller; a look at who complains and what was answered is audited before the answer leaves.
 * @throws BusinessError NOT_FOUND, also where the caller is kept out of its complaint
 */
export async function callbackSeen(
  pool: Pool,
  caller: Caller,
  { shown, requestId }: { readonly shown: ShownCallback; readonly requestId: string },
): Promise<z.input<typeof callbackView>> {
  const { row } = shown;
  const view = callbackViewOf(shown);
  const complaint = OF_COMPLAINT.exec(row.filedWith ?? '')?.[1];
  if (complaint === undefined) return holdsAnyOf(caller, CALLBACK_READERS) ? view : withheld(view);
  await refuseKeptFrom(pool, caller, row.workflowId, { what: '回访 callback', key: row.callbackNo });
  if (!(await mayLook(pool, caller, row.callbackNo, complaint))) return withheld(view);
  await recordReading(pool, {
    actor: caller.person,
    role: rolesOf(caller)[0],
    action: 'read personal data',
    objectType: 'callback',
    objectId: row.callbackNo,
    shown: { complaint },
    requestId,
  });
  return view;
}

const withheld = (view: z.input<typeof callbackView>): z.input<typeof callbackView> => ({
  ...view,
  clientNo: null,
  attempts: view.attempts.map((attempt) => ({ ...attempt, answers: {}, doubt: null, recording: null })),
});

async function mayLook(pool: Pool, caller: Caller, no: string, complaint: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select from callbacks k where k.callback_no = $1 and (${calledBy('$2')} or ${listens('$2')})`,
    [no, caller.person],
  );
  if (rowCount !== 0) return true;
  const sight = await sightNow(pool, caller, complaint);
  return sight !== null && sight !== 'question';
}
