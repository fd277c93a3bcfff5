/** What a kind of row must tell so that approvals can decide about it. */
import type { PoolClient } from 'pg';

/** Kind and number of the row. */
export interface ApprovalSubject {
  readonly kind:
    | 'order'
    | 'parameter change'
    | 'delegation'
    | 'role grant'
    | 'deadline extension'
    | 'complaint proposal'
    | 'payee correction'
    | 'permission change'
    | 'retention change'
    | 'overdraft write-off'
    | 'telephone election'
    | 'election cut change'
    | 'break write-off'
    | 'appraisal'
    | 'settlement postponement'
    | 'step request'
    | 'postponement withdrawal'
    | 'trade cancellation';
  readonly id: string;
}

/** The row as it stands, locked. */
export interface LockedSubject {
  readonly state: string;
  readonly revision: number;
  /** Everything that is approved with it. Amounts are text. */
  readonly content: Readonly<Record<string, unknown>>;
}

/** How it ends. `by` is the last checker, the maker who recalled, or the system. */
export interface SubjectEnd {
  readonly state: 'approved' | 'refused' | 'recalled' | 'withdrawn';
  readonly by: string;
  readonly onBehalfOf?: string | undefined;
  readonly at: string;
}

export interface SubjectKind {
  /** @throws BusinessError NOT_FOUND */
  readonly lock: (sql: PoolClient, id: string) => Promise<LockedSubject>;
  /** @throws BusinessError where it is not open for a decision any more */
  readonly end: (sql: PoolClient, id: string, end: SubjectEnd, locked: LockedSubject) => Promise<void>;
}
