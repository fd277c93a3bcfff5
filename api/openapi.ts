/** The OpenAPI 3.1 document, made from the very schemas that requests and answers are checked against. */
import { createHash } from 'node:crypto';
import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { errorList, statusOf, type ErrorCode } from '../domain/errors';
import { registerEvents } from './event-documents';
import { accessTo } from './policy';
import type { Route } from './route';
import { businessDate, channel, problem } from './schemas';
import { z } from './zod';

type Document = ReturnType<OpenApiGeneratorV31['generateDocument']>;

const BEARER = 'bearer';

/** The document of the routes given. It holds nothing that depends on where it is served. */
export function openApiDocument(routes: readonly Route[]): Document {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', BEARER, { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' });
  for (const [name, description] of Object.entries(HEADERS)) {
    registry.registerComponent('headers', name, { description, schema: { type: 'string' } });
  }
  registry.register('Problem', problem);
  const refused = refusalsOf(registry);
  for (const route of routes) registry.registerPath(pathOf(route, refused));
  registerEvents(registry);
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Southbound 港股通运营接口',
      version: '1',
      description: [
        '港股通业务运营：交收日与清算文件、待办与复核、权限开通与回访、投诉、公司行为与申报、参数与费率、消息、人员与审计。The operations of Southbound: settlement days and clearing files, tasks and approvals, permissions and callbacks, complaints, corporate actions and elections, parameters and rates, messages, people and the audit.',
        '谁可调用写在各项说明中；无权者不知其有无的，一律答 404。Each operation names the roles that may call it; what somebody may not know of is answered 404.',
        '金额为带两位小数的文本，绝不是数字。Amounts are text with two decimals, never numbers.',
        '写入须带 Idempotency-Key：同键同内容得到同一答复，同键异内容为 422。Every write carries an Idempotency-Key: the same key and content is answered the same, other content is refused with 422.',
        '202 表示尚有人决定或流程仍在进行，按 Location 查询。202: somebody still decides, or a process goes on; Location says where to ask.',
        '多人可改者带 ETag：以 If-Match 写入，与所见不符则 412；以 If-None-Match 读取，未变则 304。What several people edit bears an ETag: send it as If-Match, and what is no longer as shown is refused, 412; as If-None-Match, and what has not changed is 304.',
        '拒绝为 RFC 9457 文档，一次列出全部原因。Refusals are RFC 9457 problems that list every reason at once; codes: /problems.',
      ].join('\n\n'),
    },
    tags: [
      { name: 'days', description: '交收日 settlement days' },
      { name: 'files', description: '清算文件 clearing files' },
      { name: 'tasks', description: '待办与复核 tasks and approvals' },
      { name: 'permissions', description: '交易权限的申请与开通 requests for permissions to trade' },
      { name: 'callbacks', description: '回访 callbacks of clients' },
      { name: 'complaints', description: '投诉 complaints' },
      { name: 'corporate actions', description: '公司行为与申报 corporate actions and elections' },
      { name: 'parameters', description: '参数变更 changes of parameters and rates' },
      { name: 'messages', description: '消息、送达凭证与业务事件 messages, proof of notice, events for other systems' },
      { name: 'clock', description: '业务时钟 business clock' },
      { name: 'people', description: '人员与令牌 people and tokens' },
      { name: 'audit', description: '审计 audit' },
      { name: 'operation', description: '运行状况 operation' },
    ],
  });
  return withNulls(document) as Document;
}

/**
 * A named schema that may be null comes out of the generator as "all of the schema and of object-or-null", which null never
 * is: said here as one of the two.
 */
function withNulls(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withNulls);
  if (node === null || typeof node !== 'object') return node;
  const { allOf, ...rest } = Object.fromEntries(Object.entries(node).map(([name, part]) => [name, withNulls(part)]));
  if (!Array.isArray(allOf)) return allOf === undefined ? rest : { allOf, ...rest };
  const [named, more] = allOf as readonly { readonly $ref?: string; readonly type?: unknown }[];
  if (named?.$ref === undefined || !Array.isArray(more?.type) || !more.type.includes('null')) return { allOf, ...rest };
  const { type: _, ...said } = more;
  return { anyOf: [named, { type: 'null' }], ...said, ...rest };
}

type Path = Parameters<OpenAPIRegistry['registerPath']>[0];

function pathOf(route: Route, refused: Refusals): Path {
  const access = accessTo(route.id);
  const isPublic = access === 'public';
  const roles = isPublic ? '公开 public' : `角色 roles: ${access.join(', ')}`;
  const { description } = route;
  return {
    operationId: route.id,
    method: route.method,
    path: route.path,
    tags: [route.tag],
    summary: `${route.summary.zh} ${route.summary.en}`,
    description: [...(description === undefined ? [] : [`${description.zh} ${description.en}`]), roles].join('\n\n'),
    ...(isPublic ? {} : { security: [{ [BEARER]: [] }] }),
    request: {
      ...(route.params === undefined ? {} : { params: route.params }),
      ...(route.query === undefined ? {} : { query: route.query }),
      ...(route.body === undefined
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: route.body } } } }),
      ...sentHeaders(route),
    },
    responses: { ...successes(route), ...unchanged(route), ...refusals(route, refused) },
  };
}

const MEANING: Readonly<Record<number, string>> = {
  200: '完成 done',
  201: '已建立 made',
  202: '已受理，按 Location 查询 accepted and going on, see Location',
  503: '未就绪 not ready',
};

