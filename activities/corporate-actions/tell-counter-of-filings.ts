/** Each filing that the clearing house has acknowledged also goes to the counter system (A4 §31). The counter being away holds up no filing. */
import type { Pool } from 'pg';
import type { ElectionInstruction } from '../../adapters/counter/counter-port';
import type { Dependencies } from '../dependencies';

const PAGE = 400;
const AT_ONCE = 8;
const RETRY_SECONDS = 10;

export async function tellCounterOfFilings(
  { pool, counter }: Pick<Dependencies, 'pool' | 'counter'>,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    const page = await untold(pool);
    if (page.length === 0) return;
    const told: string[] = [];
    const left = [...page];
    const tell = async (): Promise<void> => {
      for (let one = left.shift(); one !== undefined; one = left.shift()) {
        await counter.sendElection(one);
        told.push(one.instructionKey);
      }
    };
    const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, tell));
    await pool.query('update election_filings set counter_told = true where filing_no = any($1)', [told]);
    if (results.some(({ status }) => status === 'rejected')) {
      await pool.query(
        `update election_filings set retry_at = clock_timestamp() + make_interval(secs => $2) where filing_no = any($1) and not counter_told`,
        [page.map(({ instructionKey }) => instructionKey), RETRY_SECONDS],
      );
      return;
    }
  }
}

async function untold(pool: Pool): Promise<readonly ElectionInstruction[]> {
  const { rows } = await pool.query<ElectionInstruction>(
    `select f.filing_no as "instructionKey", h.fund_account as "fundAccount", a.code as security, a.event_no as "eventNo", f.ballot, f.option,
            f.quantity::text as quantity, f.acceptance_no as "acceptanceNo"
       from election_filings f join corporate_action_holders h using (event_id, securities_account) join corporate_actions a using (event_id)
      where not f.counter_told and f.state in ('confirmed', 'success', 'partly') and (f.retry_at is null or f.retry_at <= clock_timestamp())
      order by f.filing_seq limit $1`,
    [PAGE],
  );
  return rows;
}
