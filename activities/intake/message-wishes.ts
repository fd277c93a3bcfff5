/** What a recipient of messages wishes: channels switched off where the law allows it, and quiet hours in place of the house's. */
import type { Pool, PoolClient } from 'pg';
import { canonicalJson } from '../../domain/canonical-json';
import { BusinessError, SeveralRefusals } from '../../domain/errors';
import type { MessageChannel } from '../../domain/messages/delivery';
import type { Words } from '../../domain/messages/words';
import { recordAudit } from '../audit/record-audit';
import { inTransaction } from '../database/transaction';
import { isShown } from './if-match';

type Sql = Pick<PoolClient, 'query'>;

export interface OwnQuietHours {
  /** HH:MM of Shanghai, as the house's. */
  readonly from: string;
  readonly until: string;
}

/** A channel of a purpose that is not wanted. */
export interface SwitchedOff {
  readonly purpose: string;
  readonly channel: MessageChannel;
}

export interface PurposeWishes {
  readonly purpose: string;
  readonly name: Words;
  readonly maySwitchOff: boolean;
  readonly obeysQuietHours: boolean;
  /** In the order of the plan; the last one always stays, so that nothing is lost by a wish. */
  readonly channels: readonly { readonly channel: MessageChannel; readonly wanted: boolean }[];
}

export interface MessageWishes {
  readonly recipient: string;
  /** 0 where nothing was ever wished. */
  readonly revision: number;
  /** Null: those of the house. */
  readonly quietHours: OwnQuietHours | null;
  readonly purposes: readonly PurposeWishes[];
}

/** `person:KEY` or `fund-account:NUMBER`. */
const isClient = (recipient: string): boolean => recipient.startsWith('fund-account:');

export async function readMessageWishes(sql: Pool | Sql, recipient: string): Promise<MessageWishes> {
  const { rows: recipients } = await sql.query<{ revision: number; from: string | null; until: string | null }>(
    `select revision, quiet_from as "from", quiet_until as until from message_recipients where recipient_ref = $1`,
    [recipient],
  );
  const { revision = 0, from = null, until = null } = recipients[0] ?? {};
  // Clients get what is for clients; events for systems are nobody's to wish away.
  const { rows: purposes } = await sql.query<PurposeWishes>(
    `select p.purpose, jsonb_build_object('zh', p.name_zh, 'en', p.name_en) as name, p.may_be_switched_off as "maySwitchOff",
            p.obeys_quiet_hours as "obeysQuietHours",
            (select jsonb_agg(jsonb_build_object('channel', s.channel, 'wanted', coalesce(w.wanted, true)) order by s.step)
               from delivery_steps s left join message_preferences w
                 on w.recipient_ref = $1 and w.purpose = s.purpose and w.channel = s.channel
              where s.purpose = p.purpose and s.valid_from <= today and (s.valid_to is null or today < s.valid_to)) as channels
       from message_purposes p, (select (business_now() at time zone 'Asia/Shanghai')::date as today) clock
      where p.valid_from <= today and (p.valid_to is null or today < p.valid_to)
        and p.purpose <> 'case-event' and starts_with(p.purpose, 'client-') = $2 order by p.purpose`,
    [recipient, isClient(recipient)],
  );
  return { recipient, revision, quietHours: from === null || until === null ? null : { from, until }, purposes };
}

/** The tag of wishes as somebody saw them. */
export const wishesTag = ({ revision }: Pick<MessageWishes, 'revision'>): string => `"wishes-${revision}"`;

export interface SetWishes {
  readonly recipient: string;
  readonly switchedOff: readonly SwitchedOff[];
  readonly quietHours: OwnQuietHours | null;
  readonly ifMatch: string | undefined;
  readonly person: string;
  readonly role: string | undefined;
  /** Why, where it is set for somebody else. */
  readonly reason?: string;
  readonly requestId: string;
}

