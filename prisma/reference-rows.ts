/** The rows that reference data become: plain values with their source, which rules take. */
import type { CalendarRow } from '../domain/calendar/calendar-rows';
import type { Dated } from '../domain/dated';
import type { ServedKindRow } from '../domain/corporate-actions/served-kinds';
import type { MessageChannel } from '../domain/messages/delivery';
import type { Words } from '../domain/messages/words';
import type { ConcentrationLimitRow } from '../domain/margin/concentration';
import type { ParameterRow } from '../domain/parameters';
import type { RoleConflict } from '../domain/people/role-conflicts';
import type { Office } from '../domain/people/roles';
import type { AnswerScoreRow, RiskBandRow } from '../domain/rating/questionnaire';
import type { GradeStandardRow } from '../domain/rating/grade';
import type { PortfolioFeeTierRow } from '../domain/settlement/portfolio-fee';
import type { MarginModelRow } from '../domain/settlement/risk-money';
import type { FeeRateRow } from '../domain/settlement/trade-fees';

/** What every row says beside its values. */
interface Sourced {
  readonly source: string;
}

/** One rung of a deadline ladder: when it rings, for whom, and what is offered. */
export interface LadderRow extends Dated, Sourced {
  readonly ladder: string;
  readonly rung: number;
  readonly clockTime: string;
  readonly condition: string;
  readonly audienceRoles: readonly string[];
  readonly audienceMark: string;
  readonly severity: string;
  readonly offers: string;
  readonly actionZh: string;
  readonly actionEn: string;
}

export interface RoleRow extends Dated, Sourced {
  readonly code: string;
  readonly office: Office;
  readonly nameZh: string;
  readonly doesZh: string;
  readonly doesEn: string;
}

export type RoleConflictReference = RoleConflict & Sourced & { readonly reasonZh: string; readonly reasonEn: string };
/** One checker of a kind of approval, from an amount on. */
export interface ApprovalTermReference extends Dated, Sourced {
  readonly kind: string;
  readonly risk: string;
  readonly fromCny: string;
  readonly checker: number;
  readonly role: string | null;
  readonly mark: string | null;
}

/** A parameter or fee that a rule reads: who may ask for another value, and by which class of risk it is approved. */
export interface ChangeableTermReference extends Dated, Sourced {
  readonly kind: string;
  readonly code: string;
  readonly askedBy: readonly string[];
  readonly risk: string;
  readonly process: string;
  readonly readByZh: string;
  readonly readByEn: string;
}

/** Formula and articles of a figure of the day, and which dated terms it reads. */
export interface FigureRuleReference extends Dated, Sourced {
  readonly figure: string;
  readonly version: number;
  readonly articles: string;
  readonly formulaZh: string;
  readonly formulaEn: string;
  readonly reads: readonly string[];
}

export type FeeRateReference = FeeRateRow &
  Sourced & { readonly field: string; readonly nameZh: string; readonly nameEn: string };
export type PortfolioFeeTierReference = PortfolioFeeTierRow & Sourced & { readonly tier: number };
export type CalendarReference = CalendarRow & Sourced & { readonly reasonZh: string; readonly reasonEn: string };
export type MarginModelReference = MarginModelRow & Sourced;
export type AnswerScoreReference = AnswerScoreRow & Sourced;
export type RiskBandReference = RiskBandRow & Sourced & { readonly nameZh: string; readonly nameEn: string };
export type ServedKindReference = ServedKindRow & Sourced & { readonly nameZh: string; readonly nameEn: string };
export type GradeStandardReference = GradeStandardRow & Sourced & { readonly nameZh: string; readonly nameEn: string };
export type ConcentrationLimitReference = ConcentrationLimitRow & Sourced;
export type ParameterReference = ParameterRow & Sourced & { readonly meaningZh: string; readonly meaningEn: string };

export interface MessagePurposeReference extends Dated, Sourced {
  readonly purpose: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly obeysQuietHours: boolean;
  readonly mayBeSwitchedOff: boolean;
  /** Who telephones where no channel reached the recipient. */
  readonly taskRole: string | null;
  /** Working hours that whoever telephones has; null: the task is open without a promise, as those about alarms are. */
  readonly taskHours: number | null;
}

export interface DeliveryStepReference extends Dated, Sourced {
  readonly purpose: string;
  readonly step: number;
  readonly channel: MessageChannel;
  readonly waitMinutes: number | null;
}

/** A text as it stands in the file; the loader reads its required facts and judges it. */
export interface MessageTemplateReference extends Dated, Sourced {
  readonly template: string;
  readonly version: number;
  readonly purpose: string;
  readonly subject: Words;
  readonly text: Words;
  readonly requiredFacts: string;
  readonly approvedBy: string | null;
  readonly approvedOn: string | null;
}

/** All reference data. */
export interface ReferenceRows {
  readonly feeRates: readonly FeeRateReference[];
  readonly portfolioFeeTiers: readonly PortfolioFeeTierReference[];
  readonly marginModels: readonly MarginModelReference[];
  readonly parameters: readonly ParameterReference[];
  readonly calendars: readonly CalendarReference[];
  readonly ladders: readonly LadderRow[];
  readonly figureRules: readonly FigureRuleReference[];
  readonly roles: readonly RoleRow[];
  readonly roleConflicts: readonly RoleConflictReference[];
  readonly approvalTerms: readonly ApprovalTermReference[];
  readonly changeableTerms: readonly ChangeableTermReference[];
  readonly answerScores: readonly AnswerScoreReference[];
  readonly riskBands: readonly RiskBandReference[];
  readonly servedKinds: readonly ServedKindReference[];
  readonly messagePurposes: readonly MessagePurposeReference[];
  readonly deliverySteps: readonly DeliveryStepReference[];
  readonly messageTemplates: readonly MessageTemplateReference[];
  readonly gradeStandards: readonly GradeStandardReference[];
  readonly concentrationLimits: readonly ConcentrationLimitReference[];
}
