/**
 * One election, from request to acknowledgement in one transaction: the holder's row is locked, the database's clock decides what is
 * late, the rule judges, and what changes is written with its step, its filing and its audit row. Nobody else of the event is waited
 * for: holders share its door, which only a close, a cancellation or a new version shuts.
 */
import type { PoolClient } from 'pg';
import { businessDateOf, shanghaiTimeOf } from '../../domain/calendar/business-date';
import {
  electionDecision,
  type Elected,
  type ElectionCode,
  type ElectionOffer,
} from '../../domain/corporate-actions/election-accept';
import { filingsOf } from '../../domain/corporate-actions/election-filings';
import type { EventOption, FilingBusiness } from '../../domain/corporate-actions/election-options';
import { BusinessError, SeveralRefusals } from '../../domain/errors';
import { auditValues, insertAudit } from '../audit/record-audit';
import type { EventKey, EventState } from './event-row';
import { NEXT_FILING_NO } from './filing-numbers';
import { LAPSED_BECAUSE, tellLapsed } from './lapse-telephoned';
import { withMoney, type PaidFiling } from './subscription-money';

export interface AskedElection extends EventKey {
  readonly securitiesAccount: string;
  /** Number of the resolution; empty where the event has one choice. */
  readonly ballot: string;
  readonly option: string;
  /** Decimal text, as it was sent: replaces what stood on the option, 0 withdraws. */
  readonly quantity: string;
  readonly versionShown: number;
  readonly electedBy: 'holder' | 'telephone';
  /** Number of the recording of a telephone election, and of its draft. */
  readonly recording?: string;
  readonly telephoneNo?: string;
  /** Unique for ever: the same key is the same election. */
  readonly key: string;
  readonly by: string;
  readonly onBehalfOf?: string;
  readonly role: string;
  readonly requestId?: string;
}

/** The acknowledgement. Quantities are shares as text. */
export interface TakenElection {
  readonly securitiesAccount: string;
  readonly ballot: string;
  readonly option: string;
  readonly quantity: string;
  readonly electedAt: string;
  /** All that stands on the ballot afterwards. */
  readonly standing: readonly { readonly option: string; readonly quantity: string }[];
  readonly filings: readonly string[];
}

/**
 * Takes it, or refuses with every reason at once, the passed deadline named. A key that was taken before is acknowledged as then.
 * @throws BusinessError NOT_FOUND, ELECTIONS_NOT_OFFERED, SUBSCRIPTION_NOT_PRICED, SUBSCRIPTION_MONEY_SHORT; SeveralRefusals of `ElectionRefusal`
 */
export async function takeElection(sql: PoolClient, asked: AskedElection): Promise<TakenElection> {
  const found = await lockOffer(sql, asked);
  if (found.kept !== null) return found.kept;
  const { offer, held, elected } = judged(found, asked);
  const { eventId } = found;
  const { securitiesAccount } = asked;
  const changed = filingsOf(optionsOn(found, asked.ballot), held, elected);
  const filings = await withMoney(sql, { eventId, securitiesAccount, elected }, changed);
  return write(sql, asked, { found, held, elected, filings, cutAt: offer.deadlineAt });
}

/** What would be taken now, without taking it: the quantity in whole shares. Refuses as `takeElection`, and holds the same locks. */
export async function judgeElection(
  sql: PoolClient,
  asked: Omit<AskedElection, 'recording' | 'onBehalfOf'>,
): Promise<{ readonly quantity: bigint }> {
  const found = await lockOffer(sql, asked);
  const { held, elected } = judged(found, asked);
  const { eventId } = found;
  const { securitiesAccount } = asked;
  await withMoney(
    sql,
    { eventId, securitiesAccount, elected },
    filingsOf(optionsOn(found, asked.ballot), held, elected),
  );
  return { quantity: elected.get(asked.option) ?? 0n };
}

/** @throws BusinessError ELECTIONS_NOT_OFFERED; SeveralRefusals of `ElectionRefusal` */
function judged(found: Found, asked: AskedElection) {
  // A dividend, or a notice without a deadline: there are no options that could be named.
  if (found.isServed && found.state !== 'cancelled' && found.clientCutAt === null)
    throw new BusinessError('ELECTIONS_NOT_OFFERED');
  const held = electedOn(found, asked.ballot);
  const offer = offerOf(found, asked);
  const { refusals, elected } = electionDecision(offer, held, {
    option: asked.option,
    quantity: asked.quantity,
    versionShown: asked.versionShown,
    requestedAt: found.now,
  });
  if (refusals.length > 0) throw refusalOf(refusals, offer, asked);
  return { offer, held, elected };
}

