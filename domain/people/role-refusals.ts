/** Refusals around people and their roles (A1 §15, §27, A5 §17); their place is in `domain/errors.ts`. */
import type { ErrorEntry } from '../error-entry';

export const roleRefusals = [
  {
    code: 'PERSON_KNOWN',
    status: 409,
    zh: '人员编号、登录标识或初始账号“{key}”已有或不存在，请核对。',
    en: 'The key, login or first account "{key}" is taken, or is not there: check it.',
  },
  {
    code: 'PERSON_LEFT',
    status: 409,
    zh: '人员 {person} 已离岗停用，不能授予或行使角色。',
    en: 'Person {person} has left: no role can be given or used.',
  },
  {
    code: 'DEPARTMENT_HEAD_NEEDED',
    status: 403,
    zh: '角色须由 {department} 的负责人或副职为本部门人员申请。',
    en: 'A role is requested by the head or a deputy of {department} for staff of the department.',
  },
  {
    code: 'GRANT_NEEDS_OTHER_HANDS',
    status: 403,
    zh: '申请、授予、审批与被授权人须为不同的人，请由他人办理。',
    en: 'Whoever requests, grants, approves and receives a role must be different people: somebody else has to do this.',
  },
  {
    code: 'GRANT_OVERLAPS',
    status: 409,
    zh: '{person} 在此期间已有或已申请角色 {role}，请先撤销或改期。',
    en: '{person} holds or was asked for the role {role} in this time: revoke that first, or choose other dates.',
  },
  {
    code: 'GRANT_NOT_OPEN',
    status: 409,
    zh: '授权 {grant} 的状态为 {state}，不能再办理。',
    en: 'Grant {grant} is {state}: nothing more can be done with it.',
  },
  {
    code: 'ROLES_FRONT_AND_BACK_OFFICE',
    status: 422,
    zh: '将兼有前台与后台角色，一律不予授予。',
    en: 'One person would hold front-office and back-office roles: never granted.',
  },
  {
    code: 'ROLES_OPERATIONS_AND_TECHNOLOGY',
    status: 422,
    zh: '将兼有运营与技术角色，一律不予授予。',
    en: 'One person would hold operations and technology roles: never granted.',
  },
  {
    code: 'ROLES_CLIENT_AND_PROPRIETARY_SIDE',
    status: 422,
    zh: '将兼办客户侧与自营侧，一律不予授予。',
    en: 'One person would work on the client and the proprietary side: never granted.',
  },
  {
    code: 'ROLES_ASSET_MANAGEMENT_AND_PROPRIETARY',
    status: 422,
    zh: '将同时分管资产管理与自营，一律不予授予。',
    en: 'One senior manager would be over asset management and proprietary trading: never granted.',
  },
  {
    code: 'ROLES_BESIDE_BRANCH_RISK',
    status: 422,
    zh: '营业部风控岗只作复核，不得兼任其他角色。',
    en: 'A second-person checker of a branch holds no other role.',
  },
  {
    code: 'ROLES_NEED_EXCEPTION',
    status: 422,
    zh: '“{one}”与“{other}”存在利益冲突，只能写明理由按例外申请，由合规负责人批准并附限制。',
    en: '"{one}" and "{other}" conflict: ask for an exception with its reason, which the head of compliance approves with a restriction.',
  },
] as const satisfies readonly ErrorEntry[];
