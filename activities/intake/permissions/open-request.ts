/** A client asks for a permission: one open request a client and permission, whoever asks twice gets the first (A2 §9). */
import type { Pool, PoolClient } from 'pg';
import { BusinessError, SeveralRefusals } from '../../../domain/errors';
import { inTransaction } from '../../database/transaction';
import { enteredBefore, enterRequest, lockAsking, type OpenedRequest } from './enter-request';
import { TERMS_COLUMNS, type PermissionTerms } from '../../permissions/request-row';

export interface AskedPermission {
  /** Unique for ever: the same key is the same request. */
  readonly key: string;
  readonly clientNo: string;
  readonly permission: string;
  readonly channel: string;
  readonly by: string;
  readonly role?: string;
  readonly requestId?: string;
}

/**
 * Enters the request and starts its process.
 * @throws BusinessError NOT_FOUND, PERMISSION_UNKNOWN, CHANNEL_NOT_TAKEN, ONLY_NATURAL_PERSONS, PERMISSION_OPEN_ALREADY; all that apply
 */
export const openPermissionRequest = (pool: Pool, asked: AskedPermission): Promise<OpenedRequest> =>
  inTransaction(pool, async (sql) => {
    await lockAsking(sql, asked);
    const before = await enteredBefore(sql, { ...asked, kind: 'opening' });
    if (before !== undefined) return { requestNo: before, isNew: false };
    const { termsFrom, terms, today, branch } = await termsFor(sql, asked);
    return enterRequest(sql, {
      ...asked,
      kind: 'opening',
      step: 'identity',
      termsFrom,
      name: { zh: terms.nameZh, en: terms.nameEn },
      today,
      branch,
      lapsesAt: { days: terms.requestDays },
    });
  });

interface Found {
  readonly today: string;
  readonly kind: 'natural' | 'institution';
  readonly branch: string;
  readonly termsFrom: string | null;
  readonly terms: PermissionTerms | null;
  readonly openSince: string | null;
}

type Asking = Found & { readonly terms: PermissionTerms; readonly termsFrom: string };

async function termsFor(sql: PoolClient, asked: AskedPermission): Promise<Asking> {
  const { rows } = await sql.query<Found>(
    `with clock as (select (business_now() at time zone 'Asia/Shanghai')::date as today)
     select k.today, c.kind, c.branch, t.valid_from as "termsFrom", case when t.permission is not null then ${TERMS_COLUMNS} end as terms,
            (select p.request_no from permissions p
              where p.client_no = c.client_no and p.permission = $2 and p.closed_at is null) as "openSince"
       from registered_clients c cross join clock k
       left join permission_types t on t.permission = $2 and t.valid_from <= k.today and (t.valid_to is null or k.today < t.valid_to)
      where c.client_no = $1`,
    [asked.clientNo, asked.permission],
  );
  const [found] = rows;
  if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '客户 client', key: asked.clientNo });
  const { terms, termsFrom } = found;
  if (terms === null || termsFrom === null) {
    throw new BusinessError('PERMISSION_UNKNOWN', { permission: asked.permission, date: found.today });
  }
  const { permission, channel } = asked;
  const { channels } = terms;
  const refusals = [
    !channels.includes(channel) &&
      new BusinessError('CHANNEL_NOT_TAKEN', { permission, channel, channels: channels.join(', '), field: 'channel' }),
    found.kind !== 'natural' && new BusinessError('ONLY_NATURAL_PERSONS'),
    found.openSince !== null && new BusinessError('PERMISSION_OPEN_ALREADY', { permission, request: found.openSince }),
  ].filter((refusal) => refusal !== false);
  const [first, ...others] = refusals;
  if (first !== undefined) throw new SeveralRefusals([first, ...others]);
  return { ...found, terms, termsFrom };
}
