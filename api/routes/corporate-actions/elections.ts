/** Elections: by the holder, by an employee on the telephone with a second person; the broker's deadline. */
import {
  askElectionCutChange,
  recordTelephoneElection,
} from '../../../activities/intake/corporate-actions/draft-election';
import { elect, electForFirm, leaveToDefault } from '../../../activities/intake/corporate-actions/elect';
import { clientOfLogin } from '../../../activities/intake/permissions/client-of-login';
import { actingCaller } from '../../four-eyes';
import { rolesOf } from '../../identity';
import { eventPath, securitiesAccount, shares } from '../../reads/corporate-actions/event-line';
import { scopeOf } from '../../reads/permission-requests';
import { route, type Asked } from '../../route';
import { instant, onBehalfOf, reason, rowId } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';

/**
 * A holder whose answer was lost asks again while there is time: within seconds, not minutes. The act has its key in the database, so that two at once
 * are one.
 */
const TAKEN_OVER_AFTER_MS = 5_000;

export const election = {
  option: z.string().min(1).max(20).openapi({ example: 'ACCEPT' }),
  ballot: z
    .string()
    .max(20)
    .default('')
    .openapi({ type: 'string', description: '决议编号，投票时填写 number of the resolution that is voted on' }),
  quantity: z
    .string()
    .regex(/^-?\d{1,15}(\.\d{1,8})?$/)
    .openapi({
      example: '5500',
      description: '该选项的股数，取代原数；0 撤回 shares on this option, replaces what stood; 0 withdraws',
    }),
  versionShown: z.number().int().min(1).openapi({ description: '所见事件版本 version of the event that was shown' }),
};

/** The event, which tells what became of what a second person decides. */
const pathOf = ({ channel, eventNo }: z.output<typeof eventPath>): string =>
  `/v1/corporate-actions/${channel}/${eventNo}`;

const acknowledged = z
  .strictObject({
    securitiesAccount,
    ballot: z.string(),
    option: z.string(),
    quantity: shares,
    electedAt: instant,
    standing: z.array(z.strictObject({ option: z.string(), quantity: shares })),
    filings: z.array(z.string()).openapi({ description: '申报编号 numbers of the filings with the clearing house' }),
  })
  .openapi('AcknowledgedElection');

/** Of whoever answers a notice, whatever the answer. */
const ANSWER_REFUSALS = [
  'NOT_FOUND',
  'CHANNEL_UNKNOWN',
  'EVENT_KIND_NOT_SERVED',
  'EVENT_CANCELLED',
  'EVENT_VERSION_OUTDATED',
  'ELECTION_NOT_OPEN',
  'AFTER_DEADLINE',
  'NOTHING_ELECTABLE',
  'NOT_A_HOLDER',
] as const;

export const ELECTION_REFUSALS = [
  ...ANSWER_REFUSALS,
  'ELECTIONS_NOT_OFFERED',
  'OPTION_UNKNOWN',
  'QUANTITY_NOT_WHOLE',
  'QUANTITY_NEGATIVE',
  'NOTHING_TO_WITHDRAW',
  'EXCEEDS_ELECTABLE',
  'SUBSCRIPTION_NOT_PRICED',
  'SUBSCRIPTION_MONEY_SHORT',
] as const;

export type AnyAsked = Asked<{ readonly channel: string; readonly eventNo: string }, unknown, unknown>;

const ofHolder = async ({ params, caller, requestId, idempotencyKey }: AnyAsked, { pool }: Services) => ({
  ...params,
  by: caller.person,
  clientNo: await clientOfLogin(pool, caller.person),
  key: `${caller.person}:${idempotencyKey}`,
  requestId,
});

export const ofStaff = ({ params, caller, requestId, idempotencyKey }: AnyAsked) => ({
  ...params,
  by: caller.person,
  role: rolesOf(caller)[0] ?? '',
  key: `${caller.person}:${idempotencyKey}`,
  requestId,
});

export const electRoute = route({
  id: 'elect',
  takenOverAfterMs: TAKEN_OVER_AFTER_MS,
  isActKeyed: true,
  method: 'post',
  path: '/v1/corporate-actions/{channel}/{eventNo}/elections',
  tag: 'corporate actions',
  summary: {
    zh: '持有人选择、更改或撤回；当即确认或说明全部原因',
    en: 'A holder elects, changes or withdraws: acknowledged at once, or refused with every reason',
  },
  params: eventPath,
  body: z.strictObject({ securitiesAccount: securitiesAccount.optional(), ...election }),
  answer: acknowledged,
  refusals: [...ELECTION_REFUSALS, 'NOT_YOUR_CLIENT', 'ACCOUNT_TO_BE_NAMED'],
  respond: async (asked, services) => ({
    status: 200,
    body: mutable(await elect(services.pool, { ...(await ofHolder(asked, services)), ...asked.body })),
  }),
});

