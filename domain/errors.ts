/**
 * Every refusal that a person can meet, in one ordered list.
 *
 * The place in the list is fixed: where several refusals apply at once they are reported in this order. Each code
 * states a situation, has one HTTP status and one sentence in Chinese and in English; `{name}` stands for a detail.
 * Details carry no personal data, because they travel into logs and workflow histories.
 */
import { identityRefusals } from './accounts/identity-refusals';
import { callRefusals } from './callbacks/call-refusals';
import { callbackRefusals } from './callbacks/callback-refusals';
import { sampleRefusals } from './samples/sample-refusals';
import { complaintRefusals } from './complaints/complaint-refusals';
import { electionRefusals } from './corporate-actions/election-refusals';
import type { ErrorEntry } from './error-entry';
import { changeRefusals } from './permissions/change-refusals';
import { closingRefusals } from './permissions/closing-refusals';
import { counterRefusals } from './permissions/counter-refusals';
import { disclosureRefusals } from './permissions/disclosure-refusals';
import { eligibilityRefusals } from './permissions/eligibility-refusals';
import { knowledgeTestRefusals } from './permissions/knowledge-test-refusals';
import { openingRefusals } from './permissions/opening-refusals';
import { restrictedListRefusals } from './permissions/restricted-list-refusals';
import { questionnaireRefusals } from './rating/questionnaire-refusals';
import { breakRefusals } from './settlement/break-refusals';
import { postponementRefusals } from './settlement/postponement-refusals';
import { overdraftRefusals } from './settlement/overdraft-refusals';
import { taskRefusals } from './tasks/task-refusals';
import { shownDetail, type Language } from './texts/shown-detail';

