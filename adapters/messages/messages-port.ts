/**
 * The channels by which messages leave the house. A message goes to a role or to a reference that the gateway resolves;
 * only e-mail takes addresses, which the verb reads from the personal tables at the moment of sending.
 *
 * Sending answers one of three outcomes and never fails. After `unknown` nobody knows whether the message arrived: it is
 * sent again under the same key, and the receiver keeps a key once.
 */
export type Words = { readonly zh: string; readonly en: string };

export type OutsideChannel = 'sms' | 'app' | 'voice' | 'email' | 'webhook';

export type OutgoingMessage = {
  /** Unique for ever: the receiver keeps a message once. */
  readonly key: string;
  readonly channel: OutsideChannel;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly recipientRole?: string;
  /** Says which of the role: deputy, head, approver. */
  readonly recipientMark?: string;
  readonly recipientRef?: string;
  readonly subject: Words;
  readonly text: Words;
  /** e-mail: addresses; webhook: one URL. Personal where it is of a person: never logged. */
  readonly addresses?: readonly string[];
  /** Only those of the role who work for this side, or in this branch, may read it. */
  readonly side?: string;
  readonly branch?: string;
  /** webhook: what is told, and of which case. */
  readonly event?: {
    readonly type: string;
    readonly caseKey: string;
    readonly at: string;
    readonly facts: unknown;
    /** Numbers of the keys that sign, the newest first. */
    readonly keyNos: readonly number[];
    /** Whether only addresses outside may be told. */
    readonly publicOnly: boolean;
  };
};

export type SendOutcome =
  | { readonly outcome: 'accepted'; readonly reference: string }
  /** The receiver decided; sending again does not help. */
  | { readonly outcome: 'refused'; readonly code: string }
  /** No answer. */
  | { readonly outcome: 'unknown'; readonly code: string };

export type ChannelPort = { send(message: OutgoingMessage): Promise<SendOutcome> };

/** What a gateway tells later of a message that it accepted. It may tell it twice, or never. */
export type Receipt = {
  /** The gateway's own number: the same receipt has the same one. */
  readonly receipt: string;
  /** Key under which the message was sent. */
  readonly key: string;
  readonly channel: OutsideChannel;
  readonly outcome: 'delivered' | 'undelivered';
  readonly at: string;
  readonly code?: string;
};

/** The gateway of SMS, app and voice, by the name under which its receipts are numbered. */
export const MESSAGES_GATEWAY = 'messages';

export type ReceiptPage = { readonly receipts: readonly Receipt[]; readonly next: string };

export type ReceiptsPort = {
  /** Name of the gateway, under which its receipts are numbered. */
  readonly gateway: string;
  /** Receipts after a cursor; '' is the beginning. Throws an ordinary Error where the gateway gives no answer. */
  readAfter(cursor: string): Promise<ReceiptPage>;
};

export type MessagesPort = {
  /** A channel that is left away is not connected. */
  readonly channels: Readonly<Partial<Record<OutsideChannel, ChannelPort>>>;
  readonly receipts: readonly ReceiptsPort[];
};
