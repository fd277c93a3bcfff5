/**
 * Filings go to the clearing house at once, in the order of each holder (corporate-actions page, step 5; A4 §32). One that was sent before
 * and has no answer here is asked about before it is sent again; a system that does not answer is asked again later, and holds up nobody
 * else. What is acknowledged is told to the counter; what is refused takes the election back and tells the holder.
 *
 * One sender at a time in a book, beside the processes, on real time.
 */
import type { Pool, PoolClient } from 'pg';
import type { CcnetPort, Filing, FilingAccepted } from '../../adapters/ccnet/ccnet-port';
import type { Refused } from '../../adapters/http/json-call';
import { whileAlone } from '../database/alone';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { HAS_UNTOLD_BREAKS, tellOfFilingBreaks } from './event-process';
import { findBreak } from './find-break';
import { refuseFiling } from './refuse-filing';
import { tellIfAllAnswered } from './tell-all-answered';
import { tellCounterOfFilings, TO_TELL } from './tell-counter-of-filings';

const PAGE = 400;
const AT_ONCE = 8;
const RETRY_SECONDS = [1, 2, 5, 10, 30] as const;

export interface Filed {
  readonly answered: number;
  readonly unanswered: number;
}

type Deps = Pick<Dependencies, 'pool' | 'ccnet' | 'counter'>;

/** Sends all that is due; nothing where another sender is at it. */
export const fileElections = (deps: Deps, isOver: () => boolean = () => false): Promise<Filed> =>
  whileAlone(
    deps.pool,
    'filing of elections',
    () => fileAll(deps, isOver),
    () => ({ answered: 0, unanswered: 0 }),
  );

/** Whether anything is to be sent or told now. */
export async function hasFilingsDue(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ due: boolean }>(
    `select exists (select from election_filings where state in ('waiting', 'sent') and (retry_at is null or retry_at <= clock_timestamp()))
         or exists (select from election_filings f where ${TO_TELL}) or ${HAS_UNTOLD_BREAKS} as due`,
  );
  return rows[0]?.due === true;
}

async function fileAll({ pool, ccnet, counter }: Deps, isOver: () => boolean): Promise<Filed> {
  let [answered, unanswered] = [0, 0];
  while (!isOver()) {
    const page = await takePage(pool);
    if (page.length === 0) break;
    const done = await sendPage(ccnet, page);
    await keepAnswers(pool, done);
    answered += done.filter(({ answer }) => answer !== undefined).length;
    unanswered += done.filter(({ answer }) => answer === undefined).length;
  }
  await tellCounterOfFilings({ pool, counter }, isOver);
  await tellOfFilingBreaks(pool);
  return { answered, unanswered };
}

interface DueFiling {
  readonly filing_no: string;
  readonly filing_seq: bigint;
  readonly event_id: bigint;
  readonly securities_account: string;
  readonly business: Filing['YWLX'];
  readonly code: string;
  readonly event_no: string;
  readonly ballot: string;
  readonly option: string;
  readonly quantity: bigint;
  readonly votes: { readonly for: string; readonly against: string; readonly abstain: string } | null;
  readonly was_sent: boolean;
}

/**
 * The next page, marked as sent before any of it is: whoever finds it so after a crash asks first. One whose forerunner of the same holder
 * waits for its next try is not among them.
 */
async function takePage(pool: Pool): Promise<readonly DueFiling[]> {
  const { rows } = await pool.query<DueFiling>(
    `with due as (
       select f.filing_no, f.state from election_filings f
        where f.state in ('waiting', 'sent') and (f.retry_at is null or f.retry_at <= clock_timestamp())
          and not exists (select from election_filings e where e.event_id = f.event_id and e.securities_account = f.securities_account
                            and e.filing_seq < f.filing_seq and e.state in ('waiting', 'sent') and e.retry_at > clock_timestamp())
        order by f.filing_seq limit $1),
     sent as (
       update election_filings f set state = 'sent', tries = f.tries + 1 from due where due.filing_no = f.filing_no returning f.*, due.state = 'sent' as was_sent)
     select s.filing_no, s.filing_seq, s.event_id, s.securities_account, s.business, coalesce(s.code, a.code) as code, a.event_no, s.ballot, s.option, s.quantity, s.votes, s.was_sent
       from sent s join corporate_actions a using (event_id) order by s.filing_seq`,
    [PAGE],
  );
  return rows;
}

interface Answered {
  readonly filing: DueFiling;
  /** Left away where no answer came. */
  readonly answer?: FilingAccepted | Refused;
  /** It was not sent: one before it of the same election was refused, and it is a difference from that. */
  readonly isHeldBack?: true;
}

/**
 * Of one holder and event one after the other; a list ends at the first without an answer. Behind a refusal nothing of the same election is
 * sent.
 */