/** The list. A new code goes where it belongs in the order; an existing one keeps its status. */
export const errorList = [
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
  { code: 'BODY_TOO_LARGE', status: 413, zh: '请求内容过大。', en: 'The request is too large.' },
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

  // Calendar and reference data: outside the known range the answer is an error, never a guess
  {
    code: 'CALENDAR_OUT_OF_RANGE',
    status: 422,
    zh: '{date} 的答案超出已知日历（{from} 至 {to}）。',
    en: 'The answer for {date} lies outside the known calendar ({from} to {to}).',
  },
  {
    code: 'NOT_A_TRADING_DAY',
    status: 422,
    zh: '{date} 不是港股通交易日。',
    en: '{date} is not a Southbound trading day.',
  },
  {
    code: 'DAY_IN_THE_FUTURE',
    status: 422,
    zh: '{date} 晚于当前业务日期 {today}，不能提前启动。',
    en: '{date} is later than the business date {today} and cannot be started yet.',
  },
  {
    code: 'NO_RATE_FOR_DATE',
    status: 422,
    zh: '{date} 没有有效的费率 {code}。',
    en: 'No rate {code} is in force on {date}.',
  },
  {
    code: 'NO_PRICE_FOR_DATE',
    status: 422,
    zh: '{code} 在 {date} 及之前没有收盘价。',
    en: 'No closing price of {code} is known on or before {date}.',
  },
  {
    code: 'NO_PARAMETER_FOR_DATE',
    status: 422,
    zh: '{date} 没有有效的参数 {code}。',
    en: 'No parameter {code} is in force on {date}.',
  },

  // The day and its orders
  {
    code: 'DAY_ALREADY_STARTED',
    status: 409,
    zh: '{date} 的交收日流程 {workflowId} 已经启动。',
    en: 'The settlement day {date} was started already as {workflowId}.',
  },
  {
    code: 'DAY_NOT_STARTED',
    status: 409,
    zh: '{date} 的交收日流程尚未启动。',
    en: 'The settlement day {date} was not started.',
  },
  {
    code: 'DAY_CLOSED',
    status: 409,
    zh: '{date} 已关闭，只能比对，不能再次入账。',
    en: '{date} is closed: it can be compared, not booked again.',
  },
  {
    code: 'DAY_HAS_OPEN_BREAKS',
    status: 409,
    zh: '{date} 还有 {count} 个未解释的差异，不能关闭。',
    en: '{date} has {count} unexplained breaks and cannot be closed.',
  },
  {
    code: 'ORDER_NOT_OPEN',
    status: 409,
    zh: '指令 {order} 的状态为 {state}，不能再操作。',
    en: 'Order {order} is {state} and no longer open.',
  },
  { code: 'ORDER_RECALLED', status: 409, zh: '指令 {order} 已撤回。', en: 'Order {order} was recalled.' },
  {
    code: 'REVISION_STALE',
    status: 412,
    zh: '您看到的是第 {shown} 版，当前为第 {current} 版，请重新查看后再决定。',
    en: 'You were shown revision {shown}, the current one is {current}: look again before deciding.',
  },
  {
    code: 'APPROVAL_STALE',
    status: 412,
    zh: '待复核内容（任务 {task}）已变更，与所示不符；将就新内容重新提请复核，请查看新任务。',
    en: 'What task {task} asks to approve has changed since it was shown: a new approval is asked for, look at the new task.',
  },
  {
    code: 'DESTINATION_REFUSED',
    status: 422,
    zh: '{side} 一侧的资金只能在本侧备付金账户与本侧银行账户之间划转。',
    en: 'Money of the {side} side moves only between its own reserve account and its own bank account.',
  },
  {
    code: 'BATCH_CONTENT_DIFFERS',
    status: 409,
    zh: '批次 {key} 已按不同内容入账。',
    en: 'Batch {key} was posted with other content.',
  },
  {
    code: 'TASK_NOT_OPEN',
    status: 409,
    zh: '任务 {task} 已结束或不存在，不能再办理。',
    en: 'Task {task} is no longer open.',
  },
  {
    code: 'TASK_RECALLED',
    status: 409,
    zh: '任务 {task} 已由经办人撤回。',
    en: 'Task {task} was recalled by its maker.',
  },
  {
    code: 'TASK_WITHDRAWN',
    status: 409,
    zh: '任务 {task} 已撤下，无须再办。',
    en: 'Task {task} was withdrawn: there is nothing left to do.',
  },
  {
    code: 'TASK_CLAIMED_BY_ANOTHER',
    status: 409,
    zh: '任务 {task} 由 {person} 持有；请其放回，或由负责人改派。',
    en: 'Task {task} is held by {person}: ask for its release, or the head to assign it anew.',
  },
  ...taskRefusals,
  {
    code: 'ONLY_MAKER_RECALLS',
    status: 403,
    zh: '任务 {task} 只有经办人可以撤回。',
    en: 'Only the maker can recall task {task}.',
  },

  ...overdraftRefusals,
  ...postponementRefusals,

  // Promises and their clocks
  {
    code: 'DEADLINE_CONTENT_DIFFERS',
    status: 409,
    zh: '期限 {deadline} 已按不同内容登记。',
    en: 'The deadline {deadline} was opened with other content.',
  },
  {
    code: 'DEADLINE_NOT_OPEN',
    status: 409,
    zh: '期限 {deadline} 已结束（{state}），不能再更改。',
    en: 'The deadline {deadline} has ended ({state}) and is no longer changed.',
  },
  {
    code: 'DEADLINE_FIXED',
    status: 409,
    zh: '期限 {deadline} 按钟点确定，不能中止或延长，请在期限前完成或按逾期办理。',
    en: 'The deadline {deadline} follows clock times: it can neither be stopped nor extended. Be done by then, or go on as overdue.',
  },
  {
    code: 'EXTENSION_AFTER_LIMIT',
    status: 409,
    zh: '期限 {deadline} 已于 {dueAt} 届满，不能再延长，请按逾期办理。',
    en: 'The deadline {deadline} was due at {dueAt}: it cannot be extended any more; go on as overdue.',
  },
  {
    code: 'EXTENSION_ALREADY_ASKED',
    status: 409,
    zh: '期限 {deadline} 已有待复核的延长申请，请等待其结果。',
    en: 'An extension of the deadline {deadline} waits for its decision already: wait for it.',
  },
  {
    code: 'EXTENSION_ALREADY_DECIDED',
    status: 409,
    zh: '延长申请 {extension} 已有结果（{state}）。',
    en: 'Extension {extension} has its decision already ({state}).',
  },
  {
    code: 'STOP_AFTER_LIMIT',
    status: 409,
    zh: '期限 {deadline} 已于 {dueAt} 届满，不能再中止，请按逾期办理。',
    en: 'The deadline {deadline} was due at {dueAt}: its clock cannot be stopped any more; go on as overdue.',
  },
  {
    code: 'CLOCK_ALREADY_STOPPED',
    status: 409,
    zh: '期限 {deadline} 已中止计时，最迟 {resumesAt} 恢复。',
    en: 'The clock of the deadline {deadline} stands already; it resumes at {resumesAt} at the latest.',
  },
  {
    code: 'CLOCK_NOT_STOPPED',
    status: 409,
    zh: '期限 {deadline} 没有中止，无须恢复。',
    en: 'The clock of the deadline {deadline} runs: there is nothing to resume.',
  },
  {
    code: 'STOP_BOUND_REACHED',
    status: 409,
    zh: '期限 {deadline} 的中止时间累计已满 {days} 天，不能再中止。',
    en: 'The clock of the deadline {deadline} stood for {days} days in all: it cannot be stopped again.',
  },

  // Four eyes (A1 §27, A5 §17)
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

  // People and their roles (A1 §15, §27, A5 §17)
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

  // Changes of dated terms (A1 §27)
  {
    code: 'TERM_UNKNOWN',
    status: 404,
    zh: '{date} 没有有效的参数或费率 {code}。',
    en: 'No parameter or rate {code} is in force on {date}.',
  },
  {
    code: 'TERM_NOT_READ',
    status: 422,
    zh: '没有规则读取 {code}（或其值已固化在规则中），变更不会产生作用。',
    en: 'No rule reads {code}, or its value is built into one: a change would change nothing.',
  },
  {
    code: 'EFFECTIVE_DATE_PASSED',
    status: 422,
    zh: '生效日 {date} 早于当前业务日期 {today}，请改为今日或以后。',
    en: 'The effective date {date} is before the business date {today}: choose today or a later day.',
  },
  {
    code: 'TERM_BEGINS_THEN',
    status: 409,
    zh: '{code} 已有自 {date} 起生效的值，请另择生效日。',
    en: 'A value of {code} begins on {date} already: choose another effective date.',
  },
  {
    code: 'TERM_CHANGES_LATER',
    status: 409,
    zh: '{code} 已批准自 {date} 起的另一值，新变更须在其之后生效。',
    en: 'Another value of {code} is approved from {date}: this change must take effect after it.',
  },
  {
    code: 'VALUE_UNCHANGED',
    status: 422,
    zh: '{code} 的值与现行值相同，无须变更。',
    en: 'This is the value of {code} that is in force: there is nothing to change.',
  },
  {
    code: 'CHANGE_PENDING',
    status: 409,
    zh: '{code} 已有变更 {change} 待复核或尚未生效，请先办结或撤回。',
    en: 'Change {change} of {code} awaits its approval or its day: see it through or recall it first.',
  },
  {
    code: 'CHANGE_NOT_OPEN',
    status: 409,
    zh: '变更 {change} 的状态为 {state}，不能再操作。',
    en: 'Change {change} is {state} and no longer open.',
  },

  // Breaks and files
  {
    code: 'EXCEPTION_NEEDS_SUPERVISOR',
    status: 403,
    zh: '差异的例外处理须由主管签署。',
    en: 'An exception for a break needs the signature of a supervisor.',
  },
  { code: 'BREAK_ALREADY_DECIDED', status: 409, zh: '差异 {id} 已有决定。', en: 'Break {id} was decided already.' },
  ...breakRefusals,
  { code: 'FILE_REFUSED', status: 422, zh: '文件 {file} 被整体拒收。', en: 'File {file} was refused as a whole.' },
  {
    code: 'ALLOCATION_WITHOUT_HOLDER',
    status: 422,
    zh: '有款项到账，但没有可分配的持有人。',
    en: 'Money was received, but no holder can be given it.',
  },
  {
    code: 'CASE_TABLE_MALFORMED',
    status: 422,
    zh: '案例表 {table} 第 {line} 行无法读取：{reason}。',
    en: 'Case table {table} cannot be read at line {line}: {reason}.',
  },

  // Clients and their permissions (A2 §7-8, §12), callbacks and elections: each list in a file of its own
  ...identityRefusals,
  ...questionnaireRefusals,
  ...openingRefusals,
  ...eligibilityRefusals,
  ...restrictedListRefusals,
  ...disclosureRefusals,
  ...knowledgeTestRefusals,
  ...counterRefusals,
  ...closingRefusals,
  ...changeRefusals,
  ...callRefusals,
  ...callbackRefusals,

  // Complaints
  ...complaintRefusals,
  ...sampleRefusals,
  ...electionRefusals,
  // Documents and the file of a client
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
  {
    code: 'RELATIONSHIP_ENDED_ALREADY',
    status: 409,
    zh: '关系已登记于 {date} 结束，不能更改。',
    en: 'The relationship is recorded to have ended on {date}; that is never changed.',
  },

  // Messages
  {
    code: 'MESSAGE_WISH_REFUSED',
    status: 422,
    zh: '{purpose} 的渠道 {channel} 不能关闭：法定通知与警报须送达，每类消息的最后渠道保留。',
    en: 'The channel {channel} of {purpose} cannot be switched off: notices of the law and alarms must arrive, and the last channel of each kind stays.',
  },

  // Systems that are told of events
  {
    code: 'WEBHOOKS_NOT_SET_UP',
    status: 409,
    zh: '未配置 WEBHOOK_SECRET，无法签发密钥；请技术部门为接口与工作进程配置后再试。',
    en: 'There is no WEBHOOK_SECRET to derive keys from: have technology set it for API and workers, then try again.',
  },
  {
    code: 'WEBHOOK_TARGET_REFUSED',
    status: 422,
    zh: '该地址不可接收事件：{reason}。请改用外部系统的 https 地址。',
    en: 'Events cannot go to this address: {reason}. Give the https address of a system outside.',
  },
  {
    code: 'WEBHOOK_RECEIVER_KNOWN',
    status: 409,
    zh: '名称 {receiver} 已属某接收系统，请另取名称。',
    en: 'The name {receiver} is that of a receiver already: choose another one.',
  },
  {
    code: 'WEBHOOK_RECEIVER_OFF',
    status: 409,
    zh: '接收系统 {receiver} 已停用；如需恢复，请以新名称登记。',
    en: 'The receiver {receiver} was switched off: register it anew under another name.',
  },

  // Rehearsal
  {
    code: 'NOT_A_REHEARSAL',
    status: 409,
    zh: '业务时钟只能在演练环境中手工移动。',
    en: 'The business clock can be moved by hand in a rehearsal only.',
  },
  {
    code: 'CLOCK_MOVES_FORWARD_ONLY',
    status: 409,
    zh: '业务时钟现为 {now}，不能拨回 {asked}。',
    en: 'The business clock stands at {now} and cannot go back to {asked}.',
  },
  {
    code: 'CLOCK_MOVE_UNDER_WAY',
    status: 409,
    zh: '业务时钟正在移动中，请等待其完成。',
    en: 'The business clock is being moved already: wait until that is done.',
  },
  {
    code: 'BOOK_NOT_SETTLED',
    status: 503,
    zh: '时钟停在 {now}：{waited} 秒内流程未静止，仍在进行：{busy}。',
    en: 'The clock stays at {now}: for {waited} s the processes did not come to rest; still busy: {busy}.',
  },

  // What we stand on
  {
    code: 'TEMPORAL_UNAVAILABLE',
    status: 503,
    zh: '流程引擎暂不可用，请稍后再试。',
    en: 'The process engine cannot be reached; try again later.',
  },
  {
    code: 'DATABASE_UNAVAILABLE',
    status: 503,
    zh: '数据库暂不可用，请稍后再试。',
    en: 'The database cannot be reached; try again later.',
  },
  {
    code: 'OUTSIDE_REFUSED',
    status: 422,
    zh: '外部系统 {system} 拒绝：{code}。',
    en: 'The outside system {system} refused: {code}.',
  },
  {
    code: 'OUTSIDE_SYSTEM_UNAVAILABLE',
    status: 503,
    zh: '外部系统 {system} 暂不可用。',
    en: 'The outside system {system} cannot be reached.',
  },
  {
    code: 'INTERNAL_ERROR',
    status: 500,
    zh: '系统内部错误，已记录。',
    en: 'Something broke on our side; it was recorded.',
  },
] as const satisfies readonly ErrorEntry[];

