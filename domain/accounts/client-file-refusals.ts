/** Refusals around documents and the file of a client; their place is in `domain/errors.ts`. */
import type { ErrorEntry } from '../error-entry';

export const clientFileRefusals = [
  {
    code: 'DOCUMENT_EMPTY',
    status: 400,
    zh: '文件没有内容，请重新选择。',
    en: 'The document is empty: choose it again.',
  },
  {
    code: 'DOCUMENT_TOO_LARGE',
    status: 413,
    zh: '文件超过 {most} 字节，请缩小后再传。',
    en: 'The document has more than {most} bytes: make it smaller and send it again.',
  },
  {
    code: 'DOCUMENT_OF_OTHER_TYPE',
    status: 422,
    zh: '文件内容为 {found}，此处只收 {taken}。',
    en: 'By its bytes the document is {found}; taken here is {taken}.',
  },
  {
    code: 'DOCUMENT_KEY_TAKEN',
    status: 409,
    zh: '归档键 {key} 已用于另一份文件。',
    en: 'The key {key} was used to file another document.',
  },
  {
    code: 'DOCUMENT_DAMAGED',
    status: 500,
    zh: '文件 {document} 缺失或与其摘要不符，请从备份恢复。',
    en: 'The document {document} is missing or differs from its digest: restore it from a backup.',
  },
  {
    code: 'NOT_A_SCAN',
    status: 422,
    zh: '档案条目 {entry} 不是纸质扫描件。',
    en: 'The archive entry {entry} is no scan of a paper.',
  },
  {
    code: 'SCAN_REVIEWED_ALREADY',
    status: 409,
    zh: '档案条目 {entry} 已由他人审阅。',
    en: 'The archive entry {entry} was reviewed by somebody already.',
  },
  {
    code: 'SCAN_NOT_LEGIBLE',
    status: 409,
    zh: '档案条目 {entry} 的扫描件尚未审阅为清晰，先审阅再移交。',
    en: 'The scan of the archive entry {entry} has not been found legible: review it, then hand the paper over.',
  },
  {
    code: 'PAPER_HANDED_OVER_ALREADY',
    status: 409,
    zh: '该纸质件已凭收据 {receipt} 移交。',
    en: 'The paper was handed over against the receipt {receipt} already.',
  },
] as const satisfies readonly ErrorEntry[];
