/** What a client is told of a request for a permission; staff see the notice behind the barrier of the client's branch. */
import type { PoolClient } from 'pg';
import { queueNotice, type Notice } from '../outbox/queue-notice';
import type { PermissionRequest } from './request-row';

/** Names the permission and the request besides the facts that are given. Once a key. */
export const tellClient = (
  sql: PoolClient,
  { workflowId, branch, clientNo, requestNo, terms }: PermissionRequest,
  { key, template, facts }: Pick<Notice, 'key' | 'template' | 'facts'>,
): Promise<boolean> =>
  queueNotice(sql, {
    key,
    workflowId,
    side: 'client',
    branch,
    severity: 'info',
    recipientRef: clientNo,
    template,
    facts: { permission: { zh: terms.nameZh, en: terms.nameEn }, request: requestNo, ...facts },
  });
