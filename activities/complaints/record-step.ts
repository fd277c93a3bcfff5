/** What the process records of a complaint after somebody has done a task: state, register, audit, and what the complainant is told. */
import type { PoolClient } from 'pg';
import type { ComplaintState } from '../../domain/complaints/complaint-words';
import type { Facts } from '../../domain/messages/template';
import type { Dependencies } from '../dependencies';
import { ownDeadlines } from '../deadlines/own-deadline';
import { refuseFirst } from '../intake/judge-actor';
import { HOLDS_AGAIN, keepOut } from '../people/keep-out';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { actOnComplaint, actOfProcess, type StepActor } from './act-on-complaint';
import { lockComplaint, type ComplaintRow } from './complaint-row';
import { tellHeadOffice, tellOfGroup } from './head-office';
import type { OfComplaint } from './follow-complaint';
import { duplicateRefusals, groupRefusals } from './links';
import { passOnWork } from './newly-kept-out';
import { passOnExtensions } from './pass-on-extensions';
import { signalChanged } from './signal-changed';
import { tellComplainant } from './tell-complainant';
import { tellEnd, tellEndOfGroup } from './tell-end';
import { tellOfMore } from './tell-of-more';

interface StepTerms {
  readonly state?: ComplaintState;
  /** What whoever complains is told. */
  readonly template?: string;
}

const STEPS = {
  'ask back': { state: 'incomplete', template: 'COMPLAINT_INCOMPLETE' },
  // The clocks have stood as long as they may.
  'ask again': { state: 'incomplete', template: 'COMPLAINT_STILL_INCOMPLETE' },
  register: { state: 'registered' },
  'link duplicate': { state: 'duplicate', template: 'COMPLAINT_LINKED' },
  accept: { state: 'accepted', template: 'COMPLAINT_ACCEPTED' },
  refuse: { state: 'refused', template: 'COMPLAINT_REFUSED' },
  assign: { state: 'assigned' },
  'join group': { state: 'assigned' },
  'follow group': { state: 'assigned' },
  'leave group': { state: 'accepted' },
  decide: { state: 'decided' },
  answer: { state: 'answered', template: 'COMPLAINT_ANSWERED' },
  mediate: {},
  'call back': {},
  reopen: { state: 'reopened', template: 'COMPLAINT_REOPENED' },
  close: { state: 'closed', template: 'COMPLAINT_CLOSED' },
  dispute: { state: 'disputed', template: 'COMPLAINT_DISPUTED' },
} as const satisfies Readonly<Record<string, StepTerms>>;

export type ComplaintStep = keyof typeof STEPS;

export interface RecordedStep extends OfComplaint {
  readonly step: ComplaintStep;
  /** Tells one step from another of the same kind. */
  readonly nth: number;
  readonly by?: StepActor;
  /** Codes and references, no personal data. */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  /** Whom it turns out to be about. */
  readonly against?: string;
  /** The other complaint, of a duplicate. */
  readonly duplicateOf?: string;
  /** The complaint of the same cause that is investigated. */
  readonly groupOf?: string;
  readonly handler?: { readonly person: string; readonly role: string; readonly branch?: string };
  /** What is better known since it was received. */
  readonly known?: {
    readonly product?: string;
    readonly category?: string;
    readonly branch?: string;
    readonly urgency?: string;
  };
  /** Facts of the message besides the number. */
  readonly facts?: Facts;
}

