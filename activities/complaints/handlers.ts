/** Whom the register names as handler of a complaint `s.complaint_no`, one line after the other: assigned, by the decision of the group, handed over. */

/** Whether a line `s` of `complaint_steps` names a handler. */
export const NAMES_HANDLER = `s.act in ('assign', 'follow group', 'hand over')`;

/** Whom it names. */
export const NAMED_HANDLER = `coalesce(s.detail #>> '{handler,person}', s.detail ->> 'handler')`;