/** A code of the list. */
export type ErrorCode = (typeof errorList)[number]['code'];

type Detail = string | number | boolean | null | readonly string[];
type PlaceholdersIn<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PlaceholdersIn<Rest>
  : never;
type SentenceOf<Code extends ErrorCode> = Extract<(typeof errorList)[number], { readonly code: Code }>['en'];

/** Details of a refusal: those that its sentences name, and any others that help. */
export type ErrorDetails<Code extends ErrorCode = ErrorCode> = {
  readonly [Name in PlaceholdersIn<SentenceOf<Code>>]: string | number;
} & Readonly<Record<string, Detail>>;

/** A sentence in both languages. */
export interface BilingualText {
  readonly zh: string;
  readonly en: string;
}

const places = new Map<string, number>(errorList.map((entry, place) => [entry.code, place]));

/** Whether a text is a code of the list. */
export const isErrorCode = (text: string): text is ErrorCode => places.has(text);

/** The HTTP status of a code. */
export const statusOf = (code: ErrorCode): ErrorEntry['status'] => entryOf(code).status;

/** Compares two codes by their fixed place in the list. */
export const byPlace = (a: ErrorCode, b: ErrorCode): number => placeOf(a) - placeOf(b);

/** The sentences of a code with its details filled in, as people read them. */
export function textOf(code: ErrorCode, details: Readonly<Record<string, Detail>>): BilingualText {
  const { zh, en } = entryOf(code);
  const filled = (sentence: string, language: Language) =>
    sentence.replace(/\{(\w+)\}/g, (_, name: string) => shownDetail(name, details[name] ?? '?', language));
  return { zh: filled(zh, 'zh'), en: filled(en, 'en') };
}