interface Found {
  readonly eventId: string;
  readonly workflowId: string;
  readonly state: EventState;
  readonly isServed: boolean;
  readonly version: number;
  readonly opensAt: string | null;
  readonly clientCutAt: string | null;
  readonly brokerCutAt: string | null;
  readonly now: string;
  readonly electable: bigint | null;
  readonly options: readonly (Omit<EventOption, 'filedAs'> & { readonly filedAs: FilingBusiness | null })[];
  readonly standing: readonly { readonly ballot: string; readonly option: string; readonly quantity: string }[];
  readonly kept: TakenElection | null;
}

/** Door and holder are locked, then what is judged is read: one call, in which the reading sees whatever committed before the locks were had. */
async function lockOffer(sql: PoolClient, { channel, eventNo, securitiesAccount, key }: AskedElection): Promise<Found> {
  const { rows } = await sql.query<Found>({
    name: 'offer of an election',
    text: `select event_id as "eventId", workflow_id as "workflowId", state, is_served as "isServed", version, opens_at as "opensAt",
                  client_cut_at as "clientCutAt", broker_cut_at as "brokerCutAt", now, electable, options, standing, kept
             from offer_under_lock($1, $2, $3, $4)`,
    values: [channel, eventNo, securitiesAccount, key],
  });
  const [found] = rows;
  if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '公司行为 corporate action', key: eventNo });
  return found;
}

/** Without dates an event is not served, or cancelled: that is told first. */
const offerOf = (found: Found, { ballot, electedBy }: AskedElection): ElectionOffer => ({
  isServed: found.isServed,
  isCancelled: found.state === 'cancelled',
  newestVersion: found.version,
  options: optionsOn(found, ballot).map(({ option }) => option),
  opensAt: found.opensAt ?? '',
  deadlineAt: (electedBy === 'holder' ? found.clientCutAt : found.brokerCutAt) ?? '9999',
  electable: found.electable ?? 0n,
});

const optionsOn = ({ options }: Found, ballot: string): readonly EventOption[] =>
  options
    .filter((one) => one.ballot === ballot)
    .map(({ filedAs, ...one }) => ({ ...one, filedAs: filedAs ?? undefined }));

const electedOn = ({ standing }: Found, ballot: string): Elected =>
  new Map(standing.filter((one) => one.ballot === ballot).map(({ option, quantity }) => [option, BigInt(quantity)]));

function refusalOf(codes: readonly ElectionCode[], offer: ElectionOffer, asked: AskedElection): SeveralRefusals {
  const refusals = codes.map((code) => {
    switch (code) {
      case 'EVENT_VERSION_OUTDATED':
        return new BusinessError(code, { shown: asked.versionShown, newest: offer.newestVersion });
      case 'ELECTION_NOT_OPEN':
        return new BusinessError(code, { opensAt: shanghaiText(offer.opensAt) });
      case 'AFTER_DEADLINE':
        return new BusinessError(code, { deadline: shanghaiText(offer.deadlineAt) });
      case 'OPTION_UNKNOWN':
        return new BusinessError(code, { option: asked.option });
      default:
        return new BusinessError(code as 'NOTHING_ELECTABLE');
    }
  });
  const [first, ...rest] = refusals;
  if (first === undefined) throw new RangeError('a refusal has a reason');
  return new SeveralRefusals([first, ...rest]);
}

/** `2025-06-25 12:30:00`, Shanghai time. */
const shanghaiText = (instant: string): string => `${businessDateOf(instant)} ${shanghaiTimeOf(instant)}`;

interface Written {
  readonly found: Found;
  readonly held: Elected;
  readonly elected: Elected;
  readonly filings: readonly PaidFiling[];
  readonly cutAt: string;
}

