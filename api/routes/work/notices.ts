/** Who was told what of a day, and when it went out. */
import { textsOf, type OfTemplate } from '../../../activities/intake/told-texts';
import { settlementDayId } from '../../../workflows/messages/settlement-day';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { holdsAnyOf, READS_BOTH_SIDES } from '../../identity';
import { ofProcess } from '../../../activities/database/of-process';
import { TOLD_TO_ROLE } from '../../reads/messages';
import { route } from '../../route';
import { bilingual, dayPath, instant, pageOf, pageQuery, rowId } from '../../schemas';
import { z } from '../../zod';

const notice = z
  .strictObject({
    noticeId: rowId,
    severity: z.enum(['info', 'warning', 'critical']),
    recipientRole: z.string().nullable(),
    recipientMark: z
      .enum(['approver', 'deputy', 'head'])
      .nullable()
      .openapi({ description: '该角色中的副职、负责人或复核人 of the role: its deputy, its head, who approves' }),
    subject: bilingual,
    text: bilingual,
    createdAt: instant,
    sentAt: instant.nullable(),
    attempts: z.number().int(),
  })
  .openapi('Notice');

interface Row extends OfTemplate {
  readonly message_id: bigint;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly recipient_role: string | null;
  readonly recipient_mark: 'approver' | 'deputy' | 'head' | null;
  readonly created_at: string;
  readonly sent_at: string | null;
  readonly attempts: number;
}

/** Of what happens where the day has no process, or has one no more, the notice itself names the day. Each part by its index. */
export const OF_DAY = `
  select m.message_id, m.severity, m.recipient_role, m.recipient_mark, m.template, m.template_version, m.facts, m.missing, m.created_at,
         m.sent_at, m.attempts
    from outbox m
   where m.message_id in (
           select message_id from outbox where kind = 'notice' and ${ofProcess('workflow_id', '$1')}
           union all
           select message_id from outbox where kind = 'notice' and channel = $2 and business_date = $3)
     and m.message_id > $4::bigint and ($6::text is null or m.severity = $6)
     and ($7::jsonb is null or exists (
           select from jsonb_to_recordset($7) as g(role text, side text, branch text, mark text) where ${TOLD_TO_ROLE}))
   order by m.message_id limit $5`;

export const listNotices = route({
  id: 'listNotices',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/notices',
  tag: 'days',
  summary: { zh: '当日通知与警报', en: 'Notices and alarms of the day' },
  params: dayPath,
  query: z.strictObject({ severity: z.enum(['info', 'warning', 'critical']).optional(), ...pageQuery }),
  answer: pageOf(notice),
  refusals: ['CHANNEL_UNKNOWN'],
  respond: async ({ params, query, caller }, { pool }) => {
    const [after = '0'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await pool.query<Row>(OF_DAY, [
      ...[settlementDayId({ channel: params.channel, businessDate: params.date }), params.channel, params.date],
      ...[after, query.limit + 1, query.severity],
      // Others read what their own department was told: a notice may hold figures of its side.
      holdsAnyOf(caller, READS_BOTH_SIDES) ? null : JSON.stringify(caller.grants),
    ]);
    const told = await textsOf(pool, rows);
    const body = page(
      rows,
      query.limit,
      (row) => [String(row.message_id)],
      (row): z.input<typeof notice> => ({
        noticeId: String(row.message_id),
        severity: row.severity,
        recipientRole: row.recipient_role,
        recipientMark: row.recipient_mark,
        ...told(row),
        createdAt: row.created_at,
        sentAt: row.sent_at,
        attempts: row.attempts,
      }),
    );
    return { status: 200, body };
  },
});
