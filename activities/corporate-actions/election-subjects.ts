/** A telephone election and another deadline of the broker as what approvals decide about: what follows is done with the decision. */
import type { PoolClient } from 'pg';
import { BusinessError } from '../../domain/errors';
import { recordAudit } from '../audit/record-audit';
import { businessNow } from '../clock/business-now';
import { queueSignal } from '../outbox/queue-message';
import type { SubjectEnd, SubjectKind } from '../tasks/subject-kind';
import type { DraftState } from './election-drafts';
import { lockEvent, readEvent, recordStep, shutDoor, type EventKey } from './event-row';
import { LAPSED_BECAUSE, tellLapsed } from './lapse-telephoned';
import { takeElection } from './take-election';

interface Telephoned extends EventKey {
  readonly state: DraftState;
  readonly account: string;
  readonly ballot: string;
  readonly option: string;
  readonly quantity: bigint;
  readonly version: number;
  readonly recording: string;
  readonly recordedBy: string;
}

/**
 * With the approval it is elected, judged by the rule and the clock of that moment: what is refused then is told to whoever approves.
 * @throws BusinessError NOT_FOUND, ELECTION_DRAFT_DECIDED; SeveralRefusals of `ElectionRefusal`
 */
export const telephoneElectionSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { state, quantity, ...content } = await lockTelephoned(sql, id);
    return { state, revision: 1, content: { ...content, quantity: `${quantity}` } };
  },
  end: async (sql, id, end) => {
    const draft = await lockTelephoned(sql, id);
    if (draft.state !== 'asked') {
      if (end.state === 'withdrawn') return;
      throw new BusinessError('ELECTION_DRAFT_DECIDED', { draft: id, state: draft.state });
    }
    const state: DraftState = end.state === 'withdrawn' ? 'lapsed' : end.state;
    await sql.query(
      `update telephone_elections set state = $2, decided_by = $3, decided_for = $4, decided_at = $5 where telephone_no = $1`,
      [id, state, state === 'lapsed' ? null : end.by, end.onBehalfOf ?? null, end.at],
    );
    await audited(sql, draft, end, { telephoneElection: id, state, recording: draft.recording });
    if (state === 'lapsed') await tellLapsed(sql, [id], LAPSED_BECAUSE.deadline);
    if (state !== 'approved') return;
    await takeElection(sql, {
      channel: draft.channel,
      eventNo: draft.eventNo,
      securitiesAccount: draft.account,
      ballot: draft.ballot,
      option: draft.option,
      quantity: `${draft.quantity}`,
      versionShown: draft.version,
      electedBy: 'telephone',
      recording: draft.recording,
      telephoneNo: id,
      key: `telephone-election:${id}`,
      by: draft.recordedBy,
      role: 'branch',
    });
  },
};

/** The door and the holder before the row: whoever closes or cancels, and the holder who elects himself, let drafts lapse. */
async function lockTelephoned(sql: PoolClient, id: string): Promise<Telephoned> {
  await sql.query(
    `select pg_advisory_xact_lock_shared(hashtextextended('elections of an event', event_id)) from telephone_elections where telephone_no = $1`,
    [id],
  );
  await sql.query(
    `select from corporate_action_holders h join telephone_elections t using (event_id, securities_account) where t.telephone_no = $1 for update of h`,
    [id],
  );
  const { rows } = await sql.query<Telephoned>(
    `select t.state, a.channel, a.event_no as "eventNo", t.securities_account as account, t.ballot, t.option, t.quantity, t.version_shown as version,
            t.recording, t.recorded_by as "recordedBy"
       from telephone_elections t join corporate_actions a using (event_id) where t.telephone_no = $1 for update of t`,
    [id],
  );
  const [draft] = rows;
  if (draft === undefined) throw new BusinessError('NOT_FOUND', { what: '电话申报 telephone election', key: id });
  return draft;
}

