/** When something was received, as whoever enters it says: with any offset, kept as UTC. */
import { holdsAnyOf, type Caller } from './identity';
import { fault, refuseIfAny } from './problems';
import { z } from './zod';

export const someInstant = z.iso.datetime({ offset: true }).openapi({ type: 'string', format: 'date-time' });

export const utc = (text: string): string => new Date(text).toISOString();

/** Of what is added to a complaint. */
export const receivedAt = someInstant.optional().openapi({
  description: '实际收到时间，由工作人员补记，缺省为现在 when it came, as the staff say; now where left away',
});

/** For the verb. A client adds now. @throws Refused FIELD_UNKNOWN */
export function cameAt(caller: Caller, given: string | undefined): { readonly at?: string } {
  if (given === undefined) return {};
  const field = 'receivedAt';
  refuseIfAny(holdsAnyOf(caller, ['client']) ? [fault('FIELD_UNKNOWN', { field }, field)] : []);
  return { at: utc(given) };
}
