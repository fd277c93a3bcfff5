/**
 * What a route is: one definition from which Express serves it and the OpenAPI document describes it. A route says who
 * may call it by its name in `policy.ts`; everything that all routes share happens in `serve.ts`.
 */
import type { Response } from 'express';
import type { BilingualText, ErrorCode } from '../domain/errors';
import type { Caller } from './identity';
import type { RouteId } from './policy';
import type { Services } from './services';
import type { z } from './zod';

type Fields = z.ZodObject;
type Values<Schema extends z.ZodType | undefined> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** A request that is authenticated, allowed and well formed. */
export interface Asked<Params, Query, Body> {
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly requestId: string;
  /** Of a write: unique for the caller; the same key is the same request. */
  readonly idempotencyKey: string;
  readonly ifMatch: string | undefined;
}

/** What is answered: the body in the shape of the route's `answer`; what was made says where it is read, what goes on where it is asked after. */
export type Answer<Body> = AnswerOf<Body> &
  (
    | { readonly status: 200 | 503; readonly location?: string }
    | { readonly status: 201 | 202; readonly location: string }
  );

interface AnswerOf<Body> {
  readonly body: Body;
  readonly etag?: string;
  /** What is kept and answered again to the same key, where the first answer holds what is shown once and stands nowhere. */
  readonly again?: Body;
  /** Of a write that could not be waited for: the same key asks again instead of hearing this answer again. */
  readonly tentative?: boolean;
}

export interface Route {
  readonly id: RouteId;
  readonly method: 'get' | 'put' | 'post';
  /** As OpenAPI writes it: `/v1/tasks/{taskId}`. */
  readonly path: `/${string}`;
  readonly tag: Tag;
  /** What it does, in one line: the title of its row in `/docs`. */
  readonly summary: BilingualText;
  /** By whom, when, and what comes of it, where one line does not say it. */
  readonly description: BilingualText | undefined;
  readonly params: Fields | undefined;
  readonly query: Fields | undefined;
  readonly body: Fields | undefined;
  readonly answer: z.ZodType;
  /** Bytes of the largest body that it takes; that of the API where left away. */
  readonly bodyBytes: number | undefined;
  /** Statuses of an answer that is no refusal. */
  readonly statuses: readonly Answer<unknown>['status'][];
  /** Refusals besides those that every route of its kind has. */
  readonly refusals: readonly ErrorCode[];
  readonly mediaType:
    | 'application/json'
    | 'text/event-stream'
    | 'text/plain'
    | 'text/csv'
    | 'application/pdf'
    | 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  /** An idempotent read, or a write that needs an Idempotency-Key. */
  readonly writes: boolean;
  /** After how long a request that has no answer counts as dead with its process; undefined: as long as any write may take. */
  readonly takenOverAfterMs: number | undefined;
  /** Whether its act has the key in the database itself, and answers the same again when it is asked again. */
  readonly isActKeyed: boolean;
  /** Whether it looks at If-Match; elsewhere that header is refused. */
  readonly ifMatch: boolean;
  /** Whether its answer bears a tag; a read that does answers 304 to whoever has it already. */
  readonly etag: boolean;
  readonly respond: (asked: Asked<never, never, never>, services: Services) => Promise<Answer<unknown>>;
  /** Instead of one answer: keeps the response open and writes to it. */
  readonly stream:
    ((asked: Asked<never, never, never>, services: Services, response: Response) => Promise<void>) | undefined;
}

export type Tag =
  | 'days'
  | 'files'
  | 'tasks'
  | 'permissions'
  | 'complaints'
  | 'corporate actions'
  | 'callbacks'
  | 'parameters'
  | 'messages'
  | 'clock'
  | 'people'
  | 'audit'
  | 'operation';

interface RouteSpec<
  Params extends Fields | undefined,
  Query extends Fields | undefined,
  Body extends Fields | undefined,
  Given extends z.ZodType,
> {
  readonly id: RouteId;
  readonly method: Route['method'];
  readonly path: Route['path'];
  readonly tag: Tag;
  readonly summary: BilingualText;
  readonly description?: BilingualText;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly bodyBytes?: number;
  readonly answer: Given;
  readonly statuses?: Route['statuses'];
  readonly refusals?: readonly ErrorCode[];
  readonly mediaType?: Route['mediaType'];
  readonly writes?: boolean;
  readonly takenOverAfterMs?: number;
  readonly isActKeyed?: boolean;
  readonly ifMatch?: boolean;
  readonly etag?: boolean;
  readonly respond: (
    asked: Asked<Values<Params>, Values<Query>, Values<Body>>,
    services: Services,
  ) => Promise<Answer<z.input<Given>>>;
  readonly stream?: (
    asked: Asked<Values<Params>, Values<Query>, Values<Body>>,
    services: Services,
    response: Response,
  ) => Promise<void>;
}

/** Defines a route. Every method but GET writes, unless it says otherwise; what looks at a tag bears one. */
export function route<
  Given extends z.ZodType,
  Params extends Fields | undefined = undefined,
  Query extends Fields | undefined = undefined,
  Body extends Fields | undefined = undefined,
>(spec: RouteSpec<Params, Query, Body, Given>): Route {
  return {
    ...spec,
    description: spec.description,
    params: spec.params,
    query: spec.query,
    body: spec.body,
    bodyBytes: spec.bodyBytes,
    statuses: spec.statuses ?? [200],
    refusals: spec.refusals ?? [],
    mediaType: spec.mediaType ?? 'application/json',
    writes: spec.writes ?? spec.method !== 'get',
    takenOverAfterMs: spec.takenOverAfterMs,
    isActKeyed: spec.isActKeyed ?? false,
    ifMatch: spec.ifMatch ?? false,
    etag: spec.etag ?? spec.ifMatch ?? false,
    stream: spec.stream,
  };
}
