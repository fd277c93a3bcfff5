/** Closing: root cause, what departments owe because of it, and what they have done. */
import type { Dependencies } from '../dependencies';
import { actOnComplaint, actOfProcess, type StepActor } from './act-on-complaint';
import type { OfComplaint } from './follow-complaint';

type Pooled = Pick<Dependencies, 'pool'>;

export interface CorrectiveAction {
  readonly actionNo: number;
  readonly role: string;
  readonly branch?: string;
  /** Working days from `since`. */
  readonly dueDays: number;
  /** UTC. */
  readonly since: string;
}

/** As whoever closes asks for it. */
export interface AskedAction extends Pick<CorrectiveAction, 'role' | 'branch' | 'dueDays'> {
  /** In words; in histories by reference. */
  readonly what: string;
}

/** What the register says of a complaint for the reports of the year. */
export interface ComplaintClasses {
  readonly reasonableness?: string;
  readonly accountability?: string;
  /** Of a transfer. */
  readonly transferKind?: string;
}

export const closeComplaint =
  ({ pool }: Pooled) =>
  (
    given: OfComplaint &
      ComplaintClasses & {
        readonly rootCause: string;
        readonly endedAs: 'closed' | 'disputed';
        readonly actions: readonly AskedAction[];
        readonly by: StepActor;
      },
  ): Promise<readonly CorrectiveAction[]> => {
    const { complaintNo, rootCause, endedAs, actions, by, reasonableness, accountability, transferKind } = given;
    const classes = { reasonableness, accountability, transferKind };
    return actOnComplaint(
      pool,
      actOfProcess(complaintNo, 'root cause', by),
      'find root cause',
      async (sql, { now }) => {
        await sql.query(
          'insert into complaint_closings (complaint_no, root_cause, ended_as, closed_by) values ($1, $2, $3, $4)',
          [complaintNo, rootCause, endedAs, by.person],
        );
        for (const [place, { role, branch, dueDays, what }] of actions.entries())
          await sql.query(
            'insert into complaint_actions (complaint_no, action_no, role, branch, due_days, what) values ($1, $2, $3, $4, $5, $6)',
            [complaintNo, place + 1, role, branch ?? null, dueDays, what],
          );
        const owed = actions.map(({ what: _, ...action }, place) => ({ ...action, actionNo: place + 1, since: now }));
        return { answer: owed, detail: { rootCause, ...classes, actions: owed.length } };
      },
    );
  };

export const endCorrectiveAction =
  ({ pool }: Pooled) =>
  ({ complaintNo, actionNo, by }: OfComplaint & { readonly actionNo: number; readonly by: StepActor }): Promise<null> =>
    actOnComplaint(
      pool,
      actOfProcess(complaintNo, `action:${actionNo}`, by),
      'carry out corrective action',
      async (sql) => {
        await sql.query(
          `update complaint_actions set state = 'done', done_by = $3, done_at = business_now()
          where complaint_no = $1 and action_no = $2 and state = 'open'`,
          [complaintNo, actionNo, by.person],
        );
        return { answer: null, detail: { actionNo } };
      },
    );
