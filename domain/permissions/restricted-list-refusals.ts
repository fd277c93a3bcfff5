/** Why a file of restricted persons is not taken (A2 §7-8). Rows are numbered as in the file, its heading is row 1. */
import type { ErrorEntry } from '../error-entry';

export const restrictedListRefusals = [
  {
    code: 'LIST_ENCODING_UNKNOWN',
    status: 422,
    zh: '第 {row} 行不是 GBK 或带 BOM 的 UTF-8 文本，请另存为其中之一后重新上传。',
    en: 'Row {row} is neither GBK nor UTF-8 with a byte order mark: save the file as one of them and send it again.',
  },
  {
    code: 'LIST_HEADER_WRONG',
    status: 422,
    zh: '首行应为 {columns}，请按此整理后重新上传。',
    en: 'The first row is to be {columns}: arrange the file so and send it again.',
  },
  {
    code: 'PERSON_LISTED_TWICE',
    status: 422,
    zh: '与第 {first} 行是同一证件，请删去其中一行。',
    en: 'This is the document of row {first}: leave one of the two out.',
  },
] as const satisfies readonly ErrorEntry[];
