/**
 * Reads the reference data of prisma/reference: reviewed CSV files become the plain rows that rules take.
 *
 * Amounts and rates stay text; the rules turn them into exact numbers once. A malformed file is a mistake of ours and
 * ends with a RangeError that names file, line and column (`reference-lines.ts`).
 */
import { join } from 'node:path';
import { linesOf, type Line } from './reference-lines';
import {
  FEE_CODES,
  DUTIES,
  CONFLICT_CODES,
  CALENDARS,
  CHANNELS,
  RISK_BANDS,
  GRADES,
  EVENT_KINDS,
} from './reference-words';
import type {
  LadderRow,
  RoleRow,
  RoleConflictReference,
  ApprovalTermReference,
  ChangeableTermReference,
  FigureRuleReference,
  FeeRateReference,
  PortfolioFeeTierReference,
  CalendarReference,
  MarginModelReference,
  AnswerScoreReference,
  RiskBandReference,
  ServedKindReference,
  GradeStandardReference,
  ConcentrationLimitReference,
  ParameterReference,
  MessagePurposeReference,
  DeliveryStepReference,
  MessageTemplateReference,
  ReferenceRows,
} from './reference-rows';

export type * from './reference-rows';

/** Where the reviewed files stand. */
export const REFERENCE_FOLDER = join(__dirname, 'reference');

/**
 * All reference data of a folder.
 * @throws RangeError naming file, line and column of what cannot be read
 */
export function readReference(folder: string = REFERENCE_FOLDER): ReferenceRows {
  const read = <T>(file: string, row: (line: Line) => T): T[] => linesOf(join(folder, file), file).map(row);
  return {
    feeRates: read('fee_rates.csv', feeRate),
    portfolioFeeTiers: read('portfolio_fee_tiers.csv', portfolioFeeTier),
    marginModels: read('margin_models.csv', marginModel),
    parameters: read('parameters.csv', parameter),
    calendars: read('calendars.csv', calendar),
    ladders: read('ladders.csv', ladder),
    figureRules: read('figure_rules.csv', figureRule),
    roles: read('roles.csv', role),
    roleConflicts: read('role_conflicts.csv', roleConflict),
    approvalTerms: read('approval_terms.csv', approvalTerm),
    changeableTerms: read('changeable_terms.csv', changeableTerm),
    answerScores: read('answer_scores.csv', answerScore),
    riskBands: read('risk_bands.csv', riskBand),
    servedKinds: read('served_kinds.csv', servedKind),
    messagePurposes: read('message_purposes.csv', messagePurpose),
    deliverySteps: read('delivery_steps.csv', deliveryStep),
    messageTemplates: read('message_templates.csv', messageTemplate),
    gradeStandards: read('grade_standards.csv', gradeStandard),
    concentrationLimits: read('concentration_limits.csv', concentrationLimit),
  };
}

const feeRate = (line: Line): FeeRateReference => ({
  code: line.oneOf('code', FEE_CODES),
  field: line.text('field'),
  rate: line.decimal('rate'),
  flatHkd: line.decimal('flat_hkd'),
  minimumHkd: line.optionalDecimal('minimum_hkd'),
  maximumHkd: line.optionalDecimal('maximum_hkd'),
  rounding: line.oneOf('rounding', ['HALF_AWAY_CENT', 'UP_WHOLE_HKD']),
  nameZh: line.text('name_zh'),
  nameEn: line.text('name_en'),
  ...line.dated(),
});

const portfolioFeeTier = (line: Line): PortfolioFeeTierReference => ({
  tier: line.count('tier'),
  aboveHkd: line.decimal('above_hkd'),
  upToHkd: line.optionalDecimal('up_to_hkd'),
  ratePerYear: line.decimal('rate_per_year'),
  ...line.dated(),
});

const marginModel = (line: Line): MarginModelReference => ({
  model: line.oneOf('model', ['flat22', 'rpf']),
  rate: line.optionalDecimal('rate'),
  multiplier: line.optionalDecimal('multiplier'),
  ...line.dated(),
});

const parameter = (line: Line): ParameterReference => ({
  code: line.text('code'),
  channel: line.oneOf('channel', ['', 'SH', 'SZ']),
  value: line.text('value'),
  unit: line.text('unit'),
  meaningZh: line.text('meaning_zh'),
  meaningEn: line.text('meaning_en'),
  ...line.dated(),
});

const calendar = (line: Line): CalendarReference => ({
  code: line.oneOf('code', CALENDARS),
  kind: line.oneOf('kind', ['KNOWN', 'OPEN', 'HALF', 'CLOSED']),
  validFrom: line.date('valid_from'),
  validTo: line.date('valid_to'),
  reasonZh: line.text('reason_zh'),
  reasonEn: line.text('reason_en'),
  source: line.text('source'),
});

const roleConflict = (line: Line): RoleConflictReference => ({
  one: line.oneOf('one', DUTIES),
  other: line.oneOf('other', DUTIES),
  rule: line.oneOf('rule', ['never', 'exception']),
  code: line.oneOf('code', CONFLICT_CODES),
  restriction: line.optional('restriction'),
  reasonZh: line.text('reason_zh'),
  reasonEn: line.text('reason_en'),
  ...line.dated(),
});

