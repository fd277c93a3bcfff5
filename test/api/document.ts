/** Every answer of a test, held against the API document: its status, its media type, its body, the codes of its refusals. */
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { refusalCodesOf } from '../../api/openapi';
import { routes } from '../../api/routes';
import type { Route } from '../../api/route';

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

interface Described {
  readonly headers?: object;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
/** A response that many routes have stands once in the document. */
type Response = Described | { readonly $ref: string };

// The one that is published; `npm run check` says where it is not that of the routes.
const document = JSON.parse(readFileSync(path.join(__dirname, '../../docs/openapi.json'), 'utf8')) as {
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, Response> }>>;
  readonly components: { readonly responses: Record<string, Described> };
};
// Formats are checked, keywords of OpenAPI alone (example, discriminator) are none of JSON Schema's.
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ $id: 'api', components: document.components });
/** By the text of the schema: most refusals of all routes have the same few, and compiling one costs as much as a request. */
const compiled = new Map<string, ValidateFunction>();
const validators = new Map<object, ValidateFunction>();

/** A path without parameters comes before one that would match it too. */
const patterns = [...routes]
  .sort((a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')))
  .map((route) => ({ route, pattern: new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }));

/** Answers that Express gives before any route is found. */
const WITHOUT_ROUTE: readonly string[] = ['METHOD_NOT_ALLOWED', 'NOT_FOUND', 'INPUT_INVALID', 'TOO_MANY_REQUESTS'];

/** @throws Error that says in what an answer differs from the document */
export function refuseUndocumented(method: string, where: string, answered: Answered): void {
  const route = routeOf(method, where);
  const faults = route === undefined ? faultsWithoutRoute(method, answered) : faultsOf(route, method, answered);
  if (answered.headers.get('x-request-id') === null) faults.push('no X-Request-Id');
  if (faults.length === 0) return;
  const said = JSON.stringify(answered.body)?.slice(0, 2_000);
  throw new Error(
    `${method} ${where} is not answered as documented:\n  ${faults.join('\n  ')}\n${answered.status} ${said}`,
  );
}

function routeOf(method: string, where: string): Route | undefined {
  const asked = method === 'HEAD' ? 'get' : method.toLowerCase();
  const path = where.replace(/[?#].*$/, '');
  return patterns.find(({ route, pattern }) => route.method === asked && pattern.test(path))?.route;
}

/** Pages, preflights and paths that are not there: problems of their own few codes. */
function faultsWithoutRoute(method: string, { status, body }: Answered): string[] {
  if (status < 400 || method === 'HEAD') return [];
  const { code } = body as { readonly code?: string };
  return WITHOUT_ROUTE.includes(code ?? '') ? [] : [`code ${code} without a route`];
}

function faultsOf(route: Route, method: string, { status, headers, body }: Answered): string[] {
  const described = describedBy(route, status);
  if (described === undefined) return [`status ${status} of ${route.id}: codes ${codesIn(body).join(', ')}`];
  const isTagged = headers.get('etag') !== null;
  if (status < 400 && isTagged !== 'ETag' in (described.headers ?? {}))
    return [`ETag of ${route.id} ${isTagged ? 'is not documented' : 'is missing'}`];
  if (status === 304) return [];
  const type = (headers.get('content-type') ?? '').replace(/;.*$/, '');
  const content = described.content?.[type];
  if (content === undefined) return [`media type ${type}`];
  const faults: string[] = [];
  const place = headers.get('location');
  if ((status === 201 || status === 202) && place === null) faults.push(`${status} without Location`);
  if (place !== null && routeOf('GET', place) === undefined)
    faults.push(`Location ${place} is no path that can be read`);
  if ((status === 429 || status === 503) && route.id !== 'readReadiness' && headers.get('retry-after') === null) {
    faults.push(`${status} without Retry-After`);
  }
  if (method === 'HEAD') return faults;
  if (status >= 400) {
    const declared: ReadonlySet<string> = refusalCodesOf(route);
    for (const code of codesIn(body)) if (!declared.has(code)) faults.push(`undeclared refusal ${code} of ${route.id}`);
  }
  const fits = validatorOf(content.schema);
  if (!fits(body)) faults.push(...(fits.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`));
  return faults;
}

function describedBy(route: Route, status: number): Described | undefined {
  const response = document.paths[route.path]?.[route.method]?.responses[status];
  return response !== undefined && '$ref' in response
    ? document.components.responses[response.$ref.replace('#/components/responses/', '')]
    : response;
}

const codesIn = (body: unknown): readonly string[] =>
  ((body as { readonly errors?: readonly { readonly code: string }[] } | undefined)?.errors ?? []).map(
    ({ code }) => code,
  );

function validatorOf(schema: object): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const text = JSON.stringify(schema).replaceAll('"#/', '"api#/');
  const found = compiled.get(text) ?? ajv.compile(JSON.parse(text) as object);
  compiled.set(text, found);
  validators.set(schema, found);
  return found;
}
