/**
 * The clearing house does not take a filing: what stands elected is what it has taken, and the holder is told while there is time. What the
 * holder has asked for since rested on the refused filing: it is filed anew, from what the clearing house holds. After the close nobody can elect
 * again: then it is a break as well, and the shares get the default option. A vote that is refused is a break at any time, because the one before it counts on.
 */
import type { PoolClient } from 'pg';
import { businessDateOf, shanghaiTimeOf } from '../../domain/calendar/business-date';
import type { Words } from '../../domain/messages/words';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordAudit } from '../audit/record-audit';
import { queueNotice } from '../outbox/queue-notice';
import type { EventState } from './event-row';
import { NEXT_FILING_NO } from './filing-numbers';
import { findBreak } from './find-break';
import { tellIfAllAnswered } from './tell-all-answered';

interface RefusedFiling {
  readonly event_id: string;
  readonly event_no: string;
  readonly workflow_id: string;
  readonly state: EventState;
  /** Until then, excluded, the holder can elect by himself; null where nothing is elected any more. */
  readonly client_cut_at: string | null;
  readonly can_elect: boolean;
  readonly is_closed: boolean;
  readonly filing_seq: bigint;
  readonly securities_account: string;
  readonly fund_account: string;
  readonly ballot: string;
  readonly option: string;
  readonly business: string;
  /** It was filed under a security that the event has no more: nothing of it stands elected. */
  readonly is_of_other: boolean;
  readonly quantity: bigint;
  /** The clearing house has taken one of the same ballot before it. */
  readonly has_earlier: boolean;
  readonly frozen_fen: bigint | null;
  /** What stands elected on the option, and what the clearing house has taken of it. */
  readonly standing: bigint;
  readonly taken: bigint;
}

/**
 * SQL on a filing `f` of an event `a`: its result says that it came to nothing, and its holder can still elect. It goes back to him as a refusal
 * does. A vote never does: the one before it counts on. What was cancelled with its event came to nothing then.
 */
export const COMES_BACK = `f.state in ('failed', 'cancelled') and f.result_on is not null and f.confirmed = 0 and f.business <> 'H62' and f.cancelled_from is null
  and a.state = 'collecting' and a.client_cut_at > business_now()`;

/** By an answer, or by a result while its holder can elect. Safe to repeat: a filing is refused once. */
export async function refuseFiling(
  sql: PoolClient,
  { filingNo, code }: { readonly filingNo: string; readonly code: string },
): Promise<void> {
  const filing = await lockRefused(sql, filingNo);
  if (filing === undefined) return;
  await sql.query(
    `update election_filings set state = 'refused', result_code = $2, answered_at = business_now(), counter_told = true,
            counter_released = case when counter_told then counter_released else quantity end where filing_no = $1`,
    [filingNo, code],
  );
  const isVote = filing.business === 'H62';
  const isTold = filing.state !== 'cancelled' && !filing.is_of_other;
  if (filing.is_of_other) await cancelBehind(sql, filing);
  const became = isVote || !isTold ? 'stands' : await takeBack(sql, filingNo, filing);
  if (isVote || !filing.can_elect || (filing.is_of_other && filing.quantity < 0n))
    await findBreak(sql, {
      eventId: filing.event_id,
      kind: 'filing',
      key: filingNo,
      facts: { filing: filingNo, code, ballot: filing.ballot, option: filing.option, quantity: `${filing.quantity}` },
    });
  await recordAudit(sql, {
    actor: SYSTEM_ACTOR,
    action: 'filing refused by the clearing house',
    outcome: 'done',
    objectType: 'corporate action',
    objectId: filing.event_no,
    reason: code,
    after: { filing: filingNo, option: filing.option, quantity: `${filing.quantity}` },
    workflowId: filing.workflow_id,
  });
  if (isTold)
    await queueNotice(sql, {
      key: `election-refused:${filingNo}`,
      workflowId: filing.workflow_id,
      severity: 'warning',
      side: 'client',
      recipientRef: `fund-account:${filing.fund_account}`,
      template: 'ELECTION_REFUSED',
      facts: { event: filing.event_no, filing: filingNo, code, what: whatFollows(filing, became) },
    });
  await tellIfAllAnswered(sql, [filing.event_id], filing.filing_seq);
}

