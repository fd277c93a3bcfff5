/** Results of the day (HK_YWHB): each filing of ours is accepted, partly accepted, refused or cancelled, and its holder is told. */
import type { PoolClient } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import { filingResult, type FilingResult, type ResultStatus } from '../../domain/corporate-actions/filing-result';
import { beat } from '../bulk/beat';
import { streamBetweenWrites } from '../bulk/stream-rows';
import { queueEach, type Notice } from '../outbox/queue-notice';
import type { EventRow } from './event-row';
import { clearBreak, findBreak } from './find-break';
import { COMES_BACK } from './refuse-filing';

interface Replied {
  readonly filing_no: string;
  readonly securities_account: string;
  readonly quantity: bigint;
  readonly confirmed: bigint;
  readonly status: ResultStatus;
  readonly result_code: string;
  readonly acceptance_no: string;
  readonly result_on: BusinessDate;
}

interface Taken extends Replied {
  readonly result: FilingResult;
}

/**
 * Replies in force up to the day; a reply that says nothing new changes nothing. Read, kept and told page by page, in the order of the holders.
 * Answers how many filings still have none, and how many came to nothing while their holders can still elect: those go back to them.
 * @param atOnce replies of a page
 */
export async function takeResults(
  sql: PoolClient,
  event: EventRow,
  closedDay: BusinessDate,
  atOnce?: number,
): Promise<{ readonly missing: number; readonly comeBack: number }> {
  const days = new Set<BusinessDate>();
  let read = 0;
  let untold: readonly Taken[] = [];
  const replies = [event.eventId, event.channel, event.eventNo, closedDay];
  for await (const page of streamBetweenWrites<Replied>(sql, NEW_REPLIES, replies, atOnce)) {
    const taken = page.map((reply): Taken => ({
      ...reply,
      result: filingResult(reply.status, reply.quantity, reply.confirmed),
    }));
    await keep(sql, taken);
    for (const one of taken) days.add(one.result_on);
    // He is told what became of all: the last one's replies may go on in the next page.
    const last = taken.at(-1)?.securities_account;
    const kept = [...untold, ...taken];
    await tellHolders(
      sql,
      event,
      kept.filter((one) => one.securities_account !== last),
    );
    untold = kept.filter((one) => one.securities_account === last);
    read += page.length;
    beat(read);
  }
  await tellHolders(sql, event, untold);
  await askAboutOdd(sql, event, days);
  await askAboutStrange(sql, event, closedDay);
  return { missing: await askAboutMissing(sql, event, closedDay), comeBack: await countComingBack(sql, event) };
}

async function countComingBack(sql: PoolClient, { eventId }: EventRow): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `select count(*)::int as count from election_filings f join corporate_actions a using (event_id) where f.event_id = $1 and ${COMES_BACK}`,
    [eventId],
  );
  return rows[0]?.count ?? 0;
}

const NEW_REPLIES = `
  with newest as (select * from filing_results($2, $4) where event_code = $3)
     select f.filing_no, f.securities_account, f.quantity, n.confirmed, n.status, n.result_code,
            coalesce(nullif(n.acceptance_no, ''), f.acceptance_no) as acceptance_no, n.business_date as result_on
       from newest n join election_filings f using (filing_no)
      where f.event_id = $1
        and (f.result_on is distinct from n.business_date or f.result_code is distinct from n.result_code
             or f.confirmed is distinct from case n.status when '3' then n.confirmed else 0 end)
        -- What was refused came to nothing already.
        and not (f.state = 'refused' and (n.status <> '3' or n.confirmed = 0))
      order by f.securities_account, f.filing_seq for update of f`;

async function keep(sql: PoolClient, taken: readonly Taken[]): Promise<void> {
  await sql.query(
    `update election_filings f
        set state = r.state, confirmed = r.confirmed, result_code = r.code, acceptance_no = r.acceptance_no, result_on = r.day,
            answered_at = coalesce(f.answered_at, business_now())
       from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::date[]) as r (filing_no, state, confirmed, code, acceptance_no, day)
      where f.filing_no = r.filing_no`,
    [
      taken.map((one) => one.filing_no),
      taken.map(({ result }) => result.state),
      taken.map(({ result }) => result.confirmed),
      taken.map((one) => one.result_code),
      taken.map((one) => one.acceptance_no),
      taken.map((one) => one.result_on),
    ],
  );
}

