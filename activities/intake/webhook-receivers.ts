/** Systems that are told of events: registered, given a new key, switched off. A name is of one system and one address for ever. */
import type { Pool, PoolClient } from 'pg';
import { insideOf } from '../../adapters/messages/public-target';
import { webhookKey } from '../../adapters/messages/webhook-channel';
import { BusinessError } from '../../domain/errors';
import type { EventType } from '../../domain/messages/events';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import { CASE_EVENT } from '../outbox/due-messages';

/** How long a key that was replaced signs beside the new one, so that the receiver can change it without losing an event. */
const REPLACED_KEY_HOURS = 24;

const FIRST_KEY = 1;

export interface WebhookDeps {
  readonly pool: Pool;
  /** From which the keys are derived; the worker has the same. */
  readonly webhookSecret: string | undefined;
}

interface Asked {
  readonly receiver: string;
  readonly person: string;
  readonly role: string;
  readonly requestId: string;
}

/** A key as its operator is given it, once. */
export interface IssuedKey {
  readonly keyNo: number;
  readonly key: string;
}

interface Registration extends Asked {
  readonly url: string;
  readonly events: readonly EventType[];
}

/** The number of a key and, the first time, the key. */
export interface ShownKey {
  readonly keyNo: number;
  readonly key: string | null;
}

/** Registered as the same by the same person before, it has its key. @throws BusinessError WEBHOOKS_NOT_SET_UP, WEBHOOK_TARGET_REFUSED, WEBHOOK_RECEIVER_KNOWN */
export async function registerWebhookReceiver(
  { pool, webhookSecret }: WebhookDeps,
  asked: Registration,
): Promise<ShownKey> {
  const secret = requireSecret(webhookSecret);
  await requireOutside(pool, asked.url);
  return inTransaction(pool, async (sql) => {
    const { rowCount } = await sql.query(
      `insert into webhook_receivers (receiver, url, events, valid_from, source, registered_by)
       select $1, $2, $3, (business_now() at time zone 'Asia/Shanghai')::date, 'registered', $4 on conflict do nothing`,
      [asked.receiver, asked.url, asked.events, asked.person],
    );
    if (rowCount === 0) {
      if (await isRegistered(sql, asked)) return { keyNo: FIRST_KEY, key: null };
      throw new BusinessError('WEBHOOK_RECEIVER_KNOWN', { receiver: asked.receiver, field: 'receiver' });
    }
    const issued = await issueKey(sql, secret, asked);
    await audit(sql, asked, 'register receiver of events', {
      url: asked.url,
      events: asked.events,
      keyNo: issued.keyNo,
    });
    return issued;
  });
}

/** One that was switched off is asked for anew, not again. */
async function isRegistered(sql: PoolClient, { receiver, url, events, person }: Registration): Promise<boolean> {
  const { rowCount } = await sql.query(
    `select from webhook_receivers
      where receiver = $1 and url = $2 and events @> $3::text[] and events <@ $3::text[] and registered_by = $4 and switched_off_at is null`,
    [receiver, url, events, person],
  );
  return rowCount !== 0;
}

/** The key before signs on for a day. @throws BusinessError WEBHOOKS_NOT_SET_UP, NOT_FOUND, WEBHOOK_RECEIVER_OFF */
export async function rotateWebhookKey({ pool, webhookSecret }: WebhookDeps, asked: Asked): Promise<IssuedKey> {
  const secret = requireSecret(webhookSecret);
  return inTransaction(pool, async (sql) => {
    await lockOn(sql, asked.receiver);
    // A receiver of before the keys had numbers has its first one.
    await sql.query(
      `insert into webhook_keys (receiver, key_no, issued_by) values ($1, $3, $2) on conflict do nothing`,
      [asked.receiver, asked.person, FIRST_KEY],
    );
    await sql.query(
      `update webhook_keys set ends_at = business_now() + $2 * interval '1 hour' where receiver = $1 and ends_at is null`,
      [asked.receiver, REPLACED_KEY_HOURS],
    );
    const issued = await issueKey(sql, secret, asked);
    await audit(sql, asked, 'give receiver of events a new key', { keyNo: issued.keyNo });
    return issued;
  });
}

