/** A client asks for a permission: one open request a client and permission, whoever asks twice gets the first (A2 §9). */
import { DatabaseError, type Pool } from 'pg';
import { BusinessError, SeveralRefusals } from '../../../domain/errors';
import type { MessageToSend } from '../dispatch-signals';
import { ENTER, ENTERED_BEFORE, openedWith, valuesOf, type Asking, type OpenedRequest } from './enter-request';

export type AskedPermission = Asking & { readonly channel: string };

/**
 * Enters the request and asks for its process, in one statement: of two at once the second meets the index of what was entered first,
 * looks again and gets its number.
 * @throws BusinessError NOT_FOUND, PERMISSION_UNKNOWN, CHANNEL_NOT_TAKEN, ONLY_NATURAL_PERSONS, PERMISSION_OPEN_ALREADY; all that apply
 */
export async function openPermissionRequest(pool: Pool, asked: AskedPermission): Promise<OpenedRequest> {
  const found = await enterIfMay(pool, asked).catch((error: unknown) => {
    if (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION) return enterIfMay(pool, asked);
    throw error;
  });
  if (found.before !== null) return { requestNo: found.before, isNew: false };
  refuse(found, asked);
  if (found.start === null) throw new RangeError('a request that nothing speaks against was not entered');
  return openedWith(found.start);
}

const UNIQUE_VIOLATION = '23505';

interface Found {
  /** Request that is open, or that was entered under the same key. */
  readonly before: string | null;
  readonly today: string;
  readonly kind: 'natural' | 'institution';
  /** Of the terms in force. */
  readonly channels: readonly string[] | null;
  readonly openSince: string | null;
  /** Of the request that was entered; null where something speaks against it. */
  readonly start: MessageToSend | null;
}

/** What speaks against it is asked here so that nothing is written, and told by `refuse`. */
const ENTER_IF_MAY = {
  name: 'enter-permission-request-if-may',
  text: `
    with found as (
      select ${ENTERED_BEFORE} as before, d.today, c.kind, c.branch, t.valid_from as terms_from, t.request_days as days, t.name_zh, t.name_en,
             t.channels,
             (select p.request_no from permissions p
               where p.client_no = c.client_no and p.permission = $2 and p.closed_at is null) as open_since
        from registered_clients c
       cross join (select (business_now() at time zone 'Asia/Shanghai')::date as today) d
        left join permission_types t on t.permission = $2 and t.valid_from <= d.today and (t.valid_to is null or d.today < t.valid_to)
       where c.client_no = $1),
    asked as (
      select * from found
       where before is null and terms_from is not null and $11 = any(channels) and kind = 'natural' and open_since is null),
    ${ENTER}
    select f.before, f.today, f.kind, f.channels, f.open_since as "openSince",
           (select to_jsonb(q) from queued q) as start
      from found f`,
} as const;

async function enterIfMay(pool: Pool, asked: AskedPermission): Promise<Found> {
  const values = valuesOf({ ...asked, kind: 'opening', step: 'identity' });
  const { rows } = await pool.query<Found>({ ...ENTER_IF_MAY, values: [...values] });
  const [found] = rows;
  if (found === undefined) throw new BusinessError('NOT_FOUND', { what: '客户 client', key: asked.clientNo });
  return found;
}

function refuse({ channels, kind, openSince, today }: Found, { permission, channel }: AskedPermission): void {
  if (channels === null) throw new BusinessError('PERMISSION_UNKNOWN', { permission, date: today });
  const refusals = [
    !channels.includes(channel) &&
      new BusinessError('CHANNEL_NOT_TAKEN', { permission, channel, channels: channels.join(', '), field: 'channel' }),
    kind !== 'natural' && new BusinessError('ONLY_NATURAL_PERSONS'),
    openSince !== null && new BusinessError('PERMISSION_OPEN_ALREADY', { permission, request: openSince }),
  ].filter((refusal) => refusal !== false);
  const [first, ...others] = refusals;
  if (first !== undefined) throw new SeveralRefusals([first, ...others]);
}
