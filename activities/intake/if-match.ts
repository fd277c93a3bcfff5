/** Whether what is there is what the caller was shown: its tag is among those of If-Match, or the caller asks for nothing. */
export const isShown = (tag: string, ifMatch: string | undefined): boolean =>
  ifMatch === undefined || ifMatch.split(',').some((one) => ['*', tag].includes(one.trim()));
