/** Who complains, what was written and what came with it: for those who handle it, each look audited. */
import type { Pool } from 'pg';
import { TO_COMPLAINANT as MESSAGE_TO_COMPLAINANT } from '../../activities/intake/told-complainant';
import { COMPLETE_PARTICULARS } from '../../activities/intake/complaints/complete-particulars';
import { recordReading, type Reading } from '../../activities/intake/record-reading';
import { BusinessError } from '../../domain/errors';
import { holdsAnyOf, rolesOf, type Caller } from '../identity';
import { instant, money } from '../schemas';
import { z } from '../zod';
import { complaintNo, YUAN } from './complaints';
import { visibleComplaint } from './complaints-seen';
import { ofProcess } from '../../activities/database/of-process';
import { owedByProcess } from '../../activities/database/promises-found';

export const particulars = z
  .strictObject({
    complaintNo,
    complainant: z
      .strictObject({
        name: z.string().nullable(),
        contact: z.string().nullable().openapi({ description: '收到时所留 as it was left at the receipt' }),
        telephone: z
          .string()
          .nullable()
          .openapi({ description: '其后补充的电话，回访先拨此号 filled in later; whoever calls back dials it first' }),
        clientNo: z.string().nullable(),
        fundAccount: z.string().nullable(),
      })
      .nullable()
      .openapi({ description: '协查部门看不到投诉人 not shown to a department that answers a request' }),
    about: z
      .strictObject({ workflowId: z.string(), run: z.string().nullable(), event: z.string().nullable() })
      .nullable()
      .openapi({
        description:
          '所投诉的流程及其历史事件，其编号可指认投诉人 process that it is about, and the event of its history: its number would tell who complains',
      }),
    claimed: z.array(z.strictObject({ amount: money, writtenBy: z.string(), writtenAt: instant })).openapi({
      description:
        '诉求金额：收到时的在前，其后补充、更正的依次在后，最后一项为现值 what is claimed: as received, then as filled in later; the last one counts',
    }),
    texts: z.array(
      z.strictObject({
        textId: z
          .string()
          .nullable()
          .openapi({ description: '收到时的内容没有编号 what was received first has no number of its own' }),
        kind: z.enum(['facts', 'claim', 'telephone', 'supplement', 'question', 'task']).openapi({
          description: '诉求与电话，最后一项为现值 of claims and telephones the last one counts',
        }),
        taskId: z.string().nullable(),
        requestNo: z.number().int().nullable(),
        text: z.string(),
        writtenBy: z.string(),
        writtenAt: instant,
        receivedAt: instant.openapi({ description: '收到时间，自此起算 when it came; it counts from then' }),
      }),
    ),
    attachments: z
      .array(
        z.strictObject({
          attachmentId: z.string(),
          fileName: z.string().nullable(),
          saidType: z.string().nullable().openapi({ description: '自称类型 what its sender says that it is' }),
          mediaType: z.string().openapi({ description: '按内容判定的类型 what its bytes are' }),
          byteCount: z.string(),
          sha256: z.string().nullable(),
          fault: z.string().nullable().openapi({ description: '未接收的原因 why it was not taken' }),
          filedAt: instant,
          receivedAt: instant,
        }),
      )
      .openapi({ description: '随投诉收到的附件 what came with it' }),
  })
  .openapi('ComplaintParticulars');

/**
 * How much of a complaint somebody reads: all of it; the question that was asked of a department; what the complainant said and was told,
 * as the complainant does, and whoever calls about the answer or with a message.
 */
type Sight = 'whole' | 'question' | 'own';

/** @throws BusinessError PARTICULARS_CONFIDENTIAL */
async function sightOfParticulars(pool: Pool, caller: Caller, no: string): Promise<Sight> {
  const sight = await sightNow(pool, caller, no);
  if (sight === null) throw new BusinessError('PARTICULARS_CONFIDENTIAL', { complaint: no });
  return sight;
}

/** SQL: the investigation of the group serves the complaint `c`: not any more once it is handled again, unless it has joined one since. */
const SERVED_BY_GROUP = `not exists (
  select from complaint_steps r where r.complaint_no = c.complaint_no and r.act = 'reopen'
     and not exists (select from complaint_steps j where j.complaint_no = c.complaint_no and j.act = 'join group' and j.step_id > r.step_id))`;

/**
 * By what the caller does with it now: whoever received it until it is registered, its handler, whoever holds a task of it, whoever is
 * calling the complainant back or has to tell the complainant something by telephone. Whoever handles the complaint that it is a duplicate of, or whose investigation serves it, reads it too:
 * it has no handler of its own. Null: nothing.
 */
