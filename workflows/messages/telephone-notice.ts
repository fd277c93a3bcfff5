/** Public face of telling somebody by telephone: its id and its input. */

export interface TelephoneNoticeInput {
  /** Number of the message that no channel brought to its recipient. */
  readonly messageId: string;
  /** Role that telephones. */
  readonly role: string;
}

/** One a message: `telephone-notice:4711`. */
export const telephoneNoticeId = ({ messageId }: Pick<TelephoneNoticeInput, 'messageId'>): string =>
  `telephone-notice:${messageId}`;
