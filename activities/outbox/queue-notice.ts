/**
 * A notice or alarm for people, left in the outbox in the transaction of the change it tells of. Its text comes from the
 * template in force; where a fact is missing the message is kept, is not sent, and an alarm says what is missing.
 */
import type { ClientBase } from 'pg';
import type { Side } from '../../domain/channel';
import { keptFacts } from '../database/kept-facts';
import { keptPurpose, keptRecipient } from './kept-message';
import { renderersOf, renderMessage, type RenderedTemplate, type Told } from './render-message';

export type RecipientMark = 'approver' | 'deputy' | 'head';

type Sql = Pick<ClientBase, 'query'>;

interface Addressed {
  /** Process that it is about; also its case, unless another one is named. */
  readonly workflowId?: string;
  /** Day that it is about, where no process says so: people find it with the others of the day. */
  readonly day?: { readonly channel: string; readonly businessDate: string };
  readonly severity: 'info' | 'warning' | 'critical';
  /** Side that it is about; left away where it is about both or none. */
  readonly side?: Side | undefined;
  readonly branch?: string | undefined;
}

export type Notice = Addressed &
  Told & {
    /** Unique for ever: the same key is the same notice and is sent once. */
    readonly key: string;
    /** Role that is told; the messages system knows who holds it. */
    readonly recipientRole?: string;
    /** Those among the role who are told: its deputy, its head, or whoever approves. All of the role where left away. */
    readonly recipientMark?: RecipientMark;
    /** Reference that the messages system resolves, e.g. a client by fund account. Exactly one of the two. */
    readonly recipientRef?: string;
  };

/** Queues the notice; true unless the key was queued before. */
export async function queueNotice(sql: Sql, notice: Notice): Promise<boolean> {
  const { key, recipientRole, recipientRef, recipientMark, ...told } = notice;
  if ((recipientRole === undefined) === (recipientRef === undefined)) {
    throw new RangeError(`notice ${key} needs a role or a reference to go to, and not both`);
  }
  const to = {
    key,
    ...(recipientRole === undefined ? {} : { role: recipientRole }),
    ...(recipientMark === undefined ? {} : { mark: recipientMark }),
    ...(recipientRef === undefined ? {} : { ref: recipientRef }),
  };
  return (await queueNotices(sql, told, [to])) === 1;
}

/** Notices with a text each, in one statement, in the order given. Answers how many are new. */
export async function queueEach(sql: Sql, notices: readonly Notice[]): Promise<number> {
  if (notices.length === 0) return 0;
  const render = await renderersOf(sql, [...new Set(notices.map(({ template }) => template))]);
  const ready = notices.map((notice) => ({ notice, ...render(notice) }));
  const { rows } = await sql.query<{ message_id: string; key: string }>(
    `insert into outbox (other_key, key_tail, recipient_role, recipient_mark, other_ref, to_its_case, workflow_id, of_its_process, kind, severity, channel,
                         business_date, other_purpose, is_client_notice, template, template_version, facts_told, names_its_case, missing_facts,
                         state, due_at, side, branch)
     select n."otherKey", n."keyTail", n.role, n.mark, n."otherRef", n."toItsCase", n."workflowId", n."workflowId" is not null, 'notice', n.severity,
            n.channel, n."businessDate", n."otherPurpose", n."isClientNotice", n.template, n.version, n."factsTold", n."namesItsCase", n.missing,
            case when n.missing is null then 'queued' else 'blocked' end, case when n.missing is null then business_now() end, n.side, n.branch
       from rows from (jsonb_to_recordset($1::jsonb) as ("otherKey" text, "keyTail" text, role text, mark text, "otherRef" text, "toItsCase" boolean,
                         "workflowId" text, severity text, channel channel_code, "businessDate" date, "otherPurpose" text, "isClientNotice" boolean,
                         template text, version smallint, "factsTold" jsonb, "namesItsCase" boolean, missing text[], side side_of_business,
                         branch text)) with ordinality n
      order by n.ordinality
     on conflict do nothing returning message_id::text, message_key as key`,
    [JSON.stringify(ready.map(queuedOf))],
  );
  const blocked = new Map(ready.map(({ notice, rendered }) => [notice.key, { notice, missing: rendered.missing }]));
  for (const { message_id: id, key } of rows) {
    const { notice, missing } = blocked.get(key) ?? {};
    if (notice !== undefined && missing !== undefined) await tellBlocked(sql, notice, missing, id);
  }
  return rows.length;
}

