/**
 * What every route shares, in order: who calls, may they, is it well formed, was it asked before, the answer in the
 * shape of the document, and an audit row for what was refused.
 */
import type { Request, RequestHandler, Response } from 'express';
import { processOf } from '../activities/intake/process-of';
import { recordRefusal, recordUnlessTold, type RefusedAttempt } from '../activities/intake/record-refusal';
import { onBehalfOfRequest } from '../activities/intake/request-id';
import { BusinessError, statusOf } from '../domain/errors';
import { barriers } from './barriers';
import { isKnown } from './etag';
import { callerOfSubject, holdsAnyOf, rolesOf, type Caller } from './identity';
import { onceForKey, type WriteAnswer } from './idempotency';
import { hasForeignBody, mediaFaults } from './negotiation';
import { accessTo } from './policy';
import { fault, problemOf, Refused, refusalOf, refuseIfAny, type Fault } from './problems';
import { requestIdOf } from './request-id';
import type { Answer, Asked, Route } from './route';
import type { Services } from './services';
import { amountFaults, blankFaults, depthFaults, faultsOf, invalid, textFaults, withoutRepetition } from './validation';
import { z } from './zod';

const KEY_SHAPE = /^[\x21-\x7e]{1,255}$/;

/** Nobody has to be known for a public route. */
const NOBODY: Caller = { person: 'nobody', grants: [] };

/** Refuses a person who asks too often. @throws Refused TOO_MANY_REQUESTS */
export type WithinRate = (person: string, request: Request, response: Response) => Promise<void>;

/** Serves one route. */
export function serve(route: Route, services: Services, withinRate: WithinRate): RequestHandler {
  return (request, response) => onBehalfOfRequest(requestIdOf(response), () => answer(request, response));

  async function answer(request: Request, response: Response): Promise<void> {
    response.locals['route'] = route.id;
    const requestId = requestIdOf(response);
    let caller = NOBODY;
    try {
      const access = accessTo(route.id);
      if (access !== 'public') {
        caller = await authenticate(request, services);
        await withinRate(caller.person, request, response);
        if (!holdsAnyOf(caller, access)) throw new Refused([fault('ROLE_MISSING', { role: access.join(' | ') })]);
      }
      const asked = readRequest(route, request, caller, requestId);
      if (route.stream !== undefined && request.method !== 'HEAD')
        await route.stream(asked as Asked<never, never, never>, services, response);
      else if (route.writes) await write(route, asked, services, response);
      else sendAnswer(route, await route.respond(asked as Asked<never, never, never>, services), request, response);
    } catch (error) {
      const refused = refusalOf(error);
      await keepRefusal(route, request, caller, refused, services, requestId);
      sendRefusal(refused, error, services, requestId, response);
    }
  }
}

/** The person behind the bearer token. Why a token was not taken is nobody's business but ours. */
async function authenticate(request: Request, { verifyToken, pool }: Services): Promise<Caller> {
  const given = request.headersDistinct['authorization'] ?? [];
  const [, token] = /^Bearer ([\w.~+/-]{1,8192}=*)$/i.exec(given[0] ?? '') ?? [];
  // Of two headers a proxy before us may have looked at the other one.
  if (token === undefined || given.length > 1) throw new BusinessError('UNAUTHENTICATED');
  const caller = await callerOfSubject(pool, await verifyToken(token));
  if (caller === undefined) throw new BusinessError('UNAUTHENTICATED');
  return caller;
}

/** A field nobody asked for is a mistake of the caller's, also where no field is asked for at all. */
const NOTHING = z.strictObject({});

type AnyAsked = Asked<unknown, unknown, unknown>;

/** Params, query, body and key against their schemas; all faults at once. */
function readRequest(route: Route, request: Request, caller: Caller, requestId: string): AnyAsked {
  const faults: Fault[] = [...mediaFaults(route, request)];
  const read = (schema: z.ZodObject, given: unknown): unknown => {
    const parsed = schema.safeParse(given);
    if (parsed.success) return parsed.data;
    faults.push(...faultsOf(parsed.error, given));
    return undefined;
  };
  const params = read(route.params ?? NOTHING, request.params);
  const query = read(route.query ?? NOTHING, request.query);
  refuseIfAny(depthFaults(request.body));
  const given = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  // What stands in a task's form is looked at with the form, so that its faults are told together.
  const besideForm = { ...given, form: undefined };
  faults.push(...amountFaults(besideForm), ...blankFaults(besideForm));
  faults.push(...[request.params, request.query, given].flatMap((part) => textFaults(part)));
  const unread = route.method === 'get' || hasForeignBody(route, request);
  const body = unread ? undefined : read(route.body ?? NOTHING, given);
  const idempotencyKey = request.get('idempotency-key') ?? '';
  if (route.writes && !KEY_SHAPE.test(idempotencyKey)) faults.push(keyFault(idempotencyKey));
  const ifMatch = request.get('if-match');
  // A condition that nobody looks at would be believed to hold.
  if (ifMatch !== undefined && !route.ifMatch)
    faults.push(invalid('If-Match', { zh: '不带此项', en: 'to be left away' }));
  refuseIfAny(withoutRepetition(faults));
  return { caller, params, query, body, requestId, idempotencyKey, ifMatch };
}

const keyFault = (key: string): Fault =>
  key === ''
    ? fault('IDEMPOTENCY_KEY_MISSING', {}, 'Idempotency-Key')
    : invalid('Idempotency-Key', { zh: '1 至 255 个可见 ASCII 字符', en: '1 to 255 visible ASCII characters' });

