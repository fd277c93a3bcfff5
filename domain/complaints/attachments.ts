/**
 * Whether what came with a complaint is taken as evidence.
 *
 * Source    Complaints page (evidence); house rule: what the bytes are counts, not what was said of them.
 * Rule      Kinds that people can look at and that run nothing, by a name that runs nothing when it is opened. What is said to be one thing and is another is refused, because whoever opens it
 *           would be misled; the mail that it came with is kept whole in any case.
 * Units     Bytes. Types are media types without parameters.
 */
import type { ErrorCode } from '../errors';

/** What the bytes may be. */
const TAKEN: readonly string[] = [
  'application/pdf',
  'image/jpeg',
  'image/png',
  'image/tiff',
  'image/gif',
  'image/webp',
  'image/heic',
  'text/plain',
  'application/json',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'audio/mpeg',
  'audio/mp4',
  'audio/x-m4a',
  'audio/wav',
  'audio/vnd.wave',
  'audio/amr',
  'video/mp4',
];

/** Types that say nothing. */
const UNSPECIFIC: readonly string[] = ['application/octet-stream', 'application/x-unknown', 'binary/octet-stream'];

/** What a name promises, where the type says nothing. */
const OF_NAME: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  gif: 'image/gif',
  webp: 'image/webp',
  heic: 'image/heic',
  txt: 'text/plain',
  csv: 'text/plain',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  wav: 'audio/wav',
  amr: 'audio/amr',
  mp4: 'video/mp4',
};

/** Endings of names that are opened by running them, whatever the bytes are; none of the kinds that are taken. */
const RUNS: readonly string[] = [
  ...['exe', 'com', 'scr', 'pif', 'bat', 'cmd', 'ps1', 'msi', 'jar', 'app', 'sh', 'reg', 'lnk', 'url', 'hta'],
  ...['cpl', 'msc', 'sct', 'js', 'jse', 'mjs', 'vb', 'vbs', 'vbe', 'ws', 'wsf', 'wsh'],
  ...['html', 'htm', 'xhtml', 'shtml', 'svg', 'mht', 'mhtml', 'chm'],
  ...['docm', 'dotm', 'xlsm', 'xltm', 'xlam', 'xlsb', 'xll', 'pptm', 'potm', 'ppsm', 'ppam'],
];

/** Names that senders use of one and the same kind. */
const SAME: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
  'image/heif': 'image/heic',
  'audio/x-m4a': 'audio/mp4',
  'audio/mp3': 'audio/mpeg',
  'audio/x-wav': 'audio/wav',
  'audio/vnd.wave': 'audio/wav',
  'application/x-pdf': 'application/pdf',
};

export interface SentAttachment {
  readonly fileName: string | undefined;
  readonly saidType: string | undefined;
  /** What the bytes are by themselves. */
  readonly mediaType: string;
  readonly byteCount: number;
}

export type AttachmentFault = Extract<
  ErrorCode,
  'ATTACHMENT_EMPTY' | 'ATTACHMENT_TOO_LARGE' | 'ATTACHMENT_NOT_TAKEN' | 'ATTACHMENT_IS_NOT_WHAT_IT_SAYS'
>;

/**
 * All that speaks against an attachment, in the order of the list; none: it is taken.
 * @param most bytes of one attachment, by parameter
 */
export function attachmentFaults(sent: SentAttachment, most: number): readonly AttachmentFault[] {
  if (sent.byteCount === 0) return ['ATTACHMENT_EMPTY'];
  const faults: (AttachmentFault | false)[] = [
    sent.byteCount > most && 'ATTACHMENT_TOO_LARGE',
    !TAKEN.includes(sent.mediaType) && 'ATTACHMENT_NOT_TAKEN',
    !isWhatItSays(sent) && 'ATTACHMENT_IS_NOT_WHAT_IT_SAYS',
  ];
  return faults.filter((fault) => fault !== false);
}

/** Both the type that was said and the ending of the name, as far as each says something. */
function isWhatItSays({ fileName = '', saidType = '', mediaType }: SentAttachment): boolean {
  const ending = /\.([a-z0-9]{1,8})[.\s]*$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
  if (RUNS.includes(ending) && TAKEN.includes(mediaType)) return false;
  const said = saidType.split(';')[0]?.trim().toLowerCase() ?? '';
  const promises = [said === '' || UNSPECIFIC.includes(said) ? undefined : said, OF_NAME[ending]];
  return promises.every((promise) => promise === undefined || kindOf(promise) === kindOf(mediaType));
}

/** Every kind of text is text to whoever looks at its bytes. */
const kindOf = (type: string): string =>
  type.startsWith('text/') || type === 'application/json' || type === 'application/xml' ? 'text' : (SAME[type] ?? type);
