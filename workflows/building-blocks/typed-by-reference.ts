/** What people typed reaches a process as a reference; whoever sends the text itself is refused, and no event holds it. */
import { typedFields } from '../../domain/texts/typed-text';
import { businessFailure } from '../failures';

/**
 * For validators only: histories from before hold texts and replay.
 * @param schemas those that the form may have; of a text that one of them bounds it is believed that it was chosen, not typed
 */
export function refuseTyped(
  form: Readonly<Record<string, unknown>>,
  schemas: readonly Readonly<Record<string, unknown>>[] = [{}],
): void {
  const typed = schemas.map((schema) => typedFields(schema, form));
  const [field] = typed.every((fields) => fields.length > 0) ? (typed[0] ?? []) : [];
  if (field !== undefined) throw businessFailure('TEXT_NOT_BY_REFERENCE', { field });
}
