/** One action on many tasks: the list is frozen and counted when it is asked for; the rows are worked one by one beside the workers. */
import type { PoolClient } from 'pg';
import { canonicalJson } from '../../domain/canonical-json';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { refuseFirst } from './judge-actor';

export type BulkAction =
  | { readonly action: 'claim' | 'release' }
  | { readonly action: 'assign'; readonly to: string; readonly reason: string }
  | { readonly action: 'complete'; readonly form: Readonly<Record<string, unknown>> };

export interface MakeBulk {
  readonly person: string;
  readonly onBehalfOf?: string | undefined;
  /** The caller's key of the request: the same is the same bulk. */
  readonly requestKey: string;
  /** Digest of what was asked for with it. */
  readonly requestSha256: string;
  readonly requestId: string;
  readonly asked: BulkAction;
  /** Tasks that the caller may see, in their order, each once. */
  readonly taskIds: readonly string[];
}

type Pooled = Pick<Dependencies, 'pool'>;

/**
 * The bulk that was made with a key, asked before its list is frozen anew: by then its own work may have changed what a filter finds.
 * @throws BusinessError IDEMPOTENCY_MISMATCH where something else was asked for with it
 */
export async function knownBulk(
  sql: Pick<PoolClient, 'query'>,
  asked: Pick<MakeBulk, 'person' | 'requestKey' | 'requestSha256'>,
): Promise<string | undefined> {
  const { rows } = await sql.query<{ bulk_id: string; request_sha256: string | null }>(
    'select bulk_id::text, request_sha256 from task_bulks where made_by = $1 and request_key = $2',
    [asked.person, asked.requestKey],
  );
  const [known] = rows;
  if (known !== undefined && known.request_sha256 !== asked.requestSha256)
    throw new BusinessError('IDEMPOTENCY_MISMATCH');
  return known?.bulk_id;
}

/**
 * @returns number of the bulk
 * @throws SeveralRefusals of a completion: BULK_NOT_ALLOWED, BULK_FORMS_DIFFER; BusinessError IDEMPOTENCY_MISMATCH
 */
export const makeBulk =
  ({ pool }: Pooled) =>
  (input: MakeBulk): Promise<string> =>
    inTransaction(pool, async (sql) => {
      const { person, onBehalfOf, requestKey, requestSha256, requestId, asked, taskIds } = input;
      if (asked.action === 'complete') refuseFirst(await completionRefusals(sql, taskIds));
      const { rows } = await sql.query<{ bulk_id: string }>(
        `insert into task_bulks (made_by, made_for, request_key, request_id, action, form, given_to, reason, row_count, request_sha256)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (made_by, request_key) do nothing returning bulk_id::text`,
        [
          person,
          onBehalfOf ?? null,
          requestKey,
          requestId,
          asked.action,
          asked.action === 'complete' ? JSON.stringify(asked.form) : null,
          asked.action === 'assign' ? asked.to : null,
          asked.action === 'assign' ? asked.reason : null,
          taskIds.length,
          requestSha256,
        ],
      );
      const bulkId = rows[0]?.bulk_id;
      if (bulkId === undefined) return (await knownBulk(sql, input)) ?? '';
      await sql.query(
        `insert into task_bulk_rows (bulk_id, place, task_id, revision)
         select $1, asked.place, t.task_id, t.revision
           from unnest($2::bigint[]) with ordinality asked (task_id, place) join tasks t using (task_id)`,
        [bulkId, taskIds],
      );
      await recordAudit(sql, {
        actor: person,
        onBehalfOf,
        action: `make bulk ${asked.action}`,
        outcome: 'done',
        objectType: 'bulk',
        objectId: bulkId,
        after: { count: taskIds.length, ...(asked.action === 'assign' ? { to: asked.to } : {}) },
        requestId,
      });
      return bulkId;
    });

/** One form for all: of one kind and version, and none that needs a look of its own. */
async function completionRefusals(sql: PoolClient, taskIds: readonly string[]): Promise<readonly BusinessError[]> {
  const { rows } = await sql.query<{
    task_id: string;
    kind: string;
    form_id: number;
    form_version: number;
    bulk_allowed: boolean;
  }>(
    `select t.task_id::text, t.kind, t.form_id, t.form_version, t.bulk_allowed
       from unnest($1::bigint[]) with ordinality asked (task_id, place) join tasks t using (task_id) order by asked.place`,
    [taskIds],
  );
  const signature = ({ kind, form_id: form, form_version: version }: (typeof rows)[number]) =>
    canonicalJson({ kind, form, version });
  const [first] = rows;
  return rows.flatMap((row) => [
    ...(row.bulk_allowed ? [] : [new BusinessError('BULK_NOT_ALLOWED', { task: row.task_id })]),
    ...(first !== undefined && signature(row) !== signature(first)
      ? [new BusinessError('BULK_FORMS_DIFFER', { task: row.task_id })]
      : []),
  ]);
}

/**
 * Tries again what was not done, and nothing else.
 * @throws BusinessError BULK_UNDER_WAY, BULK_NOTHING_TO_RETRY
 */
export const retryBulk =
  ({ pool }: Pooled) =>
  (input: { readonly bulkId: string; readonly person: string; readonly requestId: string }): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const { bulkId: bulk, person, requestId } = input;
      // Of two who ask at once the second finds rows that wait.
      await sql.query('select from task_bulk_rows where bulk_id = $1 order by place for update', [bulk]);
      const { rows } = await sql.query<{ waiting: number; undone: number }>(
        `select (count(*) filter (where state = 'waiting'))::int as waiting,
                (count(*) filter (where state in ('refused', 'failed')))::int as undone from task_bulk_rows where bulk_id = $1`,
        [bulk],
      );
      if (rows[0] === undefined || rows[0].waiting > 0) throw new BusinessError('BULK_UNDER_WAY', { bulk });
      if (rows[0].undone === 0) throw new BusinessError('BULK_NOTHING_TO_RETRY', { bulk });
      await sql.query(
        `update task_bulk_rows set state = 'waiting', attempt = attempt + 1, tries = 0, failures = 0, code = null, sentence = null,
                                   done_at = null, request_id = $2
          where bulk_id = $1 and state in ('refused', 'failed')`,
        [bulk, requestId],
      );
      await recordAudit(sql, {
        actor: person,
        action: 'retry bulk',
        outcome: 'done',
        objectType: 'bulk',
        objectId: bulk,
        after: { count: rows[0].undone },
        requestId,
      });
    });
