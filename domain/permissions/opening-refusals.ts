/** What stands in the way of a step of an opening, in the order in which it is told (A2 §9-10). */
import type { ErrorEntry } from '../error-entry';

export const openingRefusals = [
  {
    code: 'NOT_YOUR_CLIENT',
    status: 403,
    zh: '该登录账号未绑定客户，请先由营业部绑定。',
    en: 'This login is bound to no client: have the branch bind it first.',
  },
  {
    code: 'PERMISSION_UNKNOWN',
    status: 404,
    zh: '{date} 没有可申请的权限 {permission}。',
    en: 'There is no permission {permission} to be asked for on {date}.',
  },
  {
    code: 'CHANNEL_NOT_TAKEN',
    status: 422,
    zh: '权限 {permission} 不能通过 {channel} 申请，请使用：{channels}。',
    en: 'The permission {permission} is not opened through {channel}: use {channels}.',
  },
  {
    code: 'ONLY_NATURAL_PERSONS',
    status: 422,
    zh: '机构客户请到营业部柜台办理。',
    en: 'Institutions open permissions at the counter of the branch.',
  },
  {
    code: 'PERMISSION_OPEN_ALREADY',
    status: 409,
    zh: '权限 {permission} 已经开通（申请 {request}）。',
    en: 'The permission {permission} is open already (request {request}).',
  },
  {
    code: 'REQUEST_ENDED',
    status: 409,
    zh: '申请 {request} 已结束（{state}），可重新申请。',
    en: 'Request {request} has ended ({state}): apply again.',
  },
  {
    code: 'REQUEST_LAPSED',
    status: 409,
    zh: '申请 {request} 已于 {lapsesAt} 失效，可重新申请。',
    en: 'Request {request} lapsed at {lapsesAt}: apply again.',
  },
  {
    code: 'PERMISSION_BEING_OPENED',
    status: 409,
    zh: '申请 {request} 已全部完成，正在开通，不能再更改；如需关闭请到营业部。',
    en: 'Request {request} is complete and being opened: it is no longer changed; closing is done at the branch.',
  },
  {
    code: 'STEP_NOT_OPEN',
    status: 409,
    zh: '当前步骤为“{step}”，请先完成该步骤。',
    en: 'The step that is open is "{step}": do that one.',
  },
  {
    code: 'CODE_LOCKED',
    status: 409,
    zh: '验证码输入错误过多，请于 {until} 之后再试。',
    en: 'Too many wrong codes: try again from {until} on.',
  },
  {
    code: 'CODE_NOT_SENT',
    status: 409,
    zh: '没有有效的验证码，请重新获取。',
    en: 'There is no code that is still valid: have a new one sent.',
  },
  {
    code: 'CODE_WRONG',
    status: 422,
    zh: '验证码不正确，还可输入 {left} 次。',
    en: 'The code is not right; {left} more may be tried.',
  },
  {
    code: 'STRETCH_BEFORE_STEP',
    status: 422,
    zh: '第 {nth} 段早于本步骤开始时间 {since}，请在本步骤内收听。',
    en: 'Stretch {nth} began before this step was open ({since}): listen to it now.',
  },
  {
    code: 'TEST_TOO_SOON',
    status: 409,
    zh: '上次测试未通过，请于 {from} 之后再试。',
    en: 'The last attempt failed: begin the next one from {from} on.',
  },
  {
    code: 'TEST_ATTEMPTS_USED_UP',
    status: 409,
    zh: '当日测试次数（{attempts} 次）已用完，请次日再试。',
    en: 'All {attempts} attempts of the day were used: begin another one tomorrow.',
  },
  {
    code: 'ATTEMPT_ANSWERED_ALREADY',
    status: 409,
    zh: '测试 {attempt} 已经作答，请开始新的测试。',
    en: 'Attempt {attempt} was answered already: begin another one.',
  },
  {
    code: 'AGREEMENT_NOT_ASKED',
    status: 422,
    zh: '该申请不需要签署 {agreement}。',
    en: 'The agreement {agreement} is not part of this request.',
  },
  {
    code: 'AGREEMENT_NOT_SHOWN',
    status: 409,
    zh: '{agreement} 第 {version} 版尚未出示，请阅读后再签署。',
    en: 'Version {version} of {agreement} was not shown yet: read it, then sign.',
  },
  {
    code: 'AGREEMENT_REVISED',
    status: 409,
    zh: '{agreement} 已由第 {shown} 版修订为第 {current} 版，请阅读新版后签署。',
    en: '{agreement} was revised from version {shown} to {current}: read the new one, then sign it.',
  },
  {
    code: 'AGREEMENT_DIGEST_DIFFERS',
    status: 422,
    zh: '{agreement} 的摘要与所出示的文本不符，请重新获取文本。',
    en: 'The digest of {agreement} is not that of the text shown: have it shown again.',
  },
  {
    code: 'AGREEMENT_NOT_SIGNED',
    status: 422,
    zh: '{agreement} 第 {version} 版尚未签署，请一并签署。',
    en: 'Version {version} of {agreement} is not signed: sign it with the others.',
  },
  {
    code: 'AGREEMENT_VERSION_KNOWN',
    status: 409,
    zh: '{agreement} 第 {version} 版已有不同文本，请使用新的版本号。',
    en: 'Version {version} of {agreement} has another text already: take a new number.',
  },
  {
    code: 'AGREEMENT_DAY_TAKEN',
    status: 409,
    zh: '协议 {agreement} 的版本 {version} 已自 {date} 起生效，请以更晚的生效日重新起草。',
    en: 'Version {version} of the agreement {agreement} is in force from {date}: write this one with a later day.',
  },
  {
    code: 'AGREEMENT_APPROVED_ALREADY',
    status: 409,
    zh: '{agreement} 第 {version} 版已由 {person} 批准。',
    en: 'Version {version} of {agreement} was approved by {person} already.',
  },
] as const satisfies readonly ErrorEntry[];
