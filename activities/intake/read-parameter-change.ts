/**
 * A change of a dated term with its preview: old and new value, what reads it, which processes and days it touches, the other rows
 * of the same term. The approver decides on this, the API shows it, the story waits by it.
 */
import type { Pool } from 'pg';
import { shanghaiInstant, type BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import type { TermKind, TermValues } from '../../domain/terms/change-of-terms';
import { inTransaction } from '../database/transaction';
import { previewCalendar, type CalendarPreview } from '../calendar/correct-calendar';
import { previewOfRestrictedList, type RestrictedListPreview } from '../clients/restricted-lists';
import type { Dependencies } from '../dependencies';
import type { Sql } from '../people/standing';
import { calendarWith } from '../terms/calendar-term';
import { termRows } from '../terms/term-tables';
import { byReference } from './typed-texts';

export interface ParameterChange {
  readonly changeId: string;
  readonly kind: TermKind;
  readonly code: string;
  readonly part: string;
  readonly oldValues: TermValues;
  readonly newValues: TermValues;
  readonly effectiveOn: BusinessDate;
  /** Midnight of the effective date, UTC. */
  readonly effectiveAt: string;
  /** The last day on which an approval is in time for everybody: the day before, or today. */
  readonly approvalDay: BusinessDate;
  readonly reason: string;
  readonly risk: string;
  readonly revision: number;
  readonly state: string;
  readonly madeBy: string;
  readonly madeFor?: string;
  readonly madeRole: string;
  readonly madeAt: string;
  readonly approvedBy: string | null;
  readonly preview: ChangePreview;
}

export interface ChangePreview {
  /** What reads the term, in both languages. */
  readonly readBy: { readonly zh: string; readonly en: string };
  readonly process: string;
  /** Days from the effective date on whose process runs already: it may have read the old value. */
  readonly runningDays: readonly string[];
  /** First day that is not begun yet and will read the new value. */
  readonly firstNewDay: BusinessDate;
  /** The other rows of the same term, oldest first. */
  readonly rows: readonly {
    readonly values: TermValues;
    readonly validFrom: string;
    readonly validTo: string | null;
  }[];
  /** Channels with a row of their own, which a change for all channels does not touch. */
  readonly ownRows: readonly string[];
  /** Of a calendar, until it is decided: which open promises would move from when to when. */
  readonly calendar: CalendarPreview | null;
  /** Of a list of restricted persons: how it differs from the version that it takes the place of. */
  readonly restrictedList: RestrictedListPreview | null;
}

interface Row {
  readonly change_id: string;
  readonly kind: TermKind;
  readonly code: string;
  readonly part: string;
  readonly old_values: TermValues;
  readonly new_values: TermValues;
  readonly effective_on: BusinessDate;
  readonly reason: string;
  readonly risk: string;
  readonly revision: number;
  readonly state: string;
  readonly made_by: string;
  readonly made_for: string | null;
  readonly made_role: string;
  readonly made_at: string;
  readonly approved_by: string | null;
  readonly approval_day: BusinessDate;
}

const CHANGES = `select change_id::text, kind, code, part, old_values, new_values, effective_on::text, reason, risk, revision, state,
    made_by, made_for, made_role, made_at, approved_by,
    greatest(effective_on - 1, (business_now() at time zone 'Asia/Shanghai')::date)::text as approval_day
  from parameter_changes`;

/** @throws BusinessError NOT_FOUND */
export const readParameterChange =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async ({ changeId }: { readonly changeId: string }): Promise<ParameterChange> => {
    const change = await inTransaction(pool, (sql) => parameterChangeIn(sql, changeId));
    if (change.kind !== 'calendar' || change.state !== 'awaiting approval') return change;
    const { code, newValues: values, reason } = change;
    const calendar = await previewOfCalendar(pool, { code, values, reason });
    return { ...change, preview: { ...change.preview, calendar } };
  };

/** @throws BusinessError CALENDAR_OUT_OF_RANGE where an open promise would have no answer any more */
export const previewOfCalendar = async (
  pool: Pool,
  { code, ...changed }: { readonly code: string; readonly values: TermValues; readonly reason: string },
): Promise<CalendarPreview> =>
  previewCalendar({ pool }, await calendarWith(pool, code, { ...changed, source: 'preview' }));

/** Without what only the calendars of now can say. @throws BusinessError NOT_FOUND */
export async function parameterChangeIn(sql: Sql, changeId: string): Promise<ParameterChange> {
  const { rows } = await sql.query<Row>(`${CHANGES} where change_id = $1`, [changeId]);
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '参数变更 parameter change', key: changeId });
  return changeOf(row, await previewOf(sql, row));
}

