/** A filled form against the JSON Schema that was frozen on its task. */
import { amountFaults, faultsOf, invalid, withoutRepetition } from './validation';
import { refuseIfAny } from './problems';
import { z } from './zod';

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

/**
 * Refuses a form that does not fit, with every fault and its field.
 * @throws Refused INPUT_INVALID, FIELD_UNKNOWN, AMOUNT_NOT_TEXT
 */
export function refuseUnlessFormFits(schema: unknown, form: Readonly<Record<string, unknown>>): void {
  const parsed = z.fromJSONSchema(schema as JsonSchema).safeParse(form);
  const blank = Object.entries(form)
    .filter(([name, value]) => name === 'reason' && typeof value === 'string' && value.trim() === '')
    .map(([name]) => invalid(`form.${name}`, { zh: '非空文本', en: 'text that is not blank' }));
  refuseIfAny(
    withoutRepetition([
      ...amountFaults(form, ['form']),
      ...(parsed.success ? [] : faultsOf(parsed.error, form, 'form')),
      ...blank,
    ]),
  );
}
