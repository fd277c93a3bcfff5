/** Words that stand in many routes. A schema's message that is a code of `domain/errors.ts` becomes that refusal. */
import { BusinessError } from '../domain/errors';
import { parseBusinessDate, type BusinessDate } from '../domain/calendar/business-date';
import { z } from './zod';

/** A calendar date in Asia/Shanghai that exists. */
export const businessDate = z
  .string()
  .refine(isBusinessDate, 'BUSINESS_DATE_INVALID')
  .transform((text) => text as BusinessDate)
  .openapi({
    type: 'string',
    format: 'date',
    example: '2025-06-23',
    description: '业务日期 business date, Asia/Shanghai',
  });

/** Channels whose calendars and accounts this house has. */
const CHANNELS = ['SH'] as const;
export const channel = z
  .enum(CHANNELS, 'CHANNEL_UNKNOWN')
  .openapi({ example: 'SH', description: '通道 channel: SH 沪港通下港股通' });

/** A path of one channel and one date. */
export const dayPath = z.strictObject({ channel, date: businessDate });

export const side = z.enum(['client', 'proprietary']).openapi('Side', { description: '客户 client, 自营 proprietary' });

/** Row numbers travel as text: they are names, and may outgrow a JSON number. */
export const rowId = z
  .string()
  .regex(/^[1-9]\d{0,17}$/)
  .openapi({ example: '42' });

/** An instant, UTC with milliseconds. */
export const instant = z.string().openapi({ format: 'date-time', example: '2025-06-23T02:00:00.000Z' });

/** Money that leaves: text with two decimals and its currency, never a number. */
export const money = z
  .strictObject({
    currency: z.enum(['CNY', 'HKD', 'USD', 'GBP']),
    amount: z.string().regex(/^-?\d+\.\d{2}$/),
  })
  .openapi('Money', { example: { currency: 'CNY', amount: '-19004649.79' } });

/** A text for people, in both languages. */
export const bilingual = z.strictObject({ zh: z.string(), en: z.string() }).openapi('Bilingual');

/** Facts and outcomes that a process wrote: whatever JSON they are. */
export const anyJson = z.unknown().openapi({ type: 'object', description: '流程写下的内容 as the process wrote it' });

/** Key of a person of the directory. */
export const person = z.string().min(1).max(100);

/** By choice of the caller: acts by a delegation of this principal, with that right and no other. */
export const onBehalfOf = person.optional().openapi({
  description: '代理：被代理人 principal for whom the caller acts by delegation',
  example: 'ops-client-head',
});

/** As `anyJson`, or nothing yet. */
export const anyJsonOrNull = z.unknown().openapi({
  type: ['object', 'null'],
  description: '流程写下的内容；尚无为 null as the process wrote it, null where there is none',
});

/** What every list takes: how many, and where the last page ended. */
export const pageQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(50)
    .openapi({ type: 'integer', description: '每页条数 items a page' }),
  cursor: z.string().max(500).optional().openapi({ description: '上一页的 next; the `next` of the page before' }),
};

/** What every list answers. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    next: z.string().nullable().openapi({ description: '下一页 cursor of the next page, null on the last' }),
  });

/** A reason that will be read by others later. */
export const reason = z.string().trim().min(5).max(500).openapi({ example: '与银行回单核对一致' });

/** Why personal data is looked at: said in the body, because addresses stand in the logs of every proxy on the way. */
export const saidWhy = z.strictObject({ reason });

export const problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    instance: z.string().openapi({ description: '请求编号 the request id, as urn:request:...' }),
    sentence: bilingual,
    errors: z.array(
      z.strictObject({
        field: z.string().nullable(),
        code: z.string(),
        sentence: bilingual,
        condition: z
          .strictObject({
            found: bilingual,
            required: bilingual,
            cure: bilingual,
            curedFrom: z.string().nullable().openapi({ format: 'date' }),
          })
          .optional()
          .openapi({ description: '未满足的条件 a condition that is not met: found, required, and what cures it' }),
      }),
    ),
  })
  .openapi('Problem', { description: 'RFC 9457' });

/** Whether a text is a date that exists. */
export function isBusinessDate(text: string): boolean {
  try {
    parseBusinessDate(text);
    return true;
  } catch (error) {
    if (error instanceof BusinessError) return false;
    throw error;
  }
}