async function sendPage(ccnet: CcnetPort, page: readonly DueFiling[]): Promise<readonly Answered[]> {
  const lists = new Map<string, DueFiling[]>();
  for (const filing of page) {
    const holder = `${filing.event_id} ${filing.securities_account}`;
    const list = lists.get(holder);
    if (list === undefined) lists.set(holder, [filing]);
    else list.push(filing);
  }
  const waiting = [...lists.values()];
  const done: Answered[] = [];
  const sendLists = async (): Promise<void> => {
    for (let list = waiting.shift(); list !== undefined; list = waiting.shift()) {
      const refused = new Set<string>();
      for (const [place, filing] of list.entries()) {
        const election = `${filing.ballot} ${filing.option}`;
        if (refused.has(election)) {
          done.push({ filing, isHeldBack: true });
          continue;
        }
        const answer = await sendUnlessKnown(ccnet, filing);
        if (answer !== undefined) {
          done.push({ filing, answer });
          if (answer.outcome === 'refused' && filing.business !== 'H62') refused.add(election);
          continue;
        }
        done.push(...list.slice(place).map((left) => ({ filing: left })));
        break;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendLists));
  return done;
}

/** Undefined where the clearing house gave no answer: it may have taken it. */
async function sendUnlessKnown(ccnet: CcnetPort, filing: DueFiling): Promise<FilingAccepted | Refused | undefined> {
  try {
    if (filing.was_sent) {
      const known = await ccnet.askFiling(filing.filing_no);
      // It was taken, and came to nothing since: nothing of it is acknowledged.
      if (known.state === 'failed' || known.state === 'cancelled')
        return { outcome: 'refused', code: known.state.toUpperCase(), message: NOT_CARRIED_OUT };
      if (known.state !== 'unknown')
        return { outcome: 'accepted', acceptedAt: '', acceptanceNo: known.acceptanceNo ?? '' };
    }
    return await ccnet.sendFiling(recordOf(filing));
  } catch {
    return undefined;
  }
}

const NOT_CARRIED_OUT = { zh: '已受理而未执行', en: 'taken, and not carried out' };

const recordOf = ({
  filing_no,
  business,
  securities_account,
  code,
  event_no,
  ballot,
  quantity,
  votes,
}: DueFiling): Filing => ({
  SBBH: filing_no,
  YWLX: business,
  SBLX: 'HSB',
  ZQZH: securities_account,
  ZQDM: code,
  GXDM: event_no,
  SL: `${quantity}`,
  ...(votes === null ? {} : { vote: { YABH: ballot, ZCSL: votes.for, FDSL: votes.against, QQSL: votes.abstain } }),
});

async function keepAnswers(pool: Pool, done: readonly Answered[]): Promise<void> {
  const accepted = done.flatMap(({ filing, answer }) => (answer?.outcome === 'accepted' ? [{ filing, answer }] : []));
  const heldBack = done.filter(({ isHeldBack }) => isHeldBack).map(({ filing }) => filing.filing_no);
  const waits = done.filter(({ answer, isHeldBack }) => answer === undefined && !isHeldBack);
  await inTransaction(pool, async (sql) => {
    await sql.query(
      `update election_filings f set state = 'confirmed', acceptance_no = a.acceptance_no, confirmed = f.quantity, answered_at = business_now(), retry_at = null
         from unnest($1::text[], $2::text[]) as a (filing_no, acceptance_no) where f.filing_no = a.filing_no and f.state = 'sent'`,
      [accepted.map(({ filing }) => filing.filing_no), accepted.map(({ answer }) => answer.acceptanceNo)],
    );
    await sql.query(
      `update election_filings set state = 'waiting', tries = tries - 1 where filing_no = any($1) and state = 'sent'`,
      [heldBack],
    );
    await backOff(
      sql,
      waits.map(({ filing }) => filing.filing_no),
    );
    const seqs = accepted.map(({ filing }) => filing.filing_seq);
    await tellIfAllAnswered(
      sql,
      [...new Set(accepted.map(({ filing }) => `${filing.event_id}`))],
      seqs.reduce((newest, seq) => (seq > newest ? seq : newest), 0n),
    );
  });
  for (const { filing, answer } of done) {
    if (answer?.outcome === 'refused') await keepRefusal(pool, filing, answer.code);
  }
}

/** One that cannot be kept holds up no other: it is asked about, and tried again later. */
export async function keepRefusal(
  pool: Pool,
  { filing_no: filingNo, event_id: eventId }: Pick<DueFiling, 'filing_no' | 'event_id'>,
  code: string,
): Promise<void> {
  try {
    await inTransaction(pool, (sql) => refuseFiling(sql, { filingNo, code }));
  } catch (error) {
    await inTransaction(pool, async (sql) => {
      await backOff(sql, [filingNo]);
      await findBreak(sql, {
        eventId: `${eventId}`,
        kind: 'filing',
        key: filingNo,
        facts: { filing: filingNo, code, cause: `拒绝未能入账 the refusal could not be kept: ${causeOf(error)}` },
      });
    });
  }
}

/** Class of the database or of the rule; a text of either may bear what stands in a row. */
const causeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : error instanceof Error ? error.name : 'unknown';

const backOff = (sql: Pick<PoolClient, 'query'>, filings: readonly string[]) =>
  sql.query(
    `update election_filings set retry_at = clock_timestamp() + make_interval(secs => ($2::int[])[least(tries, $3)])
      where filing_no = any($1) and state = 'sent'`,
    [filings, [...RETRY_SECONDS], RETRY_SECONDS.length],
  );
