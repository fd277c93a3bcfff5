/**
 * One JSON request to an outside system. What the system decides (an acceptance, a refusal with a code) is an answer;
 * everything else (no connection, no answer in time, 5xx, an answer not in its form) is an ordinary Error, after which
 * the caller does not know whether the request had its effect: it asks by key before it sends again.
 */
import { z } from 'zod';

export type OutsideSystem = {
  /** Name for error texts, such as "bank". */
  readonly name: string;
  readonly baseUrl: string;
  /** How long an answer may take. */
  readonly timeoutMs: number;
};

/** A refusal by the outside system's rules; repeating the request does not help. */
export type Refused = {
  readonly outcome: 'refused';
  readonly code: string;
  readonly message: { readonly zh: string; readonly en: string };
};

const refusalForm = z.object({ code: z.string().min(1), message: z.object({ zh: z.string(), en: z.string() }) });

/** Reads an address; throws an ordinary Error unless it answers 2xx in the form. */
export async function ask<Form extends z.ZodType>(
  system: OutsideSystem,
  path: string,
  form: Form,
): Promise<z.infer<Form>> {
  const answer = await call(system, path, { method: 'GET' });
  if (answer.status >= 300) throw unexpected(system, path, `status ${answer.status}`);
  return inForm(system, path, form, answer.body);
}

/** Sends an order under its key; the outside system takes each key once. 4xx with a code is a refusal. */
export async function send<Form extends z.ZodType>(
  system: OutsideSystem,
  path: string,
  key: string,
  content: object,
  form: Form,
): Promise<{ readonly outcome: 'accepted'; readonly answer: z.infer<Form> } | Refused> {
  const answer = await call(system, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(content),
  });
  if (answer.status < 300) return { outcome: 'accepted', answer: inForm(system, path, form, answer.body) };
  const refusal = answer.status >= 400 && answer.status < 500 ? refusalForm.safeParse(answer.body) : undefined;
  if (refusal?.success !== true) throw unexpected(system, path, `status ${answer.status}`);
  return { outcome: 'refused', ...refusal.data };
}

async function call(
  system: OutsideSystem,
  path: string,
  request: RequestInit,
): Promise<{ readonly status: number; readonly body: unknown }> {
  try {
    const response = await fetch(new URL(path, system.baseUrl), {
      ...request,
      redirect: 'manual',
      signal: AbortSignal.timeout(system.timeoutMs),
    });
    return { status: response.status, body: bodyOf(await response.text()) };
  } catch (cause) {
    const late = (cause as Error).name === 'TimeoutError';
    throw unexpected(system, path, late ? `no answer within ${system.timeoutMs} ms` : 'no connection', cause);
  }
}

/** The JSON of an answer; undefined where it is none, which no form accepts. */
function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function inForm<Form extends z.ZodType>(system: OutsideSystem, path: string, form: Form, body: unknown): z.infer<Form> {
  const read = form.safeParse(body);
  if (!read.success) throw unexpected(system, path, 'an answer that is not in its form', read.error);
  return read.data;
}

/** The path's last part may be a key, never personal data (keys carry none), so it may stand in the text. */
function unexpected(system: OutsideSystem, path: string, what: string, cause?: unknown): Error {
  return new Error(`${system.name} ${path}: ${what}`, { cause });
}
