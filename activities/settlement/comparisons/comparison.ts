/** What a comparison of files is, and how it tells what it found. */
import type { PoolClient } from 'pg';
import { finding, type Finding } from '../../../domain/clearing-files/finding';
import type { FindingClass } from '../../../domain/clearing-files/finding-classes';
import type { ListedFinding } from '../../files/list-findings';
import type { DayKey } from '../day-key';

/** What a comparison is given: the day, and which kinds of file are in force. */
export interface Compared extends DayKey {
  readonly previous: string;
  readonly has: (...kinds: readonly string[]) => boolean;
}

/** Findings of one comparison, by the file that they are reported on. */
export interface ComparedFinding {
  readonly kind: string;
  readonly fileId: bigint;
  readonly finding: ListedFinding;
}

/** A comparison; a refusing one names the kinds of the files that are refused when it finds anything. */
export interface Comparison {
  /** What it can find: a finding of these classes that no comparison finds again stands no longer. */
  readonly classes: readonly FindingClass[];
  readonly needs: readonly string[];
  readonly refuses: readonly string[];
  readonly compare: (sql: PoolClient, day: Compared) => Promise<readonly ComparedFinding[]>;
}

/** A finding on a row of a file, with what a database row says about it. */
export const onRow = (
  kind: string,
  row: { readonly file_id: bigint; readonly row_no: bigint | null },
  name: Finding['class'],
  place: Omit<Parameters<typeof finding>[1], 'row' | 'key'> &
    Pick<ListedFinding, 'key' | 'trade' | 'time' | 'amount' | 'amountFen'>,
): ComparedFinding => {
  const { key, trade, time, amount, amountFen, ...rest } = place;
  const said: ListedFinding = finding(name, row.row_no === null ? rest : { ...rest, row: Number(row.row_no) });
  return {
    kind,
    fileId: row.file_id,
    finding: {
      ...said,
      ...(key === undefined ? {} : { key }),
      ...(trade === undefined ? {} : { trade }),
      ...(time === undefined ? {} : { time }),
      ...(amount === undefined ? {} : { amount }),
      ...(amountFen === undefined ? {} : { amountFen }),
    },
  };
};
