/** What people do with breaks at once: assign one to a colleague, ask for a write-off. Each with its reason and audit row. */
import type { Pool, PoolClient } from 'pg';
import type { Side } from '../../domain/channel';
import { BusinessError } from '../../domain/errors';
import { WRITTEN_OFF_CLASSES } from '../../domain/settlement/break-causes';
import { recordAudit } from '../audit/record-audit';
import { holdBreak } from '../breaks/hold-break';
import { inTransaction } from '../database/transaction';
import { queueStart } from '../outbox/queue-message';
import { businessDateNow, standingOf } from '../people/standing';
import { breakTag, breakTagRefusals, type TaggedBreak } from './break-tag';
import { refuseFirst } from './judge-actor';

const PROCESS = 'breakWriteOff';

interface BreakAct {
  readonly breakId: string;
  /** Unique for ever: the same key is the same act. */
  readonly key: string;
  readonly by: string;
  readonly role: string;
  readonly reason: string;
  readonly requestId: string;
}

interface Found extends TaggedBreak {
  readonly channel: string;
  readonly class: string;
  readonly amount_fen: bigint | null;
  readonly pending: string | null;
}

/**
 * Gives the break to somebody who works on days; the last assignment counts.
 * @returns the tag of the break as it is then
 * @throws SeveralRefusals NOT_FOUND, ROLE_MISSING at `to`, BREAK_ALREADY_DECIDED, REVISION_STALE
 */
export const assignBreak = (
  pool: Pool,
  act: BreakAct & { readonly to: string; readonly ifMatch?: string | undefined },
): Promise<string> =>
  inTransaction(pool, async (sql) => {
    const { rowCount } = await sql.query('select 1 from break_assignments where request_key = $1', [act.key]);
    const found = await lockBreak(sql, act.breakId);
    if (rowCount === 1) return breakTag(found);
    const isSame = found.assigned_to === act.to;
    const { active, grants } = await standingOf(sql, act.to, await businessDateNow(sql));
    const works = grants.some(({ role }) => DESK.includes(role));
    refuseFirst([
      ...(active ? [] : [new BusinessError('NOT_FOUND', { what: '人员 person', key: act.to, field: 'to' })]),
      ...(active && !works ? [new BusinessError('ROLE_MISSING', { role: DESK.join(' | '), field: 'to' })] : []),
      ...(found.verdict === 'written off' ? [new BusinessError('BREAK_ALREADY_DECIDED', { id: act.breakId })] : []),
      ...(isSame ? [] : breakTagRefusals(found, act.ifMatch)),
    ]);
    await sql.query(
      'insert into break_assignments (finding_id, assigned_to, assigned_by, reason, request_key) values ($1, $2, $3, $4, $5)',
      [act.breakId, act.to, act.by, act.reason, act.key],
    );
    await recordAudit(sql, {
      actor: act.by,
      role: act.role,
      action: 'assign break',
      outcome: 'done',
      objectType: 'break',
      objectId: act.breakId,
      reason: act.reason,
      before: { assignedTo: found.assigned_to },
      after: { assignedTo: act.to },
      requestId: act.requestId,
    });
    return breakTag({ ...found, assigned_to: act.to, assignments: found.assignments + 1 });
  });

/** Departments that look into breaks. */
const DESK: readonly string[] = ['operations', 'finance', 'supervisor'];

/**
 * Asks for the write-off of a break of the own side, or of none, which a process has decided by finance, and by the general manager from an amount on.
 * @param act sides whose breaks the person sees; null: all
 * @throws SeveralRefusals NOT_FOUND, BREAK_ALREADY_DECIDED, BREAK_CANNOT_BE_WRITTEN_OFF, BREAK_WRITE_OFF_PENDING
 */
export const askBreakWriteOff = (
  pool: Pool,
  act: BreakAct & { readonly sides: readonly Side[] | null },
): Promise<{ readonly writeOffId: string }> =>
  inTransaction(pool, async (sql) => {
    const { rows: kept } = await sql.query<{ id: string }>(
      'select write_off_id::text as id from break_write_offs where request_key = $1',
      [act.key],
    );
    if (kept[0] !== undefined) return { writeOffId: kept[0].id };
    const { breakId, sides } = act;
    const found = await lockBreak(sql, breakId, sides);
    const amount = found.amount_fen ?? 0n;
    const cannot = amount === 0n || !WRITTEN_OFF_CLASSES.includes(found.class);
    refuseFirst([
      ...(found.verdict === 'written off' ? [new BusinessError('BREAK_ALREADY_DECIDED', { id: breakId })] : []),
      ...(cannot ? [new BusinessError('BREAK_CANNOT_BE_WRITTEN_OFF', { id: breakId, class: found.class })] : []),
      ...(found.pending === null
        ? []
        : [new BusinessError('BREAK_WRITE_OFF_PENDING', { id: breakId, state: found.pending })]),
    ]);
    return enter(sql, act, found.channel, amount);
  });

async function enter(
  sql: PoolClient,
  act: BreakAct,
  channel: string,
  amountFen: bigint,
): Promise<{ readonly writeOffId: string }> {
  const { rows: nth } = await sql.query<{ nth: bigint }>(
    'select count(*) + 1 as nth from break_write_offs where finding_id = $1',
    [act.breakId],
  );
  const workflowId = `break-write-off:${channel}:${act.breakId}:${nth[0]?.nth ?? 1n}`;
  const { rows } = await sql.query<{ id: string }>(
    `insert into break_write_offs (finding_id, amount_fen, reason, workflow_id, request_key, made_by)
     values ($1, $2, $3, $4, $5, $6) returning write_off_id::text as id`,
    [act.breakId, amountFen, act.reason, workflowId, act.key, act.by],
  );
  const writeOffId = rows[0]?.id ?? '';
  await recordAudit(sql, {
    actor: act.by,
    role: act.role,
    action: 'ask for write-off of a break',
    outcome: 'done',
    objectType: 'break',
    objectId: act.breakId,
    reason: act.reason,
    after: { writeOff: writeOffId, amountFen: amountFen.toString() },
    requestId: act.requestId,
    workflowId,
  });
  await queueStart(sql, {
    key: `start:${workflowId}`,
    workflowId,
    type: PROCESS,
    args: [{ writeOffId }],
    summary: '差异核销 write-off of a break',
    attributes: { ProcessType: PROCESS, BusinessKey: `${channel}:${act.breakId}` },
  });
  return { writeOffId };
}

/** SQL: how often the break `f` was given to somebody. */
export const ASSIGNMENTS = '(select count(*)::int from break_assignments g where g.finding_id = f.finding_id)';

async function lockBreak(sql: PoolClient, breakId: string, sides: readonly Side[] | null = null): Promise<Found> {
  await holdBreak(sql, breakId);
  const { rows } = await sql.query<Found>(
    `select f.finding_id::text, f.channel, f.class, f.amount_fen, v.verdict, v.assigned_to, ${ASSIGNMENTS} as assignments,
            (select w.state from break_write_offs w where w.finding_id = f.finding_id and w.state = 'awaiting approval') as pending
     from findings_in_force f join break_verdicts v using (finding_id) where f.finding_id = $1 and f.outcome = 'break'
       and ($2::text[] is null or coalesce(side_of_finding(f)::text = any($2), true))`,
    [breakId, sides],
  );
  const [found] = rows;
  if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '差异 break', key: breakId });
  return found;
}
