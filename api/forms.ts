/** A filled form against the JSON Schema that was frozen on its task, as faults of the request. */
import { formFaults as schemaFaults } from '../activities/intake/form-faults';
import { isBlank } from '../domain/texts/blank';
import { MORE_THAN_BLANKS } from '../domain/texts/expected';
import { fault, type Fault } from './problems';
import { amountFaults, invalid, withoutRepetition } from './validation';

/**
 * What does not fit in a form, every fault with its field: INPUT_INVALID, FIELD_UNKNOWN, AMOUNT_NOT_TEXT.
 */
export function formFaults(schema: unknown, form: Readonly<Record<string, unknown>>): readonly Fault[] {
  const blank = Object.entries(form)
    .filter(([name, value]) => name === 'reason' && typeof value === 'string' && isBlank(value))
    .map(([name]) => invalid(`form.${name}`, MORE_THAN_BLANKS));
  return withoutRepetition([
    ...amountFaults(form, ['form']),
    ...schemaFaults(schema as object, form).map(({ code, field, expected }) => {
      const at = field === '' ? 'form' : `form.${field}`;
      return code === 'FIELD_UNKNOWN' ? fault(code, { field: at }, at) : invalid(at, expected);
    }),
    ...blank,
  ]);
}
