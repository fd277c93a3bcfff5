/** What the process of a complaint reads: where it stands, what people have done past it. Nothing personal. */
import type { PoolClient } from 'pg';
import { businessDateOf } from '../../domain/calendar/business-date';
import type { Finding } from '../../domain/complaints/complaint-words';
import { limitsOf, sooner, type ComplaintClock, type ComplaintStage } from '../../domain/complaints/complaint-limits';
import { deadline } from '../../domain/deadlines/deadline';
import { deskHours } from '../../domain/deadlines/desk-hours';
import { countedBy, type Limit } from '../../domain/deadlines/limit';
import { loadCountedDays } from '../calendar/load-counted-days';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { loadParameters, type Parameters } from '../terms/load-terms';
import { lockComplaint, type ComplaintRow } from './complaint-row';

export interface OfComplaint {
  readonly complaintNo: string;
}

/** A clock of a stage: from when it runs, and how long. */
export interface StageClock {
  readonly clock: ComplaintClock;
  readonly stage: ComplaintStage;
  readonly from: string;
  readonly limit: Limit;
}

export interface DepartmentRequest {
  readonly requestNo: number;
  readonly role: string;
  readonly branch: string | null;
  readonly dueDays: number;
  readonly askedBy: string;
  readonly askedAt: string;
}

export interface AskedExtension {
  readonly extensionId: string;
  readonly furtherN: number;
  readonly reason: string;
  readonly by: string;
}

export interface GroupDecision {
  readonly finding: Finding;
  /** Who handled it. */
  readonly handler: string;
  readonly handlerRole: string;
  readonly handlerBranch: string | null;
}

export interface FollowedComplaint extends Omit<ComplaintRow, 'now' | 'today' | 'workflowId'> {
  readonly clocks: readonly StageClock[];
  /** Sub-requests that have not been answered or given up. */
  readonly requests: readonly DepartmentRequest[];
  readonly extensions: readonly AskedExtension[];
  /** Those of them that were approved. */
  readonly extended: readonly string[];
  /** How often more was told or sent by or for whoever complains. */
  readonly supplements: number;
  /** Since the handler was assigned somebody has kept him out. */
  readonly isHandlerKeptOut: boolean;
  /** Whoever received it does no work of it. */
  readonly isReceiverKeptOut: boolean;
  /** The head of the department that would approve is kept out. */
  readonly isServiceConcerned: boolean;
  /** When it was reopened, UTC. */
  readonly reopenedAt: string | null;
  /** Until when an answer of whoever complains is waited for, where something was asked back. */
  readonly askedBackUntil: string | null;
  /** What was decided about the complaint of the same cause, where this one goes with it. */
  readonly groupDecision: GroupDecision | null;
  /** Open complaints of the same client about the same product and category. */
  readonly alike: readonly string[];
}

export const readComplaint =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  ({ complaintNo }: OfComplaint): Promise<FollowedComplaint> =>
    inTransaction(pool, async (sql) => {
      const { now: _, today: __, workflowId, ...row } = await lockComplaint(sql, complaintNo);
      const { rows: requests } = await sql.query<DepartmentRequest>(
        `select request_no as "requestNo", role, branch, due_days as "dueDays", asked_by as "askedBy", asked_at as "askedAt"
           from complaint_requests where complaint_no = $1 and state = 'open' order by request_no`,
        [complaintNo],
      );
      const { rows: extensions } = await sql.query<AskedExtension>(
        `select extension_id::text as "extensionId", further_n as "furtherN", reason, asked_by as by
           from complaint_extensions where complaint_no = $1 order by extension_id`,
        [complaintNo],
      );
      const { rows: told } = await sql.query<{ count: number }>(
        `select (select count(*) from complaint_texts where complaint_no = $1 and kind = 'supplement')::int
                + (select count(*) from complaint_attachments where complaint_no = $1 and mail_id is null)::int as count`,
        [complaintNo],
      );
      return {
        ...row,
        clocks: await clocksOf(sql, row),
        requests,
        extensions,
        extended: await extendedOf(sql, complaintNo),
        supplements: told[0]?.count ?? 0,
        ...(await concernedBy(sql, workflowId, row)),
        reopenedAt: await reopenedAt(sql, complaintNo),
        askedBackUntil: await askedBackUntil(sql, row),
        groupDecision: await groupDecisionOf(sql, row),
        alike: await alikeOf(sql, complaintNo),
      };
    });

