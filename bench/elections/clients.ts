/**
 * Clients of the API who elect in parallel. Each asks until it is answered: a request whose answer was lost with a process is asked again with
 * the same key. What was acknowledged is noted here, outside of the database.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Acknowledged } from './check';
import { accountOf, KEY } from './event';
import { loginOf } from './book';

export const CLIENTS = 8;
/** So often each is refused after the deadline before it goes home. */
const LATE_EACH = 5;
const ASK_AGAIN_MS = 200;
const ANSWER_WITHIN_MS = 10_000;

export interface Given {
  readonly acknowledged: Acknowledged[];
  refusedLate: number;
  /** Requests that were asked again, and those of them that were acknowledged. */
  askedAgain: number;
  acknowledgedAgain: number;
}

export const nothingGiven = (): Given => ({ acknowledged: [], refusedLate: 0, askedAgain: 0, acknowledgedAgain: 0 });

/** Until the deadline has passed for each. A client works on accounts of its own, so that its last acknowledgement is the last of the account. */
export async function electInParallel(
  apiUrl: string,
  holders: number,
  given: Given,
  afterEach: () => void,
): Promise<void> {
  const api = callerOf(apiUrl);
  let nth = 0;
  const client = async (own: number) => {
    for (let late = 0; late < LATE_EACH;) {
      const holder = randomInt(Math.floor(holders / CLIENTS)) * CLIENTS + own;
      const asked = { account: accountOf(holder), nth: (nth += 1), askedAt: new Date().toISOString() };
      const answer = await api.elect(loginOf(holder), asked.account, `${randomInt(1_001)}`);
      if (answer.tries > 1) given.askedAgain += 1;
      if (answer.electedAt !== undefined) {
        given.acknowledged.push({ ...asked, quantity: answer.quantity, electedAt: answer.electedAt });
        if (answer.tries > 1) given.acknowledgedAgain += 1;
      } else if (answer.codes.includes('AFTER_DEADLINE')) {
        late += 1;
        given.refusedLate += 1;
      }
      afterEach();
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, own) => client(own)));
}

interface Answer {
  readonly tries: number;
  readonly quantity: string;
  readonly electedAt: string | undefined;
  readonly codes: readonly string[];
}

/** Codes that say what the request is, and not what the server is. */
const FINAL: readonly string[] = ['AFTER_DEADLINE', 'NOTHING_TO_WITHDRAW'];

export function callerOf(apiUrl: string) {
  const tokens = new Map<string, string>();
  const post = (path: string, headers: Readonly<Record<string, string>>, body: object) =>
    fetch(`${apiUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
  const tokenOf = async (person: string): Promise<string> => {
    const known = tokens.get(person);
    if (known !== undefined) return known;
    const answer = await post('/rehearsal/tokens', {}, { person });
    if (!answer.ok) throw new Error(`no token: ${answer.status}`);
    const { token } = (await answer.json()) as { readonly token: string };
    tokens.set(person, token);
    return token;
  };
  const once = async (person: string, key: string, body: object): Promise<Said> => {
    const token = await tokenOf(person);
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': key };
    const answer = await post(`/v1/corporate-actions/${KEY.channel}/${KEY.eventNo}/elections`, headers, body);
    const said = (await answer.json()) as Said;
    if (answer.status !== 401) return answer.ok ? said : { errors: said.errors ?? [] };
    // A provider that was started anew has other keys, and knows none of its tokens.
    if (tokens.get(person) === token) tokens.clear();
    return once(person, key, body);
  };
  return {
    elect: async (person: string, securitiesAccount: string, quantity: string): Promise<Answer> => {
      const key = randomUUID();
      for (let tries = 1; ; tries += 1) {
        const said = await once(person, key, { securitiesAccount, option: 'ACCEPT', quantity, versionShown: 1 }).catch(
          (): Said => ({}),
        );
        const codes = (said.errors ?? []).map(({ code }) => code);
        const isFinal = codes.some((code) => FINAL.includes(code));
        if (said.electedAt !== undefined || isFinal)
          return { tries, quantity: said.quantity ?? quantity, electedAt: said.electedAt, codes };
        await sleep(ASK_AGAIN_MS);
      }
    },
  };
}

interface Said {
  readonly quantity?: string;
  readonly electedAt?: string;
  readonly errors?: readonly { readonly code: string }[];
}
