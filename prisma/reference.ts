/**
 * Reads the reference data of prisma/reference: reviewed CSV files become the plain rows that rules take.
 *
 * Amounts and rates stay text; the rules turn them into exact numbers once. A malformed file is a mistake of ours and
 * ends with a RangeError that names file, line and column.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { BusinessDate } from '../domain/calendar/business-date';
import type { CalendarRow } from '../domain/calendar/calendar-rows';
import type { EventKind } from '../domain/corporate-actions/served-kinds';
import type { MessageChannel } from '../domain/messages/delivery';
import type { ConflictCode, Duty } from '../domain/people/role-conflicts';
import type { RiskBandRow } from '../domain/rating/questionnaire';
import type { Grade } from '../domain/rating/grade';
import type { FeeCode } from '../domain/settlement/trade-fees';
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

const FEE_CODES: readonly FeeCode[] = [
  'STAMP_DUTY',
  'SFC_LEVY',
  'TRADING_FEE',
  'SYSTEM_FEE',
  'SETTLEMENT_FEE',
  'AFRC_LEVY',
];
const DUTIES: readonly Duty[] = [
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
const CONFLICT_CODES: readonly ConflictCode[] = [
  'ROLES_FRONT_AND_BACK_OFFICE',
  'ROLES_OPERATIONS_AND_TECHNOLOGY',
  'ROLES_CLIENT_AND_PROPRIETARY_SIDE',
  'ROLES_ASSET_MANAGEMENT_AND_PROPRIETARY',
  'ROLES_BESIDE_BRANCH_RISK',
  'ROLES_NEED_EXCEPTION',
];
const CALENDARS: readonly CalendarRow['code'][] = ['SSE', 'SZSE', 'SEHK', 'CIVIL'];
const CHANNELS: readonly MessageChannel[] = ['sms', 'app', 'voice', 'email', 'in-app', 'webhook', 'task'];
const RISK_BANDS: readonly RiskBandRow['code'][] = [
  'CONSERVATIVE',
  'RATHER_CONSERVATIVE',
  'STEADY',
  'RATHER_AGGRESSIVE',
  'AGGRESSIVE',
];
const GRADES: readonly Grade[] = ['VIP', 'CORE_A', 'CORE_B', 'POTENTIAL', 'ORDINARY'];
const EVENT_KINDS: readonly EventKind[] = [
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

/** One line of a file: its values by column, each asked for in the form it must have. */
export interface Line {
  readonly text: (column: string) => string;
  readonly optional: (column: string) => string | null;
  readonly decimal: (column: string) => string;
  readonly optionalDecimal: (column: string) => string | null;
  readonly count: (column: string) => number;
  readonly optionalCount: (column: string) => number | null;
  readonly date: (column: string) => BusinessDate;
  readonly oneOf: <T extends string>(column: string, values: readonly T[]) => T;
  readonly dated: () => {
    readonly validFrom: BusinessDate;
    readonly validTo: BusinessDate | null;
    readonly source: string;
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

export function linesOf(path: string, file: string): Line[] {
  const records: Record<string, string>[] = parse(readFileSync(path), { columns: true, bom: true });
  return records.map((record, index) => lineOf(record, `${file} line ${index + 2}`));
}

function lineOf(record: Readonly<Record<string, string>>, place: string): Line {
  const wrong = (column: string, expected: string) =>
    new RangeError(`${place}, column ${column}: "${record[column] ?? ''}" is not ${expected}`);
  const value = (column: string): string => {
    const found = record[column];
    if (found === undefined) throw new RangeError(`${place}: the column ${column} is missing`);
    return found;
  };
  const matching = (column: string, form: RegExp, expected: string): string => {
    const found = value(column);
    if (!form.test(found)) throw wrong(column, expected);
    return found;
  };
  const decimal = (column: string) => matching(column, /^-?\d+(\.\d+)?$/, 'a decimal number');
  const count = (column: string) => Number.parseInt(matching(column, /^\d+$/, 'a count'), 10);
  const date = (column: string) => matching(column, /^\d{4}-\d{2}-\d{2}$/, 'a date') as BusinessDate;
  const orNull = <T>(column: string, read: (column: string) => T) => (value(column) === '' ? null : read(column));
  return {
    text: (column) => matching(column, /\S/, 'text'),
    optional: (column) => orNull(column, value),
    decimal,
    optionalDecimal: (column) => orNull(column, decimal),
    count,
    optionalCount: (column) => orNull(column, count),
    date,
    oneOf: (column, values) => {
      const found = values.find((candidate) => candidate === value(column));
      if (found === undefined) throw wrong(column, `one of ${values.join(', ')}`);
      return found;
    },
    dated: () => ({
      validFrom: date('valid_from'),
      validTo: orNull('valid_to', date),
      source: matching('source', /\S/, 'text'),
    }),
  };
}
