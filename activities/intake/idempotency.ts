/** The record behind `Idempotency-Key`: who asked what with which key, and what was answered. */
import type { Pool } from 'pg';

/** A request that died with its process may be taken over after this long; verbs below have business keys. */
const TAKE_OVER_AFTER_MS = 120_000;

export type KeyClaim =
  | { readonly state: 'claimed' }
  | { readonly state: 'under way' }
  | { readonly state: 'other content' }
  | { readonly state: 'answered'; readonly answer: KeptAnswer };

/** An answer as it can be given again. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly location: string | null;
  readonly etag: string | null;
}

/**
 * SQL beside a statement that waits for no disk of its own: it is on disk with the next commit that does. Of a request whose
 * act has its key in the database nothing is lost by it: a claim stands before its act in the log, and where the record of an answer is lost with the
 * server the act answers again as it did.
 */
const waitingForNoDisk = (condition: string): string =>
  `(select case when ${condition}::boolean then set_config('synchronous_commit', 'off', true) end) as waiting`;

/** Takes the key for this request, or says what became of the request that took it. Of two at once one gets it. */
export async function claimKey(
  pool: Pool,
  asked: {
    readonly actor: string;
    readonly key: string;
    readonly route: string;
    readonly requestSha256: string;
    readonly takenOverAfterMs?: number | undefined;
    /** The act has the key in the database too: asked again it answers as it did. */
    readonly isActKeyed: boolean;
  },
): Promise<KeyClaim> {
  const { actor, key, route, requestSha256, takenOverAfterMs = TAKE_OVER_AFTER_MS, isActKeyed } = asked;
  const { rowCount } = await pool.query({
    name: 'claim key',
    text: `insert into idempotency (actor, key, route, request_sha256)
     select $1, $2, $3, $4 from ${waitingForNoDisk('$6')}
     on conflict (actor, key) do update set created_at = clock_timestamp()
      where idempotency.status is null and idempotency.created_at < clock_timestamp() - make_interval(secs => $5::int / 1000.0)
        and idempotency.route = excluded.route and idempotency.request_sha256 = excluded.request_sha256`,
    values: [actor, key, route, requestSha256, takenOverAfterMs, isActKeyed],
  });
  if (rowCount === 1) return { state: 'claimed' };
  const { rows } = await pool.query<{
    route: string;
    request_sha256: string;
    status: number | null;
    response: unknown;
    location: string | null;
    etag: string | null;
  }>('select route, request_sha256, status, response, location, etag from idempotency where actor = $1 and key = $2', [
    actor,
    key,
  ]);
  const [kept] = rows;
  if (kept === undefined || kept.route !== route || kept.request_sha256 !== requestSha256)
    return { state: 'other content' };
  if (kept.status === null) return { state: 'under way' };
  const { status, response, location, etag } = kept;
  return { state: 'answered', answer: { status, body: response, location, etag } };
}

/** Keeps the answer, once; a later one for the same key changes nothing. */
export async function rememberAnswer(
  pool: Pool,
  given: { readonly actor: string; readonly key: string; readonly answer: KeptAnswer; readonly isActKeyed: boolean },
): Promise<void> {
  const { actor, key, answer, isActKeyed } = given;
  await pool.query({
    name: 'remember answer',
    text: `update idempotency set status = $3, response = $4, location = $5, etag = $6 from ${waitingForNoDisk('$7')}
      where actor = $1 and key = $2 and status is null`,
    values: [actor, key, answer.status, JSON.stringify(answer.body), answer.location, answer.etag, isActKeyed],
  });
}

/** Lets the same request be tried again at once: it ended without an answer that lasts. */
export async function giveKeyBack(pool: Pool, asked: { readonly actor: string; readonly key: string }): Promise<void> {
  await pool.query(`update idempotency set created_at = '-infinity' where actor = $1 and key = $2 and status is null`, [
    asked.actor,
    asked.key,
  ]);
}
