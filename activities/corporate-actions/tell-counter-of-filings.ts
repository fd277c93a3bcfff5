/**
 * Each filing that the clearing house has acknowledged also goes to the counter system (A4 §31), which blocks the shares; what of it comes to
 * nothing after all is let go there. What the counter refuses is asked about. The counter being away holds up no filing.
 */
import type { Pool } from 'pg';
import type { ElectionInstruction } from '../../adapters/counter/counter-port';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { findBreak } from './find-break';

const PAGE = 400;
const AT_ONCE = 8;
const RETRY_SECONDS = 10;

/** SQL on a filing `f`: what it was told to block and comes to nothing. Of one that stands there is nothing to be told, unless it stands again. */
const NOT_TAKEN = `case when f.state = 'partly' then f.quantity - f.confirmed when f.state not in ('confirmed', 'success') then f.quantity
  when f.restored > 0 then 0 else f.counter_released end`;

/** SQL on a filing `f`: by what an instruction differs from an equal one before a cancellation fell. */
const TURN = `case when f.restored > 0 then ':' || f.restored else '' end`;

/** SQL on a filing `f`: the part of its money that goes with so many of its shares. */
const moneyOf = (shares: string): string => `round(f.frozen_fen::numeric * (${shares}) / nullif(f.quantity, 0)) / 100`;

/** SQL on a filing `f`: it is to be told, or to be let go. */
export const TO_TELL = `((not f.counter_told and f.state in ('confirmed', 'success', 'partly'))
  or (f.counter_told and f.business <> 'H62' and (f.state in ('failed', 'cancelled', 'partly', 'confirmed', 'success') or f.state = 'refused' and f.result_on is not null)
      and f.counter_released <> ${NOT_TAKEN}))
  and (f.retry_at is null or f.retry_at <= clock_timestamp())`;

export async function tellCounterOfFilings(
  { pool, counter }: Pick<Dependencies, 'pool' | 'counter'>,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    const page = await untold(pool);
    if (page.length === 0) return;
    const told: Told[] = [];
    const left = [...page];
    const tell = async (): Promise<void> => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) {
        const answer = await counter.sendElection(one.instruction);
        told.push({ ...one, refusal: answer.outcome === 'refused' ? answer.code : null });
      }
    };
    const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, tell));
    await keepTold(pool, told);
    if (results.some(({ status }) => status === 'rejected')) {
      const done = new Set(told.map((one) => one.filing_no));
      await pool.query(
        `update election_filings set retry_at = clock_timestamp() + make_interval(secs => $2) where filing_no = any($1)`,
        [page.map((one) => one.filing_no).filter((no) => !done.has(no)), RETRY_SECONDS],
      );
      return;
    }
  }
}

interface Untold {
  readonly filing_no: string;
  readonly event_id: string;
  readonly is_release: boolean;
  readonly not_taken: bigint;
  readonly instruction: ElectionInstruction;
}

interface Told extends Untold {
  /** Code of the counter, where it refused. */
  readonly refusal: string | null;
}

/** Of a filing that it refused the counter has nothing to let go. */
async function keepTold(pool: Pool, told: readonly Told[]): Promise<void> {
  await inTransaction(pool, async (sql) => {
    await sql.query(
      `update election_filings f
          set counter_told = true,
              counter_released = case when t.is_release then t.not_taken when t.refusal is not null then f.quantity else f.counter_released end
         from unnest($1::text[], $2::boolean[], $3::bigint[], $4::text[]) as t (filing_no, is_release, not_taken, refusal)
        where f.filing_no = t.filing_no`,
      [
        told.map((one) => one.filing_no),
        told.map((one) => one.is_release),
        told.map((one) => one.not_taken),
        told.map(({ refusal }) => refusal),
      ],
    );
    for (const { filing_no: filing, event_id: eventId, refusal, instruction } of told) {
      if (refusal === null) continue;
      await findBreak(sql, {
        eventId,
        kind: 'filing',
        key: `counter ${instruction.instructionKey}`,
        facts: {
          filing,
          code: refusal,
          cause: '柜台未冻结或解冻 the counter did not block, or let go',
          quantity: instruction.quantity,
        },
      });
    }
  });
}

/** What is let go is told by its own key, with what it comes to: a result that is corrected lets go of the rest, or takes it back. */
async function untold(pool: Pool): Promise<readonly Untold[]> {
  const { rows } = await pool.query<Untold>(
    `select f.filing_no, f.event_id::text, f.counter_told as is_release, (${NOT_TAKEN})::bigint as not_taken,
            jsonb_build_object('instructionKey', f.filing_no || case when f.counter_told then ':released:' || (${NOT_TAKEN}) || ${TURN} else '' end,
              'fundAccount', h.fund_account, 'security', coalesce(f.code, a.code), 'eventNo', a.event_no, 'ballot', f.ballot, 'option', f.option,
              'quantity', case when f.counter_told then (f.counter_released - (${NOT_TAKEN}))::text else f.quantity::text end,
              'acceptanceNo', coalesce(f.acceptance_no, ''))
              || case when f.frozen_fen is null then '{}' else jsonb_build_object('frozenCny', to_char(
                   case when f.counter_told then ${moneyOf('f.counter_released')} - ${moneyOf(NOT_TAKEN)} else f.frozen_fen / 100.0 end,
                   'FM999999999999990.00')) end as instruction
       from election_filings f join corporate_action_holders h using (event_id, securities_account) join corporate_actions a using (event_id)
      where ${TO_TELL} order by f.filing_seq limit $1`,
    [PAGE],
  );
  return rows;
}
