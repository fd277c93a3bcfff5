/** Public face of the yearly report of complaints. */
export interface YearlyReportInput {
  /** Year that is reported: 2025. */
  readonly year: string;
  /** Whose complaints; the whole firm's where left away. */
  readonly branch?: string;
}

export interface YearlyReportEnd {
  /** Digest of the document that was submitted. */
  readonly sha256: string;
}
