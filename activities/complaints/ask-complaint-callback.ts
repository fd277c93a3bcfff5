/** After the answer the complainant is called back, by somebody who had no hand in the complaint (complaints page 7). */
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { askCallback } from '../callbacks/ask-callback';
import type { Dependencies } from '../dependencies';
import { actOnComplaint, ofProcess } from './act-on-complaint';
import type { OfComplaint } from './follow-complaint';

/** Number of the callback; none for a complainant who is no client: the callback service calls clients. */
export interface ComplaintCallback {
  readonly callbackNo?: string;
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
                array(select by from complaint_steps where complaint_no = $1 union select written_by from complaint_texts where complaint_no = $1
                      union select handler from complaints where complaint_no = $1
                      union select person from process_exclusions where workflow_id = $2
                      union select checker from approvals a join tasks t using (task_id) where t.workflow_id = $2) as hands
           from complainants w where complaint_no = $1`,
          [complaintNo, workflowId],
        );
        const clientNo = rows[0]?.client ?? null;
        if (clientNo === null) return { answer: {} };
        const known = await sql.query<{ person: string }>('select person from people where person = any($1)', [
          rows[0]?.hands ?? [],
        ]);
        const { callbackNo } = await askCallback(sql, {
          businessKey: `complaint-answer:${complaintNo}:${level}`,
          purpose: 'complaint-answer',
          subject: complaintNo,
          clientNo,
          hands: known.rows.map(({ person }) => person),
          filedWith: workflowId,
          askedBy: SYSTEM_ACTOR,
        });
        return { answer: { callbackNo }, detail: { callbackNo } };
      },
    );
