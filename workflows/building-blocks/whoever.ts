/** Who did what a verb records, and by whose right. */
import type { Actor } from '../messages/tasks';

export const whoever = ({ person, onBehalfOf, role }: Actor) => ({
  by: person,
  role,
  ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
});
