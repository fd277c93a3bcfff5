/**
 * What mail servers report later of a mail that was sent (RFC 3464): a part for machines, and the mail or its headers as they were. Read from
 * the parts of the report, which no person wrote.
 */
import type { MailAttachment } from './mail-attachment';

export interface DeliveryReport {
  /** Message-ID of the mail that was sent, with its brackets. */
  readonly messageId: string;
  /** Those whom it will not reach; a mail that is only late reached nobody less. */
  readonly failed: readonly FailedRecipient[];
}

export interface FailedRecipient {
  readonly address: string;
  /** Why, in the code of RFC 3463: `5.1.1`. */
  readonly status: string | undefined;
}

const STATUS_TYPES: readonly (string | undefined)[] = ['message/delivery-status', 'message/global-delivery-status'];
const RETURNED_TYPES: readonly (string | undefined)[] = [
  ...['message/rfc822', 'text/rfc822-headers'],
  ...['message/global', 'message/global-headers'],
];

/** Headers of a returned mail beyond which nobody looks for its number. */
const HEAD_AT_MOST = 100_000;

/** Undefined where it is none, or does not say which mail it is about. */
export function deliveryReport(parts: readonly MailAttachment[]): DeliveryReport | undefined {
  const status = parts.find(({ saidType }) => STATUS_TYPES.includes(saidType));
  const returned = parts.find(({ saidType }) => RETURNED_TYPES.includes(saidType));
  if (status === undefined || returned === undefined) return undefined;
  const [head = new Map<string, string>()] = groupsOf(returned.bytes.subarray(0, HEAD_AT_MOST));
  const messageId = /<[^<>\s]+>/.exec(head.get('message-id') ?? '')?.[0];
  if (messageId === undefined) return undefined;
  const failed = groupsOf(status.bytes)
    .filter((group) => group.get('action')?.toLowerCase() === 'failed')
    .map((group) => ({
      address: addressIn(group.get('final-recipient') ?? group.get('original-recipient') ?? ''),
      status: /^[245]\.\d{1,3}\.\d{1,3}/.exec(group.get('status') ?? '')?.[0],
    }));
  return { messageId, failed };
}

/** Fields in groups with an empty line between, as headers are written: a line that begins with a blank goes on. */
const groupsOf = (bytes: Buffer): readonly ReadonlyMap<string, string>[] =>
  bytes
    .toString('latin1')
    .replaceAll(/\r\n?/g, '\n')
    .split(/\n(?:[ \t]*\n)+/)
    .map(
      (group) =>
        new Map(
          group
            .replaceAll(/\n[ \t]+/g, ' ')
            .split('\n')
            .map((line) => /^([\w-]+)[ \t]*:[ \t]*(.*)$/.exec(line))
            .flatMap((field): [string, string][] =>
              field === null ? [] : [[(field[1] ?? '').toLowerCase(), (field[2] ?? '').trim()]],
            ),
        ),
    );

/** `rfc822; wang@example.com`: what kind of address it is stands before it. */
const addressIn = (field: string): string => field.slice(field.indexOf(';') + 1).trim();
