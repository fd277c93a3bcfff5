/** A change of how long the file of a client is kept, as its process reads it and as what an approval decides about (A2 §15). */
import type { ClientBase, PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import type { Dependencies } from '../dependencies';
import { inTransaction } from '../database/transaction';
import { byReference } from '../intake/typed-texts';
import { businessDateNow } from '../people/standing';
import type { SubjectKind } from '../tasks/subject-kind';
import { loadParameters } from '../terms/load-terms';
import { endRelationship, holdArchive } from './open-archive';

export type RetentionChangeKind = 'end of relationship' | 'longer period';

export interface OfRetentionChange {
  readonly changeId: string;
}

/** What its process knows. No personal data. */
export interface FollowedRetentionChange extends OfRetentionChange {
  readonly kind: RetentionChangeKind;
  readonly onDay: string;
  /** Which somebody typed, by reference. */
  readonly reason: string;
  readonly madeBy: string;
  readonly madeAt: string;
  readonly branch: string;
  /** Working days within which it is decided. */
  readonly withinDays: number;
}

interface Row {
  readonly state: string;
  readonly clientNo: string;
  readonly kind: RetentionChangeKind;
  readonly onDay: BusinessDate;
  readonly reason: string;
  readonly branch: string;
  readonly madeBy: string;
  readonly madeAt: string;
}

async function lockRetentionChange(sql: Pick<ClientBase, 'query'>, id: string): Promise<Row> {
  const { rows } = await sql.query<Row>(
    `select state, client_no as "clientNo", kind, on_day::text as "onDay", reason, branch, made_by as "madeBy", made_at as "madeAt"
       from retention_changes where change_id = $1 for update`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '保管期限变更 retention change', key: id });
  return row;
}

export const readRetentionChange =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ changeId }: OfRetentionChange): Promise<FollowedRetentionChange> =>
    inTransaction(pool, async (sql) => {
      const { kind, onDay, reason, madeBy, madeAt, branch } = await lockRetentionChange(sql, changeId);
      const parameter = await loadParameters(sql, 'SH', await businessDateNow(sql));
      return {
        ...{ changeId, kind, onDay, madeBy, madeAt, branch },
        reason: await byReference(sql, `retention-change:${changeId}`, 'reason', reason),
        withinDays: Number.parseInt(parameter('RETENTION_CHANGE_WITHIN_DAYS'), 10),
      };
    });

/** @throws BusinessError NOT_FOUND, CHANGE_NOT_OPEN, RELATIONSHIP_ENDED_ALREADY, RELATIONSHIP_LASTS */
export const retentionChangeSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { state, ...content } = await lockRetentionChange(sql, id);
    // What was asked for is never revised.
    return { state, revision: 1, content: { ...content } };
  },
  end: async (sql, id, end, { state }) => {
    if (state !== 'awaiting approval') throw new BusinessError('CHANGE_NOT_OPEN', { change: id, state });
    const isApproved = end.state === 'approved';
    if (isApproved) await carryOut(sql, await lockRetentionChange(sql, id), end.by);
    await sql.query(
      'update retention_changes set state = $2, approved_by = $3, approved_for = $4, approved_at = $5 where change_id = $1',
      [
        id,
        end.state,
        isApproved ? end.by : null,
        isApproved ? (end.onBehalfOf ?? null) : null,
        isApproved ? end.at : null,
      ],
    );
  },
};

async function carryOut(sql: PoolClient, { clientNo, kind, onDay, reason }: Row, by: string): Promise<void> {
  if (kind === 'longer period') return holdArchive(sql, { clientNo, by, reason, heldUntil: onDay });
  await requireNothingOpen(sql, clientNo);
  return endRelationship(sql, { clientNo, by, reason, endedOn: onDay });
}

/** @throws BusinessError RELATIONSHIP_LASTS */
export async function requireNothingOpen(sql: Pick<ClientBase, 'query'>, clientNo: string): Promise<void> {
  const { rows } = await sql.query<{ no: string }>(
    `select request_no as no from permissions where client_no = $1 and closed_at is null
     union select request_no from permission_requests where client_no = $1 and ended_at is null order by 1`,
    [clientNo],
  );
  if (rows.length > 0) throw new BusinessError('RELATIONSHIP_LASTS', { requests: rows.map(({ no }) => no).join(', ') });
}
