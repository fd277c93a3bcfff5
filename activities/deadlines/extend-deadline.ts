/** More time for a promise: asked before the limit, with a reason, and decided by a second person before the limit too. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { businessNow } from '../clock/business-now';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { changeDeadline } from './change-deadline';
import { climbedOf, lockDeadline, lockToCompute, requireOpen, type Climbed, type DeadlineRow } from './deadline-row';

export interface AskExtension {
  readonly businessKey: string;
  /** So many more of what the limit counts: days, or hours of the desk. */
  readonly furtherN: number;
  readonly reason: string;
  readonly by: string;
}

export interface AskedExtension {
  readonly extensionNo: number;
  readonly dueAt: string;
}

export interface DecideExtension {
  readonly businessKey: string;
  readonly extensionNo: number;
  readonly decision: 'approved' | 'refused' | 'recalled' | 'withdrawn';
  /** Who decided or recalled; the system where the limit came first. */
  readonly by: string;
  readonly reason: string;
  /** Business time of the decision. */
  readonly at: string;
}

export interface DecidedExtension extends Climbed {
  readonly extension: ExtensionState;
}

type ExtensionState = 'asked' | 'approved' | 'refused' | 'recalled' | 'lapsed';

/**
 * Asks for more time. Safe to repeat: who asks the same again is answered with what was asked.
 * @throws BusinessError DEADLINE_NOT_OPEN, EXTENSION_AFTER_LIMIT, EXTENSION_ALREADY_ASKED
 */
export const askExtension =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ businessKey, furtherN, reason, by }: AskExtension): Promise<AskedExtension> =>
    inTransaction(pool, async (sql) => {
      const row = await lockDeadline(sql, businessKey);
      const { dueAt } = row;
      const [newest] = await extensionsOf(sql, row);
      if (newest?.state === 'asked') {
        const same = newest.further_n === furtherN && newest.reason === reason && newest.asked_by === by;
        if (same) return { extensionNo: newest.extension_no, dueAt };
        throw new BusinessError('EXTENSION_ALREADY_ASKED', { deadline: businessKey });
      }
      requireOpen(row);
      if ((await businessNow(sql)) >= dueAt) {
        throw new BusinessError('EXTENSION_AFTER_LIMIT', { deadline: businessKey, dueAt });
      }
      const extensionNo = (newest?.extension_no ?? 0) + 1;
      await sql.query(
        `insert into deadline_extensions (deadline_id, extension_no, further_n, reason, due_before, asked_by)
         values ($1, $2, $3, $4, $5, $6)`,
        [row.deadlineId, extensionNo, furtherN, reason, dueAt, by],
      );
      await recordAudit(sql, {
        actor: by,
        action: 'ask deadline extension',
        outcome: 'done',
        objectType: 'deadline',
        objectId: businessKey,
        reason,
        before: { dueAt },
        after: { extensionNo, furtherN },
      });
      return { extensionNo, dueAt };
    });

/**
 * Records the decision; an approval that comes at the limit or later, or not at all, lapses and changes nothing.
 * @throws BusinessError EXTENSION_ALREADY_DECIDED, SAME_PERSON; CALENDAR_OUT_OF_RANGE where the longer promise has no answer
 */
export const decideExtension =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (given: DecideExtension): Promise<DecidedExtension> =>
    inTransaction(pool, async (sql) => {
      const row = await lockToCompute(sql, given.businessKey);
      const asked = (await extensionsOf(sql, row)).find(({ extension_no: no }) => no === given.extensionNo);
      if (asked === undefined) {
        throw new BusinessError('NOT_FOUND', { what: 'extension', key: `${given.businessKey} ${given.extensionNo}` });
      }
      if (asked.state !== 'asked') {
        if (asked.state === given.decision || asked.state === 'lapsed')
          return { ...(await climbedOf(sql, row)), extension: asked.state };
        throw new BusinessError('EXTENSION_ALREADY_DECIDED', { extension: given.extensionNo, state: asked.state });
      }
      if (given.by === asked.asked_by && given.decision !== 'recalled') throw new BusinessError('SAME_PERSON');
      const extension = stateOf(given, row);
      await sql.query(
        `update deadline_extensions set state = $3, decided_by = $4, decided_at = $5, decision_reason = $6, due_before = $7
          where deadline_id = $1 and extension_no = $2`,
        [
          row.deadlineId,
          given.extensionNo,
          extension,
          extension === 'lapsed' ? null : given.by,
          given.at,
          given.reason,
          row.dueAt,
        ],
      );
      await recordAudit(sql, {
        actor: given.by,
        action: `deadline extension ${extension}`,
        outcome: 'done',
        objectType: 'deadline',
        objectId: row.businessKey,
        reason: given.reason,
        after: { extensionNo: given.extensionNo },
      });
      if (extension !== 'approved') return { ...(await climbedOf(sql, row)), extension };
      const longer = { ...row, limitN: row.limitN + asked.further_n };
      await sql.query('update deadlines set limit_n = $2 where deadline_id = $1', [row.deadlineId, longer.limitN]);
      const climbed = await changeDeadline(sql, longer, { cause: 'extended', by: given.by, reason: given.reason });
      return { ...climbed, extension };
    });

function stateOf({ decision, at }: DecideExtension, { dueAt, endedAt }: DeadlineRow): ExtensionState {
  if (decision === 'withdrawn' || (decision === 'approved' && (at >= dueAt || endedAt !== null))) return 'lapsed';
  return decision;
}

interface ExtensionRow {
  readonly extension_no: number;
  readonly further_n: number;
  readonly reason: string;
  readonly asked_by: string;
  readonly state: ExtensionState;
}

/** The newest first. */
async function extensionsOf(sql: PoolClient, { deadlineId }: DeadlineRow): Promise<readonly ExtensionRow[]> {
  const { rows } = await sql.query<ExtensionRow>(
    `select extension_no, further_n, reason, asked_by, state from deadline_extensions
      where deadline_id = $1 order by extension_no desc`,
    [deadlineId],
  );
  return rows;
}
