/** The reference data of permissions: kinds, question banks and texts of agreements, read from prisma/reference as `reference.ts` does. */
import { join } from 'node:path';
import type { Channel } from '../domain/channel';
import type { Dated } from '../domain/dated';
import type { EligibilityTermRow } from '../domain/permissions/eligibility';
import { REFERENCE_FOLDER } from './reference';
import { linesOf, type Line } from './reference-lines';

interface Sourced {
  readonly source: string;
}

export interface PermissionTypeReference extends Dated, Sourced {
  readonly permission: string;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly channels: readonly string[];
  readonly requestDays: number;
  readonly codeValidMinutes: number;
  readonly codeWrongCodes: number;
  readonly codeLockMinutes: number;
  readonly codeSendsPerDay: number;
  readonly recording: string;
  readonly recordingSeconds: number;
  readonly testBank: string;
  readonly testBankMinimum: number;
  readonly testQuestions: number;
  readonly testPauseMinutes: number;
  readonly testAttemptsPerDay: number;
  readonly agreements: readonly string[];
  readonly documents: readonly string[];
  readonly counterPermissions: readonly string[];
  readonly commissionOf: string;
  readonly commissionLine: string | null;
  readonly callbackDays: number;
  readonly callbackScript: string;
  readonly counterBuying: readonly string[];
  readonly clearingChannels: readonly Channel[];
}

export interface TestQuestionReference extends Dated, Sourced {
  readonly bank: string;
  readonly version: string;
  readonly questionNo: number;
  readonly questionZh: string;
  readonly questionEn: string;
  readonly optionsZh: readonly string[];
  readonly optionsEn: readonly string[];
  readonly rightOption: string;
}

export interface AgreementTextReference extends Dated, Sourced {
  readonly agreement: string;
  readonly version: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly textZh: string;
  readonly textEn: string;
  readonly writtenBy: string;
  readonly approvedBy: string | null;
  readonly approvedOn: string | null;
}

/** What is done at the counter of a branch. */
export interface CounterTermsReference extends Dated, Sourced {
  readonly permission: string;
  readonly closingDocuments: readonly string[];
  readonly holdingsDocument: string;
  readonly closingDays: number;
  readonly institutionDocuments: readonly string[];
  readonly scanTypes: readonly string[];
  readonly scanBytesAtMost: number;
}

export type EligibilityTermReference = EligibilityTermRow & Sourced;

export interface PermissionReference {
  readonly permissionTypes: readonly PermissionTypeReference[];
  readonly testQuestions: readonly TestQuestionReference[];
  readonly agreementTexts: readonly AgreementTextReference[];
  readonly eligibilityTerms: readonly EligibilityTermReference[];
  readonly counterTerms: readonly CounterTermsReference[];
}

export function readPermissionReference(folder: string = REFERENCE_FOLDER): PermissionReference {
  const read = <T>(file: string, row: (line: Line) => T): T[] => linesOf(join(folder, file), file).map(row);
  return {
    permissionTypes: read('permission_types.csv', permissionType),
    testQuestions: read('test_questions.csv', testQuestion),
    agreementTexts: read('agreement_texts.csv', agreementText),
    counterTerms: read('permission_counter_terms.csv', counterTerms),
    eligibilityTerms: read('eligibility_terms.csv', eligibilityTerm),
  };
}

const listIn = (line: Line, column: string): readonly string[] => line.text(column).split(';');

const permissionType = (line: Line): PermissionTypeReference => ({
  permission: line.text('permission'),
  nameZh: line.text('name_zh'),
  nameEn: line.text('name_en'),
  channels: listIn(line, 'channels'),
  requestDays: line.count('request_days'),
  codeValidMinutes: line.count('code_valid_minutes'),
  codeWrongCodes: line.count('code_wrong_codes'),
  codeLockMinutes: line.count('code_lock_minutes'),
  codeSendsPerDay: line.count('code_sends_per_day'),
  recording: line.text('recording'),
  recordingSeconds: line.count('recording_seconds'),
  testBank: line.text('test_bank'),
  testBankMinimum: line.count('test_bank_minimum'),
  testQuestions: line.count('test_questions'),
  testPauseMinutes: line.count('test_pause_minutes'),
  testAttemptsPerDay: line.count('test_attempts_per_day'),
  agreements: listIn(line, 'agreements'),
  documents: listIn(line, 'documents'),
  counterPermissions: listIn(line, 'counter_permissions'),
  commissionOf: line.text('commission_of'),
  commissionLine: line.optional('commission_line'),
  callbackDays: line.count('callback_days'),
  callbackScript: line.text('callback_script'),
  counterBuying: listIn(line, 'counter_buying'),
  clearingChannels: (line.optional('clearing_channels')?.split(';') ?? []) as Channel[],
  ...line.dated(),
});

const OPTIONS = ['a', 'b', 'c', 'd'] as const;

const testQuestion = (line: Line): TestQuestionReference => ({
  bank: line.text('bank'),
  version: line.text('version'),
  questionNo: line.count('question_no'),
  questionZh: line.text('question_zh'),
  questionEn: line.text('question_en'),
  optionsZh: OPTIONS.map((option) => line.text(`${option}_zh`)),
  optionsEn: OPTIONS.map((option) => line.text(`${option}_en`)),
  rightOption: line.oneOf('right_option', ['A', 'B', 'C', 'D']),
  ...line.dated(),
});

const agreementText = (line: Line): AgreementTextReference => ({
  agreement: line.text('agreement'),
  version: line.text('version'),
  titleZh: line.text('title_zh'),
  titleEn: line.text('title_en'),
  textZh: line.text('text_zh'),
  textEn: line.text('text_en'),
  writtenBy: line.text('written_by'),
  approvedBy: line.optional('approved_by'),
  approvedOn: line.optional('approved_on'),
  ...line.dated(),
});

const counterTerms = (line: Line): CounterTermsReference => ({
  permission: line.text('permission'),
  closingDocuments: listIn(line, 'closing_documents'),
  holdingsDocument: line.text('holdings_document'),
  closingDays: line.count('closing_days'),
  institutionDocuments: listIn(line, 'institution_documents'),
  scanTypes: listIn(line, 'scan_types'),
  scanBytesAtMost: line.count('scan_bytes_at_most'),
  ...line.dated(),
});

const TERMS = [
  'ASSETS_MINIMUM',
  'ASSETS_DAYS',
  'EXPERIENCE_MONTHS',
  'RISK_RESULT_VALID_YEARS',
  'EXCHANGE_WARNING_MONTHS',
] as const;

const eligibilityTerm = (line: Line): EligibilityTermReference => ({
  permission: line.text('permission'),
  term: line.oneOf('term', TERMS),
  parameter: line.text('parameter'),
  ...line.dated(),
});
