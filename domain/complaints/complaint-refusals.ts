/** Refusals around complaints; their place is in `domain/errors.ts`. */
import type { ErrorEntry } from '../error-entry';

export const complaintRefusals = [
  {
    code: 'PARTICULARS_CONFIDENTIAL',
    status: 403,
    zh: '投诉人资料只供办理投诉 {complaint} 的人员查阅；请先领取该投诉的任务。',
    en: 'Only those who handle complaint {complaint} read who complains: take a task of it first.',
  },
  {
    code: 'KEPT_OUT_OF_CASE',
    status: 403,
    zh: '当事人、其直接上级及已回避的人员（亦不得经授权）不得办理此事，请交他人办理。',
    en: 'Whoever it is about, the direct superior and whoever is recused do no work of this case, by no delegation either: leave it to others.',
  },
  {
    code: 'NOT_HANDLER',
    status: 403,
    zh: '只有投诉 {complaint} 的承办人可以这样做。',
    en: 'Only the handler of complaint {complaint} may do this.',
  },
  {
    code: 'RECEIVED_IN_THE_FUTURE',
    status: 422,
    zh: '收到时间 {receivedAt} 晚于现在，请更正。',
    en: 'The receipt at {receivedAt} lies in the future: correct it.',
  },
  {
    code: 'TRANSFER_INCOMPLETE',
    status: 422,
    zh: '监管或交易所转办须有转办编号及其收到时间，且不晚于本公司收到时间；其他渠道不得有。',
    en: 'A transfer needs its number and the instant of receipt there, not after the receipt here; other channels have neither.',
  },
  {
    code: 'TRANSFER_KNOWN',
    status: 409,
    zh: '转办 {transfer} 已登记为投诉 {complaint}。',
    en: 'Transfer {transfer} was received as complaint {complaint} already.',
  },
  {
    code: 'COMPLAINANT_MISSING',
    status: 422,
    zh: '须写明投诉人的姓名或客户号。',
    en: 'Say who complains: a name or the number of a client.',
  },
  {
    code: 'COMPLAINT_ENDED',
    status: 409,
    zh: '投诉 {complaint} 已办结（{state}）。',
    en: 'Complaint {complaint} has ended: {state}.',
  },
  {
    code: 'COMPLAINT_NOT_ASSIGNED',
    status: 409,
    zh: '投诉 {complaint} 尚无承办人或已作出决定（{state}）。',
    en: 'Complaint {complaint} is not with a handler: {state}.',
  },
  {
    code: 'TEXT_MISSING',
    status: 422,
    zh: '请先提交任务 {task} 的文字内容，再完成任务。',
    en: 'Write the text of task {task} first, then complete it.',
  },
  {
    code: 'HANDLER_UNFIT',
    status: 422,
    zh: '{person} 今日不具有部门角色 {role}，请另选承办人。',
    en: '{person} does not hold the role {role} there today: choose another handler.',
  },
  {
    code: 'DUPLICATE_OF_NOTHING',
    status: 422,
    zh: '{complaint} 不是另一件在办投诉，请核对编号。',
    en: '{complaint} is not another complaint that is open: check its number.',
  },
  {
    code: 'REQUESTS_STILL_OPEN',
    status: 409,
    zh: '尚有 {count} 项协查未答复；请等待答复，或由合规决定不再等待。',
    en: '{count} requests to departments are open: wait for them, or have compliance go on without.',
  },
  {
    code: 'COMPENSATION_NEEDS_FUND_ACCOUNT',
    status: 422,
    zh: '投诉 {complaint} 没有资金账号，无法赔付；请先补充。',
    en: 'Complaint {complaint} names no fund account to be paid to: add it first.',
  },
  {
    code: 'EXTENSIONS_USED_UP',
    status: 409,
    zh: '投诉 {complaint} 的延期次数（{count} 次）已用完。',
    en: 'Complaint {complaint} has had its {count} extensions.',
  },
  {
    code: 'EXTENSION_BEYOND_LEGAL_LIMIT',
    status: 422,
    zh: '延期后应于 {dueAt} 办结，最晚不得超过 {legalDueAt}；请缩短。',
    en: 'It would be due at {dueAt}, and may be due at {legalDueAt} at the latest: ask for less.',
  },
  {
    code: 'ATTACHMENT_EMPTY',
    status: 422,
    zh: '附件没有内容。',
    en: 'The attachment is empty.',
  },
  {
    code: 'ATTACHMENT_TOO_LARGE',
    status: 422,
    zh: '附件超过 {most} 字节，请拆分或压缩后再提交。',
    en: 'The attachment has more than {most} bytes: split it or make it smaller.',
  },
  {
    code: 'ATTACHMENT_NOT_TAKEN',
    status: 422,
    zh: '附件内容实为 {found}，不接收此类文件；请改用 PDF、图片、文本、录音或 Office 文档。',
    en: 'The attachment is {found}, which is not taken: send a PDF, an image, a text, a recording or an Office document.',
  },
  {
    code: 'ATTACHMENT_IS_NOT_WHAT_IT_SAYS',
    status: 422,
    zh: '附件自称 {said}，内容实为 {found}，请核对后重新提交。',
    en: 'The attachment says that it is {said} and is {found}: check it and send it again.',
  },
  {
    code: 'SUBJECT_NAMED_ALREADY',
    status: 409,
    zh: '投诉已关联流程 {process}，不能再改。',
    en: 'The complaint is about the process {process} already; that is not changed.',
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
] as const satisfies readonly ErrorEntry[];
