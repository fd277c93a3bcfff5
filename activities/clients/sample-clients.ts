/**
 * Clients that never were, for rehearsals, drills and tests: the same for the same day, some in every condition of a permission and
 * on both sides of every boundary. Client C00000001 is of the first kind of the list, C00000002 of the second, and so on; after the
 * list the regular ones follow, and it begins anew.
 */
import { citizenCheckCharacter, institutionCheckCharacter } from '../../domain/accounts/identity-numbers';
import { addDays, addMonths, addYears, compactDate, type BusinessDate } from '../../domain/calendar/business-date';

/** What a sample client is known by; everything else is regular. */
export interface SampleCondition {
  readonly name: string;
  readonly kind?: 'institution';
  readonly account?: 'none' | 'closed' | 'not qualified' | 'dormant' | 'elsewhere' | 'nowhere';
  readonly riskResult?: 'none' | 'older questionnaire' | 'expired yesterday' | 'last day';
  readonly answers?: 'lowest' | 'highest';
  readonly assetsFen?: bigint;
  readonly marginNetFen?: bigint;
  readonly badRecord?: 'standing' | 'removed today';
  readonly warning?: 'three months ago' | 'three months and a day ago';
  readonly isRestricted?: true;
}

const MINIMUM_FEN = 50_000_000n;

export const SAMPLE_CONDITIONS: readonly SampleCondition[] = [
  { name: 'regular' },
  { name: 'assets one fen below the minimum', assetsFen: MINIMUM_FEN - 1n },
  { name: 'assets at the minimum', assetsFen: MINIMUM_FEN },
  { name: 'margin debts take assets below the minimum', assetsFen: MINIMUM_FEN + 100_000n, marginNetFen: -100_001n },
  { name: 'no account', account: 'none' },
  { name: 'account closed', account: 'closed' },
  { name: 'account not qualified', account: 'not qualified' },
  { name: 'account dormant', account: 'dormant' },
  { name: 'account designated elsewhere', account: 'elsewhere' },
  { name: 'account designated nowhere', account: 'nowhere' },
  { name: 'no risk result', riskResult: 'none' },
  { name: 'risk result of an older questionnaire', riskResult: 'older questionnaire' },
  { name: 'risk result expired yesterday', riskResult: 'expired yesterday' },
  { name: 'last day of the risk result', riskResult: 'last day' },
  { name: 'conservative', answers: 'lowest' },
  { name: 'aggressive', answers: 'highest' },
  { name: 'bad credit record', badRecord: 'standing' },
  { name: 'bad credit record removed today', badRecord: 'removed today' },
  { name: 'warned three months ago', warning: 'three months ago' },
  { name: 'warned a day before that', warning: 'three months and a day ago' },
  { name: 'restricted', isRestricted: true },
  { name: 'institution', kind: 'institution', assetsFen: 0n },
  { name: 'institution without account', kind: 'institution', account: 'none', assetsFen: 0n },
  {
    name: 'several at once',
    account: 'elsewhere',
    riskResult: 'expired yesterday',
    assetsFen: 1n,
    badRecord: 'standing',
    warning: 'three months ago',
    isRestricted: true,
  },
];

/** One of the list, then as many regular ones: half of the clients can open a permission at once. */
export const conditionOf = (nth: number): SampleCondition => {
  const place = nth % (2 * SAMPLE_CONDITIONS.length);
  return SAMPLE_CONDITIONS[place] ?? { name: 'regular' };
};

export interface SampleClient {
  readonly condition: SampleCondition;
  readonly clientNo: string;
  readonly kind: 'natural' | 'institution';
  readonly branch: string;
  readonly accountManager: string;
  readonly name: string;
  readonly documentType: 'RESIDENT_ID' | 'UNIFIED_CREDIT_CODE';
  readonly documentNo: string;
  readonly fundAccount: string;
  readonly account: {
    readonly no: string;
    readonly state: string;
    readonly class: string;
    readonly designatedTo: string | null;
  } | null;
  readonly riskResult: {
    readonly version: string;
    readonly answers: 'lowest' | 'middle' | 'highest';
    readonly answeredOn: BusinessDate;
  } | null;
  readonly securitiesFen: bigint;
  readonly cashFen: bigint;
  readonly marginNetFen: bigint;
  readonly badRecord: { readonly recordedOn: BusinessDate; readonly removedOn: BusinessDate | null } | null;
  readonly warnedOn: BusinessDate | null;
  readonly isRestricted: boolean;
}

