/** Words that columns of the reference files may hold, as the rules know them. */
import type { CalendarRow } from '../domain/calendar/calendar-rows';
import type { EventKind } from '../domain/corporate-actions/served-kinds';
import type { MessageChannel } from '../domain/messages/delivery';
import type { ConflictCode, Duty } from '../domain/people/role-conflicts';
import type { Grade } from '../domain/rating/grade';
import type { RiskBandRow } from '../domain/rating/questionnaire';
import type { FeeCode } from '../domain/settlement/trade-fees';

export const FEE_CODES: readonly FeeCode[] = [
  'STAMP_DUTY',
  'SFC_LEVY',
  'TRADING_FEE',
  'SYSTEM_FEE',
  'SETTLEMENT_FEE',
  'AFRC_LEVY',
];
export const DUTIES: readonly Duty[] = [
  'front office',
  'back office',
  'client side',
  'proprietary side',
  'over asset management',
  'over proprietary trading',
  'over brokerage',
  'client',
  'branch',
  'branch_risk',
  'region',
  'brokerage',
  'prop',
  'service',
  'operations',
  'finance',
  'compliance',
  'audit',
  'general_manager',
  'supervisor',
  'admin',
];
export const CONFLICT_CODES: readonly ConflictCode[] = [
  'ROLES_FRONT_AND_BACK_OFFICE',
  'ROLES_OPERATIONS_AND_TECHNOLOGY',
  'ROLES_CLIENT_AND_PROPRIETARY_SIDE',
  'ROLES_ASSET_MANAGEMENT_AND_PROPRIETARY',
  'ROLES_BESIDE_BRANCH_RISK',
  'ROLES_NEED_EXCEPTION',
];
export const CALENDARS: readonly CalendarRow['code'][] = ['SSE', 'SZSE', 'SEHK', 'CIVIL'];
export const CHANNELS: readonly MessageChannel[] = ['sms', 'app', 'voice', 'email', 'in-app', 'webhook', 'task'];
export const RISK_BANDS: readonly RiskBandRow['code'][] = [
  'CONSERVATIVE',
  'RATHER_CONSERVATIVE',
  'STEADY',
  'RATHER_AGGRESSIVE',
  'AGGRESSIVE',
];
export const GRADES: readonly Grade[] = ['VIP', 'CORE_A', 'CORE_B', 'POTENTIAL', 'ORDINARY'];
export const EVENT_KINDS: readonly EventKind[] = [
  'CASH_DIVIDEND',
  'BONUS_SHARES',
  'DISTRIBUTED_WARRANTS',
  'VOTING',
  'SPLIT_OR_CONSOLIDATION',
  'TAKEOVER',
  'RIGHTS_ISSUE',
  'OPEN_OFFER',
  'SCRIP_DIVIDEND',
  'SHARE_SUBSCRIPTION',
  'WARRANT_CONVERSION',
];
