/** Refusals of a request by itself: who asks, and what was sent; their place is in `domain/errors.ts`. */
import type { ErrorEntry } from './error-entry';

export const requestRefusals = [
  // Who asks
  { code: 'UNAUTHENTICATED', status: 401, zh: '未登录或令牌无效。', en: 'No valid token was given.' },
  { code: 'ROLE_MISSING', status: 403, zh: '需要角色 {role}。', en: 'This needs the role {role}.' },
  { code: 'WRONG_SIDE', status: 403, zh: '该事项属于 {side} 一侧。', en: 'This belongs to the {side} side.' },
  { code: 'WRONG_BRANCH', status: 403, zh: '该事项属于营业部 {branch}。', en: 'This belongs to branch {branch}.' },

  // What was sent
  {
    code: 'METHOD_NOT_ALLOWED',
    status: 405,
    zh: '该路径只接受 {methods}。',
    en: 'This path takes {methods} only.',
  },
  {
    code: 'NOT_ACCEPTABLE',
    status: 406,
    zh: '该路径只能答复 {mediaType}，请据此修改 Accept。',
    en: 'This path answers {mediaType} only: change Accept accordingly.',
  },
  {
    code: 'MEDIA_TYPE_UNSUPPORTED',
    status: 415,
    zh: '请求内容须为 UTF-8 的 application/json。',
    en: 'The body must be application/json in UTF-8.',
  },
  {
    code: 'BODY_TOO_LARGE',
    status: 413,
    zh: '请求内容过大，至多 {limitKb} KB：请缩小，或分几次提交。',
    en: 'The request is too large, at most {limitKb} KB: make it smaller, or send it in parts.',
  },
  {
    code: 'TOO_MANY_REQUESTS',
    status: 429,
    zh: '请求过于频繁，请稍后再试。',
    en: 'Too many requests; try again later.',
  },
  {
    code: 'INPUT_INVALID',
    status: 400,
    zh: '{field} 无效，应为：{reason}。',
    en: '{field} is not valid, expected: {reason}.',
  },
  {
    code: 'FIELD_UNKNOWN',
    status: 400,
    zh: '没有 {field} 这一项。',
    en: 'There is no field {field}.',
  },
  {
    code: 'AMOUNT_NOT_TEXT',
    status: 400,
    zh: '{field} 的金额须为带两位小数的文本，不能是数字。',
    en: 'The amount in {field} must be text with two decimals, not a number.',
  },
  {
    code: 'BUSINESS_DATE_INVALID',
    status: 400,
    zh: '“{value}”不是有效日期（YYYY-MM-DD）。',
    en: '"{value}" is not a date YYYY-MM-DD.',
  },
  {
    code: 'IDEMPOTENCY_KEY_MISSING',
    status: 400,
    zh: '写入请求须带 Idempotency-Key。',
    en: 'A write needs an Idempotency-Key.',
  },
  {
    code: 'IDEMPOTENCY_MISMATCH',
    status: 422,
    zh: '该 Idempotency-Key 已用于内容不同的请求。',
    en: 'This Idempotency-Key was used for a request with other content.',
  },
  {
    code: 'REQUEST_IN_PROGRESS',
    status: 409,
    zh: '同一 Idempotency-Key 的请求仍在处理，请稍后再取结果。',
    en: 'The first request with this Idempotency-Key is still being worked on; ask again shortly.',
  },
  { code: 'NOT_FOUND', status: 404, zh: '未找到{what}“{key}”。', en: 'There is no {what} "{key}".' },
  {
    code: 'CHANNEL_UNKNOWN',
    status: 404,
    zh: '没有通道“{channel}”。',
    en: 'There is no channel "{channel}".',
  },
] as const satisfies readonly ErrorEntry[];
