/** Public face of an extension: more time for any promise, decided by a second person before its limit. */
export interface DeadlineExtensionInput {
  readonly extensionId: string;
}

export type DeadlineExtensionEnd = 'approved' | 'refused' | 'returned' | 'recalled' | 'withdrawn';