interface OwnResult {
  readonly securities_account: string;
  readonly fund_account: string;
  readonly side: Side;
  readonly branch: string;
  readonly ballot: string;
  readonly option: string;
  readonly zh: string;
  readonly en: string;
  /** Shares as text. */
  readonly elected: string;
  readonly confirmed: string;
}

/**
 * What became of the choice as a whole: of differences filed the sum, of votes the newest. Some thousands in one statement, whatever their
 * quantities; whose result is corrected later is told again.
 */
async function tellHolders(sql: PoolClient, event: EventRow, taken: readonly Taken[]): Promise<void> {
  if (taken.length === 0) return;
  const { rows } = await sql.query<OwnResult>(
    `with touched as (
       select distinct event_id, securities_account, ballot, option from election_filings f join corporate_actions a using (event_id)
        where filing_no = any($1) and not (${COMES_BACK})),
     counted as (
       select f.*, ${IS_REPLACED} as is_replaced from election_filings f join touched using (event_id, securities_account, ballot, option)
         join corporate_actions a using (event_id) where f.result_on is not null and f.state <> 'refused' and not (${COMES_BACK}))
     select securities_account, h.fund_account, h.side, h.branch, c.ballot, c.option, coalesce(o.name_zh, '决议 ' || c.ballot || ' 表决') as zh,
            coalesce(o.name_en, 'votes on resolution ' || c.ballot) as en, greatest(0, sum(c.quantity))::text as elected,
            greatest(0, sum(c.confirmed))::text as confirmed
       from counted c join corporate_action_holders h using (event_id, securities_account)
       left join corporate_action_options o on o.event_id = c.event_id and o.ballot = c.ballot and o.option = c.option
      where not c.is_replaced group by 1, 2, 3, 4, 5, 6, 7, 8 order by 1, 5, 6`,
    [taken.map((one) => one.filing_no)],
  );
  const day = taken.reduce(
    (latest, one) => (one.result_on > latest ? one.result_on : latest),
    taken[0]?.result_on ?? '',
  );
  for (let from = 0; from < rows.length; from += TOLD_AT_ONCE)
    await queueEach(
      sql,
      rows.slice(from, from + TOLD_AT_ONCE).map((one) => resultNotice(event, day, one)),
    );
}

const TOLD_AT_ONCE = 5_000;

const resultNotice = (event: EventRow, day: string, one: OwnResult): Notice => {
  const { securities_account: account, fund_account: fund, side, branch, ballot, option, elected, confirmed } = one;
  return {
    key: `election-result:${event.eventId}:${account}:${ballot}:${option}:${day}:${elected}:${confirmed}`,
    recipientRef: `fund-account:${fund}`,
    workflowId: event.workflowId,
    severity: 'info',
    side,
    branch,
    template: 'ELECTION_RESULT',
    facts: { event: event.eventNo, option: { zh: one.zh, en: one.en }, elected, confirmed },
  };
};

/** SQL on a filing `f`: a vote that a newer one of the same holder and resolution has taken the place of. */
const IS_REPLACED = `(f.business = 'H62' and exists (
  select from election_filings n where n.event_id = f.event_id and n.securities_account = f.securities_account and n.ballot = f.ballot
     and n.filing_seq > f.filing_seq and n.state not in ('waiting', 'refused')))`;

const LISTED_AT_MOST = 20;

/**
 * What failed or was cancelled stands elected and was not carried out; what was cancelled with its event and carried out all the same stands elected
 * with nobody; what does not fit the filing cannot be right. One break a day, for all of
 * the day: whatever corrects some of it, on that day or a later one, brings it up to date, and what leaves nothing clears it.
 */