/** A notice as its row is made from. */
function queuedOf({ notice, rendered, purpose, version }: RenderedTemplate & { readonly notice: Notice }) {
  return {
    ...keptRecipient(notice, { key: notice.key, ref: notice.recipientRef }),
    ...keptPurpose(purpose),
    ...keptFacts(notice.workflowId, notice.facts),
    role: notice.recipientRole,
    mark: notice.recipientMark,
    workflowId: notice.workflowId,
    severity: notice.severity,
    ...notice.day,
    template: notice.template,
    version,
    missing: rendered.missing,
    side: notice.side,
    branch: notice.branch,
  };
}

/** One recipient of a message that many get. */
export interface Addressee {
  readonly key: string;
  readonly role?: string;
  readonly mark?: RecipientMark;
  readonly ref?: string;
  /** Of the recipient, where each is of another one. */
  readonly branch?: string;
}

/** The same text for many, in one statement. Answers how many are new. */
export async function queueNotices(sql: Sql, told: Addressed & Told, to: readonly Addressee[]): Promise<number> {
  if (to.length === 0) return 0;
  const { rendered, purpose, version } = await renderMessage(sql, told);
  if (rendered.missing !== undefined && told.template === BLOCKED) return 0;
  const recipients = to.map((one) => keptRecipient(told, one));
  const { isClientNotice, otherPurpose } = keptPurpose(purpose);
  const { namesItsCase, factsTold } = keptFacts(told.workflowId, told.facts);
  const { rows } = await sql.query<{ message_id: string }>(
    `insert into outbox (other_key, key_tail, recipient_role, recipient_mark, other_ref, to_its_case, workflow_id, of_its_process, kind, severity, channel,
                         business_date, other_purpose, is_client_notice, template, template_version, facts_told, names_its_case, missing_facts,
                         state, due_at, side, branch)
     select other_key, key_tail, role, mark, other_ref, to_its_case, $5::text, $5::text is not null, 'notice', $6, $7, $8, $9, $17, $10::text, $11,
            $12, $18, $13::text[], case when $13::text[] is null then 'queued' else 'blocked' end,
            case when $13::text[] is null then business_now() end, $14, coalesce(branch, $15)
     from unnest($1::text[], $19::text[], $2::text[], $3::text[], $4::text[], $20::boolean[], $16::text[])
            as told(other_key, key_tail, role, mark, other_ref, to_its_case, branch)
     on conflict do nothing returning message_id::text`,
    [
      recipients.map(({ otherKey }) => otherKey),
      to.map(({ role }) => role ?? null),
      to.map(({ mark }) => mark ?? null),
      recipients.map(({ otherRef }) => otherRef),
      told.workflowId ?? null,
      told.severity,
      told.day?.channel ?? null,
      told.day?.businessDate ?? null,
      otherPurpose,
      told.template,
      version ?? null,
      factsTold === null ? null : JSON.stringify(factsTold),
      rendered.missing ?? null,
      told.side ?? null,
      told.branch ?? null,
      to.map(({ branch }) => branch ?? null),
      isClientNotice,
      namesItsCase,
      recipients.map(({ keyTail }) => keyTail),
      recipients.map(({ toItsCase }) => toItsCase),
    ],
  );
  const [first] = rows;
  if (first !== undefined && rendered.missing !== undefined) {
    await tellBlocked(sql, told, rendered.missing, first.message_id);
  }
  return rows.length;
}

/** The alarm about what is missing. Where it lacks something itself nobody can be told; the message stands in the list all the same. */
const BLOCKED = 'MESSAGE_BLOCKED';

/** Of many that lack the same fact one alarm is enough. */
async function tellBlocked(
  sql: Sql,
  told: Addressed & Told,
  missing: readonly string[],
  message: string,
): Promise<void> {
  const { template: _, facts: __, ...about } = told;
  await queueNotices(
    sql,
    {
      ...about,
      severity: 'critical',
      template: BLOCKED,
      facts: { template: told.template, missing: missing.join(', '), message },
    },
    ['operations', 'admin'].map((role) => ({ key: `message-blocked:${message}:${role}`, role })),
  );
}
