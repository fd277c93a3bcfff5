/** A postponement as what an approval decides about: due dates move in the transaction of the decision. */
import { BusinessError } from '../../domain/errors';
import { isBatchBooked, lockDayAhead } from '../intake/postpone-settlement';
import type { SubjectKind } from '../tasks/subject-kind';

/** @throws BusinessError NOT_FOUND, CHANGE_NOT_OPEN; POSTPONEMENT_TOO_LATE, POSTPONEMENT_AFTER_BATCH where the day was over, or its batch booked, before somebody decided */
export const postponementSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { rows } = await sql.query<{ state: string }>(
      `select state, channel, postponed_from::text as "from", postponed_to::text as "to", cause, notice, made_by
         from settlement_postponements where postponement_id = $1 for update`,
      [id],
    );
    const [row] = rows;
    if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '交收推迟 postponement', key: id });
    const { state, ...content } = row;
    return { state, revision: 1, content };
  },
  end: async (sql, id, end, { state, content }) => {
    if (state !== 'awaiting approval') throw new BusinessError('CHANGE_NOT_OPEN', { change: id, state });
    const approved = end.state === 'approved';
    const [channel, from] = [String(content['channel']), String(content['from'])];
    if (approved) await lockDayAhead(sql, { channel, from });
    if (approved && (await isBatchBooked(sql, channel, from)))
      throw new BusinessError('POSTPONEMENT_AFTER_BATCH', { from });
    await sql.query(
      // What nobody waits for any more was never in force: it is recalled.
      'update settlement_postponements set state = $2, approved_by = $3, approved_for = $4, approved_at = $5 where postponement_id = $1',
      [
        id,
        end.state === 'withdrawn' ? 'recalled' : end.state,
        approved ? end.by : null,
        approved ? (end.onBehalfOf ?? null) : null,
        approved ? end.at : null,
      ],
    );
  },
};