export async function sightNow(pool: Pool, caller: Caller, no: string): Promise<Sight | null> {
  const { rows } = await pool.query<{ handles: boolean; asked: boolean; calls: boolean; kept_out: boolean }>(
    `with recursive served as (
       select o.workflow_id, o.received_by, o.state, o.handler, o.ended_at, o.duplicate_of
         from complaints c join complaints o on o.complaint_no = $1 or (o.complaint_no = c.group_of and c.ended_at is null and ${SERVED_BY_GROUP})
        where c.complaint_no = $1
       union
       select o.workflow_id, o.received_by, o.state, o.handler, o.ended_at, o.duplicate_of
         from served s join complaints o on o.complaint_no = s.duplicate_of)
     select exists (select from served s where (s.received_by = $2 and s.state in ('received', 'incomplete')) or (s.handler = $2 and s.ended_at is null)
                 or exists (select from tasks t where ${ofProcess('t.workflow_id', 's.workflow_id')} and t.claimed_by = $2 and t.state = 'claimed'
                           and t.kind not in ('answer-complaint-request', 'do-corrective-action', 'make-compensation-order', 'approve-order')))
                 -- Whoever inspects it once it is closed reads what the checklist asks about.
                 or exists (select from inspections i join tasks t on ${ofProcess('t.workflow_id', 'i.workflow_id')} where i.kind = 'complaints' and i.subject = c.complaint_no
                               and t.kind = 'inspect-complaint' and t.claimed_by = $2 and t.state = 'claimed')
                 -- Whoever decides about more time of it.
                 or exists (select from deadlines d join deadline_extensions e using (deadline_id)
                              join tasks t on ${ofProcess('t.workflow_id', `('deadline-extension:' || e.extension_id)`)}
                             where ${owedByProcess('d', 'c.workflow_id')} and t.claimed_by = $2 and t.state = 'claimed')
                 or exists (select from tasks t where t.workflow_id like 'head-office-complaint:' || c.complaint_no || ':%' and t.claimed_by = $2
                               and t.state = 'claimed')
              as handles,
            exists (select from callbacks k join callback_attempts a using (callback_no) left join callback_results r using (attempt_id)
                     where k.filed_with = c.workflow_id and k.state <> 'ended' and a.begun_by = $2 and r.attempt_id is null)
                 -- Whoever telephones because a message reached nobody finds here whom to call.
                 or exists (select from tasks t join outbox m on m.message_id = substring(t.workflow_id from '^telephone-notice:([0-9]+)$')::bigint
                             where t.claimed_by = $2 and t.state = 'claimed' and m.kind = 'notice' and m.case_key = c.workflow_id and ${MESSAGE_TO_COMPLAINANT})
              as calls,
            exists (select from tasks t where ${ofProcess('t.workflow_id', 'c.workflow_id')} and t.claimed_by = $2 and t.state = 'claimed'
                       and t.kind = 'answer-complaint-request') as asked,
            is_kept_out(c.workflow_id, array[$2]) as kept_out
       from complaints c where complaint_no = $1`,
    [no, caller.person],
  );
  const [found] = rows;
  if (holdsAnyOf(caller, ['client'])) return 'own';
  if (found?.kept_out === false && found.handles) return 'whole';
  if (found?.kept_out === false && found.asked) return 'question';
  return found?.kept_out === false && found.calls ? 'own' : null;
}

interface Look {
  readonly no: string;
  readonly requestId: string;
  readonly shown: object;
  /** Of what is more than the complainant said and was told: evidence of other processes, the file, how the talk went. */
  readonly whole?: boolean;
}

/**
 * Whoever may read all that came with a complaint, or complains; the look is audited before the answer leaves.
 * @throws BusinessError NOT_FOUND, PARTICULARS_CONFIDENTIAL
 */
export async function requireSight(
  pool: Pool,
  caller: Caller,
  { no, requestId, shown, whole = false }: Look,
): Promise<void> {
  await visibleComplaint(pool, caller, no);
  if (!(await looksAt(pool, caller, { no, requestId, shown, whole })))
    throw new BusinessError('PARTICULARS_CONFIDENTIAL', { complaint: no });
}

/** Whether the caller may read it, as `requireSight` says, of a complaint that is seen: then the look is audited. */
export async function looksAt(
  pool: Pool,
  caller: Caller,
  { no, requestId, shown, whole = false }: Look,
): Promise<boolean> {
  const sight = await sightNow(pool, caller, no);
  if (sight !== 'whole' && (sight !== 'own' || whole)) return false;
  await recordLook(pool, caller, { no, requestId, shown: { sight, ...shown } });
  return true;
}

const recordLook = (
  pool: Pool,
  caller: Caller,
  { no, requestId, shown }: { readonly no: string; readonly requestId: string; readonly shown: Reading['shown'] },
): Promise<void> =>
  recordReading(pool, {
    actor: caller.person,
    role: rolesOf(caller)[0],
    action: 'read personal data',
    objectType: 'complaint',
    objectId: no,
    shown,
    requestId,
  });