async function write(sql: PoolClient, asked: AskedElection, written: Written): Promise<TakenElection> {
  const { found, held, elected, filings, cutAt } = written;
  const { securitiesAccount, ballot, option } = asked;
  const before = held.get(option) ?? 0n;
  const after = elected.get(option) ?? 0n;
  const sum = largestSum(found, ballot, elected);
  const electable = found.electable ?? 0n;
  const { rows } = await sql.query<{ filing_no: string | null; lapsed: string | null }>({
    name: 'write election',
    text: WRITE_ELECTION,
    values: [
      found.eventId,
      securitiesAccount,
      after === 0n ? 'withdraw' : 'elect',
      ballot,
      option,
      before,
      after,
      asked.versionShown,
      asked.electedBy,
      asked.by,
      asked.recording ?? null,
      asked.key,
      found.now,
      cutAt,
      sum,
      sum > electable ? sum - electable : 0n,
      JSON.stringify(
        filings.map(({ frozenFen, ...filing }) => ({
          ...filing,
          quantity: `${filing.quantity}`,
          ...(frozenFen === undefined ? {} : { frozenFen: `${frozenFen}` }),
        })),
      ),
      JSON.stringify([...elected].map(([standing, quantity]) => ({ option: standing, quantity: `${quantity}` }))),
      asked.telephoneNo ?? null,
      ...auditValues({
        actor: asked.by,
        onBehalfOf: asked.onBehalfOf,
        role: asked.role,
        action: after === 0n ? 'withdraw election' : 'elect',
        outcome: 'done',
        objectType: 'corporate action',
        objectId: asked.eventNo,
        before: { ballot, option, quantity: `${before}` },
        after: { ballot, option, quantity: `${after}`, version: asked.versionShown, electedBy: asked.electedBy, cutAt },
        requestId: asked.requestId,
        workflowId: found.workflowId,
        businessKey: asked.eventNo,
      }),
    ],
  });
  const lapsed = rows.flatMap(({ lapsed: draft }) => (draft === null ? [] : [draft]));
  if (lapsed.length > 0) await tellLapsed(sql, lapsed, LAPSED_BECAUSE.newer);
  return {
    securitiesAccount,
    ballot,
    option,
    quantity: `${after}`,
    electedAt: found.now,
    standing: [...elected].map(([standing, quantity]) => ({ option: standing, quantity: `${quantity}` })),
    filings: rows.flatMap(({ filing_no: filingNo }) => (filingNo === null ? [] : [filingNo])),
  };
}

/** Of votes each resolution has the whole holding. */
function largestSum({ standing }: Found, ballot: string, elected: Elected): bigint {
  const sums = new Map<string, bigint>();
  for (const one of standing) {
    if (one.ballot !== ballot) sums.set(one.ballot, (sums.get(one.ballot) ?? 0n) + BigInt(one.quantity));
  }
  sums.set(
    ballot,
    [...elected.values()].reduce((sum, shares) => sum + shares, 0n),
  );
  return [...sums.values()].reduce((largest, sum) => (sum > largest ? sum : largest), 0n);
}

const WRITE_ELECTION = `
  with put as (
    insert into elections (event_id, securities_account, ballot, option, quantity, version_shown, elected_by, at, cut_at)
    select $1, $2, $4, $5, $7, $8, $9, $13, $14 where $7::bigint > 0
    on conflict (event_id, securities_account, ballot, option) do update
      set quantity = excluded.quantity, version_shown = excluded.version_shown, elected_by = excluded.elected_by, at = excluded.at,
          cut_at = excluded.cut_at),
  gone as (
    delete from elections where event_id = $1 and securities_account = $2 and ballot = $4 and option = $5 and $7::bigint = 0),
  moved as (
    update corporate_action_holders set elected = $15, excess = $16, answered_at = $13, reopened_version = null, unreachable_since = null, unreachable_by = null
     where event_id = $1 and securities_account = $2),
  filed as (
    insert into election_filings (filing_no, event_id, securities_account, ballot, option, act_key, business, quantity, votes, filed_at, frozen_fen)
    select ${NEXT_FILING_NO}, $1, $2, $4, f.value ->> 'option', $12, f.value ->> 'business', (f.value ->> 'quantity')::bigint, f.value -> 'votes', $13,
           (f.value ->> 'frozenFen')::bigint
      from jsonb_array_elements($17::jsonb) f
    returning filing_no),
  numbers as (select coalesce(jsonb_agg(filing_no), '[]') as numbers from filed),
  step as (
    insert into election_steps (event_id, securities_account, act, ballot, option, quantity_before, quantity_after, version_shown, elected_by, by,
                                recording, act_key, at, cut_at, kept)
    select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
           jsonb_build_object('securitiesAccount', $2::text, 'ballot', $4::text, 'option', $5::text, 'quantity', $7::bigint::text,
                              'electedAt', to_char($13::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                              'standing', $18::jsonb, 'filings', numbers)
      from numbers),
  -- The newest instruction stands: what the holder said by telephone before it, and nobody has approved yet, would overwrite it.
  lapsed as (
    update telephone_elections set state = 'lapsed', decided_at = $13
     where event_id = $1 and securities_account = $2 and ballot = $4 and option = $5 and state = 'asked' and ($19::bigint is null or telephone_no < $19)
    returning telephone_no),
  audited as (${insertAudit(20)})
  select filing_no, null as lapsed from filed union all select null, telephone_no::text from lapsed`;