function sentHeaders(route: Route): Pick<NonNullable<Path['request']>, 'headers'> {
  const headers = {
    ...(route.writes ? { 'Idempotency-Key': z.string().min(1).max(255).openapi({ example: 'a3f1-0001' }) } : {}),
    ...(route.ifMatch
      ? {
          'If-Match': z
            .string()
            .optional()
            .openapi({ description: '所见答复的 ETag; ETag of what was shown, else 412', example: '"task-1-1-open"' }),
        }
      : {}),
    ...(route.etag && !route.writes
      ? {
          'If-None-Match': z.string().optional().openapi({
            description: '已有答复的 ETag，未变则 304 ETag of the answer that one has: 304 while it is the same',
          }),
        }
      : {}),
    ...(route.stream === undefined
      ? {}
      : {
          'Last-Event-ID': z.string().optional().openapi({
            description:
              '最后所读事件的 id，只发其后之变化 id of the last event that was read: only what has changed since is sent',
          }),
        }),
  };
  return Object.keys(headers).length === 0 ? {} : { headers: z.object(headers) };
}

const HEADERS = {
  'X-Request-Id': '请求编号 number of the request, in the log and the audit too',
  ETag: '答复的标签 tag of the answer, for If-None-Match and If-Match',
  Location: '在此查询 where to ask what became of it',
  'Idempotent-Replayed': 'true: 首次答复的重复 the first answer again',
  'Retry-After': '秒 seconds to wait before asking again',
} as const;

const headersOf = (...names: readonly (keyof typeof HEADERS)[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const successes = (route: Route): Path['responses'] =>
  Object.fromEntries(
    route.statuses.map((status) => [
      status,
      {
        description: MEANING[status] ?? '',
        headers: headersOf(
          'X-Request-Id',
          ...(route.etag ? (['ETag'] as const) : []),
          ...(route.writes ? (['Location', 'Idempotent-Replayed'] as const) : []),
        ),
        content: { [route.mediaType]: { schema: route.answer } },
      },
    ]),
  );

/** To whoever has the answer already. */
const unchanged = (route: Route): Path['responses'] =>
  route.etag && !route.writes
    ? { 304: { description: '未变，无正文 not changed, no body', headers: headersOf('X-Request-Id', 'ETag') } }
    : {};

/** Codes that every route of its kind may answer with, and its own: what the faults of a problem of the route may say. */
export function refusalCodesOf(route: Route): ReadonlySet<ErrorCode> {
  const codes = new Set<ErrorCode>(route.refusals);
  const add = (...more: ErrorCode[]) => more.forEach((code) => codes.add(code));
  // A field that nobody asked for is refused also where none is asked for.
  add(
    'TOO_MANY_REQUESTS',
    'INTERNAL_ERROR',
    'NOT_ACCEPTABLE',
    'DATABASE_UNAVAILABLE',
    'INPUT_INVALID',
    'FIELD_UNKNOWN',
  );
  if (accessTo(route.id) !== 'public') add('UNAUTHENTICATED', 'ROLE_MISSING', 'OUTSIDE_SYSTEM_UNAVAILABLE');
  const taken = [route.params, route.query, route.body];
  if (taken.some((schema) => holds(schema, businessDate))) add('BUSINESS_DATE_INVALID');
  if (taken.some((schema) => holds(schema, channel))) add('CHANNEL_UNKNOWN');
  if (route.method !== 'get') add('BODY_TOO_LARGE', 'MEDIA_TYPE_UNSUPPORTED', 'AMOUNT_NOT_TEXT');
  if (route.writes) add('IDEMPOTENCY_KEY_MISSING', 'IDEMPOTENCY_MISMATCH', 'REQUEST_IN_PROGRESS');
  return codes;
}

/** Whether a schema has a word of `schemas.ts` somewhere in it; an optional or described one is the same word. */
function holds(schema: z.core.$ZodType | undefined, word: z.core.$ZodType): boolean {
  if (schema === undefined) return false;
  const definition = schema._zod.def as {
    readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
    readonly innerType?: z.core.$ZodType;
    readonly element?: z.core.$ZodType;
  };
  if (definition === word._zod.def) return true;
  const parts = [...Object.values(definition.shape ?? {}), definition.innerType, definition.element];
  return parts.some((part) => holds(part, word));
}

const COMES_BACK: readonly number[] = [409, 429, 503];

/** The response of a status that may carry these codes. */
type Refusals = (status: number, codes: readonly ErrorCode[]) => { readonly $ref: string };

/** Each response once in the document, however many routes answer with it: most have the same few. */
function refusalsOf(registry: OpenAPIRegistry): Refusals {
  const known = new Map<string, { readonly $ref: string }>();
  return (status, codes) => {
    const description = codes.join(', ');
    const before = known.get(description);
    if (before !== undefined) return before;
    const digest = createHash('sha256').update(description).digest('hex').slice(0, 8);
    const { ref } = registry.registerComponent(
      'responses',
      codes.length === 1 ? description : `Refused${status}_${digest}`,
      {
        description,
        headers: headersOf('X-Request-Id', ...(COMES_BACK.includes(status) ? (['Retry-After'] as const) : [])),
        content: { 'application/problem+json': { schema: problemWith(codes) } },
      },
    );
    known.set(description, ref);
    return ref;
  };
}

/** One response a status. */
function refusals(route: Route, refused: Refusals): Path['responses'] {
  const codes = refusalCodesOf(route);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const { code } of errorList) {
    if (!codes.has(code)) continue;
    byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code]);
  }
  // A status that is an answer too (readiness) keeps its own shape.
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => !route.statuses.some((own) => own === status))
      .map(([status, ofStatus]) => [status, refused(status, ofStatus)]),
  );
}

/** A problem whose code is one of those given. */
const problemWith = (codes: readonly ErrorCode[]) => ({
  allOf: [
    { $ref: '#/components/schemas/Problem' },
    {
      type: 'object' as const,
      properties: { code: { type: 'string' as const, enum: [...codes] } },
      required: ['code'],
    },
  ],
});
