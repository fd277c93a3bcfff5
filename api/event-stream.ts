/**
 * What people watch, as server-sent events: a state that is looked at again and again, and what has changed in it. The id of an event
 * says, in digests, what its reader knows once it is read; whoever comes back with it is sent what differs from that, by whichever process.
 * A reader who is slow is sent nothing until it has read: what changed meanwhile is one change then. One who reads no more is let go.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'express';
import { z } from './zod';

/** Parts of the state by name, `step` and what tells it from the others; each is sent as an event of its kind. */
export interface Part {
  readonly kind: string;
  readonly name: string;
  readonly content: unknown;
  /** Event that tells that the part is gone; none: nothing does. */
  readonly gone?: { readonly kind: string; readonly content: unknown };
}

export interface Watching {
  /** The parts now; undefined where there is nothing to look at any more. */
  readonly look: () => Promise<readonly Part[] | undefined>;
  readonly everyMs: number;
  readonly endsAfterMs: number;
  /** A reader who has not read for so long is let go. */
  readonly patienceMs: number;
}

const HEARTBEAT_EVERY_LOOKS = 15;
/** An id goes back in a header. */
const LONGEST_ID = 6_000;
const DIGEST_LENGTH = 8;

/** What a reader knows: of each part its kind, its digest and how its end is told. */
type Known = Map<string, readonly [digest: string, goneKind: string | null, goneContent: unknown]>;

/** Keeps the response open until its reader leaves, is let go or the time is over. */
export async function streamChanges(response: Response, { look, ...watching }: Watching): Promise<void> {
  const left = new AbortController();
  response.on('close', () => left.abort());
  const known = knownBy(response.req.get('last-event-id'));
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  const ends = performance.now() + watching.endsAfterMs;
  let readAt = performance.now();
  for (let looks = 1; !left.signal.aborted && performance.now() < ends; looks += 1) {
    if (!response.writableNeedDrain) {
      readAt = performance.now();
      const now = await look();
      if (!response.destroyed) write(response, [...(now === undefined ? [] : changes(known, now)), ...beat(looks)]);
    } else if (performance.now() - readAt > watching.patienceMs) {
      // It comes back with the id of the last event that it read.
      response.end('event: lost\ndata: {}\n\n');
      setTimeout(() => response.destroy(), watching.patienceMs).unref();
      return;
    }
    await sleep(watching.everyMs, undefined, { signal: left.signal }).catch(() => undefined);
  }
  response.end();
}

const beat = (looks: number): readonly string[] => (looks % HEARTBEAT_EVERY_LOOKS === 0 ? [': \n\n'] : []);

function write(response: Response, events: readonly string[]): void {
  if (events.length > 0) response.write(events.join(''));
}

/** Events from what is known to what is, each with the id of what is known after it. */
function changes(known: Known, now: readonly Part[]): readonly string[] {
  const events: string[] = [];
  for (const { kind, name, content, gone } of now) {
    const digest = digestOf(content);
    if (known.get(name)?.[0] === digest) continue;
    known.set(name, [digest, gone?.kind ?? null, gone?.content ?? null]);
    events.push(eventOf(kind, content, known));
  }
  const names = new Set(now.map(({ name }) => name));
  for (const [name, [, goneKind, goneContent]] of [...known]) {
    if (names.has(name)) continue;
    known.delete(name);
    if (goneKind !== null) events.push(eventOf(goneKind, goneContent, known));
  }
  return events;
}

function eventOf(kind: string, content: unknown, known: Known): string {
  const id = Buffer.from(JSON.stringify([...known].map(([name, of]) => [name, ...of]))).toString('base64url');
  // One that is too long is left away: the reader comes back with an older one and hears a little twice.
  const line = id.length > LONGEST_ID ? '' : `id: ${id}\n`;
  return `${line}event: ${kind}\ndata: ${JSON.stringify(content)}\n\n`;
}

const digestOf = (content: unknown): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, DIGEST_LENGTH);

const knownShape = z.array(z.tuple([z.string(), z.string(), z.string().nullable(), z.unknown()]));

/** Nothing where the id is none of ours: then everything is sent. */
function knownBy(id: string | undefined): Known {
  try {
    const read = knownShape.parse(JSON.parse(Buffer.from(id ?? '', 'base64url').toString('utf8')));
    return new Map(read.map(([name, digest, goneKind, goneContent]) => [name, [digest, goneKind, goneContent]]));
  } catch {
    return new Map();
  }
}
