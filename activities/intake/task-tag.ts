/** The tag of a task as somebody saw it: changes with whatever two people may have seen differently. */
import { BusinessError } from '../../domain/errors';
import { isShown } from './if-match';

export interface TaggedTask {
  readonly task_id: string | bigint;
  readonly revision: number;
  readonly state: string;
  readonly claimed_by: string | null;
}

/** Revision, state and holder. */
export const taskTag = ({ task_id: task, revision, state, claimed_by: holder }: TaggedTask): string =>
  `"task-${task}-${revision}-${state}${holder === null ? '' : `-${holder}`}"`;

/** Refuses to act on what was not shown; nothing where no tag was sent. */
export const tagRefusals = (task: TaggedTask, ifMatch: string | undefined): readonly BusinessError[] =>
  isShown(taskTag(task), ifMatch)
    ? []
    : [
        new BusinessError('REVISION_STALE', {
          field: 'If-Match',
          shown: revisionIn(ifMatch ?? '') ?? task.revision,
          current: task.revision,
        }),
      ];

const revisionIn = (tag: string): string | undefined => /^"task-\d+-(\d+)-/.exec(tag)?.[1];
