/** What a mail, or whatever was received incomplete, says in its words only: the amount, the claim and the telephone, filled in by whoever reads it. */
import type { Pool, PoolClient } from 'pg';
import { DECIDED_STATES } from '../../../domain/complaints/complaint-words';
import { BusinessError } from '../../../domain/errors';
import { actOnComplaint, type ComplaintAct } from '../../complaints/act-on-complaint';
import type { ComplaintRow } from '../../complaints/complaint-row';
import { refuseFirst } from '../judge-actor';
import { requirePart } from './take-part';

/** Its line in the register. */
export const COMPLETE_PARTICULARS = 'complete particulars';

export interface CompletedParticulars extends ComplaintAct {
  readonly claimedFen?: string | undefined;
  /** What is asked for. */
  readonly claim?: string | undefined;
  readonly telephone?: string | undefined;
}

/**
 * What is filled in, or takes the place of what stood there, counts from now on; what was received first stays beside it. Claim and amount hold
 * while others decide about the outcome, and once it is decided; the telephone does not. Register and audit say what was filled in, without its
 * words: the amount only is told, with the one before it.
 * @throws SeveralRefusals CLAIM_BEING_DECIDED, of each field that holds
 * @throws BusinessError COMPLAINT_ENDED, KEPT_OUT_OF_CASE
 */
export const completeParticulars = (pool: Pool, act: CompletedParticulars): Promise<null> =>
  actOnComplaint(pool, act, COMPLETE_PARTICULARS, async (sql, complaint) => {
    await requirePart(sql, complaint, act);
    const { complaintNo, claimedFen, claim, telephone } = act;
    const given = { claimed: claimedFen, claim, telephone };
    const filledIn = Object.entries(given).flatMap(([field, value]) => (value === undefined ? [] : [field]));
    const held = filledIn.filter((field) => field !== 'telephone');
    if (held.length > 0 && (await isDecidedUpon(sql, complaint)))
      refuseFirst(held.map((field) => new BusinessError('CLAIM_BEING_DECIDED', { complaint: complaintNo, field })));
    await write(sql, act);
    const amounts = claimedFen === undefined ? {} : { claimedFen, insteadOfFen: complaint.claimedFen };
    return { answer: null, detail: { filledIn, ...amounts }, signal: true };
  });

async function write(sql: PoolClient, { complaintNo, by, claimedFen, claim, telephone }: CompletedParticulars) {
  if (claimedFen !== undefined)
    await sql.query('update complaints set claimed_fen = $2 where complaint_no = $1', [complaintNo, claimedFen]);
  if (telephone !== undefined)
    await sql.query('update complainants set telephone = $2 where complaint_no = $1', [complaintNo, telephone]);
  await sql.query(
    `insert into complaint_texts (complaint_no, kind, text, written_by)
     select $1, said.kind, said.text, $2 from (values ('claim', $3::text), ('telephone', $4)) said (kind, text) where said.text is not null`,
    [complaintNo, by, claim ?? null, telephone ?? null],
  );
}

/**
 * Its proposal waits for its approval, is approved, or it is decided: the process tells of an approval a moment later. The complaint is locked:
 * none is drafted meanwhile.
 */
async function isDecidedUpon(sql: PoolClient, { complaintNo, state, level }: ComplaintRow): Promise<boolean> {
  if (DECIDED_STATES.includes(state)) return true;
  const { rowCount } = await sql.query(
    `select from complaint_proposals
      where complaint_no = $1 and (state = 'awaiting approval' or state = 'approved' and level = $2)`,
    [complaintNo, level],
  );
  return rowCount !== 0;
}