const ladder = (line: Line): LadderRow => ({
  ladder: line.text('ladder'),
  rung: line.count('rung'),
  clockTime: line.text('clock_time'),
  condition: line.text('condition'),
  audienceRoles: line.text('audience_role').split(';'),
  audienceMark: line.optional('audience_mark') ?? '',
  severity: line.text('severity'),
  offers: line.optional('offers') ?? '',
  actionZh: line.text('action_zh'),
  actionEn: line.text('action_en'),
  ...line.dated(),
});

const figureRule = (line: Line): FigureRuleReference => ({
  figure: line.text('figure'),
  version: line.count('version'),
  articles: line.text('articles'),
  formulaZh: line.text('formula_zh'),
  formulaEn: line.text('formula_en'),
  reads: line.optional('reads')?.split(';') ?? [],
  ...line.dated(),
});

const approvalTerm = (line: Line): ApprovalTermReference => ({
  kind: line.text('kind'),
  risk: line.optional('risk') ?? '',
  fromCny: line.decimal('from_cny'),
  checker: line.count('checker'),
  role: line.optional('role'),
  mark: line.optional('mark'),
  ...line.dated(),
});

const changeableTerm = (line: Line): ChangeableTermReference => ({
  kind: line.text('kind'),
  code: line.text('code'),
  askedBy: line.text('asked_by').split(';'),
  risk: line.text('risk'),
  process: line.text('process'),
  readByZh: line.text('read_by_zh'),
  readByEn: line.text('read_by_en'),
  ...line.dated(),
});

const role = (line: Line): RoleRow => ({
  code: line.text('code'),
  office: line.oneOf('office', ['front', 'back', 'neither']),
  nameZh: line.text('name_zh'),
  doesZh: line.text('does_zh'),
  doesEn: line.text('does_en'),
  ...line.dated(),
});

const answerScore = (line: Line): AnswerScoreReference => ({
  version: line.text('version'),
  question: line.text('question'),
  option: line.oneOf('option', ['A', 'B', 'C', 'D', 'E']),
  score: line.count('score'),
  ...line.dated(),
});

const riskBand = (line: Line): RiskBandReference => ({
  scale: line.oneOf('scale', ['CLASS', 'LEVEL']),
  code: line.oneOf('code', RISK_BANDS),
  fromScore: line.count('from_score'),
  toScore: line.count('to_score'),
  nameZh: line.text('name_zh'),
  nameEn: line.text('name_en'),
  ...line.dated(),
});

const servedKind = (line: Line): ServedKindReference => ({
  kind: line.oneOf('kind', EVENT_KINDS),
  isServed: line.oneOf('served', ['true', 'false']) === 'true',
  nameZh: line.text('name_zh'),
  nameEn: line.text('name_en'),
  ...line.dated(),
});

const messagePurpose = (line: Line): MessagePurposeReference => ({
  purpose: line.text('purpose'),
  nameZh: line.text('name_zh'),
  nameEn: line.text('name_en'),
  obeysQuietHours: line.oneOf('obeys_quiet_hours', ['yes', 'no']) === 'yes',
  mayBeSwitchedOff: line.oneOf('may_be_switched_off', ['yes', 'no']) === 'yes',
  taskRole: line.optional('task_role'),
  taskHours: line.optional('task_hours') === null ? null : line.count('task_hours'),
  ...line.dated(),
});

const deliveryStep = (line: Line): DeliveryStepReference => ({
  purpose: line.text('purpose'),
  step: line.count('step'),
  channel: line.oneOf('channel', CHANNELS),
  waitMinutes: line.optional('wait_minutes') === null ? null : line.count('wait_minutes'),
  ...line.dated(),
});

const messageTemplate = (line: Line): MessageTemplateReference => ({
  template: line.text('template'),
  version: line.count('version'),
  purpose: line.text('purpose'),
  subject: { zh: line.text('subject_zh'), en: line.text('subject_en') },
  text: { zh: line.text('text_zh'), en: line.text('text_en') },
  requiredFacts: line.optional('required_facts') ?? '',
  approvedBy: line.optional('approved_by'),
  approvedOn: line.optional('approved_on') === null ? null : line.date('approved_on'),
  ...line.dated(),
});

const gradeStandard = (line: Line): GradeStandardReference => ({
  grade: line.oneOf('grade', GRADES),
  assetsAtLeast: line.optionalDecimal('assets_at_least_cny'),
  commissionAtLeast: line.optionalDecimal('commission_at_least_cny'),
  nameZh: line.text('name_zh'),
  nameEn: line.text('name_en'),
  ...line.dated(),
});

const concentrationLimit = (line: Line): ConcentrationLimitReference => ({
  table: line.text('table'),
  board: line.text('board'),
  fromPercent: line.optionalCount('from_percent'),
  toPercent: line.optionalCount('to_percent'),
  singlePercent: line.optionalCount('single_percent'),
  groupPercent: line.optionalCount('group_percent'),
  ...line.dated(),
});
