/** Public face of an appraisal. */
export interface AppraisalInput {
  readonly appraisalId: string;
  /** Whose work it is, where it is that of one person: proposes nothing about it. */
  readonly person?: string;
  /** By when something is proposed, in working days from when it was asked for (UTC); left away by whoever asked in an earlier version. */
  readonly propose?: { readonly withinDays: number; readonly askedAt: string };
  /** Whom and which days it is about, told to whoever proposes and approves; left away by whoever asked in an earlier version. */
  readonly about?: { readonly subject: string; readonly firstDay: string; readonly lastDay: string };
}

export type AppraisalOutcome = 'reward' | 'none' | 'sanction';
