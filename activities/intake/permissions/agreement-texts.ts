/** A new version of an agreement: written by one person, approved by compliance, in force from its day on; the one before ends there (A1 §10). */
import type { Pool, PoolClient } from 'pg';
import { BusinessError } from '../../../domain/errors';
import type { Words } from '../../../domain/messages/words';
import { recordAudit } from '../../audit/record-audit';
import { inTransaction } from '../../database/transaction';

interface ByPerson {
  readonly agreement: string;
  readonly version: string;
  readonly by: string;
  readonly role: string;
  readonly requestId?: string;
}

export interface WrittenText extends ByPerson {
  readonly title: Words;
  readonly text: Words;
  readonly validFrom: string;
}

/**
 * Keeps the text as a draft that nobody is shown; the same once more changes nothing.
 * @throws BusinessError AGREEMENT_VERSION_KNOWN with another text, title or day
 */
export const writeAgreementText = (pool: Pool, written: WrittenText): Promise<{ readonly sha256: string }> =>
  inTransaction(pool, async (sql) => {
    const { agreement, version, title, text, validFrom, by } = written;
    const { rows } = await sql.query<{ sha256: string }>(
      `insert into agreement_texts (agreement, version, title_zh, title_en, text_zh, text_en, sha256, valid_from, written_by, source)
       values ($1, $2, $3, $4, $5, $6, encode(sha256(convert_to($5 || e'\\n' || $6, 'UTF8')), 'hex'), $7, $8, 'API')
       on conflict (agreement, version) do nothing returning sha256`,
      [agreement, version, title.zh, title.en, text.zh, text.en, validFrom, by],
    );
    const [kept] = rows;
    if (kept === undefined) return { sha256: await sameText(sql, written) };
    await audit(sql, written, 'write agreement', { sha256: kept.sha256, validFrom });
    return kept;
  });

/** The same in all that was written; approval may have moved its day to a later one. */
async function sameText(sql: PoolClient, { agreement, version, title, text, validFrom }: WrittenText): Promise<string> {
  const { rows } = await sql.query<{ sha256: string }>(
    `select sha256 from agreement_texts
      where agreement = $1 and version = $2 and text_zh = $3 and text_en = $4 and title_zh = $5 and title_en = $6
        and (valid_from = $7 or (approved_on is not null and valid_from > $7))`,
    [agreement, version, text.zh, text.en, title.zh, title.en, validFrom],
  );
  const [same] = rows;
  if (same === undefined) throw new BusinessError('AGREEMENT_VERSION_KNOWN', { agreement, version });
  return same.sha256;
}

interface Draft {
  readonly sha256: string;
  readonly written_by: string;
  readonly approved_by: string | null;
  readonly valid_from: string;
}

/**
 * Approves the text that was seen, by its digest, whoever approved it before the same again; in force from its day, today at the earliest, until one that was approved for a later day.
 * @throws BusinessError NOT_FOUND, AGREEMENT_DIGEST_DIFFERS, SAME_PERSON, AGREEMENT_APPROVED_ALREADY, AGREEMENT_DAY_TAKEN
 */
export const approveAgreementText = (
  pool: Pool,
  approved: ByPerson & { readonly sha256: string },
): Promise<{ readonly validFrom: string }> =>
  inTransaction(pool, async (sql) => {
    const { agreement, version, by } = approved;
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`agreement:${agreement}`]);
    const draft = await draftOf(sql, approved);
    if (draft.sha256 !== approved.sha256)
      throw new BusinessError('AGREEMENT_DIGEST_DIFFERS', { agreement, field: 'sha256' });
    if (draft.approved_by === by) return { validFrom: draft.valid_from };
    if (draft.approved_by !== null) {
      throw new BusinessError('AGREEMENT_APPROVED_ALREADY', { agreement, version, person: draft.approved_by });
    }
    const { rows: same } = await sql.query('select where natural_person($1) = natural_person($2)', [
      draft.written_by,
      by,
    ]);
    if (same.length > 0) throw new BusinessError('SAME_PERSON');
    const { rows } = await sql.query<{ valid_from: string }>(
      `with clock as (select (business_now() at time zone 'Asia/Shanghai')::date as today)
       select greatest(valid_from, today) as valid_from from agreement_texts, clock where agreement = $1 and version = $2`,
      [agreement, version],
    );
    const validFrom = rows[0]?.valid_from ?? '';
    // Clients may have signed it since the morning: two texts of one day could not be told apart by the day.
    const { rows: taken } = await sql.query<{ version: string }>(
      'select version from agreement_texts where agreement = $1 and approved_on is not null and valid_from = $2',
      [agreement, validFrom],
    );
    if (taken[0] !== undefined)
      throw new BusinessError('AGREEMENT_DAY_TAKEN', { agreement, version: taken[0].version, date: validFrom });
    await sql.query(
      `update agreement_texts set valid_to = $2
        where agreement = $1 and approved_on is not null and valid_from < $2 and (valid_to is null or valid_to > $2)`,
      [agreement, validFrom],
    );
    await sql.query(
      `update agreement_texts set valid_from = $3, approved_by = $4, approved_on = (business_now() at time zone 'Asia/Shanghai')::date,
              valid_to = (select min(later.valid_from) from agreement_texts later
                           where later.agreement = $1 and later.approved_on is not null and later.valid_from > $3)
        where agreement = $1 and version = $2`,
      [agreement, version, validFrom, by],
    );
    await audit(sql, approved, 'approve agreement', { sha256: draft.sha256, validFrom });
    return { validFrom };
  });

async function draftOf(sql: PoolClient, { agreement, version }: ByPerson): Promise<Draft> {
  const { rows } = await sql.query<Draft>(
    'select sha256, written_by, approved_by, valid_from from agreement_texts where agreement = $1 and version = $2',
    [agreement, version],
  );
  const [draft] = rows;
  if (draft === undefined)
    throw new BusinessError('NOT_FOUND', { what: '协议文本 text', key: `${agreement} ${version}` });
  return draft;
}

const audit = (sql: PoolClient, act: ByPerson, action: string, after: object): Promise<void> =>
  recordAudit(sql, {
    actor: act.by,
    role: act.role,
    action,
    outcome: 'done',
    objectType: 'agreement',
    objectId: `${act.agreement} ${act.version}`,
    after,
    requestId: act.requestId,
  });
