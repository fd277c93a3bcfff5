/** Whose a ladder is that is climbed for one side of a day. */
import { SIDES, type Side } from '../channel';

/** What climbs for one side says so at the end of its subject, e.g. `SH:2025-06-23:client`; undefined for what is of both, as the files are. */
export const sideOfSubject = (subject: string): Side | undefined => SIDES.find((side) => subject.endsWith(`:${side}`));
