/** What is known of a client on the business date, judged by the conditions of a permission (A2 §7-8). */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import { eligibilityOn, type Eligibility, type EligibilityMoment } from '../../domain/permissions/eligibility';
import type { RiskLevel } from '../../domain/rating/questionnaire';
import { loadMarketCalendar } from '../calendar/load-market-calendar';
import { loadEligibilityTerms } from './eligibility-terms';

/** Broker that an account must be designated to. */
const HERE = 'HERE';

interface FactsRow {
  readonly today: BusinessDate;
  readonly kind: 'natural' | 'institution';
  readonly account_state: 'OPEN' | 'CLOSED' | null;
  readonly account_class: string | null;
  readonly designated_to: string | null;
  readonly answered_on: BusinessDate | null;
  readonly risk_level: RiskLevel | null;
  readonly is_newest: boolean | null;
  readonly securities_fen: bigint | null;
  readonly cash_fen: bigint | null;
  readonly margin_net_fen: bigint | null;
  readonly has_bad_record: boolean;
  readonly warned_on: BusinessDate | null;
  readonly is_restricted: boolean;
  readonly first_traded_on: BusinessDate | null;
}

/** Closes are those of Shanghai. */
const CHANNEL = 'SH';

/** Assets are those of the close before; without one the client has none that count. */
const FACTS = `
  with today as (select (business_now() at time zone 'Asia/Shanghai')::date as date),
  newest as (
    select s.version from answer_scores s, today t
    where s.valid_from <= t.date and (s.valid_to is null or t.date < s.valid_to) limit 1),
  list as (
    select l.version from restricted_lists l, today t
    where l.decision = 'approved' and l.effective_from <= t.date order by l.effective_from desc, l.version desc limit 1)
  select t.date as today, c.kind, a.state as account_state, a.class as account_class, a.designated_to,
         r.answered_on, r.risk_level, r.questionnaire_version = (select version from newest) as is_newest,
         s.securities_fen, s.cash_fen, s.margin_net_fen,
         exists (select from bad_credit_records b where b.client_no = c.client_no and b.recorded_on <= t.date
                  and (b.removed_on is null or t.date < b.removed_on)) as has_bad_record,
         (select max(w.warned_on) from exchange_warnings w where w.client_no = c.client_no and w.warned_on <= t.date) as warned_on,
         exists (select from restricted_identities i join client_identities d using (document_type, document_no)
                  where d.client_no = c.client_no and i.version = (select version from list)) as is_restricted,
         e.first_traded_on
  from registered_clients c cross join today t
  left join lateral (select * from securities_accounts a where a.client_no = c.client_no
                      order by (a.state = 'OPEN') desc, a.account limit 1) a on true
  left join lateral (select * from risk_results r where r.client_no = c.client_no and r.answered_on <= t.date
                      order by r.answered_on desc, r.result_id desc limit 1) r on true
  left join lateral (select * from client_assets s where s.client_no = c.client_no and s.as_of < t.date
                      order by s.as_of desc limit 1) s on true
  left join trading_experience e on e.client_no = c.client_no and e.first_traded_on <= t.date
  where c.client_no = $1`;

/**
 * All conditions judged on the business date.
 * @throws BusinessError NOT_FOUND for a client who is not in the register
 */
export async function readEligibility(
  sql: PoolClient,
  {
    clientNo,
    permission,
    moment,
  }: { readonly clientNo: string; readonly permission: string; readonly moment: EligibilityMoment },
): Promise<Eligibility & { readonly judgedOn: BusinessDate }> {
  const { rows } = await sql.query<FactsRow>(FACTS, [clientNo]);
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '客户 client', key: clientNo });
  const terms = await loadEligibilityTerms(sql, permission, row.today);
  const earlierClosesFen = await earlierCloses(sql, clientNo, row.today, (terms.assetsDays ?? 1) - 1);
  const eligibility = eligibilityOn(row.today, { ...factsOf(row), earlierClosesFen }, terms, moment);
  return { ...eligibility, judgedOn: row.today };
}

/**
 * Own assets at the closes before the previous one, newest first. A close on which nothing was written down is the one before it: only
 * changes are kept.
 */
async function earlierCloses(
  sql: PoolClient,
  clientNo: string,
  today: BusinessDate,
  count: number,
): Promise<readonly bigint[]> {
  if (count === 0) return [];
  const { calendar } = await loadMarketCalendar(sql, CHANNEL);
  // What was written down before a day is the close of the trading day before it.
  const before: BusinessDate[] = [];
  for (let day = calendar.previousMainlandDay(today); before.length < count; day = calendar.previousMainlandDay(day))
    before.push(day);
  const { rows } = await sql.query<{ own_fen: bigint }>(
    `select coalesce((select s.securities_fen + s.cash_fen + s.margin_net_fen from client_assets s
                       where s.client_no = $1 and s.as_of < b.day order by s.as_of desc limit 1), 0)::bigint as own_fen
       from unnest($2::date[]) with ordinality as b (day, place) order by b.place`,
    [clientNo, before],
  );
  return rows.map(({ own_fen }) => own_fen);
}

function factsOf(row: FactsRow) {
  return {
    clientKind: row.kind === 'natural' ? ('NATURAL' as const) : ('INSTITUTION' as const),
    account: {
      state: row.account_state ?? ('NONE' as const),
      isQualified: row.account_class === 'QUALIFIED',
      isDesignatedHere: row.designated_to === HERE,
    },
    riskResult:
      row.answered_on === null || row.risk_level === null
        ? null
        : { answeredOn: row.answered_on, level: row.risk_level, isNewestQuestionnaire: row.is_newest === true },
    securitiesFen: row.securities_fen ?? 0n,
    cashFen: row.cash_fen ?? 0n,
    marginNetFen: row.margin_net_fen ?? 0n,
    hasSeriousBadRecord: row.has_bad_record,
    lastExchangeWarningOn: row.warned_on,
    isRestricted: row.is_restricted,
    firstTradedOn: row.first_traded_on,
  };
}
