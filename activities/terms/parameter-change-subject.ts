/** A change of a dated term as what an approval decides about: with the last approval the dated row is written. */
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { fillsUnknown, type TermKind, type TermValues } from '../../domain/terms/change-of-terms';
import { recordAudit } from '../audit/record-audit';
import { loadCalendarVersion } from '../calendar/correct-calendar';
import { decideRestrictedList } from '../clients/restricted-lists';
import { businessDateNow } from '../people/standing';
import type { SubjectKind } from '../tasks/subject-kind';
import { calendarWith } from './calendar-term';
import { beginTerm, rowBeforeGap, rowOn, termRows } from './term-tables';

interface Draft {
  readonly state: string;
  readonly revision: number;
  readonly kind: TermKind;
  readonly code: string;
  readonly part: string;
  readonly old_values: TermValues;
  readonly new_values: TermValues;
  readonly effective_on: BusinessDate;
  readonly reason: string;
}

/**
 * @throws BusinessError NOT_FOUND, CHANGE_NOT_OPEN, EFFECTIVE_DATE_PASSED; of a calendar CALENDAR_OUT_OF_RANGE where an open promise would
 *         have no answer any more
 */
export const parameterChangeSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { rows } = await sql.query<Draft>(
      `select state, revision, kind, code, part, old_values, new_values, effective_on::text, reason, risk, made_by, made_for
         from parameter_changes where change_id = $1 for update`,
      [id],
    );
    const [draft] = rows;
    if (draft === undefined) throw new BusinessError('NOT_FOUND', { what: '参数变更 parameter change', key: id });
    const { state, revision, ...content } = draft;
    return { state, revision, content: { ...content } };
  },
  end: async (sql, id, end, { state, content }) => {
    if (state !== 'awaiting approval') throw new BusinessError('CHANGE_NOT_OPEN', { change: id, state });
    const {
      kind,
      code,
      part,
      old_values: before,
      new_values: values,
      effective_on: effectiveOn,
      reason,
    } = content as unknown as Draft;
    const approved = end.state === 'approved';
    if (approved) {
      const today = await businessDateNow(sql);
      // Approved too late: history would be another one than was settled by.
      const fillsGap = async () => {
        const rows = await termRows(sql, { kind, code, part }, Object.keys(values));
        return (
          fillsUnknown({ kind, effectiveOn }, rowOn(rows, effectiveOn)) ||
          rowBeforeGap(kind, rows, effectiveOn) !== undefined
        );
      };
      if (effectiveOn < today && !(await fillsGap()))
        throw new BusinessError('EFFECTIVE_DATE_PASSED', { date: effectiveOn, today });
      const source = `parameter change ${id}`;
      if (kind === 'calendar')
        await loadCalendarVersion(sql, {
          ...(await calendarWith(sql, code, { values, reason, source })),
          by: end.by,
          reason,
        });
      else if (kind !== 'restricted_list') await beginTerm(sql, { kind, code, part }, { values, effectiveOn, source });
    }
    if (kind === 'restricted_list') await decideRestrictedList(sql, values, effectiveOn, end);
    await sql.query(
      `update parameter_changes set state = $2, approved_by = $3, approved_for = $4, approved_at = $5 where change_id = $1`,
      [id, end.state, approved ? end.by : null, approved ? (end.onBehalfOf ?? null) : null, approved ? end.at : null],
    );
    await recordAudit(sql, {
      actor: end.by,
      onBehalfOf: end.onBehalfOf,
      action: `parameter change ${end.state}`,
      outcome: 'done',
      objectType: 'parameter change',
      objectId: id,
      before: { state, code, part, values: before },
      after: { state: end.state, ...(approved ? { values, effectiveOn } : {}) },
    });
  },
};
