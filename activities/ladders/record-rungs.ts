/** Records rungs of a ladder: when due, when done, by whom; a missed one tells its audience in the same transaction. */
import type { PoolClient } from 'pg';
import type { Side } from '../../domain/channel';
import { sideOfSubject } from '../../domain/deadlines/side-of-subject';
import { isInTime } from '../../domain/deadlines/deadline';
import { recordAudit } from '../audit/record-audit';
import { businessNow } from '../clock/business-now';
import { inTransaction } from '../database/transaction';
import { lockDeadline, type DeadlineRow, type DeadlineState } from '../deadlines/deadline-row';
import { endAsMet } from '../deadlines/end-deadline';
import type { Dependencies } from '../dependencies';
import { queueEvent } from '../outbox/queue-event';
import { queueNotice, type RecipientMark } from '../outbox/queue-notice';

export interface RungDone {
  readonly rung: number;
  readonly dueAt: string;
  readonly audience: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly actionZh: string;
  readonly actionEn: string;
  readonly state: 'met' | 'acted' | 'escalated';
  readonly doneBy: string;
  /** Business time at which it was reached, where a person's act says so. */
  readonly doneAt?: string;
}

export interface RecordRungs {
  readonly workflowId: string;
  readonly ladder: string;
  readonly subject: string;
  readonly rungs: readonly RungDone[];
  /** The promise whose ladder this is, and the computation that was climbed: another one means that nothing rings. */
  readonly promise?: { readonly businessKey: string; readonly revision?: number };
}

export interface RecordedRungs {
  readonly recorded: number;
  /** The promise has moved or ended meanwhile: nothing was recorded, the ladder is to be read again. */
  readonly moved?: true;
  /** How the promise ended by this. */
  readonly ended?: DeadlineState;
}

/**
 * Safe to repeat: a rung that stands is left as it is. The last rung ends a promise as met, or breaches it; what was reached
 * only after its time is no rung met.
 */
export const recordRungs =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ rungs, promise, ...of }: RecordRungs): Promise<RecordedRungs> =>
    inTransaction(pool, async (sql) => {
      const owed = promise === undefined ? undefined : await lockDeadline(sql, promise.businessKey);
      if (owed !== undefined && hasMoved(owed, promise?.revision)) return { recorded: 0, moved: true };
      const place = await placeOf(sql, of.subject, owed);
      let recorded = 0;
      let ended: DeadlineState | undefined;
      for (const given of rungs) {
        const rung = owed === undefined ? given : inTimeOrMissed(given, owed);
        const round = await insertRung(sql, of, rung);
        if (round !== undefined) {
          recorded += 1;
          if (rung.state !== 'met') await tellAudience(sql, { ...of, place }, rung, round);
        }
        if (owed === undefined || rung.dueAt !== owed.dueAt) continue;
        if (rung.state !== 'met') await breach(sql, owed);
        if (given.state === 'met') ended = await endAsMet(sql, owed, rung.doneBy, await reachedAt(sql, owed, rung));
      }
      return { recorded, ...(ended === undefined ? {} : { ended }) };
    });

type Of = Omit<RecordRungs, 'rungs' | 'promise'>;

const hasMoved = (owed: DeadlineRow, revision: number | undefined): boolean =>
  owed.endedAt !== null || (revision !== undefined && revision !== owed.revision);

/** What was reached after the time of its rung has missed it. */
function inTimeOrMissed(rung: RungDone, owed: DeadlineRow): RungDone {
  if (rung.state !== 'met' || rung.doneAt === undefined || isInTime(rung.doneAt, rung.dueAt)) return rung;
  return { ...rung, state: rung.dueAt === owed.dueAt ? 'escalated' : 'acted' };
}

/** Other systems are told once a breach; one that moved away with its calendar may come again. */
async function breach(sql: PoolClient, { deadlineId, businessKey, workflowId, dueAt }: DeadlineRow): Promise<void> {
  const { rows } = await sql.query<{
    process: string;
    step: string;
    role: string;
    side: Side | null;
    branch: string | null;
  }>(
    `update deadlines set state = 'breached', breached_at = greatest(business_now(), due_at)
      where deadline_id = $1 and state = 'running' returning process, step, owner_role as role, side, branch`,
    [deadlineId],
  );
  const [breached] = rows;
  if (breached === undefined) return;
  const { process, step, role, side, branch } = breached;
  await queueEvent(sql, {
    key: `${businessKey}:breached`,
    recurs: true,
    type: 'deadline.breached',
    caseKey: workflowId,
    side: side ?? undefined,
    branch: branch ?? undefined,
    facts: { deadline: businessKey, process, step, role, dueAt },
  });
}

