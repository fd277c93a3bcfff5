/**
 * Complaints by product, category, cause, branch, channel, or by what was found at the closing: how many, how long until the answer, overdue, satisfaction, compensation approved and paid. Each
 * number is a count over `CASES`, and so is the list that it opens, so that a number and its cases cannot differ.
 *
 * Time to answer is the whole minutes from the receipt to the first answer; median and 90th percentile are the values of complaints (nearest
 * rank), not computed between two. Overdue: an acceptance or an answer came late, or is due and has not come.
 */
import { CLASSIFIED_BY, type Classification } from '../../../domain/complaints/classified-words';
import { yuan } from '../../../domain/money';
import { wilson, type Rate } from '../../../domain/quality/wilson';
import type { Sql } from '../../people/standing';
import { WAS_MISSED } from '../missed-promises';
import { owedByProcess } from '../../database/promises-found';

export type Dimension = Classification;
export const DIMENSIONS = Object.keys(CLASSIFIED_BY) as [Dimension, ...Dimension[]];

/** What is counted, as a condition over `CASES`; `-` stands for complaints without branch or cause. */
export const MEASURES = {
  received: 'true',
  open: 'k.ended_at is null',
  answered: 'k.answered_at is not null',
  overdue: 'k.is_overdue',
  asked: `k.satisfaction in ('satisfied', 'not satisfied')`,
  satisfied: `k.satisfaction = 'satisfied'`,
  compensationApproved: 'k.approved_fen > 0',
  compensationPaid: 'k.paid_fen > 0',
} as const;
export type Measure = keyof typeof MEASURES;

/** A row a complaint, with what reports count. */
export const CASES = `select c.complaint_no, c.workflow_id, c.received_at, c.ended_at, c.product, c.category, c.channel, coalesce(c.branch, '-') as branch,
    coalesce(l.root_cause, '-') as cause, coalesce(f.detail ->> 'reasonableness', '-') as reasonableness,
    coalesce(f.detail ->> 'accountability', '-') as accountability, coalesce(f.detail ->> 'transferKind', '-') as "transferKind",
    (select min(s.at) from complaint_steps s where s.complaint_no = c.complaint_no and s.act = 'answer') as answered_at,
    (select s.detail ->> 'satisfaction' from complaint_steps s
      where s.complaint_no = c.complaint_no and s.act = 'call back' order by s.step_id desc limit 1) as satisfaction,
    exists (select from deadlines d where ${owedByProcess('d', 'c.workflow_id')} and d.step in ('accept', 'answer') and ${WAS_MISSED}) as is_overdue,
    (select coalesce(sum(p.amount_fen), 0)::bigint from complaint_proposals p where p.complaint_no = c.complaint_no and p.state = 'approved')
      as approved_fen,
    (select coalesce(sum(e.amount), 0)::bigint
       from complaint_proposals p join batches b on b.batch_key = 'compensation:' || p.complaint_no || ':' || p.proposal_id
       join entries e using (batch_id, business_date)
      where p.complaint_no = c.complaint_no and e.ledger = 'compensation_cost' and not exists (select from batches r where r.reverses = b.batch_id))
      as paid_fen
  from complaints c left join complaint_closings l using (complaint_no)
  left join complaint_steps f on f.complaint_no = l.complaint_no and f.act = 'find root cause'`;

/** Received on days of Shanghai, both included. */
export const RECEIVED_BETWEEN = (from: number): string =>
  `k.received_at >= ($${from}::date::timestamp at time zone 'Asia/Shanghai')
   and k.received_at < (($${from + 1}::date + 1)::timestamp at time zone 'Asia/Shanghai')`;

export interface ReportLine {
  /** Value of the dimension; null of all complaints together. */
  readonly key: string | null;
  readonly received: number;
  readonly open: number;
  readonly answered: number;
  readonly overdue: number;
  readonly asked: number;
  readonly satisfied: number;
  readonly compensationApproved: number;
  readonly compensationPaid: number;
  readonly medianMinutes: number | null;
  readonly p90Minutes: number | null;
  readonly satisfaction: Rate | null;
  /** Decided by those who approve it. */
  readonly approved: Yuan;
  /** Of that, what the bank said that it moved, as it stands in the ledger. */
  readonly paid: Yuan;
}

type Yuan = { readonly currency: 'CNY'; readonly amount: string };
type Counted = Omit<ReportLine, 'satisfaction' | 'approved' | 'paid'> &
  Readonly<Record<'approvedFen' | 'paidFen', bigint>>;

export interface AskedReport {
  readonly dimension: Dimension;
  readonly from: string;
  readonly to: string;
  readonly branch?: string;
  /** Workflow ids of cases that whoever asks is kept out of: a number must not tell of a complaint that its list hides. */
  readonly keptFrom: readonly string[];
}

/** Lines by key, then the line of all; of one branch where it is named. */
export async function complaintReport(sql: Sql, asked: AskedReport): Promise<readonly ReportLine[]> {
  const { dimension, from, to, branch = null, keptFrom } = asked;
  const counts = Object.entries(MEASURES)
    .map(([name, condition]) => `count(*) filter (where ${condition})::int as "${name}"`)
    .join(', ');
  const minutes = 'floor(extract(epoch from k.answered_at - k.received_at) / 60)::int';
  const { rows } = await sql.query<Counted>(
    `select k."${dimension}" as key, ${counts},
            percentile_disc(0.5) within group (order by ${minutes}) as "medianMinutes",
            percentile_disc(0.9) within group (order by ${minutes}) as "p90Minutes",
            sum(k.approved_fen)::bigint as "approvedFen", sum(k.paid_fen)::bigint as "paidFen"
       from (${CASES}) k where ${RECEIVED_BETWEEN(1)} and ($3::text is null or k.branch = $3) and k.workflow_id <> all ($4::text[])
      group by grouping sets ((k."${dimension}"), ()) order by grouping(k."${dimension}"), 1`,
    [from, to, branch, keptFrom],
  );
  return rows.map(({ approvedFen, paidFen, ...line }) => ({
    ...line,
    satisfaction: wilson(line.satisfied, line.asked),
    // Of no complaint at all there is no sum.
    approved: yuan(approvedFen ?? 0n) as Yuan,
    paid: yuan(paidFen ?? 0n) as Yuan,
  }));
}
