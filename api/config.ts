/** What the API is told by its environment; refused at the start with every defect named. */
import { z } from 'zod';

const environment = z
  .object({
    /** Of the application's role. */
    BOOK_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
    /** Name of the book: of its database's clock row and of its namespace. */
    BOOK_NAME: z.string().min(1),
    TEMPORAL_ADDRESS: z.string().min(1).default('127.0.0.1:7233'),
    API_HOST: z.string().min(1).default('127.0.0.1'),
    /** 0 takes any free port. */
    API_PORT: z.coerce.number().int().min(0).max(65_535).default(3_000),
    /** Address under which others reach the API, where it is not host and port. */
    API_URL: z.url().optional(),
    OIDC_ISSUER: z.url().optional(),
    OIDC_AUDIENCE: z.string().min(1).optional(),
    /**
     * Secret that one-time codes are kept under, the same for all processes of the API. Required of a production book; elsewhere one of
     * this process's own where left away: codes that were sent are then forgotten with it.
     */
    ONE_TIME_CODE_KEY: z.string().min(32).optional(),
    /** 1: the identity provider of a rehearsal is built in. Never on a production book. */
    REHEARSAL_ISSUER: z.enum(['0', '1']).default('0'),
    INBOX_DIR: z.string().min(1).optional(),
    /** As the worker's: in a manual book the mover takes the mails. */
    MAIL_DIR: z.string().min(1).optional(),
    /** As the worker's: scans and recordings that are filed through the API. */
    DOCUMENTS_DIR: z.string().min(1).default('documents'),
    /** Systems with a clock that the mover of a manual book moves first. */
    CLEARING_HOUSE_URL: z.url().optional(),
    BANK_URL: z.url().optional(),
    EMERGENCY_BANK_URL: z.url().or(z.literal('')).default(''),
    COUNTER_URL: z.url().optional(),
    MESSAGES_URL: z.url().optional(),
    /** As the worker's: in a manual book the mover sends what is due. */
    SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
    SMTP_FROM: z.email().default('southbound@localhost.localdomain'),
    WEBHOOK_SECRET: z.string().min(32).optional(),
    /** Channels whose morning tick the mover starts; empty: none. */
    MOVER_TICKS: z
      .string()
      .default('SH')
      .transform((text) => text.split(',').filter((name) => name !== ''))
      .pipe(z.array(z.literal('SH'))),
    API_DATABASE_CONNECTIONS: z.coerce.number().int().min(2).max(200).default(12),
    /** How long a person waits for a process to answer before being told to ask again. */
    API_ANSWER_WITHIN_MS: z.coerce.number().int().min(100).max(30_000).default(5_000),
    /** How long a closed day may take to be compared, which runs its whole evening again inside of one request. */
    API_COMPARISON_WITHIN_SECONDS: z.coerce.number().int().min(1).max(600).default(60),
    /** How many tasks may be done in one bulk. */
    API_BULK_ROWS_AT_MOST: z.coerce.number().int().min(1).max(10_000).default(500),
    /** From one address, and of one person. */
    API_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).default(6_000),
    API_PERSON_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).default(3_000),
    /** Origins whose scripts may call, e.g. https://desk.example; empty: none. */
    API_CORS_ORIGINS: z
      .string()
      .default('')
      .transform((text) => text.split(',').filter((origin) => origin !== ''))
      .pipe(
        z.array(
          z
            .url({ protocol: /^https?$/ })
            .refine((text) => URL.canParse(text) && new URL(text).origin === text, 'no path, no slash at the end'),
        ),
      ),
    /** How many proxies of ours stand in front: only then is X-Forwarded-For believed. */
    API_PROXIES: z.coerce.number().int().min(0).max(5).default(0),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  })
  .superRefine((of, context) => {
    const oidc = of.OIDC_ISSUER !== undefined && of.OIDC_AUDIENCE !== undefined;
    if (oidc !== (of.REHEARSAL_ISSUER === '1')) return;
    const message = 'either OIDC_ISSUER with OIDC_AUDIENCE, or REHEARSAL_ISSUER=1';
    context.addIssue({ code: 'custom', path: ['OIDC_ISSUER'], message });
  });

export type ApiConfig = z.output<typeof environment>;

/** @throws Error that lists every variable that is missing or wrong */
export function readApiConfig(env: NodeJS.ProcessEnv): ApiConfig {
  const read = environment.safeParse(env);
  if (read.success) return read.data;
  const defects = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`接口进程配置有误。The environment of the API is not complete:\n  ${defects.join('\n  ')}`);
}