async function askAboutOdd(sql: PoolClient, { eventId }: EventRow, days: ReadonlySet<BusinessDate>): Promise<void> {
  const { rows: asked } = await sql.query<{ day: string }>(
    `select break_key as day from corporate_action_breaks
      where event_id = $1 and kind = 'result' and cleared_at is null and break_key ~ '^\\d{4}-\\d{2}-\\d{2}$'`,
    [eventId],
  );
  for (const day of new Set([...days, ...asked.map((one) => one.day)])) {
    const { rows } = await sql.query<{ filings: number; listed: readonly object[] }>(
      `with odd as (
         select row_number() over (order by filing_seq) as place, filing_no, f.state, result_code, quantity, confirmed
           from election_filings f join corporate_actions a using (event_id)
          where event_id = $1 and result_on = $2 and f.state <> 'refused' and not (${COMES_BACK})
            and (f.state in ('failed', 'cancelled') or f.cancelled_from is not null or sign(confirmed) <> sign(quantity) or abs(confirmed) > abs(quantity)))
       select count(*)::int as filings,
              coalesce(jsonb_agg(jsonb_build_object('filing', filing_no, 'state', state, 'code', result_code, 'quantity', quantity::text,
                                                    'confirmed', confirmed::text) order by place) filter (where place <= $3), '[]') as listed
         from odd`,
      [eventId, day, LISTED_AT_MOST],
    );
    const { filings, listed } = rows[0] ?? { filings: 0, listed: [] };
    if (filings > 0) await findBreak(sql, { eventId, kind: 'result', key: day, facts: { filings, listed } });
    else await clearBreak(sql, { eventId, kind: 'result', key: day, reason: 'corrected' });
  }
}

/** Results that do not fit what was filed under their number, or of a number that nobody filed: they entitle nobody. */
async function askAboutStrange(sql: PoolClient, event: EventRow, closedDay: BusinessDate): Promise<void> {
  const { rows } = await sql.query<{
    replies: number;
    accounts: readonly string[] | null;
    filings: readonly object[] | null;
  }>(
    `with strange as (
       select * from results_beside_filings($1, $2)
        where (event_code = $3 or filed_event = $3)
          and (event_code, securities_account, business, quantity) is distinct from (filed_event, filed_account, filed_business, filed_quantity)),
     placed as (select *, row_number() over (order by filing_no) as place from strange)
     select count(*)::int as replies, (array_agg(distinct securities_account))[1:$4] as accounts,
            jsonb_agg(jsonb_build_object('filing', filing_no, 'isFiled', filed_account is not null, 'business', business, 'filedBusiness', filed_business,
                                         'quantity', quantity::text, 'filedQuantity', filed_quantity::text, 'confirmed', confirmed::text,
                                         'sameAccount', securities_account = filed_account) order by place) filter (where place <= $4) as filings
       from placed`,
    [event.channel, closedDay, event.eventNo, LISTED_AT_MOST],
  );
  const { replies, accounts, filings } = rows[0] ?? { replies: 0, accounts: null, filings: null };
  const found = { eventId: event.eventId, kind: 'result', key: 'strange' } as const;
  if (replies === 0) return clearBreak(sql, { ...found, reason: 'corrected' });
  const cause =
    '结果与申报不符，或编号不是我方申报 results that do not fit what was filed, or under a number that nobody filed';
  await findBreak(sql, { ...found, facts: { cause, replies, accounts, listed: filings } });
}

/** The clearing house answers on the evening of its deadline (facts 4.2): a filing without a result then is asked about. */
async function askAboutMissing(sql: PoolClient, event: EventRow, closedDay: BusinessDate): Promise<number> {
  const deadline = event.terms['deadlineOn'];
  if (deadline === undefined || closedDay < deadline) return 0;
  const { rows } = await sql.query<{ missing: number; listed: readonly string[] }>(
    `select count(*)::int as missing, coalesce((array_agg(filing_no order by filing_seq))[1:$2], '{}') as listed
       from election_filings f where event_id = $1 and state = 'confirmed' and result_on is null and not ${IS_REPLACED}`,
    [event.eventId, LISTED_AT_MOST],
  );
  const { missing, listed } = rows[0] ?? { missing: 0, listed: [] };
  if (missing > 0)
    await findBreak(sql, { eventId: event.eventId, kind: 'result', key: MISSING, facts: { missing, listed } });
  else await clearBreak(sql, { eventId: event.eventId, kind: 'result', key: MISSING, reason: 'came' });
  return missing > 0 && (await isLeft(sql, event.eventId)) ? 0 : missing;
}

/** A person knows of those that are missing, and left it as it stands. */
async function isLeft(sql: PoolClient, eventId: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `select from corporate_action_breaks where event_id = $1 and kind = 'result' and break_key = $2 and cleared_at is not null`,
    [eventId, MISSING],
  );
  return rowCount !== 0;
}

const MISSING = 'missing';
