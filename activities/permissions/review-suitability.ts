/** Whoever holds a permission is judged again at intervals: reminded of the questionnaire, or the suspension of buying is asked for (A2 §16). */
import type { PoolClient } from 'pg';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { outcomeOfReview } from '../../domain/permissions/suitability-review';
import type { Words } from '../../domain/messages/words';
import { readEligibility } from '../clients/read-eligibility';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { queueNotice } from '../outbox/queue-notice';
import type { DayKey } from '../settlement/day-key';
import { loadParameters } from '../terms/load-terms';
import { askChange } from './ask-change';

/** What came of a day's reviews, by outcome. */
export interface Reviewed {
  readonly suitable: number;
  readonly reminded: number;
  readonly suspensionsAsked: number;
}

interface Due {
  readonly openedBy: string;
  readonly clientNo: string;
  readonly permission: string;
  readonly name: Words;
  readonly branch: string;
  readonly before: string | null;
  readonly isSuspended: boolean;
  readonly today: string;
  readonly remindUntil: string;
}

/** So many are judged in one transaction. */
const PAGE = 200;

/**
 * Reviews all that are due, each once a day: `SUITABILITY_REVIEW_MONTHS` after the opening and after each review, and
 * `SUITABILITY_REVIEW_AGAIN_DAYS` after a reminder. Assets are not asked again (A2 §7).
 */
export const reviewSuitability =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async ({ channel, businessDate, workflowId }: DayKey & { readonly workflowId: string }): Promise<Reviewed> => {
    const counted = { suitable: 0, reminded: 0, suspensionsAsked: 0 };
    for (;;) {
      const outcomes = await inTransaction(pool, async (sql) => {
        const parameter = await loadParameters(sql, channel, businessDate);
        const months = Number.parseInt(parameter('SUITABILITY_REVIEW_MONTHS'), 10);
        const againDays = Number.parseInt(parameter('SUITABILITY_REVIEW_AGAIN_DAYS'), 10);
        const found: string[] = [];
        for (const due of await dueOn(sql, months, againDays)) found.push(await review(sql, due, workflowId));
        return found;
      });
      for (const outcome of outcomes) {
        if (outcome === 'suitable') counted.suitable += 1;
        else if (outcome === 'reminded') counted.reminded += 1;
        else if (outcome === 'suspension asked') counted.suspensionsAsked += 1;
      }
      if (outcomes.length < PAGE) return counted;
    }
  };

async function dueOn(sql: PoolClient, months: number, againDays: number): Promise<readonly Due[]> {
  const { rows } = await sql.query<Due>(
    `with clock as (select (business_now() at time zone 'Asia/Shanghai')::date as today)
     select p.request_no as "openedBy", p.client_no as "clientNo", p.permission, c.branch, k.today, k.today + $2::int as "remindUntil",
            jsonb_build_object('zh', t.name_zh, 'en', t.name_en) as name, last.outcome as before,
            exists (select from permission_suspensions s where s.opened_by = p.request_no and s.lifted_at is null) as "isSuspended"
       from permissions p
       join permission_requests r using (request_no)
       join permission_types t on t.permission = r.permission and t.valid_from = r.terms_from
       join registered_clients c on c.client_no = p.client_no
       cross join clock k
       left join lateral (select v.reviewed_on, v.outcome from suitability_reviews v
                           where v.opened_by = p.request_no order by v.reviewed_on desc limit 1) last on true
      where p.closed_at is null
        and k.today >= case when last.outcome = 'reminded' then last.reviewed_on + $2::int
                            else coalesce(last.reviewed_on, (p.opened_at at time zone 'Asia/Shanghai')::date) + make_interval(months => $1) end
      order by p.request_no limit ${PAGE}`,
    [months, againDays],
  );
  return rows;
}

async function review(sql: PoolClient, due: Due, workflowId: string): Promise<string> {
  const { openedBy, clientNo, permission, today } = due;
  const { failures } = await readEligibility(sql, { clientNo, permission, moment: 'opening' });
  const codes = failures.map(({ code }) => code);
  const judged = outcomeOfReview(codes, due.before ?? undefined);
  if (judged === 'reminded') await remind(sql, due, workflowId);
  const change = judged === 'suspension asked' && !due.isSuspended ? await askSuspension(sql, due, codes) : null;
  const outcome = judged === 'suspension asked' && change === null ? 'suspended already' : judged;
  await sql.query(
    'insert into suitability_reviews (opened_by, reviewed_on, codes, outcome, change_no) values ($1, $2, $3, $4, $5)',
    [openedBy, today, codes, outcome, change],
  );
  return outcome;
}

async function remind(sql: PoolClient, due: Due, workflowId: string): Promise<void> {
  await queueNotice(sql, {
    key: `suitability-review:${due.openedBy}:${due.today}`,
    workflowId,
    side: 'client',
    branch: due.branch,
    severity: 'info',
    recipientRef: due.clientNo,
    template: 'SUITABILITY_REVIEW',
    facts: { permission: due.name, until: due.remindUntil },
  });
}

/** In the system's own name: operations decides. */
async function askSuspension(sql: PoolClient, due: Due, codes: readonly string[]): Promise<string> {
  const { requestNo } = await askChange(sql, {
    key: `suitability-review:${due.openedBy}:${due.today}`,
    kind: 'suspension',
    clientNo: due.clientNo,
    permission: due.permission,
    reason: `定期适当性复核未通过，提请暂停买入 judged again and no longer suitable: ${codes.join(', ')}`,
    by: SYSTEM_ACTOR,
    role: 'system',
    isReview: true,
  });
  return requestNo;
}
