/** A change of an open permission asked for by a person: by operations a suspension or its lifting, by the branch another commission. */
import type { Pool } from 'pg';
import { inTransaction } from '../../database/transaction';
import type { OpenedRequest } from './enter-request';
import { askChange, type AskedChange } from '../../permissions/ask-change';

/** @throws SeveralRefusals, as `askChange` */
export const askPermissionChange = (pool: Pool, asked: Omit<AskedChange, 'callbackNo'>): Promise<OpenedRequest> =>
  inTransaction(pool, (sql) => askChange(sql, asked));
