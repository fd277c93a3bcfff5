/** What an investigation leaves: requests to departments that end, proposals that are drafted for a decision. */
import type { Finding } from '../../domain/complaints/complaint-words';
import type { Dependencies } from '../dependencies';
import { BusinessError } from '../../domain/errors';
import type { SubjectKind } from '../tasks/subject-kind';
import { actOnComplaint, actOfProcess, type StepActor } from './act-on-complaint';
import type { OfComplaint } from './follow-complaint';
import { payeeOf } from './payee';
import { ofProcess } from '../database/of-process';

type Pooled = Pick<Dependencies, 'pool'>;

/** A department has answered, or compliance has said to go on without it. */
export const endComplaintRequest =
  ({ pool }: Pooled) =>
  (
    given: OfComplaint & {
      readonly requestNo: number;
      readonly state: 'answered' | 'gone on without';
      readonly by: StepActor;
      readonly reason?: string;
    },
  ): Promise<null> => {
    const { complaintNo, requestNo, state, by, reason } = given;
    const act = actOfProcess(complaintNo, `request:${requestNo}:${state}`, by);
    return actOnComplaint(pool, act, state === 'answered' ? 'answer request' : 'go on without', async (sql) => {
      await sql.query(
        `update complaint_requests set state = $3, ended_by = $4, ended_at = business_now()
          where complaint_no = $1 and request_no = $2 and state = 'open'`,
        [complaintNo, requestNo, state, by.person],
      );
      return { answer: null, detail: { requestNo }, ...(reason === undefined ? {} : { reason }) };
    });
  };

export interface DraftedProposal {
  readonly proposalId: string;
  readonly finding: Finding;
  readonly amountFen: string;
  /** What was decided to be paid before: the amount comes on top, and the sum says who approves. */
  readonly decidedBeforeFen: string;
  readonly sumFen: string;
  /** Fund account that is paid to, by reference; none where nothing is paid. */
  readonly payee?: string;
}

/** What the handler proposes, as the row that others decide about. */
export const draftProposal =
  ({ pool }: Pooled) =>
  (
    given: OfComplaint & {
      readonly nth: number;
      readonly finding: Finding;
      readonly amountFen: string;
      readonly by: StepActor;
      readonly onBehalfOf?: string;
    },
  ): Promise<DraftedProposal> => {
    const { complaintNo, nth, finding, amountFen, by, onBehalfOf } = given;
    return actOnComplaint(pool, actOfProcess(complaintNo, `propose:${nth}`, by), 'propose', async (sql, { level }) => {
      const { rows } = await sql.query<{ id: string; before: string; sum: string }>(
        `with before as (select coalesce(sum(amount_fen), 0)::bigint as fen from complaint_proposals where complaint_no = $1 and state = 'approved')
         insert into complaint_proposals (complaint_no, nth, level, finding, amount_fen, payee, made_by, made_for, text_id)
         values ($1, $2, $3, $4, $5, (select fund_account from complainants where complaint_no = $1), $6, $7,
                 (select max(x.text_id) from complaint_texts x join tasks t using (task_id)
                   where ${ofProcess('t.workflow_id', `('complaint:' || $1)`)} and t.business_key = 'complaint-propose:' || $1 || ':' || $2::int and x.written_by = $6))
         returning proposal_id::text as id, (select fen from before)::text as before, (amount_fen + (select fen from before))::text as sum`,
        [complaintNo, nth, level, finding, amountFen, by.person, onBehalfOf ?? null],
      );
      const { id: proposalId = '', before: decidedBeforeFen = '0', sum: sumFen = amountFen } = rows[0] ?? {};
      const payee = amountFen === '0' ? undefined : await payeeOf(sql, proposalId);
      return {
        answer: { proposalId, finding, amountFen, decidedBeforeFen, sumFen, ...(payee === undefined ? {} : { payee }) },
        detail: { nth, finding, amountFen },
      };
    });
  };

/** A proposal as what an approval decides about. */
export const complaintProposalSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { rows } = await sql.query<{ state: string; nth: number }>(
      `select state, nth, complaint_no, level, finding, amount_fen::text as amount, made_by, made_for, text_id::text as text, payee
         from complaint_proposals where proposal_id = $1 for update`,
      [id],
    );
    const [row] = rows;
    if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '处理建议 proposal', key: id });
    const { state, nth, ...content } = row;
    return { state, revision: nth, content };
  },
  end: async (sql, id, end, { state }) => {
    if (state !== 'awaiting approval') throw new BusinessError('CHANGE_NOT_OPEN', { change: id, state });
    const approved = end.state === 'approved';
    await sql.query(
      'update complaint_proposals set state = $2, approved_by = $3, approved_for = $4, approved_at = $5 where proposal_id = $1',
      [id, end.state, approved ? end.by : null, approved ? (end.onBehalfOf ?? null) : null, approved ? end.at : null],
    );
  },
};