/** A write: once for its key. A refusal is an answer too, and is given again. */
async function write(route: Route, asked: AnyAsked, services: Services, response: Response): Promise<void> {
  const { caller, idempotencyKey, params, body, requestId } = asked;
  const request = {
    actor: caller.person,
    key: idempotencyKey,
    route: route.id,
    content: { params, body },
    takenOverAfterMs: route.takenOverAfterMs,
    isActKeyed: route.isActKeyed,
  };
  const kept = await onceForKey(services, request, async (): Promise<WriteAnswer> => {
    try {
      const answer = await route.respond(asked as Asked<never, never, never>, services);
      const { status, location = null, etag = null, tentative = false } = answer;
      const again = answer.again === undefined ? {} : { again: inShape(route, answer.again) };
      return { status, body: inShape(route, answer.body), location, etag, tentative, ...again };
    } catch (error) {
      const refused = refusalOf(error);
      const problem = problemOf(refused, requestId);
      if (problem.status >= 500) throw error;
      await keepAttempt(services, refused, attempt(route, params, caller, refused, requestId), params);
      return { status: problem.status, body: problem, location: null, etag: null };
    }
  });
  if (kept.etag !== null) response.set('ETag', kept.etag);
  if (kept.location !== null) response.set('Location', kept.location);
  if (kept.repeated) response.set('Idempotent-Replayed', 'true');
  response.type(kept.status >= 400 ? 'application/problem+json' : 'application/json');
  response.status(kept.status).send(JSON.stringify(kept.body));
}

function sendAnswer(route: Route, answer: Answer<unknown>, request: Request, response: Response): void {
  response.status(answer.status);
  if (answer.location !== undefined) response.set('Location', answer.location);
  if (answer.etag !== undefined) {
    response.set('ETag', answer.etag);
    if (isKnown(request.get('if-none-match'), answer.etag)) {
      response.status(304).end();
      return;
    }
  }
  const { body } = answer;
  if (route.mediaType !== 'application/json')
    response.type(route.mediaType).send(Buffer.isBuffer(body) ? body : String(body));
  else response.json(inShape(route, answer.body));
}

/** Only what the document promises leaves. */
const inShape = (route: Route, body: unknown): unknown => route.answer.parse(body);

/**
 * The audit row of a refusal that `write` has not kept already: a call without the role, a malformed write. A caller who
 * is not known leaves none, because there is no actor to name; the log and the metrics have it.
 */
async function keepRefusal(
  route: Route,
  request: Request,
  caller: Caller,
  refused: Refused,
  services: Services,
  requestId: string,
): Promise<void> {
  const status = problemOf(refused, requestId).status;
  if (caller === NOBODY || status >= 500 || !(route.writes || status === 403 || isKeptFrom(route, status))) return;
  const attempted = attempt(route, request.params, caller, refused, requestId);
  await keepAttempt(services, refused, attempted, request.params).catch((error: unknown) =>
    services.logger.error({ requestId, error: nameOf(error) }, 'audit of a refusal failed'),
  );
}

/** What somebody may not see is told as not there, so whoever tries out numbers of others is met by that answer: it is kept as a refusal. */
const isKeptFrom = ({ id, params }: Route, status: number): boolean =>
  status === 404 && params !== undefined && barriers[id].own !== 'house';

async function keepAttempt(
  { pool }: Services,
  { byProcess }: Refused,
  attempted: RefusedAttempt,
  params: unknown,
): Promise<void> {
  const workflowId = await processOf(pool, (params ?? {}) as Readonly<Record<string, unknown>>);
  await (byProcess ? recordUnlessTold : recordRefusal)(pool, { ...attempted, workflowId });
}

const attempt = (route: Route, params: unknown, caller: Caller, refused: Refused, requestId: string) => ({
  actor: caller.person,
  role: rolesOf(caller)[0] ?? null,
  action: route.id,
  objectType: route.tag,
  objectId:
    Object.values((params ?? {}) as Record<string, unknown>)
      .map(String)
      .join(':') || route.id,
  codes: [...new Set(refused.faults.map(({ code }) => code))],
  requestId,
});

/** Answers with the problem document; what broke on our side goes to the log, without the values it broke on. */
export function sendRefusal(
  refused: Refused,
  cause: unknown,
  services: Pick<Services, 'logger'>,
  requestId: string,
  response: Response,
): void {
  const problem = problemOf(refused, requestId);
  if (problem.status === 500) {
    const stack = cause instanceof Error ? cause.stack?.split('\n').slice(1, 8) : undefined;
    services.logger.error({ requestId, error: nameOf(cause), stack }, 'request failed');
  }
  response.locals['code'] = problem.code;
  if (response.headersSent) {
    response.end();
    return;
  }
  if (problem.status === 401) response.set('WWW-Authenticate', 'Bearer');
  if (problem.status === 503) response.set('Retry-After', '5');
  response.set(refused.headers).status(statusOf(problem.code)).type('application/problem+json');
  response.send(JSON.stringify(problem));
}

const nameOf = (error: unknown): string =>
  error instanceof Error
    ? `${error.name}${'code' in error ? ` ${String(error.code)}` : ''}${error.name === 'error' || 'severity' in error ? '' : `: ${error.message.slice(0, 300)}`}`
    : typeof error;
