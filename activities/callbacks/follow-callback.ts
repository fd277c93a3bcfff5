/** What the process of a callback reads, and does between the calls. */
import type { PoolClient } from 'pg';
import { troublesOf, type CallbackOutcome } from '../../domain/callbacks/call-result';
import type { Words } from '../../domain/messages/words';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueSignal } from '../outbox/queue-message';
import {
  attemptsOf,
  lockCallback,
  scriptOf,
  windowOf,
  type AttemptRow,
  type CallbackRow,
  type CallbackState,
} from './callback-row';
import { complianceOrAbove, isHeadKeptOut } from '../people/keep-out';
import { moveCallback } from './move-callback';

export interface OfCallback {
  readonly callbackNo: string;
}

/** What somebody does because of how the client was called, and what the client answered. */
export interface FollowUp {
  readonly followUp: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly role: string;
  readonly act: 'task' | 'suspension' | 'complaint';
  /** Working days in which a task is done, from the call that brings it on, UTC. Not in what an earlier version read. */
  readonly within?: { readonly days: number; readonly since: string };
}

/** What a process knows of its callback. No personal data. */
export interface FollowedCallback extends OfCallback {
  readonly purpose: string;
  readonly purposeName: Words;
  readonly ownerRole: string;
  /** The head of those who call is kept out of what it is about: compliance decides instead. */
  readonly isHeadKeptOut?: boolean;
  /** Whoever decides in that place. Not in what an earlier version read. */
  readonly inPlaceOfHead?: 'compliance' | 'general_manager';
  readonly ladder: string;
  readonly subject: string;
  readonly branch: string | null;
  readonly days: number;
  readonly askedAt: string;
  readonly state: CallbackState;
  readonly round: number;
  readonly outcome: CallbackOutcome | null;
  readonly revision: number;
  readonly endedAt: string | null;
  readonly endedBy: string | null;
  /** Somebody is on the telephone: the result is awaited. */
  readonly isCalling: boolean;
  /** From when a call is allowed; null: no attempt is left, or the holidays are not known so far. */
  readonly callFrom: string | null;
  readonly mayCallNow: boolean;
  readonly followUps: readonly FollowUp[];
  /** Whether giving up an unreachable client can have a consequence. */
  readonly mayHaveConsequence: boolean;
}

type Pooled = Pick<Dependencies, 'pool'>;

export const readCallback =
  ({ pool }: Pooled) =>
  ({ callbackNo }: OfCallback): Promise<FollowedCallback> =>
    inTransaction(pool, async (sql) => followedOf(sql, await lockCallback(sql, callbackNo)));

async function followedOf(sql: PoolClient, row: CallbackRow): Promise<FollowedCallback> {
  const { callbackNo, purpose, purposeName, ownerRole, ladder, subject, branch, days, askedAt, state, outcome } = row;
  const attempts = await attemptsOf(sql, callbackNo);
  const { mayCallNow, window } =
    state === 'open' ? await windowOf(sql, row, attempts) : { mayCallNow: false, window: null };
  const consequences = await consequencesOf(sql, row);
  const unreachable = await followUpsOf(sql, row, namesAfter(consequences, ['unreachable']));
  return {
    callbackNo,
    purpose,
    purposeName,
    ownerRole,
    ...(await whoDecides(sql, row)),
    ladder,
    subject,
    branch,
    days,
    askedAt,
    state,
    round: row.rounds,
    outcome,
    revision: row.revision,
    endedAt: row.endedAt,
    endedBy: row.endedBy,
    isCalling: attempts.some(({ result }) => result === null),
    callFrom: window?.from ?? null,
    mayCallNow,
    followUps: await owedFollowUps(sql, row, attempts, consequences),
    mayHaveConsequence: unreachable.length > 0,
  };
}

async function whoDecides(
  sql: PoolClient,
  { workflowId, ownerRole }: CallbackRow,
): Promise<Pick<FollowedCallback, 'isHeadKeptOut' | 'inPlaceOfHead'>> {
  if (!(await isHeadKeptOut(sql, workflowId, ownerRole))) return { isHeadKeptOut: false };
  return { isHeadKeptOut: true, inPlaceOfHead: await complianceOrAbove(sql, workflowId) };
}

/** What the answers bring, then what follows from how it went. */
async function namesOfFollowUps(
  sql: PoolClient,
  row: CallbackRow,
  attempts: readonly AttemptRow[],
  consequences: readonly Consequence[],
): Promise<readonly string[]> {
  const script = await scriptOf(sql, row);
  const troubles = attempts.flatMap(({ answers }) => troublesOf(answers ?? {}, script));
  const causes = [
    ...(attempts.some(({ result }) => result === 'wrong number') ? ['wrong number'] : []),
    ...(attempts.some(({ doubt }) => doubt !== null) ? ['doubt'] : []),
    ...(row.outcome === 'doubtful' || row.outcome === 'refused' ? [row.outcome] : []),
    ...(row.givenUp === 'suspend' ? ['unreachable'] : []),
  ];
  return [...new Set([...troubles, ...namesAfter(consequences, causes)])];
}

