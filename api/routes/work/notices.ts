/** Who was told what of a day, and when it went out. */
import { textsOf } from '../../../activities/intake/told-texts';
import type { Prisma } from '../../../generated/prisma/client';
import { settlementDayId } from '../../../workflows/messages/settlement-day';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { holdsAnyOf, READS_BOTH_SIDES, type Caller } from '../../identity';
import { dateColumn, instantText } from '../../reads/columns';
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
  respond: async ({ params, query, caller }, { prisma, pool }) => {
    const [after = '0'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const rows = await prisma.outbox.findMany({
      where: {
        kind: 'notice',
        message_id: { gt: BigInt(after) },
        ...(query.severity === undefined ? {} : { severity: query.severity }),
        AND: [
          {
            // Of what happens where the day has no process, or has one no more, the notice itself names the day.
            OR: [
              { workflow_id: settlementDayId({ channel: params.channel, businessDate: params.date }) },
              { channel: params.channel, business_date: dateColumn(params.date) },
            ],
          },
          // Others read what their own department was told: a notice may hold figures of its side.
          holdsAnyOf(caller, READS_BOTH_SIDES) ? {} : toldTo(caller),
        ],
      },
      orderBy: { message_id: 'asc' },
      take: query.limit + 1,
    });
    const told = await textsOf(pool, rows);
    const body = page(
      rows,
      query.limit,
      (row) => [String(row.message_id)],
      (row): z.input<typeof notice> => ({
        noticeId: String(row.message_id),
        severity: row.severity as 'info',
        recipientRole: row.recipient_role,
        recipientMark: row.recipient_mark as 'head' | null,
        ...told(row),
        createdAt: row.created_at.toISOString(),
        sentAt: instantText(row.sent_at),
        attempts: row.attempts,
      }),
    );
    return { status: 200, body };
  },
});

/** What a caller's roles are told, of their side and branch and by their marks. Who approves is decided order by order, so all of the role may read it. */
const toldTo = ({ grants }: Caller): Prisma.outboxWhereInput => ({
  OR: grants.map(({ role, mark, side, branch }) => ({
    recipient_role: role,
    AND: [
      { OR: [{ recipient_mark: null }, { recipient_mark: { in: mark === null ? ['approver'] : ['approver', mark] } }] },
      side === null ? {} : { OR: [{ side: null }, { side }] },
      branch === null ? {} : { OR: [{ branch: null }, { branch }] },
    ],
  })),
});
