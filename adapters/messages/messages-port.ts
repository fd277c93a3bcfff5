/**
 * The gateway for SMS, mail, app and voice. A message goes to a role or to a reference that the gateway resolves, never
 * to a number or name of ours. Throws an ordinary Error where the gateway cannot be reached.
 */
import type { Refused } from '../http/json-call';

export type Words = { readonly zh: string; readonly en: string };

export type Recipient =
  /** The mark says which of the role: deputy, head, approver. */
  { readonly recipientRole: string; readonly recipientMark?: string } | { readonly recipientRef: string };

export type OutgoingMessage = Recipient & {
  /** The outbox row's key: the gateway keeps a message once. */
  readonly key: string;
  readonly channel: 'sms' | 'email' | 'app' | 'voice';
  readonly severity: 'info' | 'warning' | 'critical';
  readonly subject: Words;
  readonly text: Words;
};

export type MessageAccepted = { readonly outcome: 'accepted'; readonly receivedAt: string };

export type MessagesPort = {
  /** Sends a message; sending it again under its key changes nothing. */
  sendMessage(message: OutgoingMessage): Promise<MessageAccepted | Refused>;
};
