/** Public face of the write-off of a break. */

/** `break-write-off:SH:42:1`, channel, break and how often it was asked for. */
export interface BreakWriteOffInput {
  readonly writeOffId: string;
}

export type BreakWriteOffEnd = 'approved' | 'refused' | 'returned' | 'recalled' | 'withdrawn';
