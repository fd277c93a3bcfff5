/**
 * A calendar is corrected: its next version is loaded, every open promise that rests on it is computed anew, the
 * processes of those that moved are told, and so is whoever has money due on a day that moved; dates of corporate actions are computed anew - all
 * in one transaction.
 * A promise that the corrected calendar cannot answer refuses the whole version.
 */
import type { PoolClient } from 'pg';
import { withoutTrace } from '../../prisma/pool';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { changesOf, writeChanges, type DeadlineChange } from '../deadlines/change-deadline';
import { DEADLINE_COLUMNS, type DeadlineRow } from '../deadlines/deadline-row';
import { followCalendar } from '../corporate-actions/follow-calendar';
import type { Dependencies } from '../dependencies';
import { holdCalendars, shareCalendars } from './calendar-lock';
import { addCalendarVersion, type CalendarContent } from './calendar-versions';
import { dueDatesAhead, tellCorrected } from './corrected-due-dates';

/** Promises that are computed and written at once. */
const PAGE = 1_000;

export interface CorrectCalendar extends CalendarContent {
  /** Who decided it, and why. */
  readonly by: string;
  readonly reason: string;
}

export interface CorrectedCalendar {
  readonly version: number;
  /** Open promises that rest on the calendar, and those of them whose instants moved. */
  readonly open: number;
  readonly moved: number;
}

/** What a correction would move, the first hundred of it line by line. */
export interface CalendarPreview extends CorrectedCalendar {
  readonly lines: readonly {
    readonly businessKey: string;
    readonly workflowId: string;
    readonly dueBefore: string;
    readonly dueAfter: string;
  }[];
}

const PREVIEW_LINES = 100;

/**
 * The correction within the transaction of its reason, an approval. Safe to repeat: content that is in force already adds no version
 * and moves nothing.
 * @throws BusinessError INPUT_INVALID with every defect of the days; CALENDAR_OUT_OF_RANGE where an open promise would have no
 *         answer any more
 */
export async function loadCalendarVersion(sql: PoolClient, given: CorrectCalendar): Promise<CorrectedCalendar> {
  requireCalendarDays(given);
  // Two at once would both count from the same newest version, and a promise that is being computed would miss this one.
  await holdCalendars(sql);
  const dueBefore = await dueDatesAhead(sql, given.calendar);
  const { version, isNew } = await addCalendarVersion(sql, given);
  if (!isNew) return { version, open: 0, moved: 0 };
  let open = 0;
  let moved = 0;
  for await (const page of pagesOfMoved(sql, given.calendar, 'for update')) {
    open += page.open;
    moved += page.changes.length;
    await writeChanges(sql, page.changes, { cause: 'calendar corrected', by: given.by });
  }
  // The first one is part of making the book. One row for all promises: each keeps its own in deadline_changes.
  if (version === 1) return { version, open, moved };
  await followCalendar(sql, given.calendar);
  await tellCorrected(sql, { calendar: given.calendar, version }, dueBefore);
  await recordAudit(sql, {
    actor: given.by,
    action: 'correct calendar',
    outcome: 'done',
    objectType: 'calendar',
    objectId: given.calendar,
    reason: given.reason,
    after: { version, open, moved },
  });
  return { version, open, moved };
}

/** What the correction would move. Nothing stays of it. */
export async function previewCalendar(
  { pool }: Pick<Dependencies, 'pool'>,
  given: CalendarContent,
): Promise<CalendarPreview> {
  requireCalendarDays(given);
  return withoutTrace(pool, 'begin', async (sql) => {
    // Shared: promises are given while somebody looks. Taken first, because a correction would wait for the version written below.
    await shareCalendars(sql);
    const { version } = await addCalendarVersion(sql, given);
    let open = 0;
    let moved = 0;
    const lines: DeadlineChange[] = [];
    for await (const page of pagesOfMoved(sql, given.calendar, '')) {
      open += page.open;
      moved += page.changes.length;
      lines.push(...page.changes.slice(0, PREVIEW_LINES - lines.length));
    }
    return {
      version,
      open,
      moved,
      lines: lines.map(({ before, after }) => ({
        businessKey: before.businessKey,
        workflowId: before.workflowId,
        dueBefore: before.dueAt,
        dueAfter: after.dueAt,
      })),
    };
  });
}

/** Open promises that rest on the calendar, page by page in the order of their keys, with those that move. */
async function* pagesOfMoved(sql: PoolClient, calendar: string, lock: 'for update' | '') {
  for (let after = '0'; ;) {
    const { rows } = await sql.query<DeadlineRow>(
      `select ${DEADLINE_COLUMNS} from deadlines d
        where d.deadline_id > $1 and d.ended_at is null and ', ' || d.calendar_version like '%, ' || $2 || ' %'
        order by d.deadline_id limit $3 ${lock}`,
      [after, calendar, PAGE],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield { open: rows.length, changes: await changesOf(sql, rows) };
    after = last.deadlineId;
  }
}

function requireCalendarDays({ calendar, knownFrom, knownTo, days }: CalendarContent): void {
  const defects: string[] = [];
  if (knownFrom > knownTo) defects.push(`${knownFrom} - ${knownTo} is no range`);
  const seen = new Set<string>();
  for (const { date, kind } of days) {
    if (date < knownFrom || date > knownTo) defects.push(`${date} lies outside ${knownFrom} - ${knownTo}`);
    if (kind === 'HALF' && calendar === 'CIVIL') defects.push(`${date}: people work whole days`);
    if (seen.has(date)) defects.push(`${date} stands twice`);
    seen.add(date);
  }
  if (defects.length > 0) throw new BusinessError('INPUT_INVALID', { field: 'days', reason: defects.join('; ') });
}
