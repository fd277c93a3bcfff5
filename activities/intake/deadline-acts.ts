/** What a person does to a promise that runs: stops its clock, lets it run again, asks for more time. Judged by the directory. */
import type { Pool } from 'pg';
import { BusinessError } from '../../domain/errors';
import { askExtension } from '../deadlines/extend-deadline';
import { resumeClock, stopClock } from '../deadlines/stop-clock';

export interface DeadlineActByHand {
  readonly deadlineId: string;
  readonly by: string;
  readonly onBehalfOf: string | undefined;
  readonly reason: string;
  readonly requestId: string;
  readonly ifMatch: string | undefined;
}

type Deps = { readonly pool: Pool };

/** @throws SeveralRefusals as `stopClock` */
export const stopDeadlineClock =
  ({ pool }: Deps) =>
  async ({ deadlineId, ...act }: DeadlineActByHand): Promise<void> => {
    const businessKey = await keyOf(pool, deadlineId);
    await stopClock({ pool })({ businessKey, judgedAs: 'stop-deadline-clock', ...act });
  };

/** @throws SeveralRefusals as `resumeClock` */
export const resumeDeadlineClock =
  ({ pool }: Deps) =>
  async ({ deadlineId, ...act }: DeadlineActByHand): Promise<void> => {
    const businessKey = await keyOf(pool, deadlineId);
    await resumeClock({ pool })({ businessKey, judgedAs: 'resume-deadline-clock', ...act });
  };

/** @returns number of the extension. @throws SeveralRefusals as `askExtension` */
export const askDeadlineExtension =
  ({ pool }: Deps) =>
  async ({
    deadlineId,
    furtherN,
    ...act
  }: DeadlineActByHand & { readonly furtherN: number }): Promise<{ readonly extensionId: string }> => {
    const businessKey = await keyOf(pool, deadlineId);
    return askExtension({ pool })({ businessKey, furtherN, judgedAs: 'ask-deadline-extension', ...act });
  };

/** @throws BusinessError NOT_FOUND */
async function keyOf(pool: Pool, deadlineId: string): Promise<string> {
  const { rows } = await pool.query<{ key: string }>(
    'select business_key as key from deadlines where deadline_id = $1',
    [deadlineId],
  );
  const [row] = rows;
  if (row === undefined) throw new BusinessError('NOT_FOUND', { what: '期限 deadline', key: deadlineId });
  return row.key;
}
