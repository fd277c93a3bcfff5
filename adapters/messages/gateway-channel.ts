/** SMS, app and voice by the messages gateway over HTTP; the protocol stands in simulators/README.md. */
import { z } from 'zod';
import { instantForm } from '../http/forms';
import { ask, send, type OutsideSystem } from '../http/json-call';
import { MESSAGES_GATEWAY, type ChannelPort, type ReceiptsPort } from './messages-port';

const acceptedForm = z.object({ number: z.int().positive() });

const receiptsForm = z.object({
  receipts: z.array(
    z.object({
      receipt: z.string().min(1),
      key: z.string().min(1),
      channel: z.enum(['sms', 'app', 'voice']),
      outcome: z.enum(['delivered', 'undelivered']),
      at: instantForm,
      code: z.string().min(1).optional(),
    }),
  ),
  next: z.string(),
});

const gatewayAt = (baseUrl: string, timeoutMs: number): OutsideSystem => ({ name: 'messages', baseUrl, timeoutMs });

export function gatewayChannel(baseUrl: string, timeoutMs: number): ChannelPort {
  const gateway = gatewayAt(baseUrl, timeoutMs);
  return {
    async send({ addresses: _, event: __, ...message }) {
      try {
        const sent = await send(gateway, '/messages', message.key, message, acceptedForm);
        if (sent.outcome === 'refused') return { outcome: 'refused', code: sent.code };
        return { outcome: 'accepted', reference: String(sent.answer.number) };
      } catch {
        return { outcome: 'unknown', code: 'NO_ANSWER' };
      }
    },
  };
}

export function gatewayReceipts(baseUrl: string, timeoutMs: number): ReceiptsPort {
  const gateway = gatewayAt(baseUrl, timeoutMs);
  return {
    gateway: MESSAGES_GATEWAY,
    async readAfter(cursor) {
      const page = await ask(gateway, `/receipts?after=${encodeURIComponent(cursor)}`, receiptsForm);
      return {
        next: page.next,
        receipts: page.receipts.map(({ code, ...told }) => (code === undefined ? told : { ...told, code })),
      };
    },
  };
}
