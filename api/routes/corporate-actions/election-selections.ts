/** What staff do with a selection of holders at once: remind them, take down what they elected by telephone, mark who cannot be reached. */
import {
  markReachable,
  markUnreachable,
  remindHolders,
} from '../../../activities/intake/corporate-actions/act-on-holders';
import { recordTelephoneElections } from '../../../activities/intake/corporate-actions/telephone-selection';
import { actingCaller } from '../../four-eyes';
import type { RouteId } from '../../policy';
import { eventPath, securitiesAccount } from '../../reads/corporate-actions/event-line';
import { holdersSeenBy } from '../../reads/corporate-actions/holders';
import { scopeOf } from '../../reads/permission-requests';
import { route } from '../../route';
import { bilingual, onBehalfOf, reason, rowId } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';
import { election, ELECTION_REFUSALS, ofStaff, recording, type AnyAsked } from './elections';

/** Why one of them is not taken, beside the others. */
const ONE_BY_ONE = [...ELECTION_REFUSALS, 'RECORDING_USED'] as const;

const selection = z.array(securitiesAccount).min(1).max(500);
const acted = z.strictObject({ holders: z.number().int() }).openapi('ActedOnHolders');

async function reachedBy(asked: AnyAsked, { pool }: Services, route: RouteId) {
  const [sides, branches] = await holdersSeenBy(pool, asked.caller, route);
  return { ...ofStaff(asked), sides, branches };
}

export const remindHoldersRoute = route({
  id: 'remindHolders',
  method: 'post',
  path: '/v1/corporate-actions/{channel}/{eventNo}/reminders',
  tag: 'corporate actions',
  summary: { zh: '提醒所选的未答持有人', en: 'Remind those of a selection who have not answered' },
  params: eventPath,
  body: z.strictObject({ securitiesAccounts: selection }),
  answer: acted,
  refusals: ['NOT_FOUND', 'CHANNEL_UNKNOWN'],
  respond: async (asked, services) => ({
    status: 200,
    body: await remindHolders(services.pool, { ...(await reachedBy(asked, services, 'remindHolders')), ...asked.body }),
  }),
});

/** One answer for the mark and for taking it back. */
const marking = (
  id: RouteId,
  holders: string,
  summary: { readonly zh: string; readonly en: string },
  mark: typeof markUnreachable,
) =>
  route({
    id,
    method: 'post',
    path: `/v1/corporate-actions/{channel}/{eventNo}/${holders}`,
    tag: 'corporate actions',
    summary,
    params: eventPath,
    body: z.strictObject({ securitiesAccounts: selection, reason }),
    answer: acted,
    refusals: ['NOT_FOUND', 'CHANNEL_UNKNOWN'],
    respond: async (asked, services) => ({
      status: 200,
      body: await mark(services.pool, { ...(await reachedBy(asked, services, id)), ...asked.body }),
    }),
  });

export const markUnreachableRoute = marking(
  'markHoldersUnreachable',
  'unreachable-holders',
  { zh: '将所选持有人标记为无法联系', en: 'Mark a selection of holders as not to be reached' },
  markUnreachable,
);

export const markReachableRoute = marking(
  'markHoldersReachable',
  'reachable-holders',
  {
    zh: '撤销所选持有人的无法联系标记',
    en: 'Take the mark back that a selection of holders cannot be reached: they are reminded again',
  },
  markReachable,
);

export const recordTelephoneElectionsRoute = route({
  id: 'recordTelephoneElections',
  method: 'post',
  path: '/v1/corporate-actions/{channel}/{eventNo}/telephone-elections/selection',
  tag: 'corporate actions',
  summary: { zh: '批量登记所选持有人的电话申报', en: 'Elections by telephone of a selection of holders' },
  description: {
    zh: '批量登记所选持有人的电话申报，每笔一个录音编号、各自复核；逐笔答复',
    en: 'Elections by telephone of a selection of holders, each with its recording and its own approval; answered one by one',
  },
  params: eventPath,
  body: z.strictObject({
    versionShown: election.versionShown,
    elections: z
      .array(
        z.strictObject({
          securitiesAccount,
          ballot: election.ballot,
          option: election.option,
          quantity: election.quantity,
          recording,
        }),
      )
      .min(1)
      .max(100),
    onBehalfOf,
  }),
  answer: z
    .strictObject({
      elections: z.array(
        z.strictObject({
          securitiesAccount,
          recording: z.string(),
          telephoneNo: rowId.nullable(),
          refusals: z.array(z.strictObject({ code: z.enum(ONE_BY_ONE), sentence: bilingual })),
        }),
      ),
    })
    .openapi('TelephoneElections'),
  refusals: ['CHANNEL_UNKNOWN', 'DELEGATION_NOT_IN_FORCE'],
  respond: async (asked, services) => {
    const { elections, versionShown, onBehalfOf: principal } = asked.body;
    await actingCaller(services.pool, asked.caller, principal);
    const [, branches] = await scopeOf(services.pool, asked.caller, 'recordTelephoneElections');
    const by = { ...ofStaff(asked), role: 'branch', onBehalfOf: principal, branches, versionShown };
    const taken = await recordTelephoneElections(services.pool, by, elections);
    await services.dispatchSignals().catch(() => undefined);
    return {
      status: 200,
      body: {
        elections: taken.map(({ telephoneNo, refusals, ...one }) => ({
          ...one,
          telephoneNo: telephoneNo ?? null,
          refusals: refusals.map(({ code, text }) => ({ code: code as (typeof ONE_BY_ONE)[number], sentence: text })),
        })),
      },
    };
  },
});
