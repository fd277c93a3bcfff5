/** The tag of a complaint as somebody saw it. */
import { BusinessError } from '../../domain/errors';
import { isShown } from './if-match';

interface TaggedComplaint {
  readonly complaintNo: string;
  readonly revision: number;
  readonly state: string;
  readonly handler: string | null;
}

/** Changes with whatever people do with it, with its state and with its handler. */
const editedIn = ({ complaintNo, revision, state, handler }: TaggedComplaint): string =>
  `complaint-${complaintNo}-${revision}-${state.replaceAll(' ', '-')}${handler === null ? '' : `-${handler}`}`;

/** @param digest of all that is shown, also of what goes on beside the edits, as promises and requests do: for who asks whether anything has changed */
export const complaintTag = (complaint: TaggedComplaint, digest: string): string =>
  `"${editedIn(complaint)}/${digest}"`;

/**
 * Refuses to act on what was not shown; nothing where no tag was sent. A promise that moved meanwhile does not make an edit another one.
 * @throws BusinessError REVISION_STALE
 */
export function requireShown(complaint: TaggedComplaint, ifMatch: string | undefined): void {
  if (isShown(`"${editedIn(complaint)}"`, ifMatch?.replaceAll(/\/[\w-]*"/g, '"'))) return;
  const shown = /^"complaint-T\d+-\d+-(\d+)-/.exec(ifMatch ?? '')?.[1] ?? complaint.revision;
  throw new BusinessError('REVISION_STALE', { field: 'If-Match', shown, current: complaint.revision });
}