/** A business situation that refuses a step: a code, its sentence in both languages, and the details. */
export class BusinessError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'BusinessError';
  readonly status: ErrorEntry['status'];
  readonly text: BilingualText;
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, Detail>>;

  constructor(
    code: Code,
    // A code without placeholders may leave the details away.
    ...[details]: [PlaceholdersIn<SentenceOf<Code>>] extends [never]
      ? [details?: Readonly<Record<string, Detail>>]
      : [details: ErrorDetails<Code>]
  ) {
    const text = textOf(code, details ?? {});
    super(`${code}: ${text.en}`);
    this.code = code;
    this.status = statusOf(code);
    this.text = text;
    this.details = details ?? {};
  }
}

/** Several refusals of one step, all of them to be told; it fails with the first in the order of the list. */
export class SeveralRefusals extends BusinessError {
  readonly all: readonly BusinessError[];

  constructor(refusals: readonly [BusinessError, ...BusinessError[]]) {
    const all = [...refusals].sort((a, b) => byPlace(a.code, b.code));
    const [first = refusals[0]] = all;
    super(first.code, { ...first.details, codes: all.map(({ code }) => code) } as never);
    this.all = all;
  }
}

function placeOf(code: ErrorCode): number {
  const place = places.get(code);
  if (place === undefined) throw new RangeError(`${code} is not in the list of errors`);
  return place;
}

function entryOf(code: ErrorCode): ErrorEntry {
  const entry: ErrorEntry | undefined = errorList[placeOf(code)];
  if (entry === undefined) throw new RangeError(`${code} is not in the list of errors`);
  return entry;
}