async function concernedBy(
  sql: PoolClient,
  workflowId: string,
  { handler, receivedBy }: Pick<ComplaintRow, 'handler' | 'receivedBy'>,
) {
  const { rows } = await sql.query<
    Pick<FollowedComplaint, 'isHandlerKeptOut' | 'isReceiverKeptOut' | 'isServiceConcerned'>
  >(
    `select coalesce(bool_or(natural_person(person) = natural_person($2)), false) as "isHandlerKeptOut",
            coalesce(bool_or(natural_person(person) = natural_person($3)), false) as "isReceiverKeptOut",
            coalesce(bool_or(exists (select from grants g where natural_person(g.person) = natural_person(e.person) and g.role = 'service'
                                       and g.mark = 'head')), false)
            -- The head who handles it does not approve it either.
            or exists (select from grants g where natural_person(g.person) = natural_person($2) and g.role = 'service' and g.mark = 'head')
              as "isServiceConcerned"
       from process_exclusions e where workflow_id = $1`,
    [workflowId, handler, receivedBy],
  );
  return rows[0] ?? { isHandlerKeptOut: false, isReceiverKeptOut: false, isServiceConcerned: false };
}

async function reopenedAt(sql: PoolClient, complaintNo: string): Promise<string | null> {
  const { rows } = await sql.query<{ at: string | null }>(
    `select max(at) as at from complaint_steps where complaint_no = $1 and act = 'reopen'`,
    [complaintNo],
  );
  return rows[0]?.at ?? null;
}

/** As long as the clock of a promise may stand. */
async function askedBackUntil(
  sql: PoolClient,
  { complaintNo, receivedAt, state }: Pick<ComplaintRow, 'complaintNo' | 'receivedAt' | 'state'>,
): Promise<string | null> {
  if (state !== 'incomplete') return null;
  const parameter = await loadParameters(sql, 'SH', businessDateOf(receivedAt));
  const { rows } = await sql.query<{ until: string }>(
    `select max(at) + make_interval(days => $2) as until from complaint_steps where complaint_no = $1 and act = 'ask back'`,
    [complaintNo, Number.parseInt(parameter('DEADLINE_STOPPED_DAYS_AT_MOST'), 10)],
  );
  return rows[0]?.until ?? null;
}

type Received = Pick<ComplaintRow, 'receivedAt' | 'transferredAt'>;

async function clocksOf(sql: PoolClient, { receivedAt, transferredAt }: Received): Promise<readonly StageClock[]> {
  const begun = [
    { clock: 'own', from: receivedAt } as const,
    ...(transferredAt === null ? [] : [{ clock: 'transfer', from: transferredAt } as const]),
  ];
  const clocks: StageClock[] = [];
  for (const { clock, from } of begun) {
    const parameter = await loadParameters(sql, 'SH', businessDateOf(from));
    for (const stage of ['accept', 'answer'] as const) {
      const { house, legal } = limitsOf(parameter, stage, clock);
      const limit = sooner(await dueBy(sql, parameter, house, from), await dueBy(sql, parameter, legal, from));
      clocks.push({ clock, stage, from, limit });
    }
  }
  return clocks;
}

async function dueBy(sql: PoolClient, parameter: Parameters, limit: Limit, receivedAt: string) {
  const { days } = await loadCountedDays(sql, countedBy(limit.kind), 'SH');
  return { limit, dueAt: deadline({ limit, receivedAt, stops: [], desk: deskHours(parameter) }, days).dueAt };
}

async function extendedOf(sql: PoolClient, complaintNo: string): Promise<readonly string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select a.extension_id::text as id
       from complaint_extensions a join deadlines d on d.workflow_id = 'complaint:' || a.complaint_no and d.step = 'answer'
       join deadline_extensions x using (deadline_id)
      where a.complaint_no = $1 and x.state = 'approved' and x.asked_by = a.asked_by and x.reason = a.reason and x.further_n = a.further_n
      order by 1`,
    [complaintNo],
  );
  return rows.map(({ id }) => id);
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

async function alikeOf(sql: PoolClient, complaintNo: string): Promise<readonly string[]> {
  const { rows } = await sql.query<{ no: string }>(
    `select other.complaint_no as no
       from complaints own join complainants who using (complaint_no)
       join complainants same on same.client_no = who.client_no and same.complaint_no <> who.complaint_no
       join complaints other on other.complaint_no = same.complaint_no
      where own.complaint_no = $1 and other.ended_at is null and other.product = own.product and other.category = own.category
        and other.complaint_no < own.complaint_no order by 1 limit 10`,
    [complaintNo],
  );
  return rows.map(({ no }) => no);
}
