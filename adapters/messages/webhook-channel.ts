/**
 * Events for other systems: a POST with id, time and signature (Standard Webhooks). The receiver takes an id once, and refuses what is not
 * signed or is old. Whatever it answers but 2xx, the event is sent again: an event is never given up.
 *
 * The signature is HMAC-SHA256 over `id.timestamp.body`, base64, under a key of the receiver's own, which is derived from
 * the secret of the book: so no receiver can sign for another, and no key stands anywhere. While one key takes the place of another
 * there are two signatures.
 */
import { createHmac } from 'node:crypto';
import type { ChannelPort } from './messages-port';
import { postEvent } from './post-event';

/** Key of a receiver by its number, base64; what its operator is given. */
export const webhookKey = (secret: string, receiver: string, keyNo = 1): string =>
  createHmac('sha256', secret)
    .update(`webhook ${receiver}${keyNo === 1 ? '' : ` ${keyNo}`}`)
    .digest('base64');

/** Signature of one delivery. */
export const webhookSignature = (key: string, id: string, timestamp: string, body: string): string =>
  `v1,${createHmac('sha256', Buffer.from(key, 'base64')).update(`${id}.${timestamp}.${body}`).digest('base64')}`;

export function webhookChannel(secret: string, timeoutMs: number): ChannelPort {
  return {
    async send({ key, recipientRef = '', addresses = [], event }) {
      const [url] = addresses;
      if (url === undefined || event === undefined) return { outcome: 'unknown', code: 'NO_RECEIVER' };
      const { keyNos, publicOnly, ...told } = event;
      const body = JSON.stringify({ id: key, ...told });
      const timestamp = String(Math.floor(Date.now() / 1000));
      const id = encodeURIComponent(key);
      const signatures = keyNos.map((keyNo) =>
        webhookSignature(webhookKey(secret, recipientRef, keyNo), id, timestamp, body),
      );
      try {
        const status = await postEvent({
          url: new URL(url),
          headers: {
            'content-type': 'application/json',
            'webhook-id': id,
            'webhook-timestamp': timestamp,
            'webhook-signature': signatures.join(' '),
          },
          body,
          publicOnly,
          timeoutMs,
        });
        if (status >= 200 && status < 300) return { outcome: 'accepted', reference: String(status) };
        return { outcome: 'unknown', code: `HTTP_${status}` };
      } catch {
        return { outcome: 'unknown', code: 'NO_ANSWER' };
      }
    },
  };
}
