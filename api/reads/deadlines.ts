/** A promise as people see it, and what has been done to it. */
import { ACTS, deadlineTag } from '../../activities/intake/deadline-tag';
import { BusinessError } from '../../domain/errors';
import { grantFor } from '../../domain/people/grants';
import { ROLES } from '../../domain/people/roles';
import type { Queried } from '../as-of';
import { holdsAnyOf, READS_BOTH_SIDES, type Caller } from '../identity';
import { instant, rowId, side } from '../schemas';
import { z } from '../zod';
import { refuseKeptFrom } from './kept-from';

export const deadlineState = z.enum(['running', 'breached', 'met', 'met late', 'withdrawn', 'abandoned']);

export const deadlineLine = z
  .strictObject({
    deadlineId: rowId,
    businessKey: z.string(),
    workflowId: z.string(),
    process: z.string(),
    step: z.string(),
    subject: z.string(),
    side: side.nullable(),
    branch: z.string().nullable(),
    owner: z.strictObject({ role: z.enum(ROLES), team: z.string().nullable(), person: z.string().nullable() }),
    limit: z.strictObject({ kind: z.string(), n: z.number().int(), time: z.string().nullable() }),
    receivedAt: instant,
    dueAt: instant,
    calendarVersion: z.string().openapi({ description: '计算所用日历版本 versions that the instants rest on' }),
    state: deadlineState,
    breached: z.boolean().openapi({ description: '曾到期未兑现 was not met when it was due' }),
    stoppedUntil: instant
      .nullable()
      .openapi({ description: '计时中止，最迟至此 the clock stands, until then at the latest' }),
    endedAt: instant.nullable(),
    endedBy: z.string().nullable(),
  })
  .openapi('Deadline');

export type DeadlineLine = z.input<typeof deadlineLine>;

export interface DeadlineLineRow extends Omit<DeadlineLine, 'owner' | 'limit'> {
  readonly ownerRole: DeadlineLine['owner']['role'];
  readonly ownerTeam: string | null;
  readonly ownerPerson: string | null;
  readonly limitKind: string;
  readonly limitN: number;
  readonly limitTime: string | null;
}

/** Columns of a line. */
export const LINE_COLUMNS = `d.deadline_id::text as "deadlineId", d.business_key as "businessKey", d.workflow_id as "workflowId", d.process, d.step,
  d.subject, d.side, d.branch, d.owner_role as "ownerRole", d.owner_team as "ownerTeam", d.owner_person as "ownerPerson",
  d.limit_kind as "limitKind", d.limit_n as "limitN", d.limit_time as "limitTime", d.received_at as "receivedAt",
  d.due_at as "dueAt", d.calendar_version as "calendarVersion", d.state, d.breached_at is not null as breached,
  (select max(s.to_at) from deadline_stops s
    where s.deadline_id = d.deadline_id and d.ended_at is null and s.to_at > (select business_now())) as "stoppedUntil",
  d.ended_at as "endedAt", d.ended_by as "endedBy"`;

export function deadlineLineOf(row: DeadlineLineRow): DeadlineLine {
  const { ownerRole, ownerTeam, ownerPerson, limitKind, limitN, limitTime, ...line } = row;
  return {
    ...line,
    owner: { role: ownerRole, team: ownerTeam, person: ownerPerson },
    limit: { kind: limitKind, n: limitN, time: limitTime },
  };
}

const typedReason = z
  .string()
  .nullable()
  .openapi({ description: 'null: 投诉期限的理由只供办理人员查阅 of a complaint, for those who handle it' });

export const deadline = deadlineLine
  .extend({
    stoppableDays: z
      .number()
      .int()
      .openapi({ description: '累计可中止天数 its clock stands so many days in all at most' }),
    rungs: z
      .array(z.strictObject({ rung: z.number().int(), dueAt: instant }))
      .openapi({ description: '各级提醒时刻 when each rung rings' }),
    stops: z.array(
      z.strictObject({
        from: instant,
        to: instant.openapi({ description: '恢复，或最迟恢复 when it resumed, or resumes at the latest' }),
        reason: typedReason,
        stoppedBy: z.string(),
        stoppedFor: z.string().nullable(),
        resumedBy: z.string().nullable(),
        resumedFor: z.string().nullable(),
        resumeReason: z.string().nullable(),
      }),
    ),
    extensions: z.array(
      z.strictObject({
        extensionNo: z.number().int(),
        further: z.number().int(),
        reason: typedReason,
        askedBy: z.string(),
        askedFor: z.string().nullable(),
        askedAt: instant,
        state: z.enum(['asked', 'approved', 'refused', 'recalled', 'lapsed']),
        decidedBy: z.string().nullable(),
        decidedFor: z.string().nullable(),
        decidedAt: instant.nullable(),
        decisionReason: z.string().nullable(),
        workflowId: z.string(),
      }),
    ),
    changes: z
      .array(
        z.strictObject({
          revision: z.number().int(),
          cause: z.enum(['stopped', 'resumed', 'extended', 'calendar corrected']),
          dueBefore: instant,
          dueAfter: instant,
          versionBefore: z.string(),
          versionAfter: z.string(),
          by: z.string(),
          at: instant,
        }),
      )
      .openapi({ description: '每次重算 every new computation, old and new' }),
  })
  .strict()
  .openapi('DeadlineWithHistory');

export type DeadlineWithHistory = z.input<typeof deadline>;