/** When it was reached; what nobody's act dates was reached in time and recorded a moment later. */
async function reachedAt(sql: PoolClient, { dueAt }: DeadlineRow, { doneAt }: RungDone): Promise<string> {
  if (doneAt !== undefined) return doneAt;
  const now = await businessNow(sql);
  return now < dueAt ? now : dueAt;
}

/** Which time it rang; undefined where it stands already. */
async function insertRung(
  sql: PoolClient,
  { workflowId, ladder, subject }: Of,
  rung: RungDone,
): Promise<number | undefined> {
  // Temporal's timer and the database's clock differ by milliseconds: what came due was not done before it was due. A rung
  // rings again only where its time moved to a later one.
  const { rows } = await sql.query<{ round: number }>(
    `insert into ladder_rungs
       (workflow_id, ladder, rung, subject, due_at, audience, action_zh, action_en, state, done_at, done_by, round)
     select $1::text, $2::text, $3::integer, $4::text, $5::timestamptz, $6, $7, $8, $9::text,
            case $9 when 'met' then coalesce($11::timestamptz, business_now()) else greatest(business_now(), $5) end, $10,
            1 + coalesce(max(round), 0)
       from ladder_rungs where workflow_id = $1 and ladder = $2 and rung = $3 and subject = $4
     having coalesce(max(due_at) < $5, true)
     on conflict do nothing returning round`,
    [
      workflowId,
      ladder,
      rung.rung,
      subject,
      rung.dueAt,
      rung.audience,
      rung.actionZh,
      rung.actionEn,
      rung.state,
      rung.doneBy,
      rung.doneAt ?? null,
    ],
  );
  const round = rows[0]?.round;
  if (round === undefined) return undefined;
  await recordAudit(sql, {
    actor: rung.doneBy,
    action: `ladder rung ${rung.state}`,
    outcome: 'done',
    objectType: 'ladder rung',
    objectId: `${ladder}:${subject}:${rung.rung}`,
    after: { dueAt: rung.dueAt, audience: rung.audience },
  });
  return round;
}

interface Place {
  readonly side?: Side;
  readonly branch?: string;
}

/** Whose a ladder is: the promise's, or what its subject says. */
async function placeOf(sql: PoolClient, subject: string, owed: DeadlineRow | undefined): Promise<Place> {
  const told = sideOfSubject(subject);
  if (owed === undefined) return told === undefined ? {} : { side: told };
  const { rows } = await sql.query<{ side: Side | null; branch: string | null }>(
    'select side, branch from deadlines where deadline_id = $1',
    [owed.deadlineId],
  );
  const { side = null, branch = null } = rows[0] ?? {};
  return { ...(side === null ? {} : { side }), ...(branch === null ? {} : { branch }) };
}

async function tellAudience(
  sql: PoolClient,
  { workflowId, ladder, subject, place: of }: Of & { readonly place: Place },
  rung: RungDone,
  round: number,
): Promise<void> {
  const place = round === 1 ? `${rung.rung}` : `${rung.rung}, time ${round}`;
  for (const told of rung.audience.split(',').map((name) => name.trim())) {
    await queueNotice(sql, {
      key: `rung:${workflowId}:${ladder}:${subject}:${place}:${told}`,
      workflowId,
      ...of,
      severity: rung.severity,
      ...recipientOf(told),
      template: 'RUNG',
      facts: {
        time: shanghaiTime(rung.dueAt),
        action: { zh: rung.actionZh, en: rung.actionEn },
        subject,
        ladder,
        rung: String(rung.rung),
      },
    });
  }
}

const MARKS: readonly RecipientMark[] = ['approver', 'deputy', 'head'];

/** `operations deputy` is the role and, of those who hold it, the marked one. */
function recipientOf(told: string): { readonly recipientRole: string; readonly recipientMark?: RecipientMark } {
  const [role = told, ...rest] = told.split(' ');
  if (rest.length === 0) return { recipientRole: role };
  const mark = MARKS.find((one) => one === rest.join(' '));
  if (mark === undefined) throw new RangeError(`a rung cannot tell "${told}"`);
  return { recipientRole: role, recipientMark: mark };
}

const shanghaiTime = (instant: string): string =>
  new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(11, 16);
