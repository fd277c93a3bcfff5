/** Name of the book of one run, which begins with what it measures: no two runs share one. */
export const runName = (measured: string): string =>
  `${measured}-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`;