const BRANCHES = ['1001', '1002', '2001', '3001'] as const;
const REGULAR_ASSETS_FEN = 80_000_000n;

/**
 * The nth client (from 0) as of a day.
 * @param version of the questionnaire in force
 */
export function sampleClient(nth: number, today: BusinessDate, version: string): SampleClient {
  const condition = conditionOf(nth);
  const branch = BRANCHES[nth % BRANCHES.length] ?? BRANCHES[0];
  const kind = condition.kind ?? 'natural';
  const assetsFen = condition.assetsFen ?? REGULAR_ASSETS_FEN + BigInt(nth) * 100n;
  const cashFen = assetsFen / 4n;
  return {
    condition,
    clientNo: `C${String(nth + 1).padStart(8, '0')}`,
    kind,
    branch,
    accountManager: `manager-${branch}`,
    name: kind === 'natural' ? `演客${nth + 1}` : `演示机构${nth + 1}`,
    documentType: kind === 'natural' ? 'RESIDENT_ID' : 'UNIFIED_CREDIT_CODE',
    documentNo: kind === 'natural' ? identityCard(nth) : creditCode(nth),
    fundAccount: `9${String(nth + 1).padStart(8, '0')}`,
    account: accountOf(nth, condition.account),
    riskResult: riskResultOf(condition, today, version),
    securitiesFen: assetsFen - cashFen,
    cashFen,
    marginNetFen: condition.marginNetFen ?? 0n,
    badRecord:
      condition.badRecord === undefined
        ? null
        : { recordedOn: addYears(today, -1), removedOn: condition.badRecord === 'standing' ? null : today },
    warnedOn:
      condition.warning === undefined
        ? null
        : addDays(addMonths(today, -3), condition.warning === 'three months ago' ? 0 : -1),
    isRestricted: condition.isRestricted === true,
  };
}

function accountOf(nth: number, account: SampleCondition['account']): SampleClient['account'] {
  if (account === 'none') return null;
  return {
    no: `E${String(100_000_000 + nth)}`,
    state: account === 'closed' ? 'CLOSED' : 'OPEN',
    class: account === 'not qualified' ? 'NOT_QUALIFIED' : account === 'dormant' ? 'DORMANT' : 'QUALIFIED',
    designatedTo: account === 'elsewhere' ? 'ELSEWHERE' : account === 'nowhere' ? null : 'HERE',
  };
}

function riskResultOf(condition: SampleCondition, today: BusinessDate, version: string): SampleClient['riskResult'] {
  const answers = condition.answers ?? 'middle';
  switch (condition.riskResult) {
    case 'none':
      return null;
    case 'older questionnaire':
      return { version: 'older', answers, answeredOn: addMonths(today, -6) };
    case 'expired yesterday':
      return { version, answers, answeredOn: addDays(addYears(today, -2), -1) };
    case 'last day':
      return { version, answers, answeredOn: addYears(today, -2) };
    default:
      return { version, answers, answeredOn: addMonths(today, -6) };
  }
}

const BORN_FROM = '1950-01-01' as BusinessDate;
const BIRTHDAYS = 18_000;

/** An identity card number with a right check character of a district that issues none. */
function identityCard(nth: number): string {
  const birthday = compactDate(addDays(BORN_FROM, nth % BIRTHDAYS));
  const digits = `110199${birthday}${String(Math.floor(nth / BIRTHDAYS) * 2 + 1).padStart(3, '0')}`;
  return digits + citizenCheckCharacter(digits);
}

/** A unified social credit code with a right check character. */
function creditCode(nth: number): string {
  const characters = `91110199MA${String(nth).padStart(7, '0')}`;
  return characters + institutionCheckCharacter(characters);
}
