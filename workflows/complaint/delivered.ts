/** How what was written reached whoever complains: a client reads it here, everybody else by a letter or mail of that number. */
import type { FilledForm } from '../messages/tasks';

/** Of a form whose text goes to the complainant; required of whoever is no client. */
export const DELIVERY = {
  type: 'object',
  additionalProperties: false,
  required: ['by', 'reference'],
  title: '送达 how it was delivered; of who is no client',
  properties: {
    by: { enum: ['letter', 'mail', 'transfer', 'in person', 'telephone'], title: '方式 by' },
    reference: {
      type: 'string',
      pattern: '^[A-Za-z0-9./:_-]{3,60}$',
      title: '凭证号 number of the letter, mail, reply or recording',
    },
  },
} as const;

/** Of a form that is answered to whoever passed the complaint on; required of a transfer. */
export const REPLY = {
  type: 'string',
  pattern: '^[A-Za-z0-9./:_-]{3,60}$',
  title: '转办件：对转办机关的回复文号 of a transfer: number of the reply to whoever passed it on',
} as const;

/** For the register. */
export function deliveredBy(form: FilledForm): { readonly detail?: Readonly<Record<string, unknown>> } {
  const { delivery, reply } = form;
  const detail = { ...(delivery === undefined ? {} : { delivery }), ...(reply === undefined ? {} : { reply }) };
  return Object.keys(detail).length === 0 ? {} : { detail };
}
