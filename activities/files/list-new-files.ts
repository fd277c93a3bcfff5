/** Files of the day that arrived and have no verdict yet, in the order of their arrival. */
import type { Dependencies } from '../dependencies';
import type { DayKey } from '../settlement/day-key';

export interface NewFile {
  readonly fileId: string;
  readonly name: string;
  readonly kind: string;
}

export const listNewFiles =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async (day: DayKey): Promise<readonly NewFile[]> => {
    const { rows } = await pool.query<{ file_id: bigint; name: string; kind: string }>(
      `select file_id, name, kind from file_verdicts
       where channel = $1 and business_date = $2 and state = 'arrived' and kind <> 'UNKNOWN' order by arrived_at, file_id`,
      [day.channel, day.businessDate],
    );
    return rows.map((row) => ({ fileId: row.file_id.toString(), name: row.name, kind: row.kind }));
  };
