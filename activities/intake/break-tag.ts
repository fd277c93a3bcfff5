/** The tag of a break as somebody saw it: changes with whom it was given to and with what is decided about it. */
import { BusinessError } from '../../domain/errors';
import { isShown } from './if-match';

export interface TaggedBreak {
  readonly finding_id: string;
  /** How often it was given to somebody. */
  readonly assignments: number;
  readonly verdict: string;
  readonly assigned_to: string | null;
}

export const breakTag = ({ finding_id: id, assignments, verdict, assigned_to: holder }: TaggedBreak): string =>
  `"break-${id}-${assignments}-${verdict.replaceAll(' ', '-')}${holder === null ? '' : `-${holder}`}"`;

/** Refuses to act on what was not shown; nothing where no tag was sent. */
export const breakTagRefusals = (found: TaggedBreak, ifMatch: string | undefined): readonly BusinessError[] =>
  isShown(breakTag(found), ifMatch)
    ? []
    : [
        new BusinessError('REVISION_STALE', {
          field: 'If-Match',
          shown: /^"break-\d+-(\d+)-/.exec(ifMatch ?? '')?.[1] ?? found.assignments,
          current: found.assignments,
        }),
      ];
