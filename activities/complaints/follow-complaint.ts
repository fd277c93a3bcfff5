/** What the process of a complaint reads: where it stands, what people have done past it. Nothing personal. */
import type { PoolClient } from 'pg';
import type { Finding } from '../../domain/complaints/complaint-words';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { headsOf, isSomebodyLeft } from '../people/keep-out';
import { lockComplaint, type ComplaintRow } from './complaint-row';
import { HANDS_OF_FIRST_LEVEL } from './handlers';
import { alikeOf } from './links';
import { ADDED, isAnswerDisputed, SAID_IN } from './said-since';
import { ofProcess } from '../database/of-process';
import { owedByProcess } from '../database/promises-found';

export interface OfComplaint {
  readonly complaintNo: string;
}

export interface DepartmentRequest {
  readonly requestNo: number;
  readonly role: string;
  readonly branch: string | null;
  readonly dueDays: number;
  readonly askedBy: string;
  readonly askedAt: string;
}

export interface GroupDecision {
  readonly finding: Finding;
  /** Who handled it. */
  readonly handler: string;
  readonly handlerRole: string;
  readonly handlerBranch: string | null;
}

export interface FollowedComplaint extends Omit<ComplaintRow, 'now' | 'today' | 'workflowId'> {
  /** Sub-requests that have not been answered or given up. */
  readonly requests: readonly DepartmentRequest[];
  /** How often more was told or sent by or for whoever complains, in complaints of their own that were linked too. */
  readonly supplements: number;
  /** When the first of what was entered since it was asked back last came, UTC; null while nothing was. What came by letter before it was asked back came then. */
  readonly supplementedAt: string | null;
  /** Since it was assigned somebody has kept the handler out, or whoever made the proposal that is being decided. */
  readonly isHandlerKeptOut: boolean;
  /** Whoever received it does no work of it. */
  readonly isReceiverKeptOut: boolean;
  /** Branch in which whoever received it works: that of the complaint where it is among several. Null: in none. */
  readonly receiverBranch: string | null;
  /** The head of the department that would approve is kept out. */
  readonly isServiceConcerned: boolean;
  /**
   * Nobody of compliance is left who may decide: each is kept out, handles it, or did at the first level. Then the general manager does.
   * Not in what an earlier version read.
   */
  readonly isComplianceConcerned?: boolean;
  /** When it was reopened, UTC. */
  readonly reopenedAt: string | null;
  /** Until when the clocks stand at most, where something was asked back. */
  readonly askedBackUntil: string | null;
  /** What was decided about the complaint of the same cause, where this one goes with it. */
  readonly groupDecision: GroupDecision | null;
  /** Nobody was reached after the answer, and more came since it. */
  readonly isAnswerDisputed: boolean;
  /** Open complaints of the same person about the same product and category, until it is accepted: then none is looked for. */
  readonly alike: readonly string[];
}

export const readComplaint =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ complaintNo }: OfComplaint): Promise<FollowedComplaint> =>
    inTransaction(pool, (sql) => followComplaint(sql, complaintNo));

/** The same within the transaction of what else the process begins with. */
export async function followComplaint(sql: PoolClient, complaintNo: string): Promise<FollowedComplaint> {
  const { now: _, today: __, workflowId, ...row } = await lockComplaint(sql, complaintNo);
  const { rows: requests } = await sql.query<DepartmentRequest>(
    `select request_no as "requestNo", role, branch, due_days as "dueDays", asked_by as "askedBy", asked_at as "askedAt"
           from complaint_requests where complaint_no = $1 and state = 'open' order by request_no`,
    [complaintNo],
  );
  const { rows: told } = await sql.query<{ count: number; first: string | null }>(
    `with ${SAID_IN}, added as (${ADDED})
     select count(*)::int as count,
            min(at) filter (where entered_at > (select max(t.done_at) from tasks t where ${ofProcess('t.workflow_id', '$2')} and t.kind = 'register-complaint'
                                           and t.outcome #>> '{form,decision}' = 'ask back')) as first
       from added`,
    [complaintNo, workflowId],
  );
  return {
    ...row,
    requests,
    supplements: told[0]?.count ?? 0,
    supplementedAt: told[0]?.first ?? null,
    receiverBranch: await branchOfReceiver(sql, row),
    ...(await concernedBy(sql, workflowId, row)),
    reopenedAt: await reopenedAt(sql, complaintNo),
    askedBackUntil: row.state === 'incomplete' ? await stoppedUntil(sql, workflowId) : null,
    groupDecision: await groupDecisionOf(sql, row),
    isAnswerDisputed: row.state === 'answered' && (await isAnswerDisputed(sql, complaintNo, row.level)),
    alike: isAccepted(row) ? [] : await alikeOf(sql, complaintNo),
  };
}

