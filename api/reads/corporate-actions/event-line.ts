/** A corporate action as a line, and what all reads of events have in common. */
import { EVENT_KINDS } from '../../../domain/corporate-actions/served-kinds';
import { channel, instant } from '../../schemas';
import { z } from '../../zod';

const eventNo = z
  .string()
  .regex(/^[A-Z0-9]{1,16}$/)
  .openapi({ example: 'TKOV00000001', description: '事件编号 number of the event, as the clearing house gave it' });
export const eventPath = z.strictObject({ channel, eventNo });
export const securitiesAccount = z
  .string()
  .regex(/^[A-Z]\d{9}$/)
  .openapi({ example: 'A900000005', description: '证券账户 securities account' });
/** Shares travel as text, whole numbers. */
export const shares = z
  .string()
  .regex(/^-?\d+$/)
  .openapi({ example: '5500', description: '股数 shares' });

const cuts = z
  .strictObject({
    opensAt: instant,
    holdersUntil: instant.openapi({ description: '持有人自助截止（不含） holders elect by themselves before it' }),
    brokerUntil: instant.openapi({ description: '公司截止（不含） the broker takes elections before it' }),
    clearingHouseUntil: instant,
    hksccUntil: instant,
  })
  .nullable();

export const eventState = z.enum(['announced', 'collecting', 'closing', 'closed', 'ended', 'cancelled']);

export const eventLine = z
  .strictObject({
    channel,
    eventNo: z.string(),
    kind: z.enum(EVENT_KINDS),
    code: z.string().openapi({ description: '证券代码 security' }),
    version: z.number().int(),
    state: eventState,
    isServed: z.boolean(),
    isElective: z.boolean(),
    recordOn: z.string().nullable(),
    relevantOn: z
      .string()
      .nullable()
      .openapi({ description: '日历尚不知道时为空 null while the calendar does not know it' }),
    payOn: z.string().nullable(),
    cuts,
    announcedAt: instant,
    workflowId: z.string(),
  })
  .openapi('CorporateActionLine');
export type EventLine = z.input<typeof eventLine>;

/** SQL of an instant as text. */
export const utc = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export const EVENT_LINE = `a.channel, a.event_no as "eventNo", a.kind, a.code, a.version, a.state, a.is_served as "isServed",
  a.is_elective as "isElective", a.record_on as "recordOn", a.relevant_on as "relevantOn", a.pay_on as "payOn",
  case when a.broker_cut_at is not null then jsonb_build_object('opensAt', ${utc('a.opens_at')}, 'holdersUntil', ${utc('a.client_cut_at')},
    'brokerUntil', ${utc('a.broker_cut_at')}, 'clearingHouseUntil', ${utc('a.clearing_cut_at')}, 'hksccUntil', ${utc('a.hkscc_cut_at')}) end as cuts,
  a.announced_at as "announcedAt", a.workflow_id as "workflowId"`;

export const electionOption = z.strictObject({
  ballot: z.string(),
  option: z.string(),
  nameZh: z.string(),
  nameEn: z.string(),
  isDefault: z.boolean(),
});
