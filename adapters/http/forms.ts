/** Forms of values that several outside systems answer with. */
import { z } from 'zod';

/** Money as text with two decimals, never a number. */
export const moneyForm = z.string().regex(/^-?\d{1,16}\.\d{2}$/);

/** Instant as ISO UTC text with milliseconds. */
export const instantForm = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);

/** A rate: a fraction as text. */
export const rateForm = z.string().regex(/^0\.\d{1,8}$/);
