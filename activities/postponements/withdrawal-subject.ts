/** The withdrawal of a notice as what an approval decides about: due dates move back in the transaction of the decision. */
import { BusinessError } from '../../domain/errors';
import { lockDayAhead } from '../intake/postpone-settlement';
import type { SubjectKind } from '../tasks/subject-kind';

/** @throws BusinessError NOT_FOUND, CHANGE_NOT_OPEN; POSTPONEMENT_TOO_LATE where the first day was over before somebody decided */
export const postponementWithdrawalSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { rows } = await sql.query<{ state: string }>(
      `select w.state, p.postponement_id::text as postponement, p.channel, p.postponed_from::text as "from", p.postponed_to::text as "to",
              w.reason, w.made_by
         from postponement_withdrawals w join settlement_postponements p using (postponement_id) where w.withdrawal_id = $1 for update`,
      [id],
    );
    const [row] = rows;
    if (row === undefined)
      throw new BusinessError('NOT_FOUND', { what: '撤销推迟 withdrawal of a postponement', key: id });
    const { state, ...content } = row;
    return { state, revision: 1, content };
  },
  end: async (sql, id, end, { state, content }) => {
    if (state !== 'awaiting approval') throw new BusinessError('CHANGE_NOT_OPEN', { change: id, state });
    const approved = end.state === 'approved';
    const [channel, from] = [String(content['channel']), String(content['from'])];
    if (approved) await lockDayAhead(sql, { channel, from });
    await sql.query(
      'update postponement_withdrawals set state = $2, approved_by = $3, approved_for = $4, approved_at = $5 where withdrawal_id = $1',
      [id, end.state, approved ? end.by : null, approved ? (end.onBehalfOf ?? null) : null, approved ? end.at : null],
    );
    if (!approved) return;
    await sql.query(
      `update settlement_postponements set state = 'withdrawn', withdrawn_by = $2, withdrawn_at = business_now() where postponement_id = $1`,
      [content['postponement'], end.by],
    );
  },
};
