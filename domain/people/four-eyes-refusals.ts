/** Refusals where one person would be maker and checker (A1 §27, A5 §17); their place is in `domain/errors.ts`. */
import type { ErrorEntry } from '../error-entry';

export const fourEyesRefusals = [
  { code: 'SAME_PERSON', status: 403, zh: '经办与复核不能为同一人。', en: 'The maker cannot check the own work.' },
  { code: 'CHECKER_ACTS_FOR_MAKER', status: 403, zh: '复核人正代理经办人。', en: 'The checker acts for the maker.' },
  {
    code: 'MAKER_ACTED_FOR_CHECKER',
    status: 403,
    zh: '经办人曾代理复核人经办。',
    en: 'The maker acted for the checker.',
  },
  {
    code: 'SAME_PRINCIPAL',
    status: 403,
    zh: '经办与复核代理同一人。',
    en: 'Maker and checker act for the same person.',
  },
  {
    code: 'DELEGATION_NOT_IN_FORCE',
    status: 403,
    zh: '代理授权当日无效。',
    en: 'The delegation is not in force on that day.',
  },
  {
    code: 'DELEGATION_OUT_OF_SCOPE',
    status: 403,
    zh: '任务 {task} 不在代理授权范围（事项、金额）之内。',
    en: 'Task {task} lies outside the delegation: its kind, or its amount.',
  },
  {
    code: 'DELEGATION_OVERLAPS',
    status: 409,
    zh: '{principal} 在此期间已将该角色授权此人，请先撤销或改期。',
    en: '{principal} has given this role to this person in that time already: revoke that first, or choose other days.',
  },
  {
    code: 'DELEGATION_NOT_OPEN',
    status: 409,
    zh: '代理授权 {delegation} 的状态为 {state}，不能再操作。',
    en: 'Delegation {delegation} is {state} and no longer open.',
  },
  {
    code: 'CHECKERS_ARE_ONE_PERSON',
    status: 403,
    zh: '第二复核人须为另一人，两名复核人不得互相代理。',
    en: 'The second checker must be another person than the first, and neither may act for the other.',
  },
  {
    code: 'MAKER_FRONT_AND_BACK_OFFICE',
    status: 403,
    zh: '经办人兼有前台与后台角色。',
    en: 'The maker holds front-office and back-office roles.',
  },
  {
    code: 'MAKER_OPERATIONS_AND_TECHNOLOGY',
    status: 403,
    zh: '经办人兼有运营与技术角色。',
    en: 'The maker holds operations and technology roles.',
  },
  {
    code: 'CHECKER_FRONT_AND_BACK_OFFICE',
    status: 403,
    zh: '复核人兼有前台与后台角色。',
    en: 'The checker holds front-office and back-office roles.',
  },
  {
    code: 'CHECKER_OPERATIONS_AND_TECHNOLOGY',
    status: 403,
    zh: '复核人兼有运营与技术角色。',
    en: 'The checker holds operations and technology roles.',
  },
  { code: 'MAKER_ROLE_MISSING', status: 403, zh: '经办人没有所需角色。', en: 'The maker lacks the role required.' },
  { code: 'CHECKER_ROLE_MISSING', status: 403, zh: '复核人没有所需角色。', en: 'The checker lacks the role required.' },
  { code: 'MAKER_WRONG_SIDE', status: 403, zh: '经办人不属于该侧。', en: 'The maker works on the other side.' },
  { code: 'CHECKER_WRONG_SIDE', status: 403, zh: '复核人不属于该侧。', en: 'The checker works on the other side.' },
  {
    code: 'ROLE_RESTRICTED',
    status: 403,
    zh: '例外授权的限制不允许办理该事项（{restriction}），请由他人办理。',
    en: 'The restriction of an excepted role keeps its holder from this ({restriction}): somebody else has to do it.',
  },
] as const satisfies readonly ErrorEntry[];
