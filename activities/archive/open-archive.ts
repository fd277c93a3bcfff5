/** The file of a client: opened with the relationship, kept for twenty years after its end, longer where something longer is known. */
import type { ClientBase } from 'pg';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';

type Sql = Pick<ClientBase, 'query'>;

/** Opens the file; one that is there stays as it is. */
export async function openArchive(
  sql: Pick<ClientBase, 'query'>,
  { clientNo, openedOn }: { readonly clientNo: string; readonly openedOn: string },
): Promise<void> {
  await sql.query('insert into archives (client_no, opened_on) values ($1, $2) on conflict (client_no) do nothing', [
    clientNo,
    openedOn,
  ]);
}

/** What lengthens or begins retention, by whom; in the transaction of its approval. */
interface RetentionAct {
  readonly clientNo: string;
  readonly by: string;
  readonly role?: string;
  readonly reason: string;
  readonly requestId?: string;
}

/**
 * The relationship has ended: retention begins to count.
 * @throws BusinessError NOT_FOUND, RELATIONSHIP_ENDED_ALREADY with another day
 */
export async function endRelationship(sql: Sql, act: RetentionAct & { readonly endedOn: string }): Promise<void> {
  await requireArchive(sql, act.clientNo);
  const { rowCount } = await sql.query(
    `insert into archive_ends (client_no, ended_on, reason, recorded_by) values ($1, $2, $3, $4)
     on conflict (client_no) do nothing`,
    [act.clientNo, act.endedOn, act.reason, act.by],
  );
  if (rowCount === 1) return audit(sql, act, 'end relationship', { endedOn: act.endedOn });
  const { rows } = await sql.query<{ ended_on: string }>('select ended_on from archive_ends where client_no = $1', [
    act.clientNo,
  ]);
  const endedOn = rows[0]?.ended_on ?? '';
  if (endedOn !== act.endedOn) throw new BusinessError('RELATIONSHIP_ENDED_ALREADY', { date: endedOn });
}

/**
 * A longer period is known: the file is kept at least until that day.
 * @throws BusinessError NOT_FOUND
 */
export async function holdArchive(sql: Sql, act: RetentionAct & { readonly heldUntil: string }): Promise<void> {
  await requireArchive(sql, act.clientNo);
  await sql.query('insert into retention_holds (client_no, held_until, source, recorded_by) values ($1, $2, $3, $4)', [
    act.clientNo,
    act.heldUntil,
    act.reason,
    act.by,
  ]);
  await audit(sql, act, 'hold archive', { heldUntil: act.heldUntil });
}

async function requireArchive(sql: Pick<ClientBase, 'query'>, clientNo: string): Promise<void> {
  const { rowCount } = await sql.query('select from archives where client_no = $1', [clientNo]);
  if (rowCount === 0) throw new BusinessError('NOT_FOUND', { what: '客户档案 client file', key: clientNo });
}

const audit = (sql: Pick<ClientBase, 'query'>, act: RetentionAct, action: string, after: object): Promise<void> =>
  recordAudit(sql, {
    actor: act.by,
    role: act.role,
    action,
    outcome: 'done',
    objectType: 'archive',
    objectId: act.clientNo,
    reason: act.reason,
    after,
    requestId: act.requestId,
  });
