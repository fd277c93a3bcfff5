/** More time for a promise as what an approval decides about: with the approval the promise is computed anew. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { shareCalendars } from '../calendar/calendar-lock';
import { clockThatIsOver, lockClocksOf, otherClocksOf, recordExtended } from '../complaints/extended-answer';
import type { SubjectEnd, SubjectKind } from '../tasks/subject-kind';
import { changeDeadline } from './change-deadline';
import { lockDeadline, type DeadlineRow } from './deadline-row';
import type { ExtensionState } from './extend-deadline';
import { tellExtensionEnded } from './tell-extension';

interface Asked {
  readonly deadline: string;
  readonly extension_no: number;
  readonly further_n: number;
  readonly state: ExtensionState;
}

/** @throws BusinessError NOT_FOUND, DEADLINE_NOT_OPEN, EXTENSION_AFTER_LIMIT, EXTENSION_ALREADY_DECIDED */
export const extensionSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { state, ...content } = await lockExtension(sql, id);
    // What is asked for never changes; what is due may, and does not make the approval stale.
    return { state, revision: 1, content };
  },
  end: async (sql, id, end) => {
    const asked = await lockExtension(sql, id);
    if (asked.state !== 'asked') {
      // It lapsed with its promise, and its process takes the task away.
      if (end.state === 'withdrawn') return;
      throw new BusinessError('EXTENSION_ALREADY_DECIDED', { extension: asked.extension_no, state: asked.state });
    }
    const row = await lockDeadline(sql, asked.deadline);
    if (end.state === 'approved') await refuseTooLate(sql, row);
    const state = await endExtension(sql, id, row, end);
    if (state !== 'approved') return tellExtensionEnded(sql, id, state);
    for (const clock of [row, ...(await otherClocksOf(sql, row))]) {
      const longer = { ...clock, limitN: clock.limitN + asked.further_n };
      await sql.query('update deadlines set limit_n = $2 where deadline_id = $1', [clock.deadlineId, longer.limitN]);
      await changeDeadline(sql, longer, { cause: 'extended', by: end.by, onBehalfOf: end.onBehalfOf });
    }
    await recordExtended(sql, row, { extensionId: id, furtherN: asked.further_n, by: end.by });
    await tellExtensionEnded(sql, id, state);
  },
};

/** The calendars, then the clocks of the promise, then what is asked of it: a promise that ends takes its extension with it in this order too. */
async function lockExtension(sql: PoolClient, id: string): Promise<Asked> {
  await shareCalendars(sql);
  const { rows: of } = await sql.query<{ key: string }>(
    'select d.business_key as key from deadline_extensions join deadlines d using (deadline_id) where extension_id = $1',
    [id],
  );
  if (of[0] !== undefined) await lockClocksOf(sql, of[0].key);
  const { rows } = await sql.query<Asked>(
    `select d.business_key as deadline, e.extension_no, e.further_n, e.reason, e.asked_by, e.asked_for, e.state
       from deadline_extensions e join deadlines d using (deadline_id) where extension_id = $1 for update of e`,
    [id],
  );
  const [asked] = rows;
  if (asked === undefined) throw new BusinessError('NOT_FOUND', { what: '延期申请 extension', key: id });
  return asked;
}

async function refuseTooLate(sql: PoolClient, row: DeadlineRow): Promise<void> {
  const { businessKey: deadline, state, endedAt } = row;
  if (endedAt !== null) throw new BusinessError('DEADLINE_NOT_OPEN', { deadline, state });
  const over = await clockThatIsOver(sql, row);
  if (over !== undefined)
    throw new BusinessError('EXTENSION_AFTER_LIMIT', { deadline: over.businessKey, dueAt: over.dueAt });
}

async function endExtension(sql: PoolClient, id: string, row: DeadlineRow, end: SubjectEnd): Promise<ExtensionState> {
  const state: ExtensionState = end.state === 'withdrawn' ? 'lapsed' : end.state;
  await sql.query(
    `update deadline_extensions set state = $2, decided_by = $3, decided_for = $4, decided_at = $5, due_before = $6 where extension_id = $1`,
    [id, state, state === 'lapsed' ? null : end.by, end.onBehalfOf ?? null, end.at, row.dueAt],
  );
  await recordAudit(sql, {
    actor: end.by,
    onBehalfOf: end.onBehalfOf,
    action: `deadline extension ${state}`,
    outcome: 'done',
    objectType: 'deadline',
    objectId: row.businessKey,
    workflowId: row.workflowId,
    after: { extension: id, state },
  });
  return state;
}
