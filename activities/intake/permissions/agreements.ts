/** Step 4: the agreements are shown with version and digest, and signed; what was revised in between is shown again (A4 §12, A1 §10). */
import type { Pool, PoolClient } from 'pg';
import { BusinessError, SeveralRefusals } from '../../../domain/errors';
import { stepAfter } from '../../../domain/permissions/opening-steps';
import { actOnRequest, requireStep, type Act } from '../../permissions/act-on-request';
import { currentAgreements, type AgreementText } from '../../permissions/current-agreements';
import type { PermissionRequest } from '../../permissions/request-row';

/**
 * Shows the texts in force and keeps that they were shown.
 * @throws BusinessError NOT_FOUND, STEP_NOT_OPEN, REQUEST_ENDED, REQUEST_LAPSED
 */
export const showAgreements = (pool: Pool, act: Act): Promise<readonly AgreementText[]> =>
  actOnRequest(pool, act, 'show agreements', async (sql, request) => {
    requireStep(request, 'agreements');
    const texts = await currentAgreements(sql, request);
    for (const { agreement, version } of texts) {
      await sql.query('insert into agreement_showings (request_no, agreement, version) values ($1, $2, $3)', [
        request.requestNo,
        agreement,
        version,
      ]);
    }
    return { answer: texts, detail: { shown: texts.map(nameOf) } };
  });

export interface Signed {
  readonly agreement: string;
  readonly version: string;
  readonly sha256: string;
}

/**
 * Signs all agreements at once; nothing is signed where one of them cannot be.
 * @throws BusinessError NOT_FOUND, STEP_NOT_OPEN, REQUEST_ENDED, REQUEST_LAPSED, AGREEMENT_NOT_ASKED, AGREEMENT_NOT_SHOWN,
 *   AGREEMENT_REVISED, AGREEMENT_DIGEST_DIFFERS, AGREEMENT_NOT_SIGNED
 */
export const signAgreements = (
  pool: Pool,
  act: Act & { readonly signed: readonly Signed[] },
): Promise<{ readonly step: string }> =>
  actOnRequest(pool, act, 'sign agreements', async (sql, request) => {
    requireStep(request, 'agreements');
    const current = await currentAgreements(sql, request);
    const [first, ...others] = faultsOf(act.signed, current, await shownIn(sql, request));
    if (first !== undefined) throw new SeveralRefusals([first, ...others]);
    for (const { agreement, version, sha256 } of act.signed) {
      await sql.query(
        `insert into agreement_signatures (request_no, agreement, version, sha256, by, channel) values ($1, $2, $3, $4, $5, $6)
         on conflict (request_no, agreement, version) do nothing`,
        [request.requestNo, agreement, version, sha256, act.by, act.channel ?? 'unknown'],
      );
    }
    const step = stepAfter('agreements');
    return { answer: { step }, detail: { signed: act.signed.map(nameOf) }, next: { step } };
  });

const nameOf = ({ agreement, version }: Pick<Signed, 'agreement' | 'version'>): string => `${agreement} ${version}`;

function faultsOf(
  signed: readonly Signed[],
  current: readonly AgreementText[],
  shown: ReadonlySet<string>,
): readonly BusinessError[] {
  const faults = signed.flatMap((one, nth) => {
    const field = `signatures.${nth}`;
    const { agreement, version } = one;
    const text = current.find((known) => known.agreement === agreement);
    if (text === undefined) return [new BusinessError('AGREEMENT_NOT_ASKED', { agreement, field })];
    if (text.version !== version) {
      return [new BusinessError('AGREEMENT_REVISED', { agreement, shown: version, current: text.version, field })];
    }
    return [
      !shown.has(nameOf(one)) && new BusinessError('AGREEMENT_NOT_SHOWN', { agreement, version, field }),
      text.sha256 !== one.sha256 && new BusinessError('AGREEMENT_DIGEST_DIFFERS', { agreement, field }),
    ].filter((fault) => fault !== false);
  });
  const missing = current
    .filter(({ agreement }) => !signed.some((one) => one.agreement === agreement))
    .map(
      ({ agreement, version }) =>
        new BusinessError('AGREEMENT_NOT_SIGNED', { agreement, version, field: 'signatures' }),
    );
  return [...faults, ...missing];
}

async function shownIn(sql: PoolClient, { requestNo }: PermissionRequest): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<Pick<Signed, 'agreement' | 'version'>>(
    'select distinct agreement, version from agreement_showings where request_no = $1',
    [requestNo],
  );
  return new Set(rows.map(nameOf));
}
