/** A filled form against the JSON Schema that was frozen on its task. */
import { amountFaults, faultsOf, invalid, withoutRepetition } from './validation';
import type { Fault } from './problems';
import { z } from './zod';

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

/**
 * What does not fit in a form, every fault with its field: INPUT_INVALID, FIELD_UNKNOWN, AMOUNT_NOT_TEXT.
 */
export function formFaults(schema: unknown, form: Readonly<Record<string, unknown>>): readonly Fault[] {
  const parsed = z.fromJSONSchema(schema as JsonSchema).safeParse(form);
  const blank = Object.entries(form)
    .filter(([name, value]) => name === 'reason' && typeof value === 'string' && value.trim() === '')
    .map(([name]) => invalid(`form.${name}`, { zh: '非空文本', en: 'text that is not blank' }));
  return withoutRepetition([
    ...amountFaults(form, ['form']),
    ...(parsed.success ? [] : faultsOf(parsed.error, form, 'form')),
    ...blank,
  ]);
}
