/** What the routes stand on. Everything comes in from outside, so that a test and a process are made the same way. */
import type { Pool } from 'pg';
import type { PrismaClient } from '../generated/prisma/client';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DocumentsPort } from '../activities/intake/connect-intake';
import type { MessageToSend } from '../activities/intake/dispatch-signals';
import type { ClockMove } from '../activities/intake/clock/advance-clock-by-hand';
import type { VerifyToken } from './identity';
import type { RehearsalIssuer } from './rehearsal-issuer';
import type { TemporalGateway } from './temporal-gateway';

export interface Services {
  /** Connections of the application's role to the book's database. */
  readonly pool: Pool;
  readonly prisma: PrismaClient;
  /** The tables of processes as they were, see `as-of.ts`. */
  readonly prismaAsOf: PrismaClient;
  /** Where scans and recordings are kept. */
  readonly documents: DocumentsPort;
  readonly temporal: TemporalGateway;
  readonly verifyToken: VerifyToken;
  /** Moves the clock of a manual book from wake-up to wake-up. */
  readonly advanceClock: (move: ClockMove) => Promise<{ readonly now: string }>;
  /** Hands a started day to Temporal at once; the outbox's own loop does it later where this fails. */
  readonly dispatchSignals: () => Promise<unknown>;
  /** Hands the start of one new process to Temporal at once; later the outbox's own loop does it, where this fails. */
  readonly sendStart: (start: MessageToSend | undefined) => Promise<void>;
  /** How many tasks one bulk may hold. */
  readonly bulkRowsAtMost: number;
  /** How long the comparison of a closed day may take. */
  readonly comparisonWithinMs: number;
  /** Secret that the hashes of one-time codes are keyed by. */
  readonly codeKey: string;
  /** Secret that the keys of receivers of events are derived from; none: none can be given. */
  readonly webhookSecret: string | undefined;
  readonly metrics: Registry;
  readonly logger: Logger;
  /** How long whoever repeats a request waits for the answer to the first. */
  readonly firstAnswerWithinMs: number;
  /** There in a rehearsal only. */
  readonly rehearsalIssuer?: RehearsalIssuer;
}
