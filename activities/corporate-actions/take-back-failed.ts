/**
 * What the clearing house says came to nothing while its holder can still elect is taken back as a refusal is (corporate-actions page, steps 5
 * and 6): what stands elected is what it has taken, and the holder is told by when he can elect again. Each in a transaction of its own, so that
 * nobody who elects waits for all of them.
 */
import type { Dependencies } from '../dependencies';
import type { EventKey } from './event-row';
import { keepRefusal } from './file-elections';
import { COMES_BACK } from './refuse-filing';

const PAGE = 400;

export const takeBackFailed =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async ({ channel, eventNo }: EventKey): Promise<{ readonly takenBack: number }> => {
    let [after, takenBack] = [0n, 0];
    for (;;) {
      const { rows } = await pool.query<{ filing_no: string; filing_seq: bigint; event_id: bigint; code: string }>(
        `select f.filing_no, f.filing_seq, f.event_id, coalesce(f.result_code, '') as code
           from election_filings f join corporate_actions a using (event_id)
          where a.channel = $1 and a.event_no = $2 and f.filing_seq > $3 and ${COMES_BACK} order by f.filing_seq limit $4`,
        [channel, eventNo, after, PAGE],
      );
      for (const filing of rows) await keepRefusal(pool, filing, filing.code);
      takenBack += rows.length;
      const last = rows.at(-1);
      if (last === undefined) return { takenBack };
      after = last.filing_seq;
    }
  };
