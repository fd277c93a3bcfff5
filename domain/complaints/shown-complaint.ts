/** What people see of a complaint when they decide something of it. Nothing personal. */

export interface ShownComplaint {
  readonly complaintNo: string;
  readonly channel: string;
  readonly product: string;
  readonly category: string;
  /** UTC. */
  readonly receivedAt: string;
  readonly level: number;
  readonly claimedFen: string | null;
}

export const factsShown = (complaint: ShownComplaint): Readonly<Record<string, unknown>> => ({
  complaint: complaint.complaintNo,
  channel: complaint.channel,
  product: complaint.product,
  category: complaint.category,
  receivedAt: complaint.receivedAt,
  level: complaint.level,
  ...(complaint.claimedFen === null ? {} : { claimedFen: complaint.claimedFen }),
});
