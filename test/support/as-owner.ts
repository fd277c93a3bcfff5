/** What only the owner of the tables may change, for a test that says what a release or a migration would have changed. */
import { Client } from 'pg';

/** @param statements as one text, which may hold several where there are no values */
export async function asOwner(ownerUrl: string, statements: string, values?: readonly unknown[]): Promise<void> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await (values === undefined ? owner.query(statements) : owner.query(statements, [...values]));
  } finally {
    await owner.end();
  }
}

/** The list of working days ends with this day. */
export const knownTo = (ownerUrl: string, day: string): Promise<void> =>
  asOwner(ownerUrl, `update calendar_versions set known_to = $1 where calendar = 'CIVIL'`, [day]);