/** All wishes at once, in place of those before; whoever asks for what stands since then is not told to look again. @throws BusinessError REVISION_STALE; SeveralRefusals of MESSAGE_WISH_REFUSED */
export const setMessageWishes =
  ({ pool }: { readonly pool: Pool }) =>
  (asked: SetWishes): Promise<MessageWishes> =>
    inTransaction(pool, async (sql) => {
      const { recipient, switchedOff, quietHours, ifMatch, person } = asked;
      await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`message wishes of ${recipient}`]);
      const before = await readMessageWishes(sql, recipient);
      const wanted = inOrder(switchedOff.map(({ purpose, channel }) => `${purpose} ${channel}`));
      if (!isShown(wishesTag(before), ifMatch)) {
        if (canonicalJson(wished(before)) === canonicalJson({ quietHours, switchedOff: wanted })) return before;
        throw stale(before, ifMatch ?? '');
      }
      refuseWhatMayNot(before, switchedOff);
      await sql.query(
        `insert into message_recipients as r (recipient_ref, quiet_from, quiet_until, set_by, reason) values ($1, $2, $3, $4, $5)
         on conflict (recipient_ref) do update set revision = r.revision + 1, quiet_from = excluded.quiet_from,
           quiet_until = excluded.quiet_until, set_by = excluded.set_by, set_at = business_now(), reason = excluded.reason`,
        [recipient, quietHours?.from ?? null, quietHours?.until ?? null, person, asked.reason ?? null],
      );
      await sql.query(
        `insert into message_preferences as p (recipient_ref, purpose, channel, wanted, set_by)
         select $1, s.purpose, s.channel, not (s.purpose || ' ' || s.channel) = any($2), $3
           from (select distinct purpose, channel from delivery_steps) s
          where (s.purpose || ' ' || s.channel) = any($2)
             or exists (select from message_preferences k where k.recipient_ref = $1 and k.purpose = s.purpose and k.channel = s.channel)
         on conflict (recipient_ref, purpose, channel)
           do update set wanted = excluded.wanted, set_by = excluded.set_by, set_at = business_now() where p.wanted <> excluded.wanted`,
        [recipient, wanted, person],
      );
      const after = await readMessageWishes(sql, recipient);
      await recordAudit(sql, {
        actor: person,
        role: asked.role,
        action: 'set wishes about messages',
        outcome: 'done',
        objectType: 'message recipient',
        objectId: recipient,
        reason: asked.reason,
        before: wished(before),
        after: wished(after),
        requestId: asked.requestId,
      });
      return after;
    });

function stale({ revision }: MessageWishes, ifMatch: string): BusinessError {
  const shown = /^"wishes-(\d+)"/.exec(ifMatch)?.[1] ?? '?';
  return new BusinessError('REVISION_STALE', { field: 'If-Match', shown, current: revision });
}

function refuseWhatMayNot({ purposes }: MessageWishes, switchedOff: readonly SwitchedOff[]): void {
  const refusals = switchedOff.flatMap(({ purpose, channel }, place) => {
    const known = purposes.find((one) => one.purpose === purpose);
    const may = known?.maySwitchOff === true && known.channels.slice(0, -1).some((one) => one.channel === channel);
    return may ? [] : [new BusinessError('MESSAGE_WISH_REFUSED', { purpose, channel, field: `switchedOff/${place}` })];
  });
  const [first, ...others] = refusals;
  if (first !== undefined) throw new SeveralRefusals([first, ...others]);
}

/** For the audit: what differs from the house's own way. A plan may take a channel twice. */
const wished = ({ quietHours, purposes }: MessageWishes) => ({
  quietHours,
  switchedOff: inOrder(
    purposes.flatMap(({ purpose, channels }) =>
      channels.filter(({ wanted }) => !wanted).map(({ channel }) => `${purpose} ${channel}`),
    ),
  ),
});

const inOrder = (channels: readonly string[]): readonly string[] => [...new Set(channels)].sort();
