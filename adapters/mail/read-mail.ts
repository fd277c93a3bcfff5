/** A mail as people mean it: who wrote, about what, with which words and files. Charsets, encodings and parts are the library's work. */
import PostalMime from 'postal-mime';
import { asMeant } from './chinese-headers';
import { deliveryReport, type DeliveryReport } from './delivery-report';
import type { MailAttachment } from './mail-attachment';
import { linesAsTheyAre, linesOf, stretchesOf } from './stretches';

export interface ReadMail {
  readonly messageId: string | undefined;
  readonly from: { readonly name: string | undefined; readonly address: string } | undefined;
  readonly subject: string;
  /** The words; of a mail that is only HTML its text. */
  readonly text: string;
  readonly attachments: readonly MailAttachment[];
  /** Sent by no person: an answer of a machine, or a notice that a mail could not be delivered. */
  readonly isAutomatic: boolean;
  /** What a mail server tells of a mail that was sent before. */
  readonly report: DeliveryReport | undefined;
}

/** Parts within parts, and bytes of headers, beyond which a mail is an attack and no complaint. */
const LIMITS = { maxNestingDepth: 20, maxHeadersSize: 1_000_000 };

/**
 * Lines beyond which a mail is an attack too, and would take the memory of a worker: forty million bytes of files in base64, as large as
 * any mail that is taken, make some 530,000; of lines that stand as they are the library keeps a piece each, and nobody writes so many.
 */
const LINES_AT_MOST = { all: 700_000, asTheyAre: 100_000 };

/** Undefined where the bytes are no mail that can be read. */
export async function readMail(bytes: Buffer): Promise<ReadMail | undefined> {
  if (linesOf(bytes, LINES_AT_MOST.all) === LINES_AT_MOST.all) return undefined;
  const stretches = stretchesOf(bytes);
  if (linesAsTheyAre(stretches) > LINES_AT_MOST.asTheyAre) return undefined;
  const mail = await PostalMime.parse(asMeant(stretches), LIMITS).catch(() => undefined);
  if (mail === undefined) return undefined;
  const address = mail.from?.address ?? '';
  const attachments = mail.attachments.map(({ filename, mimeType, content }) => ({
    fileName: orNothing(filename ?? undefined),
    saidType: orNothing(mimeType),
    bytes: typeof content === 'string' ? Buffer.from(content) : Buffer.from(content as ArrayBuffer),
  }));
  const automatic = isAutomatic(new Map(mail.headers.map(({ key, value }) => [key, value.trim().toLowerCase()])));
  return {
    messageId: mail.messageId,
    from: /^[^\s@]+@[^\s@]+$/.test(address) ? { name: orNothing(mail.from?.name), address } : undefined,
    subject: mail.subject?.trim() ?? '',
    text: (mail.text ?? (mail.html === undefined ? '' : await wordsOfHtml(mail.html))).trim(),
    attachments,
    isAutomatic: automatic,
    // Whoever writes about a report that lies with the mail writes for people.
    report: automatic ? deliveryReport(attachments) : undefined,
  };
}

/** The library puts HTML into words where a part of plain text stands beside it, and leaves it out where it stands alone. */
async function wordsOfHtml(html: string): Promise<string> {
  const beside = [
    ...['Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: text/plain', '', '', '--b'],
    ...['Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: base64', ''],
    ...[Buffer.from(html).toString('base64'), '--b--', ''],
  ];
  return (await PostalMime.parse(beside.join('\r\n'))).text ?? '';
}

/** RFC 3834: whoever sends by itself says so; RFC 6522: a report; RFC 5321: a notice of failure comes from nobody who could be answered. */
const isAutomatic = (headers: ReadonlyMap<string, string>): boolean =>
  !/^no\b/.test(headers.get('auto-submitted') ?? 'no') ||
  (headers.get('content-type') ?? '').startsWith('multipart/report') ||
  headers.get('return-path') === '<>';

const orNothing = (text: string | undefined): string | undefined =>
  text === undefined || text.trim() === '' ? undefined : text.trim();
