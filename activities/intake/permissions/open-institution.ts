/** A branch enters an opening for an institution at the counter: the conditions are judged at once, all that fail are told (A2 §8, §11). */
import type { Pool, PoolClient } from 'pg';
import type { BusinessDate } from '../../../domain/calendar/business-date';
import { BusinessError, SeveralRefusals } from '../../../domain/errors';
import { UnmetCondition } from '../../../domain/permissions/unmet-condition';
import type { Words } from '../../../domain/messages/words';
import { readEligibility } from '../../clients/read-eligibility';
import { inTransaction } from '../../database/transaction';
import { enteredBefore, enterRequest, lockAsking, type Asking, type OpenedRequest } from './enter-request';

export type EnteredInstitution = Omit<Asking, 'channel'> & {
  /** Branches whose clients the caller serves; null: all. */
  readonly branches: readonly string[] | null;
};

/**
 * Enters the request and starts its process.
 * @throws BusinessError NOT_FOUND, PERMISSION_UNKNOWN; ONLY_INSTITUTIONS, PERMISSION_OPEN_ALREADY, codes of eligibility; all that apply
 */
export const openInstitution = (pool: Pool, entered: EnteredInstitution): Promise<OpenedRequest> =>
  inTransaction(pool, async (sql) => {
    const asked = { ...entered, channel: 'branch' };
    await lockAsking(sql, asked);
    const found = await institutionOf(sql, entered);
    const before = await enteredBefore(sql, { ...asked, kind: 'institution opening' });
    if (before !== undefined) return { requestNo: before, isNew: false };
    const { permission, clientNo } = asked;
    if (found.termsFrom === null) throw new BusinessError('PERMISSION_UNKNOWN', { permission, date: found.today });
    const { failures } = await readEligibility(sql, { clientNo, permission, moment: 'application' });
    const [first, ...others] = [
      found.kind !== 'institution' && new BusinessError('ONLY_INSTITUTIONS'),
      found.openSince !== null &&
        new BusinessError('PERMISSION_OPEN_ALREADY', { permission, request: found.openSince }),
      ...failures.map((failure) => new UnmetCondition(failure)),
    ].filter((refusal) => refusal !== false);
    if (first !== undefined) throw new SeveralRefusals([first, ...others]);
    return enterRequest(sql, {
      ...asked,
      kind: 'institution opening',
      step: 'documents',
      termsFrom: found.termsFrom,
      name: found.name,
      today: found.today,
      branch: found.branch,
      lapsesAt: { days: found.requestDays },
    });
  });

interface Institution {
  readonly today: BusinessDate;
  readonly kind: 'natural' | 'institution';
  readonly branch: string;
  readonly termsFrom: string | null;
  readonly requestDays: number;
  readonly name: Words;
  readonly openSince: string | null;
}

async function institutionOf(
  sql: PoolClient,
  { clientNo, permission, branches }: EnteredInstitution,
): Promise<Institution> {
  const { rows } = await sql.query<Institution>(
    `with clock as (select (business_now() at time zone 'Asia/Shanghai')::date as today)
     select k.today, c.kind, c.branch, t.valid_from as "termsFrom", t.request_days as "requestDays",
            jsonb_build_object('zh', t.name_zh, 'en', t.name_en) as name,
            (select p.request_no from permissions p
              where p.client_no = c.client_no and p.permission = $2 and p.closed_at is null) as "openSince"
       from registered_clients c cross join clock k
       left join permission_types t on t.permission = $2 and t.valid_from <= k.today and (t.valid_to is null or k.today < t.valid_to)
      where c.client_no = $1 and ($3::text[] is null or c.branch = any($3))`,
    [clientNo, permission, branches],
  );
  const [found] = rows;
  if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '客户 client', key: clientNo });
  return found;
}
