/** The API as a value: give it what it stands on, get the Express application. `main.ts` makes a process of it. */
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { docsPage } from './docs-page';
import { countRequests } from './metrics';
import { openApiDocument } from './openapi';
import { fault, Refused, refusalOf } from './problems';
import { rehearsalIssuerRoutes } from './rehearsal-issuer';
import { giveRequestId, requestIdOf } from './request-id';
import { routes } from './routes';
import { sendRefusal, serve } from './serve';
import type { Services } from './services';

export interface Limits {
  /** Requests a minute from one address. */
  readonly requestsPerMinute: number;
  /** Requests a minute from one address that were refused for want of a valid token. */
  readonly strangersPerMinute: number;
  readonly bodyBytes: number;
}

export const DEFAULT_LIMITS: Limits = { requestsPerMinute: 6_000, strangersPerMinute: 300, bodyBytes: 64 * 1024 };

export function createApp(services: Services, limits: Limits = DEFAULT_LIMITS): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(giveRequestId, logRequests(services), countRequests(services.metrics));
  // TLS ends in front of this process: a page that asked for https here would find nothing.
  app.use(helmet({ contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } } }));
  app.use(tooMany(services, limits.requestsPerMinute, false));
  app.use(tooMany(services, limits.strangersPerMinute, true));
  app.use(express.json({ limit: limits.bodyBytes, type: ['application/json', 'application/*+json'] }));

  for (const route of routes) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
    app[route.method](path, serve(route, services));
  }
  if (services.rehearsalIssuer !== undefined) app.use(rehearsalIssuerRoutes(services.rehearsalIssuer));
  app.use(docsPage(openApiDocument(routes)));

  app.use((request, response) => {
    const refused = new Refused([fault('NOT_FOUND', { what: '路径 path', key: request.path.slice(0, 80) })]);
    sendRefusal(refused, undefined, services, requestIdOf(response), response);
  });
  app.use(whatExpressRefused(services));
  return app;
}

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

/** What Express and its body parser refuse before any route: too large, not JSON, a path that cannot be decoded. */
const whatExpressRefused =
  (services: Services): ErrorRequestHandler =>
  (error: unknown, _, response, __) => {
    sendRefusal(refusalOfParser(error), error, services, requestIdOf(response), response);
  };

function refusalOfParser(error: unknown): Refused {
  const { type, status } = (error ?? {}) as { type?: unknown; status?: unknown };
  if (type === 'entity.too.large') return new Refused([fault('BODY_TOO_LARGE', {}, 'body')]);
  if (typeof status === 'number' && status >= 400 && status < 500) {
    const isBody = typeof type === 'string';
    const field = isBody ? 'body' : 'path';
    return new Refused([fault('INPUT_INVALID', { field, reason: isBody ? 'JSON' : 'UTF-8' }, field)]);
  }
  return refusalOf(error);
}
