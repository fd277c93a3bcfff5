/** Who looked at what, and why: for routes that show personal columns, or the audit itself, before the answer leaves. */
import type { Pool } from 'pg';
import { recordAudit } from '../audit/record-audit';

export interface Reading {
  readonly actor: string;
  readonly role: string | undefined;
  readonly action: 'read personal data' | 'read audit';
  readonly objectType: string;
  readonly objectId: string;
  /** Why, in the reader's words, where the route asks for it. */
  readonly reason?: string;
  /** Which columns were shown, or what was searched for; never their values. */
  readonly shown: Readonly<Record<string, unknown>>;
  readonly requestId: string;
}

export async function recordReading(pool: Pool, { shown, ...reading }: Reading): Promise<void> {
  await recordAudit(pool, { ...reading, outcome: 'done', after: shown });
}
