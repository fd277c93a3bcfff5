/** What a kind of permission asks for at the counter of a branch. */
import type { ClientBase } from 'pg';
import { BusinessError } from '../../domain/errors';
import type { CounterTermsReference } from '../../prisma/permission-reference';

export type CounterTerms = Pick<
  CounterTermsReference,
  'closingDocuments' | 'holdingsDocument' | 'closingDays' | 'institutionDocuments' | 'scanTypes' | 'scanBytesAtMost'
>;

/** @throws BusinessError PERMISSION_UNKNOWN where the kind has none on the day */
export async function loadCounterTerms(
  sql: Pick<ClientBase, 'query'>,
  permission: string,
  date: string,
): Promise<CounterTerms> {
  const { rows } = await sql.query<CounterTerms>(
    `select closing_documents as "closingDocuments", holdings_document as "holdingsDocument", closing_days as "closingDays",
            institution_documents as "institutionDocuments", scan_types as "scanTypes",
            scan_bytes_at_most as "scanBytesAtMost"
       from permission_counter_terms where permission = $1 and valid_from <= $2 and (valid_to is null or $2 < valid_to)`,
    [permission, date],
  );
  const [terms] = rows;
  if (terms === undefined) throw new BusinessError('PERMISSION_UNKNOWN', { permission, date });
  return terms;
}