export const electForFirmRoute = route({
  id: 'electForFirm',
  takenOverAfterMs: TAKEN_OVER_AFTER_MS,
  isActKeyed: true,
  method: 'post',
  path: '/v1/corporate-actions/{channel}/{eventNo}/own-account-elections',
  tag: 'corporate actions',
  summary: {
    zh: '证券投资部为自营账户选择、更改或撤回',
    en: 'The own-account desk elects, changes or withdraws for the own shares of the firm',
  },
  params: eventPath,
  body: z.strictObject({ securitiesAccount, ...election, onBehalfOf }),
  answer: acknowledged,
  refusals: [...ELECTION_REFUSALS, 'DELEGATION_NOT_IN_FORCE'],
  respond: async (asked, { pool }) => {
    await actingCaller(pool, asked.caller, asked.body.onBehalfOf);
    return { status: 200, body: mutable(await electForFirm(pool, { ...ofStaff(asked), ...asked.body })) };
  },
});

export const leaveToDefaultRoute = route({
  id: 'leaveElectionToDefault',
  takenOverAfterMs: TAKEN_OVER_AFTER_MS,
  isActKeyed: true,
  method: 'post',
  path: '/v1/corporate-actions/{channel}/{eventNo}/waivers',
  tag: 'corporate actions',
  summary: {
    zh: '持有人表示按默认选项处理，不再提醒',
    en: 'A holder leaves it to the default option and is reminded no more',
  },
  params: eventPath,
  body: z.strictObject({ securitiesAccount: securitiesAccount.optional(), versionShown: election.versionShown }),
  answer: z.strictObject({ waivedAt: instant }).openapi('WaivedElection'),
  refusals: [...ANSWER_REFUSALS, 'NOT_YOUR_CLIENT', 'ACCOUNT_TO_BE_NAMED'],
  respond: async (asked, services) => ({
    status: 200,
    body: await leaveToDefault(services.pool, { ...(await ofHolder(asked, services)), ...asked.body }),
  }),
});

export const recording = z
  .string()
  .regex(/^[\w./-]{3,100}$/)
  .openapi({ example: 'REC-20250624-0007' });

export const recordTelephoneElectionRoute = route({
  id: 'recordTelephoneElection',
  method: 'post',
  path: '/v1/corporate-actions/{channel}/{eventNo}/telephone-elections',
  tag: 'corporate actions',
  summary: {
    zh: '员工登记电话申报（录音编号），由第二人听录音复核后生效',
    en: 'An election by telephone with the number of its recording; it counts when a second person has approved it',
  },
  params: eventPath,
  body: z.strictObject({
    securitiesAccount,
    ...election,
    recording,
    onBehalfOf,
  }),
  answer: z.strictObject({ telephoneNo: rowId }).openapi('TelephoneElection'),
  statuses: [200, 202],
  refusals: [...ELECTION_REFUSALS, 'RECORDING_USED', 'DELEGATION_NOT_IN_FORCE'],
  respond: async (asked, services) => {
    await actingCaller(services.pool, asked.caller, asked.body.onBehalfOf);
    const [, branches] = await scopeOf(services.pool, asked.caller, 'recordTelephoneElection');
    const drafted = { ...ofStaff(asked), ...asked.body, role: 'branch', branches };
    const { telephoneNo, isNew } = await recordTelephoneElection(services.pool, drafted);
    await services.dispatchSignals().catch(() => undefined);
    return { status: isNew ? 202 : 200, location: pathOf(asked.params), body: { telephoneNo } };
  },
});

export const askElectionCutChangeRoute = route({
  id: 'askElectionCutChange',
  method: 'post',
  path: '/v1/corporate-actions/{channel}/{eventNo}/deadline-changes',
  tag: 'corporate actions',
  summary: {
    zh: '申请变更公司截止时间，须早于中国结算截止时间，由第二人复核',
    en: 'Ask for another deadline of the broker, before that of the clearing house; a second person approves it',
  },
  params: eventPath,
  body: z.strictObject({
    brokerUntil: z.iso.datetime({ offset: true }).openapi({ type: 'string', format: 'date-time' }),
    reason,
    onBehalfOf,
  }),
  answer: z.strictObject({ changeId: rowId }).openapi('ElectionDeadlineChange'),
  statuses: [200, 202],
  refusals: [
    'NOT_FOUND',
    'CHANNEL_UNKNOWN',
    'CUT_CHANGE_TOO_LATE',
    'CUT_OUT_OF_ORDER',
    'CUT_CHANGE_ASKED_ALREADY',
    'DELEGATION_NOT_IN_FORCE',
  ],
  respond: async (asked, services) => {
    const { brokerUntil, reason: why, onBehalfOf: principal } = asked.body;
    await actingCaller(services.pool, asked.caller, principal);
    const { changeId, isNew } = await askElectionCutChange(services.pool, {
      ...ofStaff(asked),
      role: 'operations',
      onBehalfOf: principal,
      brokerCutAt: new Date(brokerUntil).toISOString(),
      reason: why,
    });
    await services.dispatchSignals().catch(() => undefined);
    return { status: isNew ? 202 : 200, location: pathOf(asked.params), body: { changeId } };
  },
});

const mutable = (taken: Awaited<ReturnType<typeof elect>>): z.input<typeof acknowledged> => ({
  ...taken,
  standing: [...taken.standing],
  filings: [...taken.filings],
});
