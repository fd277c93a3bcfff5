/** Complaints that the head office has said it follows itself, whichever of their causes brought them there (decision 0088). */

const SAID = `s.act = 'take up' and s.detail ->> 'decision' = 'followed by the head office'`;

/** SQL: numbers of them, as the register says, each of a group that is followed for being many; from then on, until they have ended. */
export const FOLLOWED_COMPLAINTS = `select s.complaint_no from complaint_steps s where ${SAID}
   union all
   select m.complaint_no from complaints m join complaint_steps s on s.complaint_no = m.group_of
    where ${SAID} and s.detail ->> 'cause' = 'collective'`;

/** SQL: the complaint of a number is one of them. */
export const isFollowed = (no: string): string =>
  `exists (select from (${FOLLOWED_COMPLAINTS}) followed where followed.complaint_no = ${no})`;