/** What follows from how a call went. */
interface Consequence {
  readonly cause: string;
  readonly followUp: string;
}

/** Of calls for the purpose, as it is in force today. */
async function consequencesOf(sql: PoolClient, { purpose, today }: CallbackRow): Promise<readonly Consequence[]> {
  const { rows } = await sql.query<Consequence>(
    `select cause, follow_up as "followUp" from callback_consequences
      where purpose = $1 and daterange(valid_from, valid_to) @> $2::date order by follow_up`,
    [purpose, today],
  );
  return rows;
}

const namesAfter = (consequences: readonly Consequence[], causes: readonly string[]): readonly string[] =>
  causes.flatMap((asked) => consequences.filter(({ cause }) => cause === asked).map(({ followUp }) => followUp));

/** What follows now, with from when each is owed: a wrong number is known before the end, everything else with it. */
async function owedFollowUps(
  sql: PoolClient,
  row: CallbackRow,
  attempts: readonly AttemptRow[],
  consequences: readonly Consequence[],
): Promise<readonly FollowUp[]> {
  const all = await followUpsOf(sql, row, await namesOfFollowUps(sql, row, attempts, consequences));
  if (all.length === 0) return [];
  const ofNumber = namesAfter(consequences, ['wrong number']);
  const { rows } = await sql.query<{ at: string | null }>(
    `select min(r.recorded_at) as at from callback_attempts a join callback_results r using (attempt_id)
      where a.callback_no = $1 and r.result = 'wrong number'`,
    [row.callbackNo],
  );
  const wrongNumberAt = rows[0]?.at ?? null;
  return all.map(({ days, ...followUp }) => {
    const since = (ofNumber.includes(followUp.followUp) ? wrongNumberAt : null) ?? row.endedAt;
    return { ...followUp, ...(days === null || since === null ? {} : { within: { days, since } }) };
  });
}

async function followUpsOf(
  sql: PoolClient,
  { today }: CallbackRow,
  names: readonly string[],
): Promise<readonly (FollowUp & { readonly days: number | null })[]> {
  const { rows } = await sql.query<FollowUp & { readonly days: number | null }>(
    `select follow_up as "followUp", title_zh as "titleZh", title_en as "titleEn", role, act, days from callback_follow_ups
      where follow_up = any($1) and daterange(valid_from, valid_to) @> $2::date order by array_position($1, follow_up)`,
    [names, today],
  );
  return rows;
}

export interface UnreachableDecided extends OfCallback {
  readonly round: number;
  readonly decision: 'call again' | 'suspend' | 'leave';
  readonly reason: string;
  readonly by: string;
  /** By whose right, where a person decided; left away by processes of an earlier version. */
  readonly role?: string;
  readonly onBehalfOf?: string;
}

/** The head decided about a client who was not reached: once a round. */
export const decideUnreachable =
  ({ pool }: Pooled) =>
  ({ callbackNo, round, decision, reason, by, role, onBehalfOf }: UnreachableDecided): Promise<FollowedCallback> =>
    inTransaction(pool, async (sql) => {
      const row = await lockCallback(sql, callbackNo);
      if (row.state !== 'escalated' || row.rounds !== round) return followedOf(sql, row);
      await moveCallback(
        sql,
        row,
        decision === 'call again'
          ? { state: 'open', rounds: row.rounds + 1, by }
          : { state: 'ended', outcome: 'unreachable', givenUp: decision, by },
      );
      await recordAudit(sql, {
        actor: by,
        onBehalfOf,
        role,
        action: 'decide about unreachable client',
        outcome: 'done',
        objectType: 'callback',
        objectId: callbackNo,
        reason,
        after: { decision },
      });
      return followedOf(sql, await lockCallback(sql, callbackNo));
    });

/** The record lies in the file: whoever asked is told how it ended. */
export const tellCallbackEnded =
  ({ pool }: Pooled) =>
  ({ callbackNo }: OfCallback): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const { filedWith, outcome } = await lockCallback(sql, callbackNo);
      if (filedWith === null) return;
      await queueSignal(sql, {
        key: `callback-ended:${callbackNo}`,
        workflowId: filedWith,
        signal: 'callbackEnded',
        args: [callbackNo, outcome],
      });
    });
