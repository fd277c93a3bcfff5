/** The public API as a person of a rehearsal calls it: a token of the built-in issuer, JSON, refusals as errors. */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';

/** A refusal of the API (RFC 9457). */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

export interface ApiClient {
  /** Reads as a person. */
  readonly read: <Answer>(person: string, path: string) => Promise<Answer>;
  /** All pages of a list. */
  readonly readAll: <Item>(person: string, path: string) => Promise<Item[]>;
  /** Writes as a person; the same key is the same request. */
  readonly write: <Answer>(
    person: string,
    method: 'POST' | 'PUT',
    path: string,
    body?: unknown,
    key?: string,
  ) => Promise<Answer>;
  readonly close: () => void;
}

const PAGE = 200;

export function apiClient(apiUrl: string): ApiClient {
  // A move of the clock answers when everything at its instants is done, however long that takes: no time-out.
  const agent = new Agent({ keepAlive: true });
  const tokens = new Map<string, Promise<string>>();

  const call = async (method: string, path: string, headers: Record<string, string>, body?: unknown) => {
    const answer = await exchange(agent, new URL(path, apiUrl), method, headers, body);
    const content: unknown = answer.text === '' ? undefined : JSON.parse(answer.text);
    if (answer.status < 400) return content;
    const { code = 'UNKNOWN', detail = answer.text.slice(0, 300) } = (content ?? {}) as Record<string, string>;
    throw new ApiRefusal(answer.status, code, detail);
  };
  const tokenOf = (person: string): Promise<string> => {
    const known = tokens.get(person) ?? call('POST', '/rehearsal/tokens', {}, { person }).then(tokenIn);
    tokens.set(person, known);
    return known;
  };
  const as = async (person: string) => ({ Authorization: `Bearer ${await tokenOf(person)}` });

  const read = async <Answer>(person: string, path: string) => (await call('GET', path, await as(person))) as Answer;
  return {
    read,
    readAll: async <Item>(person: string, path: string) => {
      const items: Item[] = [];
      let cursor: string | null = null;
      do {
        const mark = path.includes('?') ? '&' : '?';
        const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page: { items: Item[]; next: string | null } = await read(person, `${path}${mark}limit=${PAGE}${after}`);
        items.push(...page.items);
        cursor = page.next;
      } while (cursor !== null);
      return items;
    },
    write: async <Answer>(
      person: string,
      method: 'POST' | 'PUT',
      path: string,
      body: unknown = {},
      key: string = randomUUID(),
    ) => (await call(method, path, { ...(await as(person)), 'Idempotency-Key': key }, body)) as Answer,
    close: () => agent.destroy(),
  };
}

const tokenIn = (answer: unknown): string => (answer as { readonly token: string }).token;

const CLOSED: readonly string[] = ['ECONNRESET', 'EPIPE'];

function exchange(
  agent: Agent,
  url: URL,
  method: string,
  headers: Record<string, string>,
  body: unknown,
): Promise<{ status: number; text: string }> {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        agent,
        method,
        headers: { ...headers, ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }) },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', reject);
      },
    );
    call.on('error', (error: NodeJS.ErrnoException) => {
      // The server had just closed a connection that nobody used for a while: what was asked never reached it. Where it did,
      // a write repeats its key.
      if (call.reusedSocket && CLOSED.includes(error.code ?? '')) {
        resolve(exchange(agent, url, method, headers, body));
      } else reject(error);
    });
    call.end(sent);
  });
}