interface HistoryRow
  extends DeadlineLineRow, Pick<DeadlineWithHistory, 'stoppableDays' | 'rungs' | 'stops' | 'extensions' | 'changes'> {
  readonly revision: number;
  readonly acts: string;
}

/** Instants within JSON, as everywhere. */
const utc = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const HISTORY = `select ${LINE_COLUMNS}, d.revision, (${ACTS})::text as acts, d.stopped_days_at_most as "stoppableDays", rungs_of(d.rungs, d.due_at) as rungs,
  coalesce((select jsonb_agg(jsonb_build_object('from', ${utc('s.from_at')}, 'to', ${utc('s.to_at')}, 'reason', s.reason,
      'stoppedBy', s.stopped_by, 'stoppedFor', s.stopped_for, 'resumedBy', s.resumed_by, 'resumedFor', s.resumed_for,
      'resumeReason', s.resume_reason) order by s.from_at, s.stop_id)
     from deadline_stops s where s.deadline_id = d.deadline_id), '[]') as stops,
  coalesce((select jsonb_agg(jsonb_build_object('extensionNo', e.extension_no, 'further', e.further_n, 'reason', e.reason,
      'askedBy', e.asked_by, 'askedFor', e.asked_for, 'askedAt', ${utc('e.asked_at')}, 'state', e.state, 'decidedBy', e.decided_by,
      'decidedFor', e.decided_for, 'decidedAt', ${utc('e.decided_at')},
      'decisionReason', (select a.reason from approvals a join tasks t using (task_id)
                          where t.subject_kind = 'deadline extension' and t.subject_id = e.extension_id::text),
      'workflowId', 'deadline-extension:' || e.extension_id) order by e.extension_no)
     from deadline_extensions e where e.deadline_id = d.deadline_id), '[]') as extensions,
  coalesce((select jsonb_agg(jsonb_build_object('revision', c.revision, 'cause', c.cause, 'dueBefore', ${utc('c.due_before')},
      'dueAfter', ${utc('c.due_after')}, 'versionBefore', c.version_before, 'versionAfter', c.version_after, 'by', c.by,
      'at', ${utc('c.at')}) order by c.revision)
     from deadline_changes c where c.deadline_id = d.deadline_id), '[]') as changes
  from deadlines d where d.deadline_id = $1`;

/**
 * The promise with everything that was done to it, and its tag.
 * @throws BusinessError NOT_FOUND, also where the caller is kept out of its case; ROLE_MISSING, WRONG_SIDE, WRONG_BRANCH where others owe it and the caller does not watch over all
 */
export async function visibleDeadline(
  sql: Queried,
  caller: Caller,
  deadlineId: string,
): Promise<{ readonly body: DeadlineWithHistory; readonly etag: string }> {
  const { rows } = await sql.query<HistoryRow>(HISTORY, [deadlineId]);
  const [row] = rows;
  const sought = { what: '期限 deadline', key: deadlineId };
  if (row === undefined) throw new BusinessError('NOT_FOUND', sought);
  await refuseKeptFrom(sql, caller, row.workflowId, sought);
  if (!holdsAnyOf(caller, READS_BOTH_SIDES)) refuseOthers(caller, row);
  const { revision, acts, stoppableDays, rungs, stops, extensions, changes, ...line } = row;
  return {
    body: { ...deadlineLineOf(line), stoppableDays, rungs, stops, extensions, changes },
    etag: deadlineTag({ deadlineId, revision, state: row.state, acts: Number(acts) }),
  };
}

function refuseOthers(caller: Caller, { ownerRole: role, side: ofSide, branch }: DeadlineLineRow): void {
  const grant = grantFor(caller.grants, { role, side: ofSide, branch, mark: null });
  if (grant === 'ROLE_MISSING') throw new BusinessError('ROLE_MISSING', { role });
  if (grant === 'WRONG_BRANCH') throw new BusinessError('WRONG_BRANCH', { branch: branch ?? '' });
  if (grant === 'WRONG_SIDE') throw new BusinessError('WRONG_SIDE', { side: ofSide ?? '' });
}

/** Of a state that may be asked for as $1. Open ones are told apart by their breach, so that it is known how many there are of each. */
const OPEN = `d.ended_at is null
  and ($1::text is null or $1 = 'running' and d.breached_at is null or $1 = 'breached' and d.breached_at is not null)`;
const ENDED = 'd.ended_at is not null and ($1::text is null or d.state = $1)';
const OPEN_STATES: readonly string[] = ['running', 'breached'];

/**
 * Numbers of those first due of the promises that are open, that have ended, or of both: each part has its index by due time and is read no further
 * than a page. That index does not tell apart what is due at one instant: only what is sorted by is read of all of that.
 * @param conditions on `d`, the state that is asked for being $1
 */
export function firstPromises(
  { open, state }: { readonly open?: string | undefined; readonly state?: string | undefined },
  conditions: string,
  limit: string,
): string {
  const asked = open ?? (state === undefined ? undefined : String(OPEN_STATES.includes(state)));
  const parts = asked === undefined ? [OPEN, ENDED] : [asked === 'true' ? OPEN : ENDED];
  const first = parts.map(
    (part) =>
      `(select d.deadline_id, d.due_at from deadlines d where ${part} and ${conditions} order by d.due_at, d.deadline_id limit ${limit})`,
  );
  return `(select deadline_id from (${first.join(' union all ')}) of_parts order by due_at, deadline_id limit ${limit})`;
}
