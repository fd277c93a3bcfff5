/** What every route that does something with a complaint takes from its request, and answers after it. */
import { rolesOf, type Caller } from './identity';
import { complaintIn } from './reads/complaints';
import { visibleComplaint } from './reads/complaints-seen';
import type { Services } from './services';

/** A request to do something with a complaint. */
export interface Acting {
  readonly params: { readonly complaintNo: string };
  readonly caller: Caller;
  readonly requestId: string;
  readonly idempotencyKey: string;
  readonly ifMatch: string | undefined;
}

/** Whoever does not see the complaint does nothing with it. */
export async function actOf(asked: Acting, { pool }: Services) {
  await visibleComplaint(pool, asked.caller, asked.params.complaintNo);
  return actAsked(asked);
}

/** The act as verbs take it, under a key of whoever asks. */
export function actAsked({ params, caller, requestId, idempotencyKey, ifMatch }: Acting) {
  const role = rolesOf(caller)[0];
  return {
    complaintNo: params.complaintNo,
    key: `${caller.person}:${idempotencyKey}`,
    by: caller.person,
    requestId,
    ifMatch,
    ...(role === undefined ? {} : { role }),
  };
}

/** The complaint as it is after the act; what was queued for its process is sent at once where Temporal is up. */
export async function seen({ params, caller }: Pick<Acting, 'params' | 'caller'>, { pool, dispatchSignals }: Services) {
  await dispatchSignals().catch(() => undefined);
  await visibleComplaint(pool, caller, params.complaintNo);
  return { status: 200 as const, ...(await complaintIn(pool, params.complaintNo)) };
}
