/** Versions of the list of restricted persons: kept as they are imported, in force from their day on once they are approved. */
import type { BusinessDate } from '../../domain/calendar/business-date';
import { BusinessError } from '../../domain/errors';
import type { RestrictedPerson } from '../../domain/permissions/restricted-list';
import type { TermValues } from '../../domain/terms/change-of-terms';
import { recordAudit } from '../audit/record-audit';
import type { Sql } from '../people/standing';
import type { SubjectEnd } from '../tasks/subject-kind';
import type { TermRow } from '../terms/term-row';

/** What a change of the list is called by; there is one list. */
export const RESTRICTED_PERSONS = 'RESTRICTED_PERSONS';
/** Before the first list nobody was restricted. */
const NO_LIST = { values: { version: '0' }, unit: '', validFrom: '2014-11-17' as BusinessDate, source: 'A2 §7' };

interface KeptList {
  readonly sha256: string;
  readonly persons: readonly RestrictedPerson[];
  readonly reason: string;
  readonly by: string;
  readonly requestKey: string;
}

/** Number of the version. Safe to repeat. @throws BusinessError IDEMPOTENCY_MISMATCH where the same request brought another file */
export async function keepRestrictedList(sql: Sql, list: KeptList): Promise<number> {
  const requestKey = `${list.by}:${list.requestKey}`;
  const { rows: known } = await sql.query<{ version: number; sha256: string }>(
    'select version, sha256 from restricted_lists where request_key = $1',
    [requestKey],
  );
  if (known[0] !== undefined) {
    if (known[0].sha256 !== list.sha256) throw new BusinessError('IDEMPOTENCY_MISMATCH');
    return known[0].version;
  }
  const { rows } = await sql.query<{ version: number }>(
    `insert into restricted_lists (version, sha256, row_count, source, reason, imported_by, request_key)
     select coalesce(max(version), 0) + 1, $1, $2, 'import', $3, $4, $5 from restricted_lists returning version`,
    [list.sha256, list.persons.length, list.reason, list.by, requestKey],
  );
  const version = rows[0]?.version ?? 0;
  await sql.query(
    `insert into restricted_identities (version, line_no, document_type, document_no, cause, listed_on)
     select $1, * from unnest($2::integer[], $3::text[], $4::text[], $5::text[], $6::date[])`,
    [
      version,
      list.persons.map(({ row }) => row),
      list.persons.map(({ documentType }) => documentType),
      list.persons.map(({ documentNo }) => documentNo),
      list.persons.map(({ cause }) => cause),
      list.persons.map(({ listedOn }) => listedOn),
    ],
  );
  await recordAudit(sql, {
    actor: list.by,
    action: 'import a list of restricted persons',
    outcome: 'done',
    objectType: 'restricted list',
    objectId: String(version),
    reason: list.reason,
    after: { version, sha256: list.sha256, persons: list.persons.length },
  });
  return version;
}

/** Which version was, is and will be in force when, oldest first. */
export async function restrictedListRows(sql: Sql): Promise<readonly TermRow[]> {
  const { rows } = await sql.query<{ version: number; source: string; valid_from: BusinessDate }>(
    `select distinct on (effective_from) version, source, effective_from::text as valid_from
       from restricted_lists where decision = 'approved' order by effective_from, version desc`,
  );
  const begun: readonly Omit<TermRow, 'validTo'>[] = [
    NO_LIST,
    ...rows.map(({ version, source, valid_from: validFrom }) => ({
      values: { version: String(version) },
      unit: '',
      validFrom,
      source,
    })),
  ];
  return begun.map((row, index) => ({ ...row, validTo: begun[index + 1]?.validFrom ?? null }));
}

/** Why a version may not be asked for: not one that waits for a decision, or the same file as the one that it would replace. */
export async function restrictedListRefusals(
  sql: Sql,
  { version = '' }: TermValues,
  before: TermValues | undefined,
  ownChange: string | undefined,
): Promise<readonly BusinessError[]> {
  const { rows } = await sql.query<{ is_same: boolean }>(
    `select exists (select from restricted_lists b where b.version::text = $2 and b.sha256 = l.sha256) as is_same
       from restricted_lists l
      where l.version::text = $1 and l.decision is null
        and not exists (select from parameter_changes c where c.kind = 'restricted_list' and c.new_values ->> 'version' = $1
                          and c.change_id::text is distinct from $3)`,
    [version, before?.['version'] ?? null, ownChange ?? null],
  );
  const [list] = rows;
  if (list === undefined)
    return [new BusinessError('INPUT_INVALID', { field: 'values.version', reason: 'the version that was imported' })];
  return list.is_same ? [new BusinessError('VALUE_UNCHANGED', { code: RESTRICTED_PERSONS, field: 'content' })] : [];
}

/** Decided with its change. What whoever asked took back stays undecided, and is in force never. */
export async function decideRestrictedList(
  sql: Sql,
  { version }: TermValues,
  effectiveOn: BusinessDate,
  { state, by, at }: SubjectEnd,
): Promise<void> {
  if (state !== 'approved' && state !== 'refused') return;
  await sql.query(
    `update restricted_lists set decision = $2, decided_by = $3, decided_at = $4, effective_from = $5 where version = $1`,
    [version, state, by, at, state === 'approved' ? effectiveOn : null],
  );
}

export interface RestrictedListPreview {
  readonly sha256: string;
  /** Persons who come, go and stay. */
  readonly added: number;
  readonly removed: number;
  readonly unchanged: number;
  /** Registered clients who will be restricted and were not, and the other way round: how many, and the first by their number. */
  readonly clientsAdded: number;
  readonly clientsRemoved: number;
  readonly firstAdded: readonly string[];
  readonly firstRemoved: readonly string[];
}

/** Most clients that a preview names on each side. */
const PREVIEW_CLIENTS = 100;

/** How a version differs from the one that it takes the place of; nobody is told but by client number. */
export async function previewOfRestrictedList(
  sql: Sql,
  after: TermValues,
  before: TermValues,
): Promise<RestrictedListPreview> {
  const { rows } = await sql.query<RestrictedListPreview>(
    `with was as (select document_type, document_no from restricted_identities where version::text = $2),
          will as (select document_type, document_no from restricted_identities where version::text = $1),
          added as (select * from will except select * from was),
          removed as (select * from was except select * from will),
          clients_added as (select distinct client_no from client_identities join added using (document_type, document_no)),
          clients_removed as (select distinct client_no from client_identities join removed using (document_type, document_no))
     select (select sha256 from restricted_lists where version::text = $1) as sha256,
            (select count(*)::integer from added) as added, (select count(*)::integer from removed) as removed,
            (select count(*)::integer from (select * from will intersect select * from was) s) as unchanged,
            (select count(*)::integer from clients_added) as "clientsAdded",
            (select count(*)::integer from clients_removed) as "clientsRemoved",
            array(select client_no from clients_added order by 1 limit $3) as "firstAdded",
            array(select client_no from clients_removed order by 1 limit $3) as "firstRemoved"`,
    [after['version'], before['version'], PREVIEW_CLIENTS],
  );
  const [preview] = rows;
  if (preview === undefined) throw new RangeError('a count has one row');
  return preview;
}
