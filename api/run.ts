/** The API of a book as a running server: wired, listening, and stopped in the right order. */
import { Client, Connection } from '@temporalio/client';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import { pino } from 'pino';
import { advanceClockByHand } from '../activities/intake/clock/advance-clock-by-hand';
import { connectDocuments, connectIntake } from '../activities/intake/connect-intake';
import { carriesRequestId } from '../activities/intake/request-id';
import { dispatchSignals, noteSent, sendAtOnce } from '../activities/intake/dispatch-signals';
import { openPrisma } from '../prisma/client';
import { bookOf } from '../prisma/book-of';
import { openPool } from '../prisma/pool';
import { createApp, DEFAULT_LIMITS } from './app';
import type { ApiConfig } from './config';
import { oidcVerifier, type VerifyToken } from './identity';
import { openMetrics } from './metrics';
import { openRehearsalIssuer, REHEARSAL_AUDIENCE, type RehearsalIssuer } from './rehearsal-issuer';
import type { Services } from './services';
import { temporalGateway } from './temporal-gateway';

/** How long a start waits for Temporal before it is left to the dispatcher. */
const DISPATCH_WITHIN_MS = 3_000;

export interface RunningApi {
  readonly url: string;
  /** Answers what is under way, and ends. */
  readonly stop: () => Promise<void>;
}

/** @throws Error in one sentence where the book is not the one that was named, or may not have a rehearsal issuer */
export async function startApi(config: ApiConfig): Promise<RunningApi> {
  const logger = pino({ name: 'southbound-api', level: config.LOG_LEVEL });
  const pool = openPool(config.BOOK_DATABASE_URL, config.API_DATABASE_CONNECTIONS);
  // Longer than balancers and clients keep an idle connection: whoever closes first resets what the other sends at that moment.
  const server = createServer({ keepAliveTimeout: 75_000 });
  try {
    const { kind: bookKind } = await bookOf(pool, config.BOOK_NAME);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(config.API_PORT, config.API_HOST, resolve);
    });
    const { port } = server.address() as AddressInfo;
    const url = config.API_URL ?? `http://${config.API_HOST}:${port}`;
    // Lazy: the API starts and says "temporal: down" while the process engine is away.
    const connection = Connection.lazy({ address: config.TEMPORAL_ADDRESS });
    const temporal = new Client({
      connection,
      namespace: config.BOOK_NAME,
      interceptors: { workflow: [carriesRequestId] },
    });
    const intake = connectIntake(pool, temporal, addressesOf(config));
    const prisma = openPrisma(pool);
    const prismaAsOf = openPrisma(pool, 'as_of');
    const { verifyToken, rehearsalIssuer } = await identityOf(config, url, bookKind);
    const app = createApp(
      {
        pool,
        prisma,
        prismaAsOf,
        documents: connectDocuments(config.DOCUMENTS_DIR),
        temporal: temporalGateway(connection, config.BOOK_NAME, config.API_ANSWER_WITHIN_MS),
        verifyToken,
        advanceClock: advanceClockByHand(intake),
        sendStart: startSender(pool, temporal),
        dispatchSignals: () => temporal.withDeadline(Date.now() + DISPATCH_WITHIN_MS, () => dispatchSignals(intake)),
        bulkRowsAtMost: config.API_BULK_ROWS_AT_MOST,
        comparisonWithinMs: config.API_COMPARISON_WITHIN_SECONDS * 1_000,
        codeKey: codeKeyOf(config, bookKind),
        webhookSecret: config.WEBHOOK_SECRET,
        metrics: openMetrics(pool),
        logger,
        // A process may be asked for that long; then the first is answered "ask again", and so is the second.
        firstAnswerWithinMs: config.API_ANSWER_WITHIN_MS + 1_000,
        ...(rehearsalIssuer === undefined ? {} : { rehearsalIssuer }),
      },
      {
        ...DEFAULT_LIMITS,
        requestsPerMinute: config.API_REQUESTS_PER_MINUTE,
        personPerMinute: config.API_PERSON_REQUESTS_PER_MINUTE,
        origins: config.API_CORS_ORIGINS,
        proxies: config.API_PROXIES,
      },
    );
    server.on('request', (request, response) => void app(request, response));
    return {
      url,
      stop: async () => {
        await new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeIdleConnections();
          // Streams that people watch would keep the server open for ever.
          setTimeout(() => server.closeAllConnections(), 2_000).unref();
        });
        await prisma.$disconnect();
        await prismaAsOf.$disconnect();
        await connection.close();
        await pool.end();
      },
    };
  } catch (error) {
    server.close();
    await pool.end();
    throw error;
  }
}

/** The start stays in the outbox where Temporal is away: its own loop sends it later. */
const startSender =
  (pool: Pool, temporal: Client): Services['sendStart'] =>
  async (start) => {
    if (start === undefined) return;
    const sent = temporal.withDeadline(Date.now() + DISPATCH_WITHIN_MS, () => sendAtOnce(temporal, start));
    await sent.then(() => noteSent(pool, start)).catch(() => undefined);
  };

/**
 * Of two processes with keys of their own each would call the codes of the other wrong, and lock the client for them.
 * @throws Error on a production book without a key
 */
function codeKeyOf({ ONE_TIME_CODE_KEY: key }: ApiConfig, bookKind: string): string {
  if (key !== undefined) return key;
  if (bookKind !== 'production') return randomBytes(32).toString('hex');
  throw new Error(
    '生产账册须设置 ONE_TIME_CODE_KEY（至少 32 个字符，所有 API 进程相同）。A production book needs ONE_TIME_CODE_KEY, at least 32 characters and the same for all API processes.',
  );
}

async function identityOf(
  config: ApiConfig,
  url: string,
  bookKind: string,
): Promise<{ readonly verifyToken: VerifyToken; readonly rehearsalIssuer?: RehearsalIssuer }> {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience } = config;
  if (issuer !== undefined && audience !== undefined) return { verifyToken: oidcVerifier({ issuer, audience }) };
  const rehearsalIssuer = await openRehearsalIssuer(url, bookKind);
  const verifyToken = oidcVerifier({ issuer: rehearsalIssuer.issuer, audience: REHEARSAL_AUDIENCE });
  return { verifyToken, rehearsalIssuer };
}

function addressesOf(config: ApiConfig) {
  const simulators = {
    'clearing-house': config.CLEARING_HOUSE_URL,
    bank: config.BANK_URL,
    'emergency-bank': config.EMERGENCY_BANK_URL === '' ? undefined : config.EMERGENCY_BANK_URL,
    counter: config.COUNTER_URL,
    messages: config.MESSAGES_URL,
  };
  return {
    ...(config.INBOX_DIR === undefined ? {} : { inbox: config.INBOX_DIR }),
    ...(config.MAIL_DIR === undefined ? {} : { mails: { folder: config.MAIL_DIR, documents: config.DOCUMENTS_DIR } }),
    messages: {
      ...(config.MESSAGES_URL === undefined ? {} : { gatewayUrl: config.MESSAGES_URL }),
      ...(config.SMTP_URL === undefined ? {} : { smtp: { url: config.SMTP_URL, from: config.SMTP_FROM } }),
      ...(config.WEBHOOK_SECRET === undefined ? {} : { webhookSecret: config.WEBHOOK_SECRET }),
    },
    simulators: Object.fromEntries(
      Object.entries(simulators).flatMap(([name, url]) => (url === undefined ? [] : [[name, url]])),
    ),
    ticks: config.MOVER_TICKS,
  };
}
