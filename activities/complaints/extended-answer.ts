/** More time for an answer holds for every clock of it, and whoever complains is told, whichever way it was asked (complaints page; facts 6.2). */
import type { PoolClient } from 'pg';
import { dateOfDue } from '../../domain/calendar/business-date';
import { businessNow } from '../clock/business-now';
import { DEADLINE_COLUMNS, type DeadlineRow } from '../deadlines/deadline-row';
import { contentOf, writeLine } from './act-on-complaint';
import { tellComplainant } from './tell-complainant';
import { withOneOfKeys } from '../database/promises-found';

/** Promises of complaints to their complainants: the clock from the receipt here, and that from the receipt at the regulator. */
const OF_COMPLAINT = /^complaint-(transfer-)?(accept|answer):(T\d{8}-\d{6})((?::\d)?)$/;

export interface OwedToComplainant {
  readonly stage: 'accept' | 'answer';
  readonly complaintNo: string;
  /** Keys of all clocks of the same stage and level. */
  readonly keys: readonly [own: string, transfer: string];
}

/** Undefined of a promise to anybody else. */
export function owedToComplainant({ businessKey }: Pick<DeadlineRow, 'businessKey'>): OwedToComplainant | undefined {
  const [, , stage, complaintNo = '', level = ''] = OF_COMPLAINT.exec(businessKey) ?? [];
  if (stage !== 'accept' && stage !== 'answer') return undefined;
  const of = `${stage}:${complaintNo}${level}`;
  return { stage, complaintNo, keys: [`complaint-${of}`, `complaint-transfer-${of}`] };
}

/** Of a promise and the other clocks of what it owes, the first whose limit is over: more time would make a breach that was told as if it never was. */
export async function clockThatIsOver(sql: PoolClient, row: DeadlineRow): Promise<DeadlineRow | undefined> {
  const now = await businessNow(sql);
  return [row, ...(await otherClocksOf(sql, row))].find(({ dueAt }) => now >= dueAt);
}

/** A promise and the other clocks of what it owes, locked by their number, as rows of promises are everywhere. */
export async function lockClocksOf(sql: PoolClient, businessKey: string): Promise<void> {
  await sql.query(`select from ${withOneOfKeys('$1')} order by d.deadline_id for update of d`, [
    owedToComplainant({ businessKey })?.keys ?? [businessKey],
  ]);
}

/** The other clocks of the same stage that still run, locked. */
export async function otherClocksOf(sql: PoolClient, row: DeadlineRow): Promise<readonly DeadlineRow[]> {
  const owed = owedToComplainant(row);
  if (owed === undefined) return [];
  const { rows } = await sql.query<DeadlineRow>(
    `select ${DEADLINE_COLUMNS} from ${withOneOfKeys('$1')}
      where d.business_key <> $2 and ended_at is null order by d.deadline_id for update of d`,
    [owed.keys, row.businessKey],
  );
  return rows;
}

/** The register has it, and the complainant is told until when, in the transaction of the approval. */
export async function recordExtended(
  sql: PoolClient,
  row: DeadlineRow,
  { extensionId, furtherN, by }: { readonly extensionId: string; readonly furtherN: number; readonly by: string },
): Promise<void> {
  const owed = owedToComplainant(row);
  if (owed === undefined) return;
  const { complaintNo, stage, keys } = owed;
  const { rows } = await sql.query<{ due: string }>(
    `select min(due_at) as due from ${withOneOfKeys('$1')} where ended_at is null`,
    [keys],
  );
  const dueAt = rows[0]?.due ?? row.dueAt;
  const act = { complaintNo, key: `extend:${extensionId}`, by };
  const detail = { stage, furtherN, dueAt };
  await writeLine(sql, act, 'extend', { detail, answer: null, content: contentOf(act, 'extend') });
  await tellComplainant(sql, complaintNo, {
    template: stage === 'answer' ? 'COMPLAINT_EXTENDED' : 'COMPLAINT_ACCEPTANCE_EXTENDED',
    nth: extensionId,
    facts: { dueAt: dateOfDue(dueAt) },
  });
}
