/** The texts that a request has to be signed with: those in force today that compliance approved (A1 §10, A4 §12). */
import type { ClientBase } from 'pg';
import type { PermissionRequest } from './request-row';

type Sql = Pick<ClientBase, 'query'>;

export interface AgreementText {
  readonly agreement: string;
  readonly version: string;
  readonly sha256: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly textZh: string;
  readonly textEn: string;
}

/** In the order in which they are shown. @throws Error where one has no approved text in force: nobody can sign before it has */
export async function currentAgreements(sql: Sql, request: PermissionRequest): Promise<readonly AgreementText[]> {
  const { rows } = await sql.query<AgreementText>(
    `select a.agreement, a.version, a.sha256, a.title_zh as "titleZh", a.title_en as "titleEn", a.text_zh as "textZh", a.text_en as "textEn"
       from unnest($1::text[]) with ordinality as wanted (agreement, place) join agreement_texts a using (agreement)
      where a.approved_on <= $2 and a.valid_from <= $2 and (a.valid_to is null or $2 < a.valid_to) order by wanted.place`,
    [request.terms.agreements, request.today],
  );
  if (rows.length !== request.terms.agreements.length) {
    throw new Error(
      `of ${request.terms.agreements.join(', ')} only ${rows.length} have an approved text on ${request.today}`,
    );
  }
  return rows;
}

/** Those whose version in force is not signed in this request. */
export async function unsignedAgreements(sql: Sql, request: PermissionRequest): Promise<readonly AgreementText[]> {
  const current = await currentAgreements(sql, request);
  const { rows } = await sql.query<{ agreement: string; version: string }>(
    'select agreement, version from agreement_signatures where request_no = $1',
    [request.requestNo],
  );
  return current.filter(
    ({ agreement, version }) => !rows.some((signed) => signed.agreement === agreement && signed.version === version),
  );
}
