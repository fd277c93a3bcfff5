/** That a relationship has ended, or that a law asks for a longer period, is asked for by a person and decided by a second one (A2 §15). */
import type { Pool, PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { requireNothingOpen, type RetentionChangeKind } from '../archive/retention-change';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import { queueStart } from '../outbox/queue-message';
import { businessDateNow } from '../people/standing';

export interface AskedRetentionChange {
  /** Unique for ever: the same key is the same change. */
  readonly key: string;
  readonly clientNo: string;
  readonly kind: RetentionChangeKind;
  readonly onDay: string;
  readonly reason: string;
  readonly by: string;
  readonly role: string;
  /** Branches whose clients the asker serves; null: all. */
  readonly branches: readonly string[] | null;
  readonly requestId: string;
}

const PROCESS = 'retentionChange';

/**
 * @throws BusinessError NOT_FOUND where there is no such client of the asker, or no file; RELATIONSHIP_ENDED_ALREADY, RELATIONSHIP_LASTS,
 *   RETENTION_CHANGE_PENDING, RETENTION_DAY_WRONG
 */
export const askRetentionChange = (
  pool: Pool,
  asked: AskedRetentionChange,
): Promise<{ readonly changeId: string; readonly isNew: boolean }> =>
  inTransaction(pool, async (sql) => {
    const { clientNo, key } = asked;
    // Two that ask at once come one after the other.
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`retention:${clientNo}`]);
    const { rows } = await sql.query<{ id: string }>(
      'select change_id::text as id from retention_changes where request_key = $1',
      [key],
    );
    if (rows[0] !== undefined) return { changeId: rows[0].id, isNew: false };
    const branch = await judge(sql, asked);
    return { changeId: await enter(sql, asked, branch), isNew: true };
  });

async function judge(sql: PoolClient, { clientNo, kind, onDay, branches }: AskedRetentionChange): Promise<string> {
  const { rows } = await sql.query<{ branch: string; endedOn: string | null; pending: string | null }>(
    `select c.branch, e.ended_on::text as "endedOn",
            (select change_id::text from retention_changes r
              where r.client_no = $1 and r.kind = $2 and r.state = 'awaiting approval') as pending
       from archives a join registered_clients c using (client_no) left join archive_ends e using (client_no)
      where a.client_no = $1 and ($3::text[] is null or c.branch = any($3))`,
    [clientNo, kind, branches],
  );
  const [found] = rows;
  if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '客户档案 client file', key: clientNo });
  const { branch, endedOn, pending } = found;
  if (kind === 'end of relationship') {
    if (endedOn !== null) throw new BusinessError('RELATIONSHIP_ENDED_ALREADY', { date: endedOn });
    await requireNothingOpen(sql, clientNo);
  }
  if (pending !== null) throw new BusinessError('RETENTION_CHANGE_PENDING', { change: pending });
  const today = await businessDateNow(sql);
  if (kind === 'end of relationship' ? onDay > today : onDay <= today)
    throw new BusinessError('RETENTION_DAY_WRONG', { today, date: onDay, field: 'onDay' });
  return branch;
}

async function enter(sql: PoolClient, asked: AskedRetentionChange, branch: string): Promise<string> {
  const { clientNo, kind, onDay, reason, by, role, key, requestId } = asked;
  const { rows } = await sql.query<{ id: string; workflow_id: string }>(
    `insert into retention_changes (client_no, kind, on_day, reason, branch, workflow_id, request_key, made_by)
     values ($1, $2, $3, $4, $5, 'retention-change:' || currval(pg_get_serial_sequence('retention_changes', 'change_id')), $6, $7)
     returning change_id::text as id, workflow_id`,
    [clientNo, kind, onDay, reason, branch, key, by],
  );
  const [entered] = rows;
  if (entered === undefined) throw new RangeError('a change that was written has no number');
  const { id, workflow_id: workflowId } = entered;
  await recordAudit(sql, {
    actor: by,
    role,
    action: 'ask for a retention change',
    outcome: 'done',
    objectType: 'archive',
    objectId: clientNo,
    reason,
    after: { kind, onDay, change: id },
    requestId,
    workflowId,
  });
  await queueStart(sql, {
    key: `start:${workflowId}`,
    workflowId,
    type: PROCESS,
    args: [{ changeId: id }],
    summary: '档案保管期限变更 change of the retention of a file',
    attributes: { ProcessType: PROCESS, BusinessKey: id, BusinessDate: await businessDateNow(sql), Branch: branch },
  });
  return id;
}
