/** Fields that forms of a complaint share, as JSON Schema. */

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

/** The complaint that this one repeats. */
export const DUPLICATE_OF = {
  type: 'string',
  pattern: '^T\\d{8}-\\d{6}$',
  title: '重复于 duplicate of',
} as const;

/** Whoever finds a duplicate names the other one. */
export const NAMES_DUPLICATE = {
  if: { properties: { decision: { const: 'duplicate' } } },
  then: { required: ['duplicateOf'] },
} as const;
