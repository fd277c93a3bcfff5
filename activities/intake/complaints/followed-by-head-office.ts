/** Complaints that the head office has said it follows itself, whichever of their causes brought them there (decision 0088). */

/** SQL: numbers of them, as the register says; from then on, until they have ended. */
export const FOLLOWED_COMPLAINTS = `select complaint_no from complaint_steps
   where act = 'take up' and detail ->> 'decision' = 'followed by the head office'`;

/** SQL: the complaint of a number is one of them. */
export const isFollowed = (no: string): string =>
  `exists (select from (${FOLLOWED_COMPLAINTS}) followed where followed.complaint_no = ${no})`;