/** Undefined where it has its answer already, and a result that comes too late for its holder. The door is held, so that no close runs between what is read and what is written. */
async function lockRefused(sql: PoolClient, filingNo: string): Promise<RefusedFiling | undefined> {
  await sql.query(
    `select pg_advisory_xact_lock_shared(hashtextextended('elections of an event', event_id)) from election_filings where filing_no = $1`,
    [filingNo],
  );
  await sql.query(
    `select from corporate_action_holders h join election_filings f using (event_id, securities_account) where f.filing_no = $1 for update of h`,
    [filingNo],
  );
  const { rows } = await sql.query<RefusedFiling>(
    `select a.event_id::text, a.event_no, a.workflow_id, a.state, a.client_cut_at, a.client_cut_at > business_now() and a.closed_at is null as can_elect,
            a.closed_at is not null as is_closed, f.filing_seq, f.securities_account, h.fund_account, f.ballot, f.option, f.business, f.quantity, f.frozen_fen,
            f.code is not null as is_of_other,
            coalesce(e.quantity, 0)::bigint as standing,
            coalesce((select b.state in ('confirmed', 'success', 'partly') from election_filings b
                       where b.event_id = f.event_id and b.securities_account = f.securities_account and b.ballot = f.ballot and b.code is not distinct from f.code
                         and b.filing_seq < f.filing_seq and b.state not in ('waiting', 'sent', 'refused')
                       order by b.filing_seq desc limit 1), false) as has_earlier,
            (select coalesce(sum(t.quantity), 0)::bigint from election_filings t
              where t.event_id = f.event_id and t.securities_account = f.securities_account and t.ballot = f.ballot and t.option = f.option and t.code is not distinct from f.code
                and t.filing_no <> f.filing_no and t.state in ('confirmed', 'success', 'partly', 'failed', 'sent')) as taken
       from election_filings f join corporate_actions a using (event_id) join corporate_action_holders h using (event_id, securities_account)
       left join elections e on e.event_id = f.event_id and e.securities_account = f.securities_account and e.ballot = f.ballot and e.option = f.option
      where f.filing_no = $1 and (f.state = 'sent' or ${COMES_BACK}) for update of f`,
    [filingNo],
  );
  return rows[0];
}

type Became = 'fell' | 'stands again' | 'stands instead' | 'filed anew' | 'stands';

/** What waits behind it of the same election, under the same security, rests on it: it is not sent. */
async function cancelBehind(
  sql: PoolClient,
  { event_id: eventId, securities_account: account, ballot, option, filing_seq: seq }: RefusedFiling,
): Promise<readonly { readonly frozen_fen: bigint | null }[]> {
  const { rows } = await sql.query<{ frozen_fen: bigint | null }>(
    `update election_filings w
        set state = 'cancelled', result_code = 'REPLACED', answered_at = business_now(), counter_told = true, counter_released = w.quantity
       from election_filings f
      where f.event_id = $1 and f.filing_seq = $5 and w.event_id = $1 and w.securities_account = $2 and w.ballot = $3 and w.option = $4
        and w.state = 'waiting' and w.filing_seq > $5 and w.code is not distinct from f.code returning w.frozen_fen`,
    [eventId, account, ballot, option, seq],
  );
  return rows;
}

/**
 * What was filed behind it is a difference from what was never taken: it is not sent, and what stands is filed anew. Where nothing was, what
 * stands is what the clearing house has taken: less, or, of a withdrawal that it refused, as before.
 */
