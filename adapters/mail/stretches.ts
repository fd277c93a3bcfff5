/** Headers and bodies of a mail in turn, those of its parts too, as views of its bytes: millions of lines are not taken apart into as many pieces. */

export interface Stretch {
  readonly isHead: boolean;
  readonly bytes: Buffer;
}

/** Boundaries of parts beyond which no more are looked for: a body may be full of what looks like one. */
const BOUNDARIES_AT_MOST = 1000;

export function stretchesOf(mail: Buffer): readonly Stretch[] {
  const boundaries = boundariesIn(mail);
  const stretches: Stretch[] = [];
  let isHead = true;
  let from = 0;
  for (let start = 0; start < mail.length;) {
    const end = mail.indexOf('\n', start) + 1 || mail.length;
    const isHeadNow: boolean = isHead ? !isBlank(mail, start, end) : startsPart(mail, start, end, boundaries);
    if (isHeadNow !== isHead) {
      stretches.push({ isHead, bytes: mail.subarray(from, start) });
      isHead = isHeadNow;
      from = start;
    }
    start = end;
  }
  return [...stretches, { isHead, bytes: mail.subarray(from) }];
}

const DASH = 0x2d;

const isBlank = (mail: Buffer, start: number, end: number): boolean =>
  mail.toString('latin1', start, end).trim() === '';

const startsPart = (mail: Buffer, start: number, end: number, boundaries: ReadonlySet<string>): boolean =>
  mail[start] === DASH && mail[start + 1] === DASH && boundaries.has(mail.toString('latin1', start + 2, end).trimEnd());

function boundariesIn(mail: Buffer): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, boundary = ''] of mail.toString('latin1').matchAll(/boundary\s*=\s*"?([^"\s;]+)/gi)) {
    if (found.size === BOUNDARIES_AT_MOST) break;
    found.add(boundary);
  }
  return found;
}

const IS_ENCODED = /^content-transfer-encoding\s*:\s*"?(?:base64|quoted-printable)/im;

/** Lines of headers, and of bodies that stand as they are. */
export function linesAsTheyAre(stretches: readonly Stretch[]): number {
  let lines = 0;
  let isEncoded = false;
  for (const { isHead, bytes } of stretches) {
    if (isHead) isEncoded = IS_ENCODED.test(bytes.toString('latin1'));
    if (isHead || !isEncoded) lines += linesOf(bytes);
  }
  return lines;
}

/** @param atMost where it counts no further */
export function linesOf(bytes: Buffer, atMost = Infinity): number {
  let lines = 0;
  for (let at = bytes.indexOf('\n'); at !== -1 && lines < atMost; at = bytes.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