/**
 * Texts that whoever complains reads besides the own words: what was asked back, why it was refused, the answer. Of each the last one of
 * whoever did the task, once it is done: drafts, and what was written for a decision that came otherwise, are nobody's answer.
 */
const TO_COMPLAINANT = `x.text_id = (select max(own.text_id) from complaint_texts own where own.task_id = x.task_id
                                    and own.written_by = t.outcome #>> '{by,person}')
  and t.state = 'done' and (t.kind = 'answer-complaint'
    or (t.kind, t.outcome #>> '{form,decision}') in (('register-complaint', 'ask back'), ('accept-complaint', 'refuse')))`;

/**
 * The particulars, each look audited before the answer leaves.
 * @throws BusinessError NOT_FOUND, PARTICULARS_CONFIDENTIAL
 */
export async function particularsOf(
  pool: Pool,
  caller: Caller,
  { no, requestId }: { readonly no: string; readonly requestId: string },
): Promise<z.input<typeof particulars>> {
  const line = await visibleComplaint(pool, caller, no);
  const sight = await sightOfParticulars(pool, caller, no);
  await recordLook(pool, caller, { no, requestId, shown: { sight } });
  const { rows: who } = await pool.query<NonNullable<z.input<typeof particulars>['complainant']>>(
    `select name, contact, telephone, client_no as "clientNo", fund_account as "fundAccount" from complainants where complaint_no = $1`,
    [no],
  );
  const { rows: about } = await pool.query<NonNullable<z.input<typeof particulars>['about']>>(
    `select about_workflow as "workflowId", about_run as run, about_event::text as event from complaints
      where complaint_no = $1 and about_workflow is not null and $2 <> 'question'`,
    [no, sight],
  );
  const { rows: texts } = await pool.query<z.input<typeof particulars>['texts'][number]>(
    `select x.text_id::text as "textId", x.kind, x.task_id::text as "taskId", x.request_no as "requestNo", x.text, x.written_by as "writtenBy",
            x.written_at as "writtenAt", x.received_at as "receivedAt"
       from complaint_words x left join tasks t using (task_id)
      where x.complaint_no = $1
        and ($2 = 'whole' or ($2 = 'own' and (x.kind in ('facts', 'claim', 'telephone', 'supplement') or (${TO_COMPLAINANT})))
          or ($2 = 'question' and (x.kind = 'question' and exists (
                select from tasks own where ${ofProcess('own.workflow_id', '$3')} and own.claimed_by = $4 and own.state = 'claimed'
                   and own.kind = 'answer-complaint-request' and (own.facts ->> 'request')::int = x.request_no)
               or x.written_by = $4)))
      order by x.text_id nulls first, x.kind desc`,
    [no, sight, line.workflowId, caller.person],
  );
  const { rows: attachments } = await pool.query<z.input<typeof particulars>['attachments'][number]>(
    `select attachment_id::text as "attachmentId", file_name as "fileName", said_type as "saidType", media_type as "mediaType",
            byte_count::text as "byteCount", sha256, fault, filed_at as "filedAt", coalesce(received_at, filed_at) as "receivedAt"
       from complaint_attachments where complaint_no = $1 and $2 <> 'question' order by complaint_attachments.attachment_id`,
    [no, sight],
  );
  return {
    complaintNo: no,
    complainant: sight === 'question' ? null : (who[0] ?? null),
    about: about[0] ?? null,
    claimed: sight === 'question' ? [] : await claimedOf(pool, no),
    texts,
    attachments,
  };
}

/** The amounts that were claimed, the first as it was received. */
async function claimedOf(pool: Pool, no: string): Promise<z.input<typeof particulars>['claimed']> {
  const { rows } = await pool.query<z.input<typeof particulars>['claimed'][number]>(
    `with filled as (select step_id, (detail ->> 'claimedFen')::bigint as fen, (detail ->> 'insteadOfFen')::bigint as instead, by, at
                       from complaint_steps where complaint_no = $1 and act = $2 and detail ? 'claimedFen'),
          claimed as (select 0 as step_id, case when first.step_id is null then c.claimed_fen else first.instead end as fen, c.received_by as by,
                             c.registered_at as at
                        from complaints c left join lateral (select * from filled order by step_id limit 1) first on true where c.complaint_no = $1
                      union all select step_id, fen, by, at from filled)
     select ${YUAN('fen')} as amount, by as "writtenBy", at as "writtenAt" from claimed where fen is not null order by step_id`,
    [no, COMPLETE_PARTICULARS],
  );
  return rows;
}
