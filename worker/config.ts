/** What a worker is told by its environment; refused at the start with every defect named. */
import path from 'node:path';
import { z } from 'zod';

/** The queues of a book, by what they use up: bulk work never starves people. */
export const QUEUES = ['stories', 'database', 'bulk', 'outside'] as const;
export type Queue = (typeof QUEUES)[number];

const queueList = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))
  .pipe(z.array(z.enum(QUEUES)).min(1));

/**
 * NODE_OPTIONS of a worker process. What a worker keeps is some 50 MB whatever a day holds; without a bound Node lets three
 * times as much garbage stand before it clears up. Read when Node starts, so whoever starts the process gives it.
 */
export const WORKER_NODE_OPTIONS = '--max-old-space-size=416';

const environment = z.object({
  /** Of the application's role. */
  BOOK_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Name of the book: of its database's clock row and of its namespace. */
  BOOK_NAME: z.string().min(1),
  TEMPORAL_ADDRESS: z.string().min(1).default('127.0.0.1:7233'),
  INBOX_DIR: z.string().min(1),
  /** Where the chain of the audit is anchored, outside of the database; beside the inbox unless told. */
  ANCHORS_DIR: z.string().min(1).optional(),
  /** Where the documents of clients are kept; beside the inbox unless told. */
  DOCUMENTS_DIR: z.string().min(1).optional(),
  /** Mailbox of complaints, a maildir; without one no complaint comes by e-mail. */
  MAIL_DIR: z.string().min(1).optional(),
  CLEARING_HOUSE_URL: z.url(),
  BANK_URL: z.url(),
  /** Second bank and system of the emergency channel; without one, or empty, the first is asked. */
  EMERGENCY_BANK_URL: z.url().or(z.literal('')).default(''),
  COUNTER_URL: z.url(),
  /** The CRM; at the counter's address unless told. */
  CRM_URL: z.url().optional(),
  MESSAGES_URL: z.url(),
  /** Mail server; without one nobody is told by e-mail. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  SMTP_FROM: z.email().default('southbound@localhost.localdomain'),
  /** From it the keys of the systems that are told of events are derived; without one none is told. */
  WEBHOOK_SECRET: z.string().min(32).optional(),
  /** Which queues this worker serves; all unless told otherwise. */
  WORKER_QUEUES: queueList.default([...QUEUES]),
  WORKER_DATABASE_CONNECTIONS: z.coerce.number().int().min(4).max(200).default(24),
  /** Where Prometheus reads the worker's metrics, host:port; off unless told. */
  WORKER_METRICS_ADDRESS: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('warn'),
});

export interface WorkerConfig {
  readonly databaseUrl: string;
  readonly book: string;
  readonly temporalAddress: string;
  readonly inbox: string;
  readonly anchors: string;
  readonly documents: string;
  readonly mails?: string;
  readonly clearingHouseUrl: string;
  readonly bankUrl: string;
  readonly emergencyBankUrl?: string;
  readonly counterUrl: string;
  readonly crmUrl: string;
  readonly messagesUrl: string;
  readonly smtp?: { readonly url: string; readonly from: string };
  readonly webhookSecret?: string;
  readonly queues: readonly Queue[];
  readonly databaseConnections: number;
  readonly metricsAddress: string | undefined;
  readonly logLevel: string;
}

/** @throws Error that lists every variable that is missing or wrong */
export function readWorkerConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  const read = environment.safeParse(env);
  if (!read.success) {
    const defects = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new Error(`工作进程配置有误。The worker's environment is not complete:\n  ${defects.join('\n  ')}`);
  }
  const of = read.data;
  return {
    databaseUrl: of.BOOK_DATABASE_URL,
    book: of.BOOK_NAME,
    temporalAddress: of.TEMPORAL_ADDRESS,
    inbox: of.INBOX_DIR,
    anchors: of.ANCHORS_DIR ?? path.join(of.INBOX_DIR, '..', 'anchors'),
    documents: of.DOCUMENTS_DIR ?? path.join(of.INBOX_DIR, '..', 'documents'),
    ...(of.MAIL_DIR === undefined ? {} : { mails: of.MAIL_DIR }),
    clearingHouseUrl: of.CLEARING_HOUSE_URL,
    bankUrl: of.BANK_URL,
    ...(of.EMERGENCY_BANK_URL === '' ? {} : { emergencyBankUrl: of.EMERGENCY_BANK_URL }),
    counterUrl: of.COUNTER_URL,
    crmUrl: of.CRM_URL ?? of.COUNTER_URL,
    messagesUrl: of.MESSAGES_URL,
    ...(of.SMTP_URL === undefined ? {} : { smtp: { url: of.SMTP_URL, from: of.SMTP_FROM } }),
    ...(of.WEBHOOK_SECRET === undefined ? {} : { webhookSecret: of.WEBHOOK_SECRET }),
    queues: of.WORKER_QUEUES,
    databaseConnections: of.WORKER_DATABASE_CONNECTIONS,
    metricsAddress: of.WORKER_METRICS_ADDRESS,
    logLevel: of.LOG_LEVEL,
  };
}
