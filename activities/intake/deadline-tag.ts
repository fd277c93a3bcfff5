/** The tag of a promise as somebody saw it. */

/** Changes with every computation, end, stop and extension: with whatever two people may have seen differently. */
export const deadlineTag = (seen: {
  readonly deadlineId: string;
  readonly revision: number;
  readonly state: string;
  readonly acts: number;
}): string => `"deadline-${seen.deadlineId}-${seen.revision}-${seen.state.replaceAll(' ', '-')}-${seen.acts}"`;

/** How often its clock was stopped or resumed, and how often more time was asked for or decided on. */
export const ACTS = `(select count(*) + count(resumed_at) from deadline_stops s where s.deadline_id = d.deadline_id)
  + (select count(*) + count(decided_at) from deadline_extensions e where e.deadline_id = d.deadline_id)`;