/** As its process is told it: the reason, which somebody typed, by reference. */
export const readParameterChangeByReference =
  (deps: Pick<Dependencies, 'pool'>) =>
  async ({ changeId }: { readonly changeId: string }): Promise<ParameterChange> => {
    const change = await readParameterChange(deps)({ changeId });
    return { ...change, reason: await byReference(deps.pool, `parameter-change:${changeId}`, 'reason', change.reason) };
  };

/** A page of changes, newest first, each without its preview. */
export async function listParameterChanges(
  pool: Pool,
  asked: { readonly before: string; readonly limit: number; readonly state: string | undefined },
): Promise<readonly Omit<ParameterChange, 'preview'>[]> {
  const { rows } = await pool.query<Row>(
    `${CHANGES} where change_id < $1 and ($3::text is null or state = $3) order by parameter_changes.change_id desc limit $2`,
    [asked.before, asked.limit, asked.state ?? null],
  );
  return rows.map((row) => changeOf(row, undefined));
}

function changeOf<Preview extends ChangePreview | undefined>(row: Row, preview: Preview) {
  return {
    changeId: row.change_id,
    kind: row.kind,
    code: row.code,
    part: row.part,
    oldValues: row.old_values,
    newValues: row.new_values,
    effectiveOn: row.effective_on,
    // A calendar answers anew from its approval on; until its day came, no other correction of it could be asked for.
    effectiveAt: row.kind === 'calendar' ? row.made_at : shanghaiInstant(row.effective_on, '00:00'),
    approvalDay: row.approval_day,
    reason: row.reason,
    risk: row.risk,
    revision: row.revision,
    state: row.state,
    madeBy: row.made_by,
    ...(row.made_for === null ? {} : { madeFor: row.made_for }),
    madeRole: row.made_role,
    madeAt: row.made_at,
    approvedBy: row.approved_by,
    preview,
  };
}

async function previewOf(
  sql: Sql,
  { kind, code, part, effective_on: from, old_values: before, new_values: asked }: Row,
): Promise<ChangePreview> {
  const { rows } = await sql.query<{
    process_type: string;
    read_by_zh: string;
    read_by_en: string;
    running: readonly string[];
    first_new: BusinessDate;
    own_rows: readonly string[];
  }>(
    `with touched as (
       select key as business_key, substring(key from '\\d{4}-\\d{2}-\\d{2}$')::date as day
         from processes p join changeable_terms u on u.kind = $1 and u.code = $2 and p.type = u.process_type, business_key_of(p.workflow_id) key
        where not p.closed and substring(key from '\\d{4}-\\d{2}-\\d{2}$')::date >= $3 and starts_with(key, $4))
     select u.process_type, u.read_by_zh, u.read_by_en,
            array(select business_key from touched order by day, business_key) as running,
            greatest($3::date, (select max(day) + 1 from touched))::text as first_new,
            array(select distinct channel from parameters where $1 = 'parameter' and $4 = '' and code = $2 and channel <> ''
                   and (valid_to is null or $3 < valid_to) order by channel) as own_rows
       from changeable_terms u
      where u.kind = $1 and u.code = $2 order by u.valid_from desc limit 1`,
    [kind, code, from, part],
  );
  const [use] = rows;
  if (use === undefined) throw new BusinessError('TERM_NOT_READ', { code });
  return {
    readBy: { zh: use.read_by_zh, en: use.read_by_en },
    process: use.process_type,
    runningDays: use.running,
    firstNewDay: use.first_new,
    rows: (await termRows(sql, { kind, code, part }, Object.keys(asked))).map(({ values, validFrom, validTo }) => ({
      values,
      validFrom,
      validTo,
    })),
    ownRows: use.own_rows,
    calendar: null,
    restrictedList: kind === 'restricted_list' ? await previewOfRestrictedList(sql, asked, before) : null,
  };
}