async function takeBack(sql: PoolClient, filingNo: string, filing: RefusedFiling): Promise<Became> {
  const { event_id: eventId, securities_account: account, ballot, option, standing, taken } = filing;
  const place = [eventId, account, ballot, option];
  const behind = await cancelBehind(sql, filing);
  if (behind.length !== 0) {
    const replaced = [filing, ...behind].flatMap(({ frozen_fen: fen }) => (fen === null ? [] : [fen]));
    const frozenFen = replaced.length === 0 ? null : replaced.reduce((sum, fen) => sum + fen, 0n);
    await sql.query(
      `insert into election_filings (filing_no, event_id, securities_account, ballot, option, act_key, business, quantity, frozen_fen)
       select ${NEXT_FILING_NO}, $1, $2, $3, $4, 'anew:' || $5::text, $6, $7, $8 where $7::bigint <> 0`,
      [...place, filingNo, filing.business, standing - taken, frozenFen],
    );
    return 'filed anew';
  }
  const after = taken > 0n ? taken : 0n;
  await sql.query(
    `insert into election_steps (event_id, securities_account, act, ballot, option, quantity_before, quantity_after, version_shown, elected_by, by,
                                 act_key, at, cut_at)
     select a.event_id, $2, 'lapse', $3, $4, $5, $6, a.version, 'house', $7, 'refused:' || $8::text, business_now(),
            coalesce((select s.cut_at from election_steps s where s.event_id = $1 and s.securities_account = $2 and s.ballot = $3 and s.option = $4
                       order by s.step_id desc limit 1), business_now())
       from corporate_actions a where a.event_id = $1`,
    [...place, standing, after, SYSTEM_ACTOR, filingNo],
  );
  if (after === 0n)
    await sql.query(
      'delete from elections where event_id = $1 and securities_account = $2 and ballot = $3 and option = $4',
      place,
    );
  else
    await sql.query(
      `insert into elections (event_id, securities_account, ballot, option, quantity, version_shown, elected_by, at, cut_at)
       select event_id, $2, $3, $4, $5, version_shown, elected_by, at, cut_at from election_steps
        where event_id = $1 and securities_account = $2 and ballot = $3 and option = $4 and act = 'elect' order by step_id desc limit 1
       on conflict (event_id, securities_account, ballot, option) do update set quantity = excluded.quantity`,
      [...place, after],
    );
  const gaveWay = after > standing && (await giveWay(sql, filingNo, filing));
  if (filing.is_closed) await giveDefault(sql, filingNo, filing);
  await sql.query(
    `update corporate_action_holders h
        set elected = s.elected, excess = greatest(0, s.elected - h.electable), answered_at = case when s.elected = 0 then null else h.answered_at end
       from (select coalesce(max(quantity), 0)::bigint as elected from (
               select sum(quantity) as quantity from elections where event_id = $1 and securities_account = $2 group by ballot) ballots) s
      where h.event_id = $1 and h.securities_account = $2`,
    [eventId, account],
  );
  if (after <= standing) return 'fell';
  return gaveWay ? 'stands instead' : 'stands again';
}

/**
 * What stands again takes the place of what was chosen for the same shares since: first of what is not filed with anybody. What is beyond that is an
 * excess, which the close lists. Answers whether anything gave way.
 */
async function giveWay(sql: PoolClient, filingNo: string, filing: RefusedFiling): Promise<boolean> {
  const { rows } = await sql.query<{ gave: boolean }>(
    `with over as (
       select sum(e.quantity) - h.electable as shares from corporate_action_holders h join elections e using (event_id, securities_account)
        where h.event_id = $1 and h.securities_account = $2 and e.ballot = $3 group by h.electable),
     unfiled as (
       select e.*, coalesce(sum(e.quantity) over (order by e.option rows between unbounded preceding and 1 preceding), 0) as before
         from elections e join corporate_action_options o using (event_id, ballot, option)
        where e.event_id = $1 and e.securities_account = $2 and e.ballot = $3 and o.filed_as is null),
     less as (
       select u.*, greatest(0, u.quantity - greatest(0, over.shares - u.before))::bigint as left_over from unfiled u cross join over where over.shares > u.before),
     steps as (
       insert into election_steps (event_id, securities_account, act, ballot, option, quantity_before, quantity_after, version_shown, elected_by, by,
                                   act_key, at, cut_at)
       select event_id, securities_account, 'lapse', ballot, option, quantity, left_over, version_shown, 'house', $5,
              'gave way:' || $4::text || ':' || option, business_now(), cut_at from less),
     gone as (
       delete from elections e using less l where e.event_id = l.event_id and e.securities_account = l.securities_account and e.ballot = l.ballot
          and e.option = l.option and l.left_over = 0),
     kept as (
       update elections e set quantity = l.left_over from less l
        where e.event_id = l.event_id and e.securities_account = l.securities_account and e.ballot = l.ballot and e.option = l.option and l.left_over > 0)
     select exists (select from less) as gave`,
    [filing.event_id, filing.securities_account, filing.ballot, filingNo, SYSTEM_ACTOR],
  );
  return rows[0]?.gave === true;
}

