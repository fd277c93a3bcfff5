/** What the process records of a complaint after somebody has done a task: state, register, audit, and what the complainant is told. */
import type { PoolClient } from 'pg';
import type { ComplaintState } from '../../domain/complaints/complaint-words';
import type { Facts } from '../../domain/messages/template';
import type { Dependencies } from '../dependencies';
import { queueSignals } from '../outbox/queue-message';
import { queueNotice } from '../outbox/queue-notice';
import { actOnComplaint, ofProcess } from './act-on-complaint';
import type { ComplaintRow } from './complaint-row';
import type { OfComplaint } from './follow-complaint';

interface StepTerms {
  readonly state?: ComplaintState;
  /** What whoever complains is told. */
  readonly template?: string;
}

const STEPS = {
  'ask back': { state: 'incomplete', template: 'COMPLAINT_INCOMPLETE' },
  register: { state: 'registered' },
  'link duplicate': { state: 'duplicate', template: 'COMPLAINT_LINKED' },
  accept: { state: 'accepted', template: 'COMPLAINT_ACCEPTED' },
  refuse: { state: 'refused', template: 'COMPLAINT_REFUSED' },
  assign: { state: 'assigned' },
  'join group': { state: 'assigned' },
  'follow group': { state: 'assigned' },
  extend: { template: 'COMPLAINT_EXTENDED' },
  decide: { state: 'decided' },
  answer: { state: 'answered', template: 'COMPLAINT_ANSWERED' },
  mediate: {},
  'call back': {},
  reopen: { state: 'reopened', template: 'COMPLAINT_REOPENED' },
  close: { state: 'closed', template: 'COMPLAINT_CLOSED' },
  dispute: { state: 'disputed', template: 'COMPLAINT_DISPUTED' },
} as const satisfies Readonly<Record<string, StepTerms>>;

export type ComplaintStep = keyof typeof STEPS;

/** Who did the task that the step follows from. */
export interface StepActor {
  readonly person: string;
  readonly role: string;
}

export interface RecordedStep extends OfComplaint {
  readonly step: ComplaintStep;
  /** Tells one step from another of the same kind. */
  readonly nth: number;
  readonly by?: StepActor;
  /** Codes and references, no personal data. */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  /** The other complaint, of a duplicate. */
  readonly duplicateOf?: string;
  /** The complaint of the same cause that is investigated. */
  readonly groupOf?: string;
  readonly handler?: { readonly person: string; readonly role: string; readonly branch?: string };
  /** What is better known since it was received. */
  readonly known?: { readonly product?: string; readonly category?: string; readonly branch?: string };
  /** Facts of the message besides the number. */
  readonly facts?: Facts;
}

export const recordComplaintStep =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (given: RecordedStep): Promise<null> => {
    const { complaintNo, step, nth, by, detail, reason } = given;
    const terms: StepTerms = STEPS[step];
    return actOnComplaint(pool, ofProcess(complaintNo, `${step}:${nth}`, by), step, async (sql, complaint) => {
      await writeColumns(sql, given);
      if (terms.template !== undefined) await tell(sql, complaint, terms.template, given);
      return {
        answer: null,
        ...(detail === undefined ? {} : { detail }),
        ...(reason === undefined ? {} : { reason }),
        // The column of a duplicate and its state are written together.
        ...(terms.state === undefined || step === 'link duplicate' ? {} : { state: terms.state }),
      };
    });
  };

async function writeColumns(
  sql: PoolClient,
  { complaintNo, step, handler, duplicateOf, groupOf, known }: RecordedStep,
): Promise<void> {
  if (step === 'link duplicate')
    await sql.query(
      `update complaints set duplicate_of = $2, state = 'duplicate', ended_at = business_now() where complaint_no = $1`,
      [complaintNo, duplicateOf ?? null],
    );
  if (known !== undefined)
    await sql.query(
      `update complaints set product = coalesce($2, product), category = coalesce($3, category), branch = coalesce($4, branch)
        where complaint_no = $1`,
      [complaintNo, known.product ?? null, known.category ?? null, known.branch ?? null],
    );
  if (step === 'reopen') await sql.query('update complaints set level = 2 where complaint_no = $1', [complaintNo]);
  if (groupOf !== undefined) await joinGroup(sql, complaintNo, groupOf);
  if (step === 'decide') await tellGroup(sql, complaintNo);
  if (handler !== undefined)
    await sql.query(
      'update complaints set handler = $2, handler_role = $3, handler_branch = $4 where complaint_no = $1',
      [complaintNo, handler.person, handler.role, handler.branch ?? null],
    );
}

/** The other one is held meanwhile: a decision that comes at the same time is told to this one, or seen by it. */
async function joinGroup(sql: PoolClient, complaintNo: string, groupOf: string): Promise<void> {
  await sql.query('select from complaints where complaint_no = $1 for share', [groupOf]);
  await sql.query(
    'update complaints set group_of = $2, handler = null, handler_role = null, handler_branch = null where complaint_no = $1',
    [complaintNo, groupOf],
  );
}

/** Complaints of the same cause wait for the decision. */
async function tellGroup(sql: PoolClient, complaintNo: string): Promise<void> {
  const { rows } = await sql.query<{ workflowId: string; revision: number }>(
    `update complaints set revision = revision + 1 where group_of = $1 and ended_at is null
     returning workflow_id as "workflowId", revision`,
    [complaintNo],
  );
  await queueSignals(
    sql,
    rows.map(({ workflowId, revision }) => ({
      key: `${workflowId}:${revision}`,
      workflowId,
      signal: 'complaintChanged',
      args: [revision],
    })),
  );
}

async function tell(
  sql: PoolClient,
  { workflowId, complaintNo, branch }: ComplaintRow,
  template: string,
  { nth, facts = {}, duplicateOf }: RecordedStep,
): Promise<void> {
  const { rows } = await sql.query<{ ref: string }>(
    'select coalesce(client_no, complaint_no) as ref from complainants where complaint_no = $1',
    [complaintNo],
  );
  await queueNotice(sql, {
    key: `${template.toLowerCase().replaceAll('_', '-')}:${complaintNo}:${nth}`,
    workflowId,
    severity: 'info',
    side: 'client',
    ...(branch === null ? {} : { branch }),
    recipientRef: rows[0]?.ref ?? complaintNo,
    template,
    facts: { complaint: complaintNo, ...(duplicateOf === undefined ? {} : { other: duplicateOf }), ...facts },
  });
}