const isAccepted = ({ state }: Pick<ComplaintRow, 'state'>): boolean =>
  state !== 'received' && state !== 'incomplete' && state !== 'registered';

async function concernedBy(
  sql: PoolClient,
  workflowId: string,
  { complaintNo, handler, receivedBy }: Pick<ComplaintRow, 'complaintNo' | 'handler' | 'receivedBy'>,
) {
  const { rows } = await sql.query<
    Pick<FollowedComplaint, 'isHandlerKeptOut' | 'isReceiverKeptOut' | 'isServiceConcerned' | 'isComplianceConcerned'>
  >(
    `with kept as materialized (select * from kept_out_of($1)),
     away as materialized (select human from kept where keeps_from = 'all work'),
     heads as materialized (${headsOf("'service'", 'null')}),
     makers as materialized (
       select natural_person(maker) as human from complaint_proposals p, unnest(array[p.made_by, p.made_for]) maker
        where p.complaint_no = $4 and p.state = 'awaiting approval' and maker is not null),
     before as materialized (${HANDS_OF_FIRST_LEVEL})
     select exists (select from kept where human = natural_person($2)) or exists (select from makers join away using (human))
              as "isHandlerKeptOut",
            exists (select from away where human = natural_person($3)) as "isReceiverKeptOut",
            -- The head who handles it does not approve it either.
            exists (select from heads where human = natural_person($2) or human in (select human from away)) as "isServiceConcerned",
            not ${isSomebodyLeft(
              "'compliance'",
              `select human from away union all select human from makers union all select human from before
               union all select human from handlers_of_level($4)`,
            )} as "isComplianceConcerned"`,
    [workflowId, handler, receivedBy, complaintNo],
  );
  return (
    rows[0] ?? {
      isHandlerKeptOut: false,
      isReceiverKeptOut: false,
      isServiceConcerned: false,
      isComplianceConcerned: false,
    }
  );
}

async function branchOfReceiver(
  sql: PoolClient,
  { receivedBy, branch }: Pick<ComplaintRow, 'receivedBy' | 'branch'>,
): Promise<string | null> {
  const { rows } = await sql.query<{ branch: string }>(
    `select branch from grants where person = $1 and role = 'branch' and branch is not null
        and daterange(valid_from, valid_to) @> (business_now() at time zone 'Asia/Shanghai')::date
      order by branch is not distinct from $2 desc, branch limit 1`,
    [receivedBy, branch],
  );
  return rows[0]?.branch ?? null;
}

async function reopenedAt(sql: PoolClient, complaintNo: string): Promise<string | null> {
  const { rows } = await sql.query<{ at: string | null }>(
    `select max(at) as at from complaint_steps where complaint_no = $1 and act = 'reopen'`,
    [complaintNo],
  );
  return rows[0]?.at ?? null;
}

async function stoppedUntil(sql: PoolClient, workflowId: string): Promise<string | null> {
  const { rows } = await sql.query<{ until: string | null }>(
    `select max(s.to_at) as until from deadline_stops s join deadlines d using (deadline_id)
      where ${owedByProcess('d', '$1')} and d.ended_at is null and s.to_at > business_now()`,
    [workflowId],
  );
  return rows[0]?.until ?? null;
}

async function groupDecisionOf(
  sql: PoolClient,
  { groupOf }: Pick<ComplaintRow, 'groupOf'>,
): Promise<GroupDecision | null> {
  if (groupOf === null) return null;
  const { rows } = await sql.query<GroupDecision>(
    `select p.finding, c.handler, c.handler_role as "handlerRole", c.handler_branch as "handlerBranch"
       from complaint_proposals p join complaints c using (complaint_no)
      where c.complaint_no = $1 and p.state = 'approved' and c.handler is not null
        and exists (select from complaint_steps s where s.complaint_no = c.complaint_no and s.act = 'decide')
      order by p.nth desc limit 1`,
    [groupOf],
  );
  return rows[0] ?? null;
}