/**
 * From now on it is told nothing, of what waits neither.
 * @returns how many events it had not taken
 * @throws BusinessError NOT_FOUND, WEBHOOK_RECEIVER_OFF
 */
export const switchWebhookReceiverOff = (
  { pool }: Pick<WebhookDeps, 'pool'>,
  asked: Asked & { readonly reason: string },
): Promise<number> =>
  inTransaction(pool, async (sql) => {
    await lockOn(sql, asked.receiver);
    await sql.query(
      `update webhook_receivers set switched_off_at = business_now(), switched_off_by = $2, off_reason = $3 where receiver = $1`,
      [asked.receiver, asked.person, asked.reason],
    );
    const { rowCount } = await sql.query(
      `update outbox set state = 'not reached', due_at = null, retry_at = null, last_error = 'RECEIVER_OFF'
        where kind = 'notice' and purpose = $2 and recipient_ref = $1 and sent_at is null and due_at is not null`,
      [asked.receiver, CASE_EVENT],
    );
    const untold = rowCount ?? 0;
    await audit(sql, asked, 'switch receiver of events off', { untold }, asked.reason);
    return untold;
  });

async function issueKey(sql: PoolClient, secret: string, { receiver, person }: Asked): Promise<IssuedKey> {
  const { rows } = await sql.query<{ key_no: number }>(
    `insert into webhook_keys (receiver, key_no, issued_by)
     select $1, coalesce(max(key_no), 0) + 1, $2 from webhook_keys where receiver = $1 returning key_no`,
    [receiver, person],
  );
  const keyNo = rows[0]?.key_no ?? 0;
  return { keyNo, key: `whsec_${webhookKey(secret, receiver, keyNo)}` };
}

function requireSecret(secret: string | undefined): string {
  if (secret === undefined) throw new BusinessError('WEBHOOKS_NOT_SET_UP');
  return secret;
}

/** Whoever names an address inside would have our own machines asked. Rehearsals tell the simulators, which are inside. */
async function requireOutside(pool: Pool, url: string): Promise<void> {
  const refuse = (reason: string) => new BusinessError('WEBHOOK_TARGET_REFUSED', { reason, field: 'url' });
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target === undefined || !/^https?:$/.test(target.protocol)) throw refuse('须为 https 地址 an https address');
  if (target.username !== '' || target.password !== '' || target.hash !== '')
    throw refuse('不得含用户名、口令或片段 no name, password or fragment');
  const { rows } = await pool.query<{ production: boolean }>(
    `select book_kind = 'production' as production from business_clock`,
  );
  if (rows[0]?.production === false) return;
  if (target.protocol !== 'https:') throw refuse('须为 https 地址 an https address');
  const inside = await insideOf(target);
  if (inside !== undefined) throw refuse(inside);
}

async function lockOn(sql: PoolClient, receiver: string): Promise<void> {
  const { rows } = await sql.query<{ off: boolean }>(
    'select switched_off_at is not null as off from webhook_receivers where receiver = $1 for update',
    [receiver],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '事件接收系统 receiver', key: receiver });
  if (row.off) throw new BusinessError('WEBHOOK_RECEIVER_OFF', { receiver });
}

const audit = (
  sql: PoolClient,
  { receiver, person, role, requestId }: Asked,
  action: string,
  after: object,
  reason?: string,
) =>
  recordAudit(sql, {
    actor: person,
    role,
    action,
    outcome: 'done',
    objectType: 'webhook receiver',
    objectId: receiver,
    after,
    requestId,
    ...(reason === undefined ? {} : { reason }),
  });
