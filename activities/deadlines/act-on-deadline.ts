/** What people and processes do to a promise that runs: who acts, on what was seen, and why it is not done, all reasons at once. */
import type { PoolClient } from 'pg';
import { BusinessError, byPlace } from '../../domain/errors';
import { businessDateOf } from '../../domain/calendar/business-date';
import { ACTS, deadlineTag } from '../intake/deadline-tag';
import { isShown } from '../intake/if-match';
import { refuseFirst, refusalsOfActor } from '../intake/judge-actor';
import { rungTermsOn } from '../ladders/rung-terms';
import type { DeadlineRow } from './deadline-row';

export interface DeadlineAct {
  readonly by: string;
  readonly reason: string;
  /** Principal for whom a person acts by delegation. */
  readonly onBehalfOf?: string | undefined;
  readonly requestId?: string | undefined;
  /** Tag of the promise that the person saw. */
  readonly ifMatch?: string | undefined;
  /** Set where a person asks, who is judged by the directory; left away where the process itself does it. */
  readonly judgedAs?: DeadlineActKind;
}

/** Kinds of work that a delegation or a restriction may name. */
export type DeadlineActKind = 'stop-deadline-clock' | 'resume-deadline-clock' | 'ask-deadline-extension';

/** Who recorded an act, as the audit tells it. */
export const actorOf = ({ by, onBehalfOf, requestId, judgedAs }: DeadlineAct, { ownerRole }: DeadlineRow) => ({
  by,
  onBehalfOf,
  requestId,
  role: judgedAs === undefined ? undefined : ownerRole,
});

/**
 * Refuses with everything that speaks against an act: whoever may not, a promise that has ended, one that follows clock times, what was
 * not seen as it is, and what the act itself adds.
 * @throws SeveralRefusals
 */
export async function refuseAct(
  sql: PoolClient,
  row: DeadlineRow,
  act: DeadlineAct,
  further: readonly (BusinessError | undefined)[],
): Promise<void> {
  const { businessKey: deadline, state, endedAt } = row;
  refuseFirst(
    [
      ...(act.judgedAs === undefined ? [] : await refusalsOfPerson(sql, row, act, act.judgedAs)),
      ...(endedAt === null ? [] : [new BusinessError('DEADLINE_NOT_OPEN', { deadline, state })]),
      ...((await followsClockTimes(sql, row)) ? [new BusinessError('DEADLINE_FIXED', { deadline })] : []),
      ...(await tagRefusals(sql, row, act)),
      // What has ended has one reason only.
      ...(endedAt === null ? further.filter((one) => one !== undefined) : []),
    ].sort((a, b) => byPlace(a.code, b.code)),
  );
}

const refusalsOfPerson = (sql: PoolClient, row: DeadlineRow, act: DeadlineAct, kind: DeadlineActKind) =>
  refusalsOfActor(
    sql,
    { person: act.by, onBehalfOf: act.onBehalfOf },
    {
      task_id: row.deadlineId,
      workflow_id: row.workflowId,
      kind,
      role: row.ownerRole,
      mark: null,
      side: row.side,
      branch: row.branch,
      made_by: null,
      made_for: null,
      first_task: null,
      amount_fen: null,
    },
  );

/** A ladder of clock times is set by others, e.g. the clearing house: its rungs move with nothing that we do. */
async function followsClockTimes(sql: PoolClient, { ladder, receivedAt }: DeadlineRow): Promise<boolean> {
  const terms = await rungTermsOn(sql, ladder, businessDateOf(receivedAt));
  return terms.some(({ atTime }) => !atTime.endsWith('%'));
}

async function tagRefusals(
  sql: PoolClient,
  { deadlineId, revision, state }: DeadlineRow,
  { ifMatch }: DeadlineAct,
): Promise<readonly BusinessError[]> {
  if (ifMatch === undefined) return [];
  const { rows } = await sql.query<{ acts: string }>(
    `select (${ACTS})::text as acts from deadlines d where deadline_id = $1`,
    [deadlineId],
  );
  const current = deadlineTag({ deadlineId, revision, state, acts: Number(rows[0]?.acts ?? 0) });
  if (isShown(current, ifMatch)) return [];
  const shown = /^"deadline-\d+-(\d+)-/.exec(ifMatch)?.[1] ?? revision;
  return [new BusinessError('REVISION_STALE', { field: 'If-Match', shown, current: revision })];
}
