/** What the outside does otherwise than the published days tell, as a course names it. Forms, nothing else. */
import { z } from 'zod';

export const dateForm = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date YYYY-MM-DD');
export const timeForm = z.string().regex(/^\d{2}:\d{2}:\d{2}$/, 'a time HH:MM:SS');
export const momentForm = z.string().regex(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/, 'YYYY-MM-DD HH:MM:SS');
const sideForm = z.enum(['client', 'proprietary']);
const moneyForm = z.string().regex(/^-?\d{1,16}\.\d{2}$/, 'money is text with two decimals');

export const changeForm = z.discriminatedUnion('change', [
  /** The transfer between bank and reserve account of a side moves at another time, or another amount of it. */
  z.strictObject({
    change: z.literal('transfer'),
    date: dateForm,
    side: sideForm,
    direction: z.enum(['in', 'out']),
    at: timeForm,
    amount: moneyForm.optional(),
  }),
  /** One more transfer into the reserve account of a side. */
  z.strictObject({
    change: z.literal('further transfer'),
    date: dateForm,
    side: sideForm,
    at: timeForm,
    amount: moneyForm,
  }),
  /** A batch books another amount than was announced; risk money is mirrored in the risk-fund account. */
  z.strictObject({
    change: z.literal('booked amount'),
    date: dateForm,
    side: sideForm,
    business: z.enum(['JY', 'FK', 'FKTH', 'GX', 'ZF']),
    amount: moneyForm,
  }),
  /** A movement of a batch is booked on a later day instead. */
  z.strictObject({
    change: z.literal('booked later'),
    date: dateForm,
    to: dateForm,
    side: sideForm,
    business: z.enum(['JY', 'GX', 'ZF']),
  }),
  /** A file comes at another time. */
  z.strictObject({ change: z.literal('file'), date: dateForm, name: z.string().min(1), at: momentForm }),
  /** A variant of a day is laid over it: a folder beside the course, with the files it replaces and adds. */
  z.strictObject({ change: z.literal('variant'), folder: z.string().min(1) }),
]);

export type Change = z.infer<typeof changeForm>;
