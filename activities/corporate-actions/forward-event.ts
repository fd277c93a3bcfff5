/**
 * An event is brought to every holder: one message each into the outbox, set by set, which delivery takes over the channels of the client
 * until one proves that it arrived, and else gives to the branch ("information must arrive", A4 §32). Reminders go to the silent only.
 * Safe to repeat: a message of the same version, or the same reminder, is queued once.
 */
import type { Pool, PoolClient } from 'pg';
import { businessDateOf, shanghaiTimeOf } from '../../domain/calendar/business-date';
import { isElectiveKind, isReminderDue } from '../../domain/corporate-actions/election-cuts';
import type { EventKind } from '../../domain/corporate-actions/served-kinds';
import type { Facts } from '../../domain/messages/template';
import type { Words } from '../../domain/messages/words';
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { beat } from '../bulk/beat';
import { businessNow } from '../clock/business-now';
import { inTransaction } from '../database/transaction';
import type { Dependencies } from '../dependencies';
import { keptPurpose } from '../outbox/kept-message';
import { renderMessage } from '../outbox/render-message';
import { readEvent, recordStep, type EventKey, type EventRow } from './event-row';

const PAGE = 20_000;

export interface Forwarded {
  readonly queued: number;
}

/** The newest version to all holders; to those whose election it touches, with the request to look at it again. */
export const forwardEvent =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async (key: EventKey): Promise<Forwarded> => {
    const event = await inTransaction(pool, (sql) => readEvent(sql, key));
    const name = await inTransaction(pool, (sql) => nameOfKind(sql, event.kind));
    const about = { security: event.code, event: event.eventNo, version: `${event.version}` };
    const kind = { kind: name };
    const now = await inTransaction(pool, businessNow);
    const what = { what: whatFollows(event, now) };
    const all = await tellInPages(pool, event, {
      template: !event.isServed
        ? 'CORPORATE_ACTION_NOT_SERVED'
        : event.version === 1
          ? 'CORPORATE_ACTION'
          : 'CORPORATE_ACTION_CHANGED',
      facts: { ...about, ...kind, ...what },
      key: `v${event.version}`,
      whom: 'h.reopened_version is distinct from a.version',
    });
    const reopened = await tellInPages(pool, event, {
      template: 'ELECTION_REOPENED',
      facts: { ...about, ...what },
      key: `v${event.version}`,
      whom: 'h.reopened_version = a.version',
    });
    const queued = all + reopened;
    await inTransaction(pool, (sql) =>
      recordStep(sql, {
        eventId: event.eventId,
        act: 'forward to holders',
        key: `forward ${event.version} ${event.holdersVersion}`,
        detail: { version: event.version, queued },
        by: SYSTEM_ACTOR,
      }),
    );
    return { queued };
  };

/** To those who can elect and have not. */
export const remindSilent =
  ({ pool }: Pick<Dependencies, 'pool'>) =>
  async (asked: EventKey & { readonly rung: string }): Promise<Forwarded> => {
    const event = await inTransaction(pool, (sql) => readEvent(sql, asked));
    if (event.state !== 'collecting' || !(await inTransaction(pool, (sql) => isDue(sql, event, asked.rung))))
      return { queued: 0 };
    const telling = await inTransaction(pool, (sql) => reminderOf(sql, event, asked.rung));
    const queued = await tellInPages(pool, event, telling);
    await inTransaction(pool, (sql) =>
      recordStep(sql, {
        eventId: event.eventId,
        act: 'remind the silent',
        key: `remind ${event.version} ${event.clientCutAt} ${asked.rung}`,
        detail: { rung: asked.rung, queued },
        by: SYSTEM_ACTOR,
      }),
    );
    return { queued };
  };

/** By the clock of the database: a worker that comes late rings what is still of use. */
async function isDue(sql: PoolClient, event: EventRow, rung: string): Promise<boolean> {
  const { rows } = await sql.query<{ told: string | null }>(
    `select max(at) as told from corporate_action_steps
      where event_id = $1 and (act = 'tell the deadline' and detail ->> 'holdersUntil' = $3 or step_id = (
        select min(step_id) from corporate_action_steps where event_id = $1 and starts_with(step_key, 'forward ' || $2::int || ' ')))`,
    [event.eventId, event.version, event.clientCutAt],
  );
  return isReminderDue(
    { opensAt: event.opensAt ?? '', cutAt: event.clientCutAt ?? '', toldAt: rows[0]?.told ?? undefined },
    rung,
    await businessNow(sql),
  );
}

/** The silent among a selection, at once. Answers how many. */
export async function remindAccounts(
  sql: PoolClient,
  event: EventRow,
  asked: {
    readonly securitiesAccounts: readonly string[];
    readonly sides: readonly string[];
    readonly branches: readonly string[] | null;
    readonly key: string;
  },
): Promise<number> {
  if (event.state !== 'collecting') return 0;
  const telling = await reminderOf(sql, event, asked.key);
  const { queued } = await tellPage(sql, event, telling, '', asked);
  return queued;
}

async function reminderOf(sql: PoolClient, event: EventRow, rung: string): Promise<Telling> {
  return {
    template: 'ELECTION_REMINDER',
    facts: {
      security: event.code,
      event: event.eventNo,
      kind: await nameOfKind(sql, event.kind),
      deadline: shanghaiText(event.clientCutAt ?? ''),
      silence: await defaultOption(sql, event),
    },
    key: `remind:v${event.version}:${event.clientCutAt}:${rung}`,
    whom: 'h.answered_at is null and h.electable > 0 and h.unreachable_since is null',
  };
}

