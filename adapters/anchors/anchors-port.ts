/** Where the state of the audit's chain is written outside of the database: what stands there, nobody with all rights in the database can take back. */

/** What the last seal of the chain was at an instant. Without personal data. */
export interface Anchor {
  readonly sealNo: bigint;
  /** Of the seal, hexadecimal. */
  readonly digest: string;
  /** Rows of the seal and all before it. */
  readonly rows: bigint;
  readonly highestSeq: bigint;
  /** UTC. */
  readonly sealedAt: string;
  /** Settlement days closed since the anchor before, as `SH:2025-06-23`. */
  readonly closedDays: readonly string[];
}

/** Anchors in the order in which they were written. */
export interface KeptAnchors {
  readonly anchors: readonly Anchor[];
  /** Place of the first line that does not follow from the one before it: `2025-06-23.anchors:17`. */
  readonly brokenAt?: string;
}

export interface AnchorStore {
  /** Keeps an anchor for good before it resolves; rejects where it cannot. One writer at a time. */
  readonly append: (anchor: Anchor) => Promise<void>;
  readonly read: () => Promise<KeptAnchors>;
}