interface CutChange extends EventKey {
  readonly state: DraftState;
  readonly version: number;
  readonly before: string;
  readonly after: string;
  readonly clientAfter: string;
  readonly askedBy: string;
  readonly askedFor: string | null;
  readonly reason: string;
}

/**
 * The broker's deadline moves with the approval, and the process is told.
 * @throws BusinessError NOT_FOUND, ELECTION_DRAFT_DECIDED, CUT_CHANGE_TOO_LATE
 */
export const electionCutChangeSubject: SubjectKind = {
  lock: async (sql, id) => {
    const { state, ...content } = await lockCutChange(sql, id);
    return { state, revision: 1, content: { ...content } };
  },
  end: async (sql, id, end) => {
    const change = await lockCutChange(sql, id);
    if (change.state !== 'asked') {
      if (end.state === 'withdrawn') return;
      throw new BusinessError('ELECTION_DRAFT_DECIDED', { draft: id, state: change.state });
    }
    const state: DraftState = end.state === 'withdrawn' ? 'lapsed' : end.state;
    if (state === 'approved') {
      // The door before the row, as everywhere.
      await shutDoor(sql, (await readEvent(sql, change)).eventId);
      await refuseTooLate(sql, change);
    }
    await sql.query(
      `update election_cut_changes set state = $2, decided_by = $3, decided_for = $4, decided_at = $5 where change_id = $1`,
      [id, state, state === 'lapsed' ? null : end.by, end.onBehalfOf ?? null, end.at],
    );
    await audited(sql, change, end, { cutChange: id, state, before: change.before, after: change.after });
    if (state === 'approved') await moveCut(sql, id, change, end);
  },
};

async function refuseTooLate(sql: PoolClient, change: CutChange): Promise<void> {
  const event = await lockEvent(sql, change);
  const now = await businessNow(sql);
  const isOver = event.closedAt !== null || (event.state !== 'announced' && event.state !== 'collecting');
  if (isOver || event.version !== change.version || now >= (event.brokerCutAt ?? '') || now >= change.clientAfter)
    throw new BusinessError('CUT_CHANGE_TOO_LATE', { event: event.eventNo });
}

async function moveCut(sql: PoolClient, id: string, change: CutChange, end: SubjectEnd): Promise<void> {
  const event = await lockEvent(sql, change);
  const revision = event.revision + 1;
  await sql.query(
    'update corporate_actions set broker_cut_at = $2, client_cut_at = $3, revision = $4 where event_id = $1',
    [event.eventId, change.after, change.clientAfter, revision],
  );
  await recordStep(sql, {
    eventId: event.eventId,
    act: 'move the deadline',
    key: `cut change ${id}`,
    detail: { before: change.before, after: change.after },
    by: end.by,
  });
  const { workflowId } = event;
  await queueSignal(sql, { key: `${workflowId}:${revision}`, workflowId, signal: 'eventChanged', args: [revision] });
}

async function lockCutChange(sql: PoolClient, id: string): Promise<CutChange> {
  const { rows } = await sql.query<CutChange>(
    `select c.state, a.channel, a.event_no as "eventNo", c.version, c.broker_before as before, c.broker_after as after,
            c.client_after as "clientAfter", c.asked_by as "askedBy", c.asked_for as "askedFor", c.reason
       from election_cut_changes c join corporate_actions a using (event_id) where c.change_id = $1 for update of c`,
    [id],
  );
  const [change] = rows;
  if (change === undefined)
    throw new BusinessError('NOT_FOUND', { what: '截止时间变更 change of a deadline', key: id });
  return change;
}

const audited = (
  sql: PoolClient,
  { eventNo }: EventKey,
  end: SubjectEnd,
  after: Readonly<Record<string, unknown>>,
): Promise<void> =>
  recordAudit(sql, {
    actor: end.by,
    onBehalfOf: end.onBehalfOf,
    action: `${'cutChange' in after ? 'change of the deadline' : 'telephone election'} ${end.state}`,
    outcome: 'done',
    objectType: 'corporate action',
    objectId: eventNo,
    after,
  });
