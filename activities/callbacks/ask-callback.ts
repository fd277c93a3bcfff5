/** A callback is asked for: once under its business key, with the script in force, and its process is started. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { queueStart } from '../outbox/queue-message';

export interface AskedCallback {
  /** Unique for ever: the same key is the same callback. */
  readonly businessKey: string;
  readonly purpose: string;
  /** Business key of what it is about. */
  readonly subject: string;
  /** None: whoever complained in the subject. */
  readonly clientNo?: string | undefined;
  /** Where the purpose leaves it to whoever asks. */
  readonly script?: string;
  readonly days?: number;
  /** Persons who had a hand in it, and do not call. */
  readonly hands: readonly string[];
  /** Process whose file the record completes; it is signalled when the callback has ended. */
  readonly filedWith?: string;
  readonly askedBy: string;
  readonly role?: string;
  readonly reason?: string;
  readonly requestId?: string;
}

interface Terms {
  readonly today: string;
  readonly purposeFrom: string | null;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly script: string | null;
  readonly scriptVersion: number | null;
  readonly days: number | null;
  readonly askedBy: readonly string[];
  readonly branch: string | null;
}

/** Terms of a purpose today, with the client; null columns where there is none. */
export async function callbackTermsOn(
  sql: PoolClient,
  { purpose, clientNo, script }: Pick<AskedCallback, 'purpose' | 'clientNo' | 'script'>,
): Promise<Terms> {
  const { rows } = await sql.query<Terms>(
    `with clock as (select (business_now() at time zone 'Asia/Shanghai')::date as today)
     select k.today, p.valid_from as "purposeFrom", p.name_zh as "nameZh", p.name_en as "nameEn", coalesce(p.script, $3) as script,
            s.version as "scriptVersion", p.days, p.asked_by as "askedBy", (select branch from registered_clients where client_no = $2) as branch
       from clock k
       left join callback_purposes p on p.purpose = $1 and daterange(p.valid_from, p.valid_to) @> k.today
       left join callback_scripts s on s.script = coalesce(p.script, $3) and daterange(s.valid_from, s.valid_to) @> k.today`,
    [purpose, clientNo ?? null, script ?? null],
  );
  const [terms] = rows;
  if (terms === undefined) throw new Error('this book has no business clock: it was not made by the migrations');
  return terms;
}

/**
 * Asks within the transaction of its reason; a callback that was asked for under the key stays as it is.
 * @throws BusinessError CALLBACK_PURPOSE_UNKNOWN, NOT_FOUND; NO_PARAMETER_FOR_DATE without a script in force, or without days
 */
export async function askCallback(sql: PoolClient, asked: AskedCallback): Promise<{ readonly callbackNo: string }> {
  // Two that ask at once under the same key come one after the other.
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`callback:${asked.businessKey}`]);
  const { rows } = await sql.query<{ no: string }>('select callback_no as no from callbacks where business_key = $1', [
    asked.businessKey,
  ]);
  const [before] = rows;
  if (before !== undefined) return { callbackNo: before.no };

  const terms = await callbackTermsOn(sql, asked);
  const { purpose, clientNo, subject } = asked;
  const { today, purposeFrom, branch, script, scriptVersion } = terms;
  const days = terms.days ?? asked.days;
  if (purposeFrom === null) throw new BusinessError('CALLBACK_PURPOSE_UNKNOWN', { purpose, date: today });
  if (branch === null && clientNo !== undefined)
    throw new BusinessError('NOT_FOUND', { what: '客户 client', key: clientNo });
  if (scriptVersion === null || days === undefined)
    throw new BusinessError('NO_PARAMETER_FOR_DATE', { code: `callback ${purpose} ${script ?? ''}`, date: today });

  const callbackNo = await nextNumber(sql, today);
  const workflowId = `callback:${purpose}:${callbackNo}`;
  await sql.query(
    `insert into callbacks (callback_no, business_key, purpose, purpose_from, subject, client_no, script, script_version, days, filed_with,
                            asked_by, reason, workflow_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      callbackNo,
      asked.businessKey,
      purpose,
      purposeFrom,
      subject,
      clientNo ?? null,
      script,
      scriptVersion,
      days,
      asked.filedWith ?? null,
      asked.askedBy,
      asked.reason ?? null,
      workflowId,
    ],
  );
  await sql.query(
    'insert into callback_hands (callback_no, person) select $1, person from unnest($2::text[]) as h (person) on conflict do nothing',
    [callbackNo, asked.hands],
  );
  await recordAudit(sql, {
    actor: asked.askedBy,
    role: asked.role,
    action: 'ask for callback',
    outcome: 'done',
    objectType: 'callback',
    objectId: callbackNo,
    reason: asked.reason,
    after: { purpose, subject, ...clientOf(asked), script, scriptVersion, days },
    requestId: asked.requestId,
    workflowId,
  });
  await queueStart(sql, {
    key: `start:${workflowId}`,
    workflowId,
    type: 'callback',
    args: [{ callbackNo }],
    summary: `${terms.nameZh} ${terms.nameEn}`,
    attributes: {
      ProcessType: 'callback',
      BusinessKey: `${purpose}:${callbackNo}`,
      BusinessDate: today,
      ...(branch === null ? {} : { Branch: branch }),
    },
  });
  return { callbackNo };
}

/** For the audit; who complains is read with the particulars of the complaint. */
const clientOf = ({ filedWith = '', clientNo }: AskedCallback): object =>
  filedWith.startsWith('complaint:') ? {} : { clientNo: clientNo ?? null };

/** `K20250623-000001`: numbers of a day run without holes. */
async function nextNumber(sql: PoolClient, today: string): Promise<string> {
  const { rows } = await sql.query<{ last_no: number }>(
    `insert into callback_numbers (business_date, last_no) values ($1, 1)
     on conflict (business_date) do update set last_no = callback_numbers.last_no + 1 returning last_no`,
    [today],
  );
  return `K${today.replaceAll('-', '')}-${String(rows[0]?.last_no).padStart(6, '0')}`;
}
