/** The messages gateway over HTTP; the protocol stands in simulators/README.md. */
import { z } from 'zod';
import { instantForm } from '../http/forms';
import { send, type OutsideSystem } from '../http/json-call';
import type { MessagesPort } from './messages-port';

const acceptedForm = z.object({ receivedAt: instantForm });

/** A messages port on an address; an answer may take 5 seconds unless told otherwise. */
export function httpMessages(baseUrl: string, timeoutMs = 5000): MessagesPort {
  const gateway: OutsideSystem = { name: 'messages', baseUrl, timeoutMs };
  return {
    async sendMessage(message) {
      const sent = await send(gateway, '/messages', message.key, message, acceptedForm);
      return sent.outcome === 'refused' ? sent : { outcome: 'accepted', ...sent.answer };
    },
  };
}
