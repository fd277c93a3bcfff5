/** What whoever makes an order fills in. */
import type { TaskForm } from './task-spec';

/** The maker confirms the amount by writing it. */
export const MAKE_FORM: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    required: ['amount'],
    additionalProperties: false,
    properties: { amount: { type: 'string', pattern: '^\\d+\\.\\d{2}$', title: '金额 amount in CNY' } },
  },
};

/** Whoever makes the order decides on the amount, above zero. */
export const CHOOSE_FORM: TaskForm = {
  version: 1,
  schema: {
    type: 'object',
    required: ['amount'],
    additionalProperties: false,
    properties: {
      amount: {
        type: 'string',
        pattern: '^(?!0+\\.00$)\\d{1,12}\\.\\d{2}$',
        title: '金额（可多于建议） amount in CNY',
      },
    },
  },
};
