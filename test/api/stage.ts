/** The API of a rehearsal book as people meet it: over HTTP, with real tokens, on a real database and process engine. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Pool } from 'pg';
import { loadReference } from '../../activities/books/load-reference';
import { loadRehearsalPeople } from '../../activities/books/load-rehearsal-people';
import { readApiConfig } from '../../api/config';
import { startApi } from '../../api/run';
import { refuseUndocumented } from './document';
import { openStoryStage, type Staging, type StoryStage } from '../support/story-stage';

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  /** JSON of the answer. */
  readonly body: any;
}

export interface Call {
  /** Person of the rehearsal; nobody where left away. */
  readonly as?: string;
  readonly body?: unknown;
  /** Idempotency-Key; a new one for every write unless given, none where empty. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiStage {
  readonly stage: StoryStage;
  readonly pool: Pool;
  readonly url: string;
  /** Asks over HTTP; an answer that is not in the API document fails the test. */
  readonly call: (
    method: 'GET' | 'HEAD' | 'OPTIONS' | 'PUT' | 'POST' | 'DELETE',
    path: string,
    call?: Call,
  ) => Promise<Called>;
  readonly tokenOf: (person: string) => Promise<string>;
  /** Does something with another API of the book, with these variables of its own. */
  readonly beside: <Result>(
    env: Readonly<Record<string, string>>,
    work: (call: ApiStage['call']) => Promise<Result>,
  ) => Promise<Result>;
  readonly close: () => Promise<void>;
}

/** Where the clock of the books of these tests stands: Monday 2025-06-23, 08:05 in Shanghai. */
export const MONDAY_0805 = '2025-06-23T00:05:00.000Z';

/** @param env further variables of the API */
export async function openApiStage(
  name: string,
  {
    worker = true,
    env = {},
    workflows = path.join(__dirname, 'stories.ts'),
    outside = {},
  }: {
    readonly worker?: boolean;
    readonly env?: Readonly<Record<string, string>>;
    /** File that exports the workflows; those of the tests of the API unless told otherwise. */
    readonly workflows?: string;
    /** Systems that are there, and whether the worker makes long passes. */
    readonly outside?: Pick<Staging, 'ccnetUrl' | 'counterUrl' | 'messagesUrl' | 'bulk'>;
  } = {},
): Promise<ApiStage> {
  const stage = await openStoryStage({
    name,
    workflowsPath: workflows,
    mode: 'manual',
    now: MONDAY_0805,
    worker,
    ...outside,
  });
  await loadReference(stage.pool);
  await loadRehearsalPeople(stage.pool);
  const start = (more: Readonly<Record<string, string>>) =>
    startApi(
      readApiConfig({
        BOOK_DATABASE_URL: stage.book.appUrl,
        BOOK_NAME: stage.book.namespace,
        TEMPORAL_ADDRESS: stage.book.address,
        API_PORT: '0',
        REHEARSAL_ISSUER: '1',
        MOVER_TICKS: '',
        DOCUMENTS_DIR: stage.config.documents,
        LOG_LEVEL: 'error',
        // All people of a test come from one address, and a quick machine asks for more in a minute than a house does.
        API_REQUESTS_PER_MINUTE: '1000000',
        API_PERSON_REQUESTS_PER_MINUTE: '1000000',
        // Whoever asks a process of a busy machine is answered by it, not told to ask again; where nobody works nobody waits for long.
        ...(worker ? { API_ANSWER_WITHIN_MS: '30000' } : {}),
        ...more,
      }),
    );
  const api = await start(env);
  const call = caller(api.url);
  return {
    stage,
    pool: stage.pool,
    url: api.url,
    call,
    tokenOf: (person) => tokenFrom(api.url, person),
    beside: async (more, work) => {
      const other = await start(more);
      try {
        return await work(caller(other.url));
      } finally {
        await other.stop();
      }
    },
    close: async () => {
      await api.stop();
      await stage.close();
    },
  };
}

async function tokenFrom(url: string, person: string): Promise<string> {
  const answer = await fetch(`${url}/rehearsal/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ person }),
  });
  const { token } = (await answer.json()) as { token: string };
  return token;
}

const READS = ['GET', 'HEAD', 'OPTIONS'];

/** Calls the API at an address, each person with a token of its issuer. */
export function caller(url: string): ApiStage['call'] {
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (person: string) => {
    const token = tokens.get(person) ?? tokenFrom(url, person);
    tokens.set(person, token);
    return token;
  };
  return async (method, where, { as, body, key = READS.includes(method) ? '' : randomUUID(), headers = {} } = {}) => {
    const answer = await fetch(`${url}${where}`, {
      method,
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer ${await tokenOf(as)}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === '' ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    const called = {
      status: answer.status,
      headers: answer.headers,
      body: isJson && text !== '' ? (JSON.parse(text) as unknown) : text,
    };
    refuseUndocumented(method, where, called);
    return called;
  };
}

/** As if the API had ended between what it did and its answer, long enough ago to be asked again; or had forgotten who asked for what. */
export async function loseAnswer(pool: Pool, key: string, what: 'the answer' | 'and its request' = 'the answer') {
  const { rowCount } = await pool.query(
    what === 'the answer'
      ? `update idempotency set status = null, response = null, created_at = '-infinity' where key = $1 and status is not null`
      : 'delete from idempotency where key = $1',
    [key],
  );
  if (rowCount !== 1) throw new Error(`no answer to ${key} was kept`);
}
