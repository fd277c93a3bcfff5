/** Lists of restricted persons: sent as a file, seen by their difference, approved as changes of terms are (A2 §7-8). */
import { importRestrictedList as importList } from '../../activities/intake/import-restricted-list';
import { actingCaller } from '../four-eyes';
import { route } from '../route';
import { businessDate, onBehalfOf, reason } from '../schemas';
import { z } from '../zod';
import { answerOf, change, REFUSALS } from './parameter-changes';

/** Base64 of the largest file, and what stands around it. */
const BODY_BYTES = 4_000_000;

export const importRestrictedList = route({
  id: 'importRestrictedList',
  method: 'post',
  path: '/v1/restricted-lists',
  tag: 'parameters',
  summary: {
    zh: '导入限制名单文件并提请生效；答复为待复核的变更及其与所替换版本的差异',
    en: 'Import a file of restricted persons and ask for it to be in force; answered with the change and its difference to the version in force',
  },
  bodyBytes: BODY_BYTES,
  body: z.strictObject({
    content: z.base64().openapi({
      description:
        'Base64；CSV，GBK 或带 BOM 的 UTF-8 in GBK or UTF-8 with a byte order mark: document_type,document_no,cause,listed_on',
    }),
    effectiveOn: businessDate,
    reason,
    onBehalfOf,
  }),
  answer: change,
  statuses: [202],
  refusals: [
    ...REFUSALS,
    'DOCUMENT_EMPTY',
    'DOCUMENT_TOO_LARGE',
    'LIST_ENCODING_UNKNOWN',
    'LIST_HEADER_WRONG',
    'PERSON_LISTED_TWICE',
    'DOCUMENT_TYPE_UNKNOWN',
    'LENGTH_INVALID',
    'CHARACTER_INVALID',
    'FORMAT_INVALID',
    'REGION_UNKNOWN',
    'BIRTHDAY_INVALID',
    'BIRTHDAY_IN_FUTURE',
    'CHECK_DIGIT_WRONG',
  ],
  respond: async ({ body, caller, requestId, idempotencyKey }, services) => {
    const { content, onBehalfOf: principal, ...asked } = body;
    await actingCaller(services.pool, caller, principal);
    const { changeId } = await importList(services)({
      ...asked,
      content: Buffer.from(content, 'base64'),
      actor: { person: caller.person, onBehalfOf: principal },
      requestKey: idempotencyKey,
      requestId,
    });
    // Where Temporal is away the outbox's own loop starts it later.
    await services.dispatchSignals().catch(() => undefined);
    return answerOf(services, changeId, 202);
  },
});
