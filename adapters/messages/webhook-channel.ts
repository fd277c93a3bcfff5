/**
 * Events for other systems: a POST with id, time and signature. The receiver takes an id once, and refuses what is not
 * signed or is old. Whatever it answers but 2xx, the event is sent again: an event is never given up.
 *
 * The signature is HMAC-SHA256 over `id.timestamp.body`, base64, under a key of the receiver's own, which is derived from
 * the secret of the book: so no receiver can sign for another.
 */
import { createHmac } from 'node:crypto';
import type { ChannelPort } from './messages-port';

/** Key of a receiver, base64; what its operator is given. */
export const webhookKey = (secret: string, receiver: string): string =>
  createHmac('sha256', secret).update(`webhook ${receiver}`).digest('base64');

/** Signature of one delivery. */
export const webhookSignature = (key: string, id: string, timestamp: string, body: string): string =>
  `v1,${createHmac('sha256', Buffer.from(key, 'base64')).update(`${id}.${timestamp}.${body}`).digest('base64')}`;

export function webhookChannel(secret: string, timeoutMs: number): ChannelPort {
  return {
    async send({ key, recipientRef = '', addresses = [], event }) {
      const [url] = addresses;
      if (url === undefined || event === undefined) return { outcome: 'unknown', code: 'NO_RECEIVER' };
      const body = JSON.stringify({ id: key, ...event });
      const timestamp = String(Math.floor(Date.now() / 1000));
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'webhook-id': encodeURIComponent(key),
            'webhook-timestamp': timestamp,
            'webhook-signature': webhookSignature(
              webhookKey(secret, recipientRef),
              encodeURIComponent(key),
              timestamp,
              body,
            ),
          },
          body,
          redirect: 'manual',
          signal: AbortSignal.timeout(timeoutMs),
        });
        await response.arrayBuffer();
        if (response.ok) return { outcome: 'accepted', reference: String(response.status) };
        return { outcome: 'unknown', code: `HTTP_${response.status}` };
      } catch {
        return { outcome: 'unknown', code: 'NO_ANSWER' };
      }
    },
  };
}
