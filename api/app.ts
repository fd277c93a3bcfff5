/** The API as a value: give it what it stands on, get the Express application. `main.ts` makes a process of it. */
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { docsPage } from './docs-page';
import { allowedMethods, crossOrigin, JSON_TYPES } from './negotiation';
import { countRequests } from './metrics';
import { openApiDocument } from './openapi';
import { fault, Refused, refusalOf } from './problems';
import { rehearsalIssuerRoutes } from './rehearsal-issuer';
import { giveRequestId, requestIdOf } from './request-id';
import { routes } from './routes';
import type { Route } from './route';
import { sendRefusal, serve, type WithinRate } from './serve';
import type { Services } from './services';

export interface Limits {
  /** Requests a minute from one address. */
  readonly requestsPerMinute: number;
  /** Requests a minute from one address that were refused for want of a valid token. */
  readonly strangersPerMinute: number;
  /** Requests a minute of one person, whatever the addresses. */
  readonly personPerMinute: number;
  readonly bodyBytes: number;
  /** Origins whose scripts a browser lets in; none unless told. */
  readonly origins: readonly string[];
  /** Proxies in front that are ours: the address of a caller is what the outermost of them saw. */
  readonly proxies: number;
}

export const DEFAULT_LIMITS: Limits = {
  requestsPerMinute: 6_000,
  strangersPerMinute: 300,
  personPerMinute: 3_000,
  bodyBytes: 64 * 1024,
  origins: [],
  proxies: 0,
};

export function createApp(services: Services, limits: Limits = DEFAULT_LIMITS): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', limits.proxies);
  app.use(giveRequestId, logRequests(services), countRequests(services.metrics));
  // TLS ends in front of this process: a page that asked for https here would find nothing.
  app.use(helmet({ contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } } }), keptByNobody);
  app.use(crossOrigin(limits.origins));
  app.use(tooMany(services, limits.requestsPerMinute, false));
  app.use(tooMany(services, limits.strangersPerMinute, true));
  // Those that take documents first: a body that was read is not read again.
  for (const { path, bodyBytes } of routes)
    if (bodyBytes !== undefined) app.use(expressPath(path), express.json({ limit: bodyBytes, type: JSON_TYPES }));
  app.use(express.json({ limit: limits.bodyBytes, type: JSON_TYPES }));

  const withinRate = rateOfPerson(limits.personPerMinute);
  for (const route of routes) app[route.method](expressPath(route.path), serve(route, services, withinRate));
  for (const [path, allow] of allowedByPath()) {
    app.options(path, (_, response) => void response.set('Allow', allow).status(204).end());
    app.all(path, (_, response) => {
      const refused = new Refused([fault('METHOD_NOT_ALLOWED', { methods: allow })], { Allow: allow });
      sendRefusal(refused, undefined, services, requestIdOf(response), response);
    });
  }
  if (services.rehearsalIssuer !== undefined) app.use(rehearsalIssuerRoutes(services.rehearsalIssuer));
  app.use(docsPage(() => openApiDocument(routes)));

  app.use((request, response) => {
    const refused = new Refused([fault('NOT_FOUND', { what: '路径 path', key: request.path.slice(0, 80) })]);
    sendRefusal(refused, undefined, services, requestIdOf(response), response);
  });
  app.use(whatExpressRefused(services));
  return app;
}

const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

/** `Allow` of every path that has a route. */
function allowedByPath(): ReadonlyMap<string, string> {
  const methods = new Map<string, Route['method'][]>();
  for (const { path, method } of routes) {
    methods.set(expressPath(path), [...(methods.get(expressPath(path)) ?? []), method]);
  }
  return new Map([...methods].map(([path, ofPath]) => [path, allowedMethods(ofPath)]));
}

/** Answers tell of clients and money: no browser and no proxy keeps them. */
const keptByNobody: RequestHandler = (_, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

/** One line a request: number, route, outcome, time. No path, no body, no person. */
const logRequests =
  ({ logger }: Services): RequestHandler =>
  (request, response, next) => {
    const began = performance.now();
    response.on('finish', () => {
      const { route, code } = response.locals as { route?: string; code?: string };
      const ms = Math.round(performance.now() - began);
      logger.info(
        { requestId: requestIdOf(response), method: request.method, route, status: response.statusCode, code, ms },
        'request',
      );
    });
    next();
  };

const tooMany = (services: Services, limit: number, strangersOnly: boolean): RequestHandler =>
  rateLimit({
    windowMs: 60_000,
    limit,
    standardHeaders: strangersOnly ? false : 'draft-8',
    legacyHeaders: false,
    skipSuccessfulRequests: strangersOnly,
    requestWasSuccessful: (_, response) => response.statusCode !== 401,
    handler: (_, response) => {
      const refused = new Refused([fault('TOO_MANY_REQUESTS')], { 'Retry-After': '60' });
      sendRefusal(refused, undefined, services, requestIdOf(response), response);
    },
  });

/** As `tooMany`, for somebody who is known: asked when the token has been looked at. Refuses with TOO_MANY_REQUESTS. */
function rateOfPerson(limit: number): WithinRate {
  const counting = rateLimit({
    windowMs: 60_000,
    limit,
    standardHeaders: false,
    legacyHeaders: false,
    keyGenerator: (_, response) => String((response.locals as { person?: string }).person),
    handler: (_, __, next) => next(new Refused([fault('TOO_MANY_REQUESTS')], { 'Retry-After': '60' })),
  });
  return (person, request, response) =>
    new Promise((resolve, reject) => {
      response.locals['person'] = person;
      const next = (error?: unknown) => (error instanceof Refused ? reject(error) : resolve());
      void Promise.resolve(counting(request, response, next)).catch(reject);
    });
}

/** What Express and its body parser refuse before any route: too large, not JSON, a path that cannot be decoded. */
const whatExpressRefused =
  (services: Services): ErrorRequestHandler =>
  (error: unknown, _, response, __) => {
    sendRefusal(refusalOfParser(error), error, services, requestIdOf(response), response);
  };

function refusalOfParser(error: unknown): Refused {
  const { type, status, limit } = (error ?? {}) as { type?: unknown; status?: unknown; limit?: unknown };
  if (type === 'entity.too.large')
    return new Refused([fault('BODY_TOO_LARGE', { limitKb: Math.floor(Number(limit) / 1024) }, 'body')]);
  if (status === 415) return new Refused([fault('MEDIA_TYPE_UNSUPPORTED', {}, 'Content-Type')]);
  if (typeof status === 'number' && status >= 400 && status < 500) {
    const isBody = typeof type === 'string';
    const field = isBody ? 'body' : 'path';
    return new Refused([fault('INPUT_INVALID', { field, reason: isBody ? 'JSON' : 'UTF-8' }, field)]);
  }
  return refusalOf(error);
}
