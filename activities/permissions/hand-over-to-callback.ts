/** After the opening the client is called back (A2 §5): the callback is asked for once, with script and days of the kind of permission. */
import { SYSTEM_ACTOR } from '../../domain/people/system-actor';
import { askCallback } from '../callbacks/ask-callback';
import type { Dependencies } from '../dependencies';
import { actOnRequest } from './act-on-request';
import { ownAct, type OfRequest } from './follow-request';
import type { RequestState } from './request-row';

type Pooled = Pick<Dependencies, 'pool'>;

/** Whoever of the house acted on the request does not call, nor whoever's right was used for it. */
export const handOverToCallback =
  ({ pool }: Pooled) =>
  ({ requestNo }: OfRequest): Promise<{ readonly callbackNo: string }> =>
    actOnRequest(pool, ownAct(requestNo, 'hand over to callback'), 'hand over to callback', async (sql, request) => {
      const { rows } = await sql.query<{ by: string }>(
        `select distinct hand as by from permission_steps cross join unnest(array[by, on_behalf_of]) as hand
          where request_no = $1 and hand <> $2 order by hand`,
        [requestNo, SYSTEM_ACTOR],
      );
      const { callbackNo } = await askCallback(sql, {
        businessKey: `opening:${requestNo}`,
        purpose: 'permission-opening',
        subject: requestNo,
        clientNo: request.clientNo,
        script: request.terms.callbackScript,
        days: request.terms.callbackDays,
        hands: rows.map(({ by }) => by),
        filedWith: request.workflowId,
        askedBy: SYSTEM_ACTOR,
      });
      return { answer: { callbackNo }, detail: { callback: callbackNo } };
    });

/** All else is filed: what the file still lacks is the record of the callback. */
export const awaitCallback =
  ({ pool }: Pooled) =>
  ({ requestNo }: OfRequest): Promise<RequestState> =>
    actOnRequest(pool, ownAct(requestNo, 'await callback'), 'await callback', () =>
      Promise.resolve({ answer: 'filing', next: { step: 'callback' } }),
    );
