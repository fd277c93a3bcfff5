/** Lists of restricted persons: sent as a file, seen by their difference, approved as changes of terms are; which were in force (A2 §7-8). */
import { importRestrictedList as importList } from '../../../activities/intake/import-restricted-list';
import { asOf, queryAsOf } from '../../as-of';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { actingCaller } from '../../four-eyes';
import { route } from '../../route';
import { businessDate, instant, onBehalfOf, pageOf, pageQuery, reason } from '../../schemas';
import { z } from '../../zod';
import { change } from '../../reads/parameter-changes';
import { answerOf, REFUSALS } from './parameter-changes';

/** Base64 of the largest file, and what stands around it. */
const BODY_BYTES = 4_000_000;

export const importRestrictedList = route({
  id: 'importRestrictedList',
  method: 'post',
  path: '/v1/restricted-lists',
  tag: 'parameters',
  summary: {
    zh: '导入限制名单文件并提请生效',
    en: 'Import a file of restricted persons and ask for it to be in force',
  },
  description: {
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

const version = z
  .strictObject({
    version: z.number().int(),
    sha256: z.string(),
    persons: z.number().int(),
    source: z.string(),
    reason: z.string(),
    importedBy: z.string(),
    importedAt: instant,
    decision: z.enum(['approved', 'refused']).nullable(),
    decidedBy: z.string().nullable(),
    decidedAt: instant.nullable(),
    effectiveFrom: z.string().nullable().openapi({ format: 'date', description: '生效首日 first day in force' }),
  })
  .openapi('RestrictedListVersion');

/** Nobody on a list is told: who is restricted shows where eligibility is checked. */
export const listRestrictedLists = route({
  id: 'listRestrictedLists',
  method: 'get',
  path: '/v1/restricted-lists',
  tag: 'parameters',
  summary: {
    zh: '限制名单的各版本，最新在前，不含人员',
    en: 'Versions of the list of restricted persons, newest first, without the persons',
  },
  query: z.strictObject({ 'as-of': asOf, ...pageQuery }),
  answer: pageOf(version),
  respond: async ({ query }, services) => {
    const [before = null] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await queryAsOf(services, query['as-of'], (sql) =>
      sql.query<z.input<typeof version>>(
        `select version, sha256, row_count as persons, source, reason, imported_by as "importedBy", imported_at as "importedAt", decision,
                decided_by as "decidedBy", decided_at as "decidedAt", effective_from::text as "effectiveFrom"
           from restricted_lists where ($1::bigint is null or version < $1) order by version desc limit $2`,
        [before, query.limit + 1],
      ),
    );
    const body = page(
      rows,
      query.limit,
      (row) => [String(row.version)],
      (row) => row,
    );
    return { status: 200, body };
  },
});
