import { attachmentFaults, type SentAttachment } from '../../../domain/complaints/attachments';

const MOST = 1_000;
const PDF = 'application/pdf';
const EXE = 'application/x-msdownload';

it.each<[why: string, sent: Partial<SentAttachment>, faults: readonly string[]]>([
  ['a PDF that says so', { fileName: 'a.pdf', saidType: PDF, mediaType: PDF }, []],
  ['as large as may be', { mediaType: PDF, byteCount: MOST }, []],
  ['a byte more', { mediaType: PDF, byteCount: MOST + 1 }, ['ATTACHMENT_TOO_LARGE']],
  ['nothing in it', { mediaType: PDF, byteCount: 0 }, ['ATTACHMENT_EMPTY']],
  [
    'a type that says nothing: the name is asked',
    { fileName: 'a.PDF', saidType: 'application/octet-stream', mediaType: PDF },
    [],
  ],
  ['neither type nor name', { mediaType: 'image/png' }, []],
  ['one kind by two names', { fileName: 'a.jpg', saidType: 'image/jpg', mediaType: 'image/jpeg' }, []],
  ['a parameter of the type', { saidType: 'text/plain; charset=gbk', mediaType: 'text/plain' }, []],
  ['every text is text', { fileName: 'a.csv', saidType: 'text/csv', mediaType: 'text/plain' }, []],
  ['a program', { fileName: 'a.exe', saidType: EXE, mediaType: EXE }, ['ATTACHMENT_NOT_TAKEN']],
  [
    'a program that says that it is a PDF',
    { fileName: 'a.pdf', saidType: PDF, mediaType: EXE },
    ['ATTACHMENT_NOT_TAKEN', 'ATTACHMENT_IS_NOT_WHAT_IT_SAYS'],
  ],
  [
    'a picture that says that it is a PDF',
    { saidType: PDF, mediaType: 'image/png' },
    ['ATTACHMENT_IS_NOT_WHAT_IT_SAYS'],
  ],
  [
    'a name that lies while the type is right',
    { fileName: 'a.pdf', saidType: 'image/png', mediaType: 'image/png' },
    ['ATTACHMENT_IS_NOT_WHAT_IT_SAYS'],
  ],
  ['a text whose name runs', { fileName: 'a.txt.js', mediaType: 'text/plain' }, ['ATTACHMENT_IS_NOT_WHAT_IT_SAYS']],
  [
    'a page that says that it is one',
    { fileName: 'a.HTML', saidType: 'text/html', mediaType: 'text/plain' },
    ['ATTACHMENT_IS_NOT_WHAT_IT_SAYS'],
  ],
  [
    'a PDF by the name of a program, and a dot that whoever saves it loses',
    { fileName: 'a.pdf.exe. ', saidType: PDF, mediaType: PDF },
    ['ATTACHMENT_IS_NOT_WHAT_IT_SAYS'],
  ],
  ['a number after a dot', { fileName: '收据 1.2', mediaType: 'text/plain' }, []],
  [
    'all at once',
    { saidType: PDF, mediaType: EXE, byteCount: MOST + 1 },
    ['ATTACHMENT_TOO_LARGE', 'ATTACHMENT_NOT_TAKEN', 'ATTACHMENT_IS_NOT_WHAT_IT_SAYS'],
  ],
])('%s', (_why, sent, faults) => {
  const whole = { fileName: undefined, saidType: undefined, mediaType: 'text/plain', byteCount: 1, ...sent };
  expect(attachmentFaults(whole, MOST)).toEqual(faults);
});
