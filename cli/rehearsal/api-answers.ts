/** What a rehearsal reads of the API's answers. The document of the API (docs/openapi.json) has all of it. */
import type { Side } from '../../domain/channel';

export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}
export interface Money {
  readonly currency: string;
  readonly amount: string;
}

export interface TaskLine {
  readonly taskId: string;
  readonly kind: string;
  readonly title: Bilingual;
  readonly role: string;
  readonly mark: string | null;
  readonly side: Side | null;
  readonly revision: number;
  readonly openedAt: string;
}
export interface Task extends TaskLine {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly madeBy: string | null;
}

export interface Order {
  readonly orderId: string;
  readonly kind: 'FUND' | 'DRAW_BACK' | 'COMMISSION';
  readonly value: Money;
  readonly state: string;
  readonly madeBy: string;
  readonly madeAt: string;
  readonly approvedBy: string | null;
  readonly approvedAt: string | null;
  readonly sentAt: string | null;
  readonly executedAt: string | null;
}
export interface Figure {
  readonly figureId: string;
  readonly code: string;
  readonly revision: number;
  readonly value: Money;
  readonly computedAt: string;
}
export interface Checkpoint {
  readonly checkpoint: '10:00' | '10:30' | '18:00';
  readonly total: Money;
  readonly balance: Money;
  readonly missing: Money;
  readonly readAt: string;
}
export interface SettlementDefault {
  readonly intraday: Money;
  readonly endOfDay: Money;
  readonly cause: string;
  readonly coveredAt: string | null;
  readonly penalty: Money | null;
  readonly interest: Money | null;
}
export interface SideOfDay {
  readonly side: Side;
  readonly figures: readonly Figure[];
  readonly orders: readonly Order[];
  readonly checkpoints: readonly Checkpoint[];
  readonly default: SettlementDefault | null;
}
export interface Step {
  readonly step: string;
  readonly state: 'held' | 'done';
  readonly cause: string;
  readonly at: string;
}
export interface Rung {
  readonly ladder: string;
  readonly rung: number;
  readonly subject: string;
  readonly dueAt: string;
  readonly audience: string;
  readonly action: Bilingual;
  readonly state: 'met' | 'acted' | 'escalated';
  readonly doneAt: string;
  readonly doneBy: string;
}
export interface SettlementDay {
  readonly channel: string;
  readonly businessDate: string;
  readonly workflowId: string;
  readonly stage: string;
  readonly closedAt: string | null;
  readonly steps: readonly Step[];
  readonly waiting: readonly TaskLine[];
  readonly ladder: readonly Rung[];
  readonly sides: readonly SideOfDay[];
}

export interface FileLine {
  readonly fileId: string;
  readonly name: string;
  readonly arrivedAt: string;
  readonly state: 'arrived' | 'accepted' | 'refused' | 'superseded';
  readonly cause: string | null;
  readonly recordCount: string | null;
  readonly decidedAt: string | null;
  readonly findingCount: number;
}
export interface Finding {
  readonly findingId: string;
  readonly class: string;
  readonly outcome: 'refused' | 'break' | 'info' | 'alarm';
  readonly fileName: string;
  readonly row: string | null;
  readonly field: string | null;
  readonly value: string | null;
  readonly fileValue: string | null;
  readonly computed: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly reason: Bilingual;
  readonly foundAt: string;
}
export interface BatchLine {
  readonly batchId: string;
  readonly kind: string;
  readonly reverses: string | null;
  readonly reversedBy: string | null;
  readonly restsOn: readonly { readonly name: string; readonly state: FileLine['state'] }[];
}
export interface Break {
  readonly breakId: string;
  readonly class: string;
  readonly fileName: string;
  readonly row: string | null;
  readonly difference: Money | null;
  readonly reason: Bilingual;
  readonly foundAt: string;
  readonly decision: { readonly signedBy: string; readonly at: string; readonly reason: string } | null;
}
export interface Overdraft {
  readonly fundAccount: string;
  readonly overdraft: Money;
  readonly cause: string;
}
export interface Notice {
  readonly noticeId: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly recipientRole: string | null;
  readonly subject: Bilingual;
  readonly createdAt: string;
}
export interface Clock {
  readonly now: string;
  readonly nextWait: { readonly at: string; readonly summary: string } | null;
}
export interface DayReport {
  readonly date: string;
  readonly workflowId: string;
  /** Sections that are held, with the cause. */
  readonly held: Readonly<Record<string, string>>;
  readonly [section: string]: unknown;
}

export interface EventLine {
  readonly channel: string;
  readonly eventNo: string;
  readonly kind: string;
  readonly code: string;
  readonly version: number;
  readonly state: string;
  readonly cuts: { readonly clearingHouseUntil: string } | null;
}
/** An event as one of its holders sees it. Quantities are shares as text. */
export interface OwnEvent extends EventLine {
  readonly electable: string;
  readonly options: readonly { readonly ballot: string }[];
  readonly elected: readonly { readonly ballot: string; readonly option: string; readonly shares: string }[];
  readonly filings: readonly {
    readonly filingNo: string;
    readonly shares: string;
    readonly state: string;
    readonly confirmed: string | null;
  }[];
}
type VotesOfKind = Readonly<Record<'for' | 'against' | 'abstain', string>>;
export interface EventPage extends EventLine {
  readonly timeline: readonly { readonly act: string; readonly detail: Readonly<Record<string, unknown>> }[];
  readonly breaks: readonly { readonly clearedAt: string | null }[];
  readonly votes: readonly {
    readonly ballot: string;
    readonly chosen: VotesOfKind;
    readonly submitted: VotesOfKind;
    readonly acknowledged: VotesOfKind;
  }[];
}
export interface Entitlement {
  readonly securitiesAccount: string;
  readonly fundAccount: string;
  readonly side: Side;
  readonly recordQuantity: string;
  readonly gross: string | null;
  readonly expectedCny: string | null;
  readonly creditedCny: string | null;
  readonly outCode: string | null;
  readonly outShares: string | null;
  readonly creditedOut: string | null;
  readonly inCode: string | null;
  readonly inShares: string | null;
  readonly creditedIn: string | null;
  readonly tradableFrom: string | null;
}
