/** After the answer the complainant is called back, by somebody who had no hand in the complaint (complaints page 7). */
import { troublesOf } from '../../domain/callbacks/call-result';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { askCallback } from '../callbacks/ask-callback';
import { attemptsOf, callbackIn, scriptOf } from '../callbacks/callback-row';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { actOnComplaint, ofProcess } from './act-on-complaint';
import type { OfComplaint } from './follow-complaint';
import { NAMED_HANDLER, NAMES_HANDLER } from './handlers';
import { saidSinceAnswer } from './said-since';

export interface ComplaintCallback {
  readonly callbackNo: string;
}

export const askComplaintCallback =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ complaintNo, level }: OfComplaint & { readonly level: number }): Promise<ComplaintCallback> =>
    actOnComplaint<ComplaintCallback>(
      pool,
      ofProcess(complaintNo, `ask callback:${level}`),
      'ask for callback',
      async (sql, { workflowId }) => {
        const { rows } = await sql.query<{ client: string | null; hands: string[] }>(
          `select w.client_no as client,
                array(select by from complaint_register where complaint_no = $1 union select written_by from complaint_texts where complaint_no = $1
                      union select handler from complaints where complaint_no = $1
                      union select ${NAMED_HANDLER} from complaint_steps s where s.complaint_no = $1 and ${NAMES_HANDLER}
                      union select person from process_exclusions where workflow_id = $2 and taken_back_at is null
                      union select checker from approvals a join tasks t using (task_id) where t.workflow_id = $2
                      -- Of one of a group whoever investigated and decided that of the same cause.
                      union select hand from complaints own join complaints lead on lead.complaint_no = own.group_of, lateral (
                        select lead.handler as hand
                        union select x.written_by from complaint_texts x join tasks t using (task_id)
                               where x.complaint_no = lead.complaint_no and t.kind in ('answer-complaint-request', 'propose-complaint-outcome')
                        union select a.checker from approvals a join tasks t using (task_id)
                               where t.workflow_id = lead.workflow_id and t.kind = 'approve-complaint-proposal') hands
                       where own.complaint_no = $1) as hands
           from complainants w where complaint_no = $1`,
          [complaintNo, workflowId],
        );
        const known = await sql.query<{ person: string }>('select person from people where person = any($1)', [
          rows[0]?.hands ?? [],
        ]);
        const { callbackNo } = await askCallback(sql, {
          businessKey: `complaint-answer:${complaintNo}:${level}`,
          purpose: 'complaint-answer',
          subject: complaintNo,
          // Who is no client is called at the telephone that stands with the complaint.
          clientNo: rows[0]?.client ?? undefined,
          hands: known.rows.map(({ person }) => person),
          filedWith: workflowId,
          askedBy: SYSTEM_ACTOR,
        });
        return { answer: { callbackNo }, detail: { callbackNo } };
      },
    );

export type Satisfaction = 'satisfied' | 'not satisfied' | 'unreachable';

/**
 * What the complainant said of the answer. By what was answered alone: what the caller doubts besides has its own consequence, and who
 * will not talk, or was not reached, has not said no; unless more came from there after the answer, which is taken as disagreement, so
 * that somebody looks at it before the case is closed.
 */
export const complaintSatisfaction =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ callbackNo }: ComplaintCallback): Promise<{ readonly satisfaction: Satisfaction }> =>
    inTransaction(pool, async (sql) => {
      const callback = await callbackIn(sql, callbackNo);
      const script = await scriptOf(sql, callback);
      const talk = (await attemptsOf(sql, callbackNo)).find(({ result }) => result === 'reached');
      if (talk === undefined)
        return { satisfaction: (await saidSinceAnswer(sql, callback.subject)) ? 'not satisfied' : 'unreachable' };
      return { satisfaction: troublesOf(talk.answers ?? {}, script).length > 0 ? 'not satisfied' : 'satisfied' };
    });
