/** The channels of a book, made from addresses. What has no address is not connected. */
import { gatewayChannel, gatewayReceipts } from './gateway-channel';
import type { MessagesPort } from './messages-port';
import { smtpChannel, type SmtpServer } from './smtp-channel';
import { webhookChannel } from './webhook-channel';

export interface MessageAddresses {
  /** Gateway for SMS, app and voice. */
  readonly gatewayUrl?: string;
  readonly smtp?: SmtpServer;
  /** Secret from which the keys of the receivers of events are derived. */
  readonly webhookSecret?: string;
}

/** An answer may take 5 seconds unless told otherwise. */
export function connectMessages({ gatewayUrl, smtp, webhookSecret }: MessageAddresses, timeoutMs = 5000): MessagesPort {
  const gateway = gatewayUrl === undefined ? undefined : gatewayChannel(gatewayUrl, timeoutMs);
  return {
    channels: {
      ...(gateway === undefined ? {} : { sms: gateway, app: gateway, voice: gateway }),
      ...(smtp === undefined ? {} : { email: smtpChannel(smtp, timeoutMs) }),
      ...(webhookSecret === undefined ? {} : { webhook: webhookChannel(webhookSecret, timeoutMs) }),
    },
    receipts: gatewayUrl === undefined ? [] : [gatewayReceipts(gatewayUrl, timeoutMs)],
  };
}
