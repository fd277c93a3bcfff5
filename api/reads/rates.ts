/** A measured rate with how sure it is, as routes tell it. */
import { z } from '../zod';

export const rateView = z.strictObject({ rate: z.string(), from: z.string(), to: z.string() }).openapi('Rate', {
  description: '比率与 95% 置信区间 a rate with its 95 % interval (Wilson), four decimals',
  example: { rate: '0.9982', from: '0.9972', to: '0.9989' },
});

export const yearMonth = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
  .openapi({ example: '2025-06', description: '月份 month' });
