/** After the answer the complainant is called back, by somebody who had no hand in the complaint (complaints page 7). */
import { troublesOf } from '../../domain/callbacks/call-result';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { askCallback } from '../callbacks/ask-callback';
import { attemptsOf, callbackIn, scriptOf } from '../callbacks/callback-row';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { actOnComplaint, actOfProcess } from './act-on-complaint';
import type { OfComplaint } from './follow-complaint';
import { handsOfCase } from './hands-of-case';
import { saidSinceAnswer } from './said-since';

export interface ComplaintCallback {
  readonly callbackNo: string;
}

export const askComplaintCallback =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ complaintNo, level }: OfComplaint & { readonly level: number }): Promise<ComplaintCallback> =>
    actOnComplaint<ComplaintCallback>(
      pool,
      actOfProcess(complaintNo, `ask callback:${level}`),
      'ask for callback',
      async (sql, { workflowId }) => {
        const { rows } = await sql.query<{ client: string | null; hands: string[] }>(
          `select w.client_no as client,
                array(select person from (${handsOfCase('$1')}) had
                      union select person from process_exclusions where workflow_id = $2 and taken_back_at is null) as hands
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
