/**
 * Loads the reviewed reference data into a book: fees, tiers, margin models, parameters, ladders, roles, calendars.
 * Safe to repeat: what is there stays; a calendar that changed becomes the next version.
 */
import type { Pool, PoolClient } from 'pg';
import { addDays } from '../../domain/calendar/business-date';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { readReference, type CalendarReference, type ReferenceRows } from '../../prisma/reference';
import { holdCalendars } from '../calendar/calendar-lock';
import type { CalendarDay } from '../calendar/calendar-versions';
import { loadCalendarVersion } from '../calendar/correct-calendar';
import { inTransaction } from '../database/transaction';
import { withDecidedDays } from '../terms/calendar-term';
import { loadApprovalTerms } from './load-approval-terms';
import { readCallbackReference } from '../../prisma/callback-reference';
import { readPermissionReference } from '../../prisma/permission-reference';
import { loadCallbacks } from './load-callbacks';
import { loadMessages } from './load-messages';
import { requireBuiltValues } from './built-values';
import { loadPermissionTypes } from './load-permission-types';
import { loadRatingTerms } from './load-rating-terms';

export async function loadReference(pool: Pool, folder?: string): Promise<void> {
  const reference = readReference(folder);
  requireBuiltValues(reference.parameters);
  await inTransaction(pool, async (sql) => {
    await loadRates(sql, reference);
    await loadDatedTerms(sql, reference);
    await loadFigureRules(sql, reference.figureRules);
    await loadRatingTerms(sql, reference);
    await loadRoles(sql, reference);
    await loadMessages(sql, reference);
    await loadApprovalTerms(sql, reference);
    await loadCallbacks(sql, readCallbackReference(folder));
    await loadPermissionTypes(sql, readPermissionReference(folder));
    await loadCalendars(sql, reference.calendars);
  });
}

async function loadDatedTerms(sql: PoolClient, { parameters, ladders, servedKinds }: ReferenceRows): Promise<void> {
  for (const row of servedKinds) {
    await sql.query(
      `insert into served_event_kinds (kind, is_served, name_zh, name_en, valid_from, valid_to, source)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (kind, valid_from) do nothing`,
      [row.kind, row.isServed, row.nameZh, row.nameEn, row.validFrom, row.validTo, row.source],
    );
  }
  for (const row of parameters) {
    await sql.query(
      `insert into parameters (code, channel, value, unit, valid_from, valid_to, source)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (code, channel, valid_from) do nothing`,
      [row.code, row.channel, row.value, row.unit, row.validFrom, row.validTo, row.source],
    );
  }
  for (const row of ladders) {
    const audience = row.audienceRoles
      .map((role) => (row.audienceMark === '' ? role : `${role} ${row.audienceMark}`))
      .join(',');
    await sql.query(
      `insert into ladder_terms (ladder, rung, at_time, audience, severity, condition, action_zh, action_en, valid_from, valid_to, source)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (ladder, rung, valid_from) do nothing`,
      [
        row.ladder,
        row.rung,
        row.clockTime,
        audience,
        row.severity,
        row.condition,
        row.actionZh,
        row.actionEn,
        row.validFrom,
        row.validTo,
        row.source,
      ],
    );
  }
}

async function loadRates(sql: PoolClient, { feeRates, portfolioFeeTiers, marginModels }: ReferenceRows): Promise<void> {
  for (const row of feeRates) {
    await sql.query(
      `insert into fee_rates (code, rate, flat_hkd, minimum_hkd, maximum_hkd, rounding, valid_from, valid_to, source)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (code, valid_from) do nothing`,
      [
        row.code,
        row.rate,
        row.flatHkd,
        row.minimumHkd,
        row.maximumHkd,
        row.rounding,
        row.validFrom,
        row.validTo,
        row.source,
      ],
    );
  }
  for (const row of portfolioFeeTiers) {
    await sql.query(
      `insert into portfolio_fee_tiers (above_hkd, up_to_hkd, rate_per_year, valid_from, valid_to, source)
       values ($1, $2, $3, $4, $5, $6) on conflict (above_hkd, valid_from) do nothing`,
      [row.aboveHkd, row.upToHkd, row.ratePerYear, row.validFrom, row.validTo, row.source],
    );
  }
  for (const row of marginModels) {
    await sql.query(
      `insert into margin_models (model, rate, multiplier, valid_from, valid_to, source)
       values ($1, $2, $3, $4, $5, $6) on conflict (valid_from) do nothing`,
      [row.model, row.rate, row.multiplier, row.validFrom, row.validTo, row.source],
    );
  }
}

async function loadFigureRules(sql: PoolClient, rows: ReferenceRows['figureRules']): Promise<void> {
  for (const row of rows) {
    await sql.query(
      `insert into figure_rules (figure, version, articles, formula_zh, formula_en, reads, valid_from, valid_to, source)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (figure, version) do nothing`,
      [
        row.figure,
        row.version,
        row.articles,
        row.formulaZh,
        row.formulaEn,
        row.reads,
        row.validFrom,
        row.validTo,
        row.source,
      ],
    );
  }
}

async function loadRoles(sql: PoolClient, { roles, roleConflicts }: ReferenceRows): Promise<void> {
  for (const row of roles) {
    await sql.query(
      'insert into roles (role, name_zh, name_en, office) values ($1, $2, $3, $4) on conflict (role) do nothing',
      [row.code, row.nameZh, row.doesEn, row.office],
    );
  }
  for (const row of roleConflicts) {
    await sql.query(
      `insert into role_conflicts (one, other, rule, code, restriction, reason_zh, reason_en, valid_from, valid_to, source)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (one, other, valid_from) do nothing`,
      [
        row.one,
        row.other,
        row.rule,
        row.code,
        row.restriction,
        row.reasonZh,
        row.reasonEn,
        row.validFrom,
        row.validTo,
        row.source,
      ],
    );
  }
}

/**
 * A calendar that changed becomes its next version, and open promises that rest on it are computed anew. Days that people decided about
 * stay as they were decided.
 */
async function loadCalendars(sql: PoolClient, rows: readonly CalendarReference[]): Promise<void> {
  // Before the decided days are read: what is approved while the files are loaded would be undone by them.
  await holdCalendars(sql);
  for (const known of rows.filter(({ kind }) => kind === 'KNOWN')) {
    const { source } = known;
    const filed = {
      calendar: known.code,
      knownFrom: known.validFrom,
      knownTo: addDays(known.validTo, -1),
      days: rows.filter(({ code, kind }) => code === known.code && kind !== 'KNOWN').flatMap(daysOf),
      source,
    };
    await loadCalendarVersion(sql, { ...(await withDecidedDays(sql, filed)), by: SYSTEM_ACTOR, reason: source });
  }
}

function daysOf(row: CalendarReference): CalendarDay[] {
  const days: CalendarDay[] = [];
  const { kind, source } = row;
  if (kind === 'KNOWN') return days;
  for (let date = row.validFrom; date < row.validTo; date = addDays(date, 1)) {
    days.push({ date, kind, reason: `${row.reasonZh} ${row.reasonEn}`, source });
  }
  return days;
}
