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

/** For the register. */
export const deliveredBy = (form: FilledForm): { readonly detail?: { readonly delivery: unknown } } =>
  form['delivery'] === undefined ? {} : { detail: { delivery: form['delivery'] } };
