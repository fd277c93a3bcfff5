/** Refusals of mails that complaints may come by, and of whoever looks at them; their place is in `domain/errors.ts`. */
import type { ErrorEntry } from '../error-entry';

export const mailRefusals = [
  {
    code: 'RECEIVED_AFTER_ITS_MAIL',
    status: 422,
    zh: '投诉 {complaint} 登记的收到时间晚于邮件到达（{mailAt}）：时限自收到起算，请按邮件到达时间登记投诉。',
    en: 'Complaint {complaint} says that it was received after its mail came ({mailAt}): its limits run from the receipt. Enter one that was received when the mail came.',
  },
  {
    code: 'MAIL_OF_ANOTHER_SENDER',
    status: 422,
    zh: '邮件的发件地址不是投诉 {complaint} 的投诉人所留的联系方式：请核实是否确属该投诉，并在表单中说明是投诉人的另一地址，还是另一人。',
    en: 'The mail does not come from the contact that the complainant of {complaint} gave. Find out whether it belongs there, and say with the form whether it is another address of the complainant or another person.',
  },
  {
    code: 'MAIL_EMPTY',
    status: 422,
    zh: '邮件没有内容，原件留在邮箱中。',
    en: 'The mail is empty: it lies in the mailbox.',
  },
  {
    code: 'MAIL_TOO_LARGE',
    status: 422,
    zh: '邮件过大，未收取，原件留在邮箱中。',
    en: 'The mail is too large to be taken: it lies in the mailbox.',
  },
  {
    code: 'MAIL_UNREADABLE',
    status: 422,
    zh: '邮件无法解析。',
    en: 'The mail cannot be read.',
  },
  {
    code: 'MAIL_WITHOUT_SENDER',
    status: 422,
    zh: '邮件没有发件人地址。',
    en: 'The mail names no sender.',
  },
  {
    code: 'MAIL_WITHOUT_WORDS',
    status: 422,
    zh: '邮件没有正文与主题。',
    en: 'The mail has neither subject nor words.',
  },
  {
    code: 'MAIL_IS_AUTOMATIC',
    status: 422,
    zh: '邮件是自动回复或退信，不自动登记，也不回执，以免邮件往复。',
    en: 'The mail is an answer of a machine or a notice of failed delivery: it is neither entered nor answered by itself, so that no mails go in a circle.',
  },
  {
    code: 'MAIL_NOT_ENTERED',
    status: 422,
    zh: '邮件未能自动登记，请人工查看原件。',
    en: 'The mail could not be entered by itself: look at it as it came.',
  },
] as const satisfies readonly ErrorEntry[];
