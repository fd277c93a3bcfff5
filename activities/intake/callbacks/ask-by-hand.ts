/** A callback that a person asks for: of a sample, of a campaign. Those of other purposes are asked for by their processes. */
import type { Pool } from 'pg';
import { BusinessError } from '../../../domain/errors';
import { askCallback, callbackTermsOn } from '../../callbacks/ask-callback';
import { inTransaction } from '../../database/transaction';
import { refuseFirst } from '../judge-actor';

export interface CallbackByHand {
  readonly key: string;
  readonly purpose: string;
  readonly subject: string;
  readonly clientNo: string;
  readonly by: string;
  readonly roles: readonly string[];
  readonly reason: string;
  readonly requestId?: string;
}

/**
 * Whoever asks has a hand in it, and does not call.
 * @throws SeveralRefusals NOT_FOUND, CALLBACK_PURPOSE_UNKNOWN, CALLBACK_NOT_ASKED_BY_YOU
 */
export const askCallbackByHand = (pool: Pool, asked: CallbackByHand): Promise<{ readonly callbackNo: string }> =>
  inTransaction(pool, async (sql) => {
    const { purpose, clientNo, subject, by, reason } = asked;
    const { purposeFrom, today, branch, askedBy } = await callbackTermsOn(sql, asked);
    const role = askedBy?.find((one) => asked.roles.includes(one));
    const unknown = [new BusinessError('CALLBACK_PURPOSE_UNKNOWN', { purpose, date: today, field: 'purpose' })];
    const roles = askedBy?.join(', ') ?? '';
    refuseFirst([
      ...(branch === null
        ? [new BusinessError('NOT_FOUND', { what: '客户 client', key: clientNo, field: 'clientNo' })]
        : []),
      ...(purposeFrom === null ? unknown : []),
      ...(purposeFrom !== null && role === undefined
        ? [new BusinessError('CALLBACK_NOT_ASKED_BY_YOU', { purpose, roles, field: 'purpose' })]
        : []),
    ]);
    return askCallback(sql, {
      businessKey: `by-hand:${asked.key}`,
      purpose,
      subject,
      clientNo,
      hands: [by],
      askedBy: by,
      ...(role === undefined ? {} : { role }),
      reason,
      ...(asked.requestId === undefined ? {} : { requestId: asked.requestId }),
    });
  });
