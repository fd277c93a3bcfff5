/**
 * Loads the test people of a rehearsal: one a role and enough for makers and checkers of both sides. Their grants obey
 * the rules of real ones: asked for by the department, granted by operations, approved by compliance, three hands (A1 §15).
 * Safe to repeat: who is there stays.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Pool, PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { parseBusinessDate } from '../../domain/calendar/business-date';
import { conflictsBroughtBy, type HeldRole, type RoleConflict } from '../../domain/people/role-conflicts';
import { isRole } from '../../domain/people/roles';
import { readReference, REFERENCE_FOLDER } from '../../prisma/reference';
import { inTransaction } from '../database/transaction';

interface PersonRow {
  readonly person: string;
  readonly subject: string;
  readonly department: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly role: string;
  readonly side: string;
  readonly branch: string;
  readonly mark: string;
  /** First account of the same human, where this is another one. */
  readonly natural_person: string;
}

/** Rehearsed days may lie as far back as the business itself. */
const GRANTED_FROM = parseBusinessDate('2014-11-17');

/** @throws BusinessError NOT_A_REHEARSAL on a production book; RangeError for a file that breaks the rules of grants */
export async function loadRehearsalPeople(pool: Pool, folder: string = REFERENCE_FOLDER): Promise<void> {
  const rows: PersonRow[] = parse(readFileSync(join(folder, 'rehearsal-people.csv')), { columns: true, bom: true });
  requireNoConflicts(rows, readReference().roleConflicts);
  await inTransaction(pool, async (sql) => {
    const { rows: clocks } = await sql.query<{ book_kind: string }>('select book_kind from business_clock');
    if (clocks[0]?.book_kind === 'production') throw new BusinessError('NOT_A_REHEARSAL');
    for (const row of rows) await loadPerson(sql, row, handsFor(row, rows));
  });
}

async function loadPerson(sql: PoolClient, row: PersonRow, hands: Hands): Promise<void> {
  await sql.query(
    `insert into people (person, subject, department, natural_person) values ($1, $2, $3, nullif($4, ''))
     on conflict (person) do nothing`,
    [row.person, row.subject, row.department, row.natural_person],
  );
  await sql.query(
    'insert into person_names (person, name_zh, name_en) values ($1, $2, $3) on conflict (person) do nothing',
    [row.person, row.name_zh, row.name_en],
  );
  await sql.query(
    `insert into contact_addresses (recipient_ref, kind, address) values ('person:' || $1, 'email', $1 || '@rehearsal.example')
     on conflict (recipient_ref, kind) do nothing`,
    [row.person],
  );
  await sql.query(
    `insert into grants (person, role, side, branch, mark, valid_from, requested_by, granted_by, approved_by)
     select $1, $2, nullif($3, ''), nullif($4, ''), nullif($5, ''), $6, $7, $8, $9
      where not exists (select from grants where person = $1 and role = $2)`,
    [
      row.person,
      row.role,
      row.side,
      row.branch,
      row.mark,
      GRANTED_FROM,
      hands.requestedBy,
      hands.grantedBy,
      hands.approvedBy,
    ],
  );
}

interface Hands {
  readonly requestedBy: string;
  readonly grantedBy: string;
  readonly approvedBy: string;
}

/** The department asks, operations grants, compliance approves; three hands, and nobody's own (A1 §15). */
function handsFor(row: PersonRow, rows: readonly PersonRow[]): Hands {
  const humanOf = ({ person, natural_person: first }: PersonRow) => (first === '' ? person : first);
  const taken = [humanOf(row)];
  const handOf = (...choices: ((candidate: PersonRow) => boolean)[]): string => {
    const free = rows.filter((one) => !taken.includes(humanOf(one)));
    const found = choices.map((fits) => free.find(fits)).find((one) => one !== undefined);
    if (found === undefined) throw new RangeError(`nobody is left to grant ${row.role} to ${row.person}`);
    taken.push(humanOf(found));
    return found.person;
  };
  const marked = ({ mark }: PersonRow) => mark !== '';
  const ofOperations = ({ role }: PersonRow) => role === 'operations';
  return {
    requestedBy: handOf(
      (one) => one.department === row.department && marked(one),
      (one) => ofOperations(one) && one.mark === 'head',
      (one) => ofOperations(one) && marked(one),
    ),
    grantedBy: handOf((one) => ofOperations(one) && marked(one), ofOperations),
    approvedBy: handOf(({ role }) => role === 'compliance'),
  };
}

function requireNoConflicts(rows: readonly PersonRow[], conflicts: readonly RoleConflict[]): void {
  const heldBy = new Map<string, HeldRole[]>();
  for (const { person, natural_person: first, role, side, mark } of rows) {
    if (!isRole(role)) throw new RangeError(`rehearsal-people.csv: ${person} is given the unknown role ${role}`);
    const human = first === '' ? person : first;
    const held = heldBy.get(human) ?? [];
    const asked: HeldRole = {
      role,
      side: side === 'client' || side === 'proprietary' ? side : null,
      mark: mark === 'head' || mark === 'deputy' ? mark : null,
      inChargeOf: [],
    };
    const [conflict] = conflictsBroughtBy(asked, held, conflicts, GRANTED_FROM);
    if (conflict !== undefined) {
      throw new RangeError(`rehearsal-people.csv: ${person} would join ${conflict.one} and ${conflict.other}`);
    }
    heldBy.set(human, [...held, asked]);
  }
}
