/** The OpenAPI 3.1 document, made from the very schemas that requests and answers are checked against. */
import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import { errorList, statusOf, type ErrorCode } from '../domain/errors';
import { accessTo } from './policy';
import type { Route } from './route';
import { problem } from './schemas';
import { z } from './zod';

type Document = ReturnType<OpenApiGeneratorV31['generateDocument']>;

const BEARER = 'bearer';

/** The document of the routes given. It holds nothing that depends on where it is served. */
export function openApiDocument(routes: readonly Route[]): Document {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', BEARER, { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' });
  for (const route of routes) registry.registerPath(pathOf(route));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Southbound 港股通运营接口',
      version: '1',
      description: [
        '港股通交收日的启动、查看、复核与差异处理。Start, see, approve and reconcile the settlement days of Southbound.',
        '金额为带两位小数的文本，绝不是数字。Amounts are text with two decimals, never numbers.',
        '写入须带 Idempotency-Key：同键同内容得到同一答复，同键异内容为 422。Every write carries an Idempotency-Key: the same key and content is answered the same, other content is refused with 422.',
        '拒绝为 RFC 9457 文档，一次列出全部原因。Refusals are RFC 9457 problems that list every reason at once; codes: /problems.',
      ].join('\n\n'),
    },
    tags: [
      { name: 'days', description: '交收日 settlement days' },
      { name: 'files', description: '清算文件 clearing files' },
      { name: 'tasks', description: '待办与复核 tasks and approvals' },
      { name: 'clock', description: '业务时钟 business clock' },
      { name: 'people', description: '人员与令牌 people and tokens' },
      { name: 'operation', description: '运行状况 operation' },
    ],
  });
}

type Path = Parameters<OpenAPIRegistry['registerPath']>[0];

function pathOf(route: Route): Path {
  const access = accessTo(route.id);
  const isPublic = access === 'public';
  const roles = isPublic ? '公开 public' : `角色 roles: ${access.join(', ')}`;
  return {
    operationId: route.id,
    method: route.method,
    path: route.path,
    tags: [route.tag],
    summary: `${route.summary.zh} ${route.summary.en}`,
    description: roles,
    ...(isPublic ? {} : { security: [{ [BEARER]: [] }] }),
    request: {
      ...(route.params === undefined ? {} : { params: route.params }),
      ...(route.query === undefined ? {} : { query: route.query }),
      ...(route.body === undefined
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: route.body } } } }),
      ...(route.writes
        ? { headers: z.object({ 'Idempotency-Key': z.string().min(1).max(255).openapi({ example: 'a3f1-0001' }) }) }
        : {}),
    },
    responses: { ...successes(route), ...refusals(route, isPublic) },
  };
}

const MEANING: Readonly<Record<number, string>> = {
  200: '完成 done',
  201: '已建立 made',
  202: '已受理，按 Location 查询 accepted and going on, see Location',
  503: '未就绪 not ready',
};

const successes = (route: Route): Path['responses'] =>
  Object.fromEntries(
    route.statuses.map((status) => [
      status,
      { description: MEANING[status] ?? '', content: { [route.mediaType]: { schema: route.answer } } },
    ]),
  );

/** Codes that every route of its kind may answer with, and its own; one response a status. */
function refusals(route: Route, isPublic: boolean): Path['responses'] {
  const codes = new Set<ErrorCode>(route.refusals);
  const add = (...more: ErrorCode[]) => more.forEach((code) => codes.add(code));
  add('TOO_MANY_REQUESTS', 'INTERNAL_ERROR');
  if (!isPublic) add('UNAUTHENTICATED', 'ROLE_MISSING', 'DATABASE_UNAVAILABLE');
  if (route.params ?? route.query ?? route.body) add('INPUT_INVALID');
  if (route.params !== undefined && 'date' in route.params.shape) add('BUSINESS_DATE_INVALID');
  if (route.body !== undefined) add('FIELD_UNKNOWN', 'BODY_TOO_LARGE');
  if (route.writes) add('IDEMPOTENCY_KEY_MISSING', 'IDEMPOTENCY_MISMATCH', 'REQUEST_IN_PROGRESS');
  const byStatus = new Map<number, ErrorCode[]>();
  for (const { code } of errorList) {
    if (!codes.has(code)) continue;
    byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code]);
  }
  // A status that is an answer too (readiness) keeps its own shape.
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => !route.statuses.some((own) => own === status))
      .map(([status, ofStatus]) => [
        status,
        { description: ofStatus.join(', '), content: { 'application/problem+json': { schema: problem } } },
      ]),
  );
}
