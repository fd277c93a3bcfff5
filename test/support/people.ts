/** People of a test with their grants, in force since the business began. */
import type { Pool } from 'pg';

export interface TestPerson {
  readonly person: string;
  readonly role: string;
  readonly side?: 'client' | 'proprietary';
  readonly mark?: 'deputy' | 'head';
  /** First account of the same human. */
  readonly naturalPerson?: string;
}

export async function enterPeople(pool: Pool, people: readonly TestPerson[]): Promise<void> {
  for (const { person, role, side, mark, naturalPerson } of people) {
    await pool.query(
      `insert into people (person, subject, department, natural_person) values ($1, 'rehearsal|' || $1, $2, $3)
       on conflict (person) do nothing`,
      [person, role, naturalPerson ?? null],
    );
    await pool.query(
      `insert into grants (person, role, side, mark, valid_from, requested_by, granted_by, approved_by)
       values ($1, $2, $3, $4, '2014-11-17', 'asker', 'granter', 'approver')`,
      [person, role, side ?? null, mark ?? null],
    );
  }
}