/** @throws SeveralRefusals DUPLICATE_OF_NOTHING, DUPLICATE_OF_ANOTHER, TRANSFER_IS_NO_DUPLICATE, GROUP_NOT_JOINABLE, KEPT_OUT_OF_CASE, HANDLED_BEFORE where a link holds no more */
export const recordComplaintStep =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  (given: RecordedStep): Promise<null> => {
    const { complaintNo, step, nth, by, detail, reason } = given;
    const terms: StepTerms = STEPS[step];
    const linkedTo = given.duplicateOf ?? given.groupOf;
    const act = {
      ...actOfProcess(complaintNo, `${step}:${nth}`, by),
      ...(linkedTo === undefined ? {} : { linkedTo }),
    };
    return actOnComplaint(pool, act, step, async (sql, complaint) => {
      await writeColumns(sql, { ...given, key: act.key }, complaint);
      if (terms.template !== undefined) {
        const { duplicateOf, facts = {} } = given;
        const told = { ...(duplicateOf === undefined ? {} : { other: duplicateOf }), ...facts };
        await tellComplainant(sql, complaintNo, { template: terms.template, nth, facts: told });
      }
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
  {
    complaintNo,
    step,
    handler,
    duplicateOf,
    groupOf,
    known,
    against,
    by,
    key,
  }: RecordedStep & { readonly key: string },
  complaint: ComplaintRow,
): Promise<void> {
  const { workflowId } = complaint;
  const actor = { by: by?.person ?? SYSTEM_ACTOR };
  if (against !== undefined) {
    await keepOut(sql, { workflowId, person: against, cause: 'complained about', ...actor });
    await passOnWork(sql, complaint, { key, ...actor });
  }
  if (known !== undefined)
    await sql.query(
      `update complaints set product = coalesce($2, product), category = coalesce($3, category), branch = coalesce($4, branch),
                             other_urgency = nullif(coalesce($5, urgency), 'ordinary')
        where complaint_no = $1`,
      [complaintNo, known.product ?? null, known.category ?? null, known.branch ?? null, known.urgency ?? null],
    );
  if (duplicateOf !== undefined) await linkDuplicate(sql, { complaintNo, workflowId, duplicateOf, ...actor });
  else if (known?.urgency === 'urgent') await tellHeadOffice(sql, complaint, 'urgent');
  if (step === 'reopen') {
    await tellHeadOffice(sql, complaint, 'reopened');
    await sql.query('update complaints set level = 2 where complaint_no = $1', [complaintNo]);
  }
  if (groupOf !== undefined) await joinGroup(sql, { complaintNo, workflowId, groupOf });
  if (step === 'leave group') {
    await sql.query('update complaints set group_of = null where complaint_no = $1', [complaintNo]);
    if (complaint.groupOf !== null) await tellEndOfGroup(sql, complaint.groupOf);
  }
  if (step === 'decide') await tellGroup(sql, complaintNo);
  if (handler === undefined) return;
  await sql.query(
    'update complaints set handler = $2, handler_role = $3, handler_branch = $4 where complaint_no = $1',
    [complaintNo, handler.person, handler.role, handler.branch ?? null],
  );
  await ownDeadlines(sql, { workflowId, step: 'answer' }, { ...handler, branch: handler.branch ?? null });
  await passOnExtensions(sql, complaint, key);
}

interface Link {
  readonly complaintNo: string;
  readonly workflowId: string;
}

/**
 * Both are held: of two that are made duplicates of each other at once one stays open. What this one says counts there from now on: whom it
 * keeps out, that it is urgent, and its words, of which whoever works at the other one hears.
 */
async function linkDuplicate(
  sql: PoolClient,
  { complaintNo, workflowId, duplicateOf: other, by }: Link & { readonly duplicateOf: string; readonly by: string },
): Promise<void> {
  refuseFirst(await duplicateRefusals(sql, { workflowId, other, field: 'form.duplicateOf' }));
  await sql.query(
    `update complaints set duplicate_of = $2, other_state = 'duplicate', ended_at = business_now() where complaint_no = $1`,
    [complaintNo, other],
  );
  await tellEnd(sql, complaintNo);
  await sql.query(
    `insert into process_exclusions as e (workflow_id, person, cause, entered_by)
     select 'complaint:' || $2, person, cause, $3 from process_exclusions where workflow_id = $1 and taken_back_at is null ${HOLDS_AGAIN}`,
    [workflowId, other, by],
  );
  const { rows } = await sql.query<{ revision: number; isUrgentNow: boolean }>(
    `update complaints o set revision = o.revision + 1, other_urgency = coalesce(d.other_urgency, o.other_urgency)
       from complaints d, complaints before where d.complaint_no = $1 and o.complaint_no = $2 and before.complaint_no = $2
     returning o.revision, before.urgency <> 'urgent' and o.urgency = 'urgent' as "isUrgentNow"`,
    [complaintNo, other],
  );
  const [told] = rows;
  if (told === undefined) return;
  const original = await lockComplaint(sql, other);
  await passOnWork(sql, original, { key: `duplicate-${complaintNo}`, by });
  await tellOfMore(sql, original, { by, nth: `duplicate-${complaintNo}` });
  if (told.isUrgentNow) await tellHeadOffice(sql, original, 'urgent');
  await signalChanged(sql, [{ workflowId: original.workflowId, revision: told.revision }]);
}

/** The other one is held meanwhile: a decision that comes at the same time is told to this one, or seen by it. */
async function joinGroup(
  sql: PoolClient,
  { complaintNo, workflowId, groupOf }: Link & { readonly groupOf: string },
): Promise<void> {
  refuseFirst(await groupRefusals(sql, { workflowId, other: groupOf, field: 'form.groupOf' }));
  await sql.query(
    'update complaints set group_of = $2, handler = null, handler_role = null, handler_branch = null where complaint_no = $1',
    [complaintNo, groupOf],
  );
  await tellOfGroup(sql, groupOf);
}

/** Complaints of the same cause wait for the decision. */
async function tellGroup(sql: PoolClient, complaintNo: string): Promise<void> {
  const { rows } = await sql.query<{ workflowId: string; revision: number }>(
    `update complaints set revision = revision + 1 where group_of = $1 and ended_at is null
     returning workflow_id as "workflowId", revision`,
    [complaintNo],
  );
  await signalChanged(sql, rows);
}
