/** How what was written reached whoever complains: a client reads it here, everybody else by a letter or mail of that number. */
import type { FilledForm } from '../messages/tasks';

/** For the register. */
export function deliveredBy(form: FilledForm): { readonly detail?: Readonly<Record<string, unknown>> } {
  const { delivery, reply } = form;
  const detail = { ...(delivery === undefined ? {} : { delivery }), ...(reply === undefined ? {} : { reply }) };
  return Object.keys(detail).length === 0 ? {} : { detail };
}
