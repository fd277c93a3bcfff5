/** A version of an event and the options that it offers, as rows. */
import type { PoolClient } from 'pg';
import type { TermDifference } from '../../domain/corporate-actions/event-changes';
import type { EventChange, EventTerms } from '../../domain/corporate-actions/event-notice';
import { optionsOf } from '../../domain/corporate-actions/election-options';
import type { EventKind } from '../../domain/corporate-actions/served-kinds';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { recordStep } from './event-row';
import { findBreak } from './find-break';
import type { Told } from './read-notices';

export async function writeVersion(
  sql: PoolClient,
  given: {
    readonly eventId: string;
    readonly version: number;
    readonly change: EventChange;
    readonly terms: EventTerms;
    readonly differences: readonly TermDifference[];
    readonly touches: boolean;
    readonly isTaken: boolean;
    /** Why it does not fit, and what else people have to look at. */
    readonly contradictions: readonly (string | undefined)[];
    readonly told: Told;
  },
): Promise<void> {
  const { eventId, version, change: kind, told } = given;
  const contradiction = given.contradictions.filter((one) => one !== undefined).join('; ');
  const { file, notice } = told;
  await sql.query(
    `insert into corporate_action_versions (event_id, version, change, channel, business_date, file_id, row_nos, terms, differences,
                                            touches_elections, contradiction, is_taken, kind, code)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      eventId,
      version,
      kind,
      file.channel,
      file.businessDate,
      file.fileId,
      notice.rowNos,
      JSON.stringify(given.terms),
      JSON.stringify(given.differences),
      given.touches,
      contradiction === '' ? null : contradiction,
      given.isTaken,
      notice.kind,
      notice.code,
    ],
  );
  await recordStep(sql, {
    eventId,
    act: `notice ${kind}`,
    key: `version ${version}`,
    detail: { version, differences: given.differences, isTaken: given.isTaken },
    by: SYSTEM_ACTOR,
  });
  if (contradiction !== '')
    await findBreak(sql, {
      eventId,
      kind: 'contradiction',
      key: `version ${version}`,
      facts: { version, change: kind, contradiction },
    });
}

/** Options that the newest version no longer has are kept, with the version with which they went. */
export async function writeOptions(
  sql: PoolClient,
  given: {
    readonly eventId: string;
    readonly version: number;
    readonly kind: EventKind;
    readonly terms: EventTerms;
    readonly isElective: boolean;
  },
): Promise<void> {
  const { eventId, version } = given;
  const options = given.isElective ? optionsOf(given.kind, given.terms) : [];
  for (const [place, one] of options.entries()) {
    await sql.query(
      `insert into corporate_action_options (event_id, ballot, option, place, name_zh, name_en, filed_as, is_default, from_version)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict (event_id, ballot, option) do update set gone_version = null`,
      [eventId, one.ballot, one.option, place + 1, one.zh, one.en, one.filedAs ?? null, one.isDefault, version],
    );
  }
  await sql.query(
    `update corporate_action_options set gone_version = $2
      where event_id = $1 and gone_version is null and not (ballot || ':' || option = any($3))`,
    [eventId, version, options.map(({ ballot, option }) => `${ballot}:${option}`)],
  );
}

export async function nextVersion(sql: PoolClient, eventId: string): Promise<number> {
  const { rows } = await sql.query<{ next: number }>(
    'select max(version) + 1 as next from corporate_action_versions where event_id = $1',
    [eventId],
  );
  return rows[0]?.next ?? 1;
}
