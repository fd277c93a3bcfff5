/** Answers that are not the wished-for one, and orders that are taken once however often they are sent. */
import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { meets, type Fault } from './faults';

export type Words = { readonly zh: string; readonly en: string };
export type Refusal = { readonly code: string; readonly message: Words };

/** What was answered under a key: the same content gets the same answer again, other content is refused. */
export type Answered = { readonly contentHash: string; readonly status: number; readonly answer: unknown };

/** Answers with a refusal: 400 malformed, 409 conflict, 422 refused by rule, 503 down. */
export function refuse(response: Response, status: number, code: string, message: Words, more: object = {}): void {
  response.status(status).json({ code, message, ...more });
}

/** The body in its form, or undefined after a 400 that names every field in fault. */
export function bodyIn<Form extends z.ZodType>(
  form: Form,
  request: { readonly body: unknown },
  response: Response,
): z.infer<Form> | undefined {
  const read = form.safeParse(request.body);
  if (read.success) return read.data;
  const fields = read.error.issues.map((issue) => ({ field: issue.path.join('.'), reason: issue.message }));
  refuse(response, 400, 'MALFORMED', { zh: '报文格式不正确', en: 'the message is not in its form' }, { fields });
  return undefined;
}

/**
 * Takes an order once. `accept` decides and keeps it; it runs only for a key that is not known. A missing or differing
 * Idempotency-Key is 400, a known key with other content 409. Fault `refuse` turns new keys away (and keeps nothing);
 * fault `twice` takes the order and cuts the line before the answer, so that the sender must ask.
 */
export function answerOnce(
  request: Request,
  response: Response,
  order: {
    readonly key: string;
    readonly content: unknown;
    readonly known: Answered | undefined;
    readonly fault: Fault;
    readonly accept: (contentHash: string) => Answered;
  },
): void {
  if (request.get('Idempotency-Key') !== order.key) {
    return refuse(response, 400, 'IDEMPOTENCY_KEY_DIFFERS', {
      zh: 'Idempotency-Key 须与报文中的编号一致',
      en: 'Idempotency-Key must equal the key in the message',
    });
  }
  const contentHash = createHash('sha256').update(JSON.stringify(order.content)).digest('hex');
  if (order.known !== undefined && order.known.contentHash !== contentHash) {
    return refuse(response, 409, 'KEY_WITH_OTHER_CONTENT', {
      zh: '同一编号已用于不同内容',
      en: 'this key was used for other content',
    });
  }
  if (order.known === undefined && meets(order.fault, 'refuse', order.key)) {
    return refuse(response, order.fault.status ?? 422, 'REFUSED_FOR_DRILL', {
      zh: '演练: 对方拒绝',
      en: 'drill: the other side refuses',
    });
  }
  const answered = order.known ?? order.accept(contentHash);
  if (order.known === undefined && meets(order.fault, 'twice', order.key)) {
    request.socket.destroy();
    return;
  }
  response.status(answered.status).json(answered.answer);
}
