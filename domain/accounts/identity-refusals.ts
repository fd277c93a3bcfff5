/** Why a number of an identity document cannot be right. */
import type { ErrorEntry } from '../error-entry';

export const identityRefusals = [
  {
    code: 'DOCUMENT_TYPE_UNKNOWN',
    status: 422,
    zh: '不受理该证件类型，请出示所列证件之一。',
    en: 'Documents of this type are not taken: show one of those listed.',
  },
  {
    code: 'LENGTH_INVALID',
    status: 422,
    zh: '证件号码应为 18 位，请核对后重新录入。',
    en: 'The number has 18 characters: compare it with the document and enter it again.',
  },
  {
    code: 'CHARACTER_INVALID',
    status: 422,
    zh: '证件号码含有不应出现的字符，请核对后重新录入。',
    en: 'The number has a character that does not occur there: compare it with the document and enter it again.',
  },
  {
    code: 'FORMAT_INVALID',
    status: 422,
    zh: '证件号码格式不符，请核对证件类型与号码。',
    en: 'The number does not have the form of this document: compare type and number with it.',
  },
  {
    code: 'REGION_UNKNOWN',
    status: 422,
    zh: '证件号码的地区代码不存在或与证件类型不符，请核对证件类型与号码。',
    en: 'The number names no region of this document: compare type and number with it.',
  },
  {
    code: 'BIRTHDAY_INVALID',
    status: 422,
    zh: '证件号码中的出生日期不存在，请核对后重新录入。',
    en: 'The birthday in the number does not exist: compare the number with the document.',
  },
  {
    code: 'BIRTHDAY_IN_FUTURE',
    status: 422,
    zh: '证件号码中的出生日期晚于今天，请核对后重新录入。',
    en: 'The birthday in the number lies in the future: compare the number with the document.',
  },
  {
    code: 'BIRTHDAY_MISMATCH',
    status: 422,
    zh: '证件号码中的出生日期与所填出生日期不一致，请核对两者。',
    en: 'The birthday in the number differs from the one given: compare both with the document.',
  },
  {
    code: 'CHECK_DIGIT_WRONG',
    status: 422,
    zh: '证件号码校验位不符，请核对后重新录入。',
    en: 'The check character does not fit: compare the number with the document and enter it again.',
  },
] as const satisfies readonly ErrorEntry[];

export type IdentityRefusal = (typeof identityRefusals)[number]['code'];
