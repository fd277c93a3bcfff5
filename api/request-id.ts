/** The number by which a request is found again: taken from the caller where it is well formed, else made here. */
import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';

const SHAPE = /^[A-Za-z0-9._-]{8,64}$/;

export const giveRequestId: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id') ?? '';
  const requestId = SHAPE.test(given) ? given : randomUUID();
  response.locals['requestId'] = requestId;
  response.set('X-Request-Id', requestId);
  next();
};

export const requestIdOf = (response: Response): string => String(response.locals['requestId'] ?? '');
