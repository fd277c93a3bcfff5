/** Public face of a change of how long the file of a client is kept. */

/** `retention-change:7`, the number of the change. */
export interface RetentionChangeInput {
  readonly changeId: string;
}

export type RetentionChangeEnd = 'approved' | 'refused' | 'returned' | 'recalled' | 'withdrawn';
