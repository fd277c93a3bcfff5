/** A request about a step as what an approval decides about: the evening looks at it at its next round. */
import { parseBusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { FUNDING_PLAN } from '../../domain/settlement/step-acts';
import { queueSignal } from '../outbox/queue-message';
import { planAnew } from './evening-before';
import type { SubjectKind } from '../tasks/subject-kind';

/** @throws BusinessError NOT_FOUND, CHANGE_NOT_OPEN; DAY_CLOSED where the day was closed before somebody decided */
export const stepRequestSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { rows } = await sql.query<{ state: string }>(
      `select state, channel, business_date::text as "businessDate", step, act, reason, made_by
       from step_requests where request_id = $1 for update`,
      [id],
    );
    const [row] = rows;
    if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '步骤申请 step request', key: id });
    const { state, ...content } = row;
    return { state, revision: 1, content };
  },
  end: async (sql, id, end, { state, content }) => {
    if (state !== 'awaiting approval') throw new BusinessError('CHANGE_NOT_OPEN', { change: id, state });
    const approved = end.state === 'approved';
    const of = [content['channel'], content['businessDate']];
    const { rows } = await sql.query<{ workflow_id: string; closed: boolean }>(
      `select workflow_id, closed_at is not null as closed from settlement_days where channel = $1 and business_date = $2 for share`,
      of,
    );
    if (approved && rows[0]?.closed === true)
      throw new BusinessError('DAY_CLOSED', { date: String(content['businessDate']) });
    await sql.query(
      'update step_requests set state = $2, approved_by = $3, approved_for = $4, approved_at = $5 where request_id = $1',
      [
        id,
        // What nobody waits for any more was never in force.
        end.state === 'withdrawn' ? 'recalled' : end.state,
        approved ? end.by : null,
        approved ? (end.onBehalfOf ?? null) : null,
        approved ? end.at : null,
      ],
    );
    if (!approved) return;
    // Of the morning: planned anew at once, with a revision and its message to the day where the amount is another one.
    if (content['step'] === FUNDING_PLAN) {
      await planAnew(sql, { channel: String(of[0]), businessDate: parseBusinessDate(String(of[1])) });
      await sql.query('update step_requests set applied_at = business_now() where request_id = $1', [id]);
      return;
    }
    await queueSignal(sql, {
      key: `step-request-approved:${id}`,
      workflowId: rows[0]?.workflow_id ?? '',
      signal: 'filesArrived',
    });
  },
};
