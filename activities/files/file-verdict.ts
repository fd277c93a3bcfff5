/** The verdicts of a file, one after the other; the newest holds. */
import type { PoolClient } from 'pg';

export interface ArrivedFile {
  readonly file_id: bigint;
  readonly channel: string;
  readonly business_date: string;
  readonly kind: string;
  readonly part: number | null;
  readonly version: number;
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly arrived_at: string;
  readonly state: 'arrived' | 'accepted' | 'refused' | 'superseded';
}

export async function recordVerdict(
  sql: PoolClient,
  fileId: bigint,
  verdict: { readonly state: 'accepted' | 'refused' | 'superseded'; readonly cause: string; readonly records?: number },
): Promise<void> {
  await sql.query(
    `insert into file_states (file_id, state_no, state, cause, record_count)
     select $1, coalesce(max(state_no), 0) + 1, $2, $3, $4 from file_states where file_id = $1`,
    [fileId, verdict.state, verdict.cause, verdict.records ?? null],
  );
}

/** The file of the same kind and part in force on its day, other than this one. */
export async function fileInForceBeside(sql: PoolClient, file: ArrivedFile): Promise<ArrivedFile | undefined> {
  const { rows } = await sql.query<ArrivedFile>(
    `select * from files_in_force where channel = $1 and business_date = $2 and kind = $3 and part is not distinct from $4 and file_id <> $5
     order by version desc limit 1`,
    [file.channel, file.business_date, file.kind, file.part, file.file_id],
  );
  return rows[0];
}

/**
 * The newest refused file of the same kind and part that this one corrects where nothing is in force: one of a lower version, or
 * one that was overwritten with it under the same name.
 */
export async function refusedEarlierVersion(sql: PoolClient, file: ArrivedFile): Promise<ArrivedFile | undefined> {
  const { rows } = await sql.query<ArrivedFile>(
    `select * from file_verdicts where channel = $1 and business_date = $2 and kind = $3 and part is not distinct from $4
       and (version < $5 or (version = $5 and file_id < $6)) and state = 'refused' order by version desc, file_id desc limit 1`,
    [file.channel, file.business_date, file.kind, file.part, file.version, file.file_id],
  );
  return rows[0];
}