/** What the close gave the silent it would have given for these shares. */
async function giveDefault(sql: PoolClient, filingNo: string, filing: RefusedFiling): Promise<void> {
  await sql.query(
    `with silent as (
       select a.event_id, h.securities_account, o.ballot, o.option, a.version, a.broker_cut_at,
              'default:' || a.event_id || ':' || a.round || ':' || h.securities_account || ':' || o.ballot || ':' || $4::text as act_key,
              h.electable - coalesce((select sum(e.quantity) from elections e where e.event_id = a.event_id and e.securities_account = h.securities_account
                                         and e.ballot = o.ballot), 0)::bigint as quantity,
              coalesce((select e.quantity from elections e where e.event_id = a.event_id and e.securities_account = h.securities_account
                           and e.ballot = o.ballot and e.option = o.option), 0)::bigint as stood
         from corporate_actions a join corporate_action_holders h using (event_id) join corporate_action_options o using (event_id)
        where a.event_id = $1 and h.securities_account = $2 and o.ballot = $3 and o.is_default and o.gone_version is null),
     steps as (
       insert into election_steps (event_id, securities_account, act, ballot, option, quantity_before, quantity_after, version_shown, elected_by, by,
                                   act_key, at, cut_at)
       select event_id, securities_account, 'default', ballot, option, 0, quantity, version, 'default', $5, act_key, business_now(), broker_cut_at
         from silent where quantity > 0 and broker_cut_at is not null)
     insert into elections (event_id, securities_account, ballot, option, quantity, version_shown, elected_by, at, cut_at)
     select event_id, securities_account, ballot, option, quantity, version, 'default', business_now(), broker_cut_at from silent
      where quantity > 0 and broker_cut_at is not null
     on conflict (event_id, securities_account, ballot, option) do update set quantity = elections.quantity + excluded.quantity`,
    [filing.event_id, filing.securities_account, filing.ballot, filingNo, SYSTEM_ACTOR],
  );
}

function whatFollows(filing: RefusedFiling, became: Became): Words {
  if (became === 'filed anew')
    return { zh: '您其后的指示已重新申报。', en: 'What you asked for since has been filed anew.' };
  const [zh, en] =
    became === 'stands'
      ? filing.has_earlier
        ? ['此前的投票仍然有效', 'The vote before it counts']
        : ['目前没有有效的投票', 'No vote counts at present']
      : became === 'stands instead'
        ? [
            '撤回未成，原选择仍然有效，其后以同一股份所作的其他选择失效',
            'The withdrawal was not taken: what was elected before stands again, in the place of what was chosen for the same shares since',
          ]
        : became === 'stands again'
          ? ['撤回未成，原选择仍然有效', 'The withdrawal was not taken: what was elected before stands again']
          : ['该部分选择不再有效', 'What was elected with it stands no more'];
  if (filing.can_elect && filing.client_cut_at !== null) {
    const until = shanghaiText(filing.client_cut_at);
    return {
      zh: `${zh}，如需更改请于 ${until}（北京时间）前重新选择。`,
      en: `${en}. Elect again before ${until} (Beijing time).`,
    };
  }
  return {
    zh: `${zh}，选择已截止，我们会与您联系。`,
    en: `${en}. Elections are closed: we shall get in touch with you.`,
  };
}

const shanghaiText = (instant: string): string => `${businessDateOf(instant)} ${shanghaiTimeOf(instant).slice(0, 5)}`;
