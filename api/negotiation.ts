/** Whether caller and route speak the same language: what is sent, what is taken, and who may look on from a browser. */
import type { Request, RequestHandler } from 'express';
import { fault, type Fault } from './problems';
import type { Route } from './route';

export const JSON_TYPES = ['application/json', 'application/*+json'];

/** Why request and route do not fit: NOT_ACCEPTABLE, MEDIA_TYPE_UNSUPPORTED. Refusals are problem+json whatever was asked. */
export function mediaFaults(route: Route, request: Request): readonly Fault[] {
  const { mediaType } = route;
  return [
    ...(request.accepts(mediaType) === false ? [fault('NOT_ACCEPTABLE', { mediaType }, 'Accept')] : []),
    ...(hasForeignBody(route, request) ? [fault('MEDIA_TYPE_UNSUPPORTED', {}, 'Content-Type')] : []),
  ];
}

/** A body in another media type was not read: what it holds cannot be judged. */
export const hasForeignBody = (route: Route, request: Request): boolean =>
  route.method !== 'get' && request.get('content-length') !== '0' && request.is(JSON_TYPES) === false;

/** What `Allow` says of a path, from the methods of its routes. */
export function allowedMethods(methods: readonly Route['method'][]): string {
  const names = methods.map((method) => method.toUpperCase());
  return [...names, ...(names.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}

/** Headers of our own that a script of another origin may send and read. */
const SENT = 'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, X-Request-Id';
const READ = 'ETag, Idempotent-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id';
const PREFLIGHT_KEPT_SECONDS = '600';

/**
 * Lets scripts of the origins named call the API; with no origin named (the default) no header says so and a browser keeps
 * them away. Tokens travel in a header, never in a cookie, so credentials are never allowed.
 */
export const crossOrigin =
  (origins: readonly string[]): RequestHandler =>
  (request, response, next) => {
    if (origins.length > 0) response.vary('Origin');
    const origin = request.get('origin') ?? '';
    if (!origins.includes(origin)) {
      next();
      return;
    }
    response.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': READ });
    const asked = request.get('access-control-request-method');
    if (request.method !== 'OPTIONS' || asked === undefined) {
      next();
      return;
    }
    response.set({
      'Access-Control-Allow-Methods': 'GET, PUT, POST',
      'Access-Control-Allow-Headers': SENT,
      'Access-Control-Max-Age': PREFLIGHT_KEPT_SECONDS,
    });
    response.status(204).end();
  };