interface Telling {
  readonly template: string;
  readonly facts: Facts;
  /** Of the message within the event; the holder is added. */
  readonly key: string;
  /** SQL condition on a holder `h` of the event `a`. */
  readonly whom: string;
}

/** The key of a message to a holder, by which it is found again. */
export const messageKeyOf = (eventId: string, key: string): string => `corporate-action:${eventId}:${key}:`;

export async function tellInPages(pool: Pool, event: EventRow, telling: Telling): Promise<number> {
  let after = '';
  let queued = 0;
  for (;;) {
    const page = await inTransaction(pool, (sql) => tellPage(sql, event, telling, after));
    queued += page.queued;
    beat(queued);
    if (page.last === null) return queued;
    after = page.last;
  }
}

/**
 * The clock is read once for all of them. A text that lacks something is queued as blocked, as every message is, and sent once the lack is made good.
 */
async function tellPage(
  sql: PoolClient,
  event: EventRow,
  { template, facts, key, whom }: Telling,
  after: string,
  among?: {
    readonly securitiesAccounts: readonly string[];
    readonly sides: readonly string[];
    readonly branches: readonly string[] | null;
  },
): Promise<{ readonly queued: number; readonly last: string | null }> {
  const { rendered, purpose, version } = await renderMessage(sql, { template, facts });
  const { isClientNotice, otherPurpose } = keptPurpose(purpose);
  const { rows } = await sql.query<{ queued: number; last: string | null }>(
    `with clock as materialized (select business_now() as now),
     page as (
       select h.securities_account, h.fund_account, h.side, h.branch
         from corporate_action_holders h join corporate_actions a using (event_id)
        where h.event_id = $1 and h.securities_account > $2 and ${whom}
          and ($11::text[] is null or h.securities_account = any($11)) and ($12::text[] is null or h.side = any($12))
          and ($13::text[] is null or h.branch = any($13)) order by h.securities_account limit $3),
     queued as (
       insert into outbox (other_key, other_ref, workflow_id, of_its_process, kind, severity, other_purpose, is_client_notice, template, template_version,
                           facts_told, missing_facts, state, due_at, created_at, side, branch)
       select $4 || securities_account, 'fund-account:' || fund_account, $5, true, 'notice', 'info', $6::text, $14::boolean, $7, $8, $9,
              $10::text[], case when $10::text[] is null then 'queued' else 'blocked' end, case when $10::text[] is null then clock.now end,
              clock.now, side, branch
         from page cross join clock
       on conflict do nothing returning 1)
     select (select count(*) from queued)::int as queued, (select max(securities_account) from page having count(*) = $3) as last`,
    [
      event.eventId,
      after,
      PAGE,
      messageKeyOf(event.eventId, key),
      event.workflowId,
      otherPurpose,
      template,
      version ?? null,
      JSON.stringify(facts),
      rendered.missing ?? null,
      among?.securitiesAccounts ?? null,
      among?.sides ?? null,
      among?.branches ?? null,
      isClientNotice,
    ],
  );
  return rows[0] ?? { queued: 0, last: null };
}

async function nameOfKind(sql: PoolClient, kind: EventKind): Promise<Words> {
  const { rows } = await sql.query<Words>(
    'select name_zh as zh, name_en as en from served_event_kinds where kind = $1 order by valid_from desc limit 1',
    [kind],
  );
  return rows[0] ?? { zh: kind, en: kind };
}

async function defaultOption(sql: PoolClient, { eventId }: EventRow): Promise<Words> {
  const { rows } = await sql.query<Words>(
    `select coalesce(string_agg(name_zh, '；' order by place), '无') as zh, coalesce(string_agg(name_en, '; ' order by place), 'nothing') as en
       from corporate_action_options where event_id = $1 and is_default and gone_version is null`,
    [eventId],
  );
  return rows[0] ?? { zh: '无', en: 'nothing' };
}

/** What a holder has to do, or what happens without him. */
function whatFollows(event: EventRow, now: string): Words {
  if (event.state === 'cancelled')
    return { zh: '该事件已取消，已作选择失效。', en: 'It is cancelled; what was elected has lapsed.' };
  if (!event.isServed) return NOT_SERVED[event.kind] ?? { zh: '无须操作。', en: 'There is nothing for you to do.' };
  if (event.isElective && event.clientCutAt !== null) {
    if (event.closedAt !== null || event.clientCutAt <= now)
      return {
        zh: '选择已截止，按已作的选择或默认选项处理；如有疑问请联系营业部。',
        en: 'Elections are closed: what was elected, or the default option, stands. Ask your branch where that is not what you want.',
      };
    const until = shanghaiText(event.clientCutAt);
    return { zh: `请于 ${until}（北京时间）前作出选择。`, en: `Elect before ${until} (Beijing time).` };
  }
  if (isElectiveKind(event.kind, event.terms))
    return {
      zh: '目前不能自行选择，如可选择将另行通知；请联系营业部。',
      en: 'You cannot elect by yourself at present, and will be told when you can. Ask your branch.',
    };
  return { zh: '无须操作，权益自动处理。', en: 'There is nothing for you to do: it is carried out for you.' };
}

const NOT_SERVED: Readonly<Partial<Record<EventKind, Words>>> = {
  RIGHTS_ISSUE: { zh: '供股权只能卖出，不能认购。', en: 'The rights can only be sold, not exercised.' },
  SCRIP_DIVIDEND: { zh: '红利以现金派发。', en: 'The dividend is paid in cash.' },
  OPEN_OFFER: { zh: '不能认购。', en: 'It cannot be subscribed for.' },
};

const shanghaiText = (instant: string): string => `${businessDateOf(instant)} ${shanghaiTimeOf(instant).slice(0, 5)}`;
