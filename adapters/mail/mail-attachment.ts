/** A part of a mail that is not among its words. */
export interface MailAttachment {
  readonly fileName: string | undefined;
  /** What the sender says that it is. */
  readonly saidType: string | undefined;
  readonly bytes: Buffer;
}
