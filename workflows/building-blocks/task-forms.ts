/** Forms that several processes ask to be filled. */
import type { TaskForm } from './task-spec';

/** Version 1 of a form all of whose fields are needed and that takes no other. */
export const formOfAll = (properties: Readonly<Record<string, object>>): TaskForm => ({
  version: 1,
  schema: { type: 'object', additionalProperties: false, required: Object.keys(properties), properties },
});

/** Why it was decided so, in a few words at least. */
export const REASON = { type: 'string', minLength: 5, maxLength: 500, title: '理由 reason' } as const;

/** What a corrective action came to. */
export const CORRECTION_FORM: TaskForm = formOfAll({ reason: { ...REASON, title: '整改结果 what was done' } });
