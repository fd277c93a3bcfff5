/** Public face of a mail that somebody must look at: its input, and how it ends. */
export interface ReceivedMailInput {
  readonly mailId: string;
}

export type ReceivedMailEnd = 'complaint registered' | 'no complaint';
