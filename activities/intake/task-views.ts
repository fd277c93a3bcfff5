/** Filters of the list of tasks that people keep. A view that was removed stays as a row: links say that it is gone, the audit what it was. */
import type { Pool, PoolClient } from 'pg';
import { canonicalJson } from '../../domain/canonical-json';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';

/** What a view is made of; the filter has been held against the schema of the list's query. */
export interface TaskView {
  readonly name: string;
  readonly filter: object;
  readonly shared: boolean;
}

interface Asked {
  readonly person: string;
  readonly requestId: string;
}

type Deps = { readonly pool: Pool };

/** The same again is the same. @returns number of the view. @throws BusinessError VIEW_NAME_TAKEN */
export const saveTaskView =
  ({ pool }: Deps) =>
  ({ view, ...asked }: Asked & { readonly view: TaskView }): Promise<string> =>
    inTransaction(pool, async (sql) => {
      const known = await viewOfName(sql, asked.person, view.name);
      if (known !== undefined && isSame(known, view)) return known.view_id;
      refuseTaken(known);
      const { rows } = await sql.query<{ view_id: string }>(
        'insert into task_views (owner, name, filter, shared) values ($1, $2, $3, $4) returning view_id::text',
        [asked.person, view.name, JSON.stringify(view.filter), view.shared],
      );
      const viewId = rows[0]?.view_id ?? '';
      await audit(sql, asked, viewId, { action: 'save a view', after: view });
      return viewId;
    });

/** Renames it, narrows it, shares it or keeps it for oneself again; as it was changed to last it stays. @throws BusinessError NOT_FOUND, REVISION_STALE, VIEW_NAME_TAKEN */
export const changeTaskView =
  ({ pool }: Deps) =>
  (asked: Asked & { readonly viewId: string; readonly revision: number; readonly view: TaskView }): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const { viewId, person, revision: shown, view } = asked;
      const { revision: current, ...before } = await ownView(sql, person, viewId);
      if (shown === current - 1 && isSame(before, view)) return;
      if (shown !== current) throw new BusinessError('REVISION_STALE', { shown, current });
      refuseTaken(await viewOfName(sql, person, view.name, viewId));
      await sql.query(
        `update task_views set name = $2, filter = $3, shared = $4, revision = revision + 1, changed_at = business_now() where view_id = $1`,
        [viewId, view.name, JSON.stringify(view.filter), view.shared],
      );
      await audit(sql, asked, viewId, { action: 'change a view', before, after: view });
    });

/** Its name is free again, its link leads nowhere; removed before, it is removed. @throws BusinessError NOT_FOUND */
export const removeTaskView =
  ({ pool }: Deps) =>
  (asked: Asked & { readonly viewId: string }): Promise<void> =>
    inTransaction(pool, async (sql) => {
      const { rowCount: removed } = await sql.query(
        'select from task_views where view_id = $1 and owner = $2 and removed',
        [asked.viewId, asked.person],
      );
      if (removed !== 0) return;
      const { revision: _, ...before } = await ownView(sql, asked.person, asked.viewId);
      await sql.query(
        'update task_views set removed = true, revision = revision + 1, changed_at = business_now() where view_id = $1',
        [asked.viewId],
      );
      await audit(sql, asked, asked.viewId, { action: 'remove a view', before });
    });

async function ownView(
  sql: PoolClient,
  person: string,
  viewId: string,
): Promise<TaskView & { readonly revision: number }> {
  const { rows } = await sql.query<TaskView & { revision: number }>(
    'select name, filter, shared, revision from task_views where view_id = $1 and owner = $2 and not removed for update',
    [viewId, person],
  );
  const [view] = rows;
  if (view === undefined) throw new BusinessError('NOT_FOUND', { what: '视图 view', key: viewId });
  return view;
}

/** Another view of the person that bears the name. Two saves of one person at once wait for one another: the second is told, and not by the index. */
async function viewOfName(
  sql: PoolClient,
  person: string,
  name: string,
  own?: string,
): Promise<(TaskView & { readonly view_id: string }) | undefined> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`task-views:${person}`]);
  const { rows } = await sql.query<TaskView & { view_id: string }>(
    'select view_id::text, name, filter, shared from task_views where owner = $1 and name = $2 and not removed and view_id is distinct from $3',
    [person, name, own ?? null],
  );
  return rows[0];
}

function refuseTaken(known: { readonly view_id: string } | undefined): void {
  if (known !== undefined) throw new BusinessError('VIEW_NAME_TAKEN', { view: known.view_id, field: 'name' });
}

const isSame = (a: TaskView, b: TaskView): boolean =>
  a.name === b.name && a.shared === b.shared && canonicalJson(a.filter) === canonicalJson(b.filter);

const audit = (
  sql: PoolClient,
  { person, requestId }: Asked,
  viewId: string,
  act: { readonly action: string; readonly before?: TaskView; readonly after?: TaskView },
) => recordAudit(sql, { ...act, actor: person, outcome: 'done', objectType: 'task view', objectId: viewId, requestId });
