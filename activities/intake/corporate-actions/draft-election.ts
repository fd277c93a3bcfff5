/** What an employee drafts for an event and a second person decides: an election given by telephone, another deadline of the broker. */
import type { Pool, PoolClient } from 'pg';
import { clientCutFor } from '../../../domain/corporate-actions/election-cuts';
import { businessDateOf } from '../../../domain/calendar/business-date';
import { BusinessError } from '../../../domain/errors';
import { recordAudit } from '../../audit/record-audit';
import { businessNow } from '../../clock/business-now';
import { loadCutTerms } from '../../corporate-actions/cut-terms';
import { lockEvent, type EventKey } from '../../corporate-actions/event-row';
import { judgeElection } from '../../corporate-actions/take-election';
import { inTransaction } from '../../database/transaction';
import { queueStart } from '../../outbox/queue-message';
import { onceDetermined } from './once-determined';

interface ByStaff extends EventKey {
  readonly by: string;
  /** Principal whose delegation is used. */
  readonly onBehalfOf?: string | undefined;
  readonly role: string;
  readonly key: string;
  readonly requestId: string;
}

export interface TelephonedElection extends ByStaff {
  readonly securitiesAccount: string;
  readonly ballot: string;
  readonly option: string;
  readonly quantity: string;
  readonly versionShown: number;
  readonly recording: string;
  /** Branches whose clients the employee serves; null: all. */
  readonly branches: readonly string[] | null;
}

/**
 * Takes it down; it counts when a second person has listened to the recording. What would be refused now is refused now.
 * @throws BusinessError NOT_FOUND, NOT_A_HOLDER, RECORDING_USED; SeveralRefusals of `ElectionRefusal`
 */
export const recordTelephoneElection = (
  pool: Pool,
  asked: TelephonedElection,
): Promise<{ readonly telephoneNo: string; readonly isNew: boolean }> =>
  onceDetermined(pool, asked, () => inTransaction(pool, (sql) => record(sql, asked)));

async function record(
  sql: PoolClient,
  asked: TelephonedElection,
): Promise<{ readonly telephoneNo: string; readonly isNew: boolean }> {
  const known = await knownDraft(
    sql,
    'select telephone_no::text as id from telephone_elections where request_key = $1',
    asked.key,
  );
  if (known !== undefined) return { telephoneNo: known, isNew: false };
  await refuseOtherBranch(sql, asked);
  const { onBehalfOf: _, ...election } = asked;
  const { quantity } = await judgeElection(sql, { ...election, electedBy: 'telephone' });
  const { rows } = await sql.query<{ id: string }>(
    `insert into telephone_elections (event_id, securities_account, ballot, option, quantity, version_shown, recording, request_key, recorded_by, recorded_for)
       select event_id, $3, $4, $5, $6, $7, $8, $9, $10, $11 from corporate_actions where channel = $1 and event_no = $2
       on conflict (recording) do nothing returning telephone_no::text as id`,
    [
      asked.channel,
      asked.eventNo,
      asked.securitiesAccount,
      asked.ballot,
      asked.option,
      quantity,
      asked.versionShown,
      asked.recording,
      asked.key,
      asked.by,
      asked.onBehalfOf ?? null,
    ],
  );
  const telephoneNo = rows[0]?.id;
  if (telephoneNo === undefined) throw new BusinessError('RECORDING_USED', { recording: asked.recording });
  await audited(sql, asked, 'record telephone election', {
    telephoneNo,
    option: asked.option,
    recording: asked.recording,
  });
  const workflowId = `telephone-election:${telephoneNo}`;
  await queueStart(sql, {
    key: `start:${workflowId}`,
    workflowId,
    type: 'telephoneElection',
    args: [{ telephoneNo }],
    summary: `电话申报 ${asked.eventNo} telephone election`,
    attributes: { ProcessType: 'telephoneElection', BusinessKey: asked.eventNo },
  });
  return { telephoneNo, isNew: true };
}

/** The branch takes elections of its clients; the firm's own shares are none of them. */
async function refuseOtherBranch(sql: PoolClient, asked: TelephonedElection): Promise<void> {
  const { rowCount } = await sql.query(
    `select from corporate_action_holders h join corporate_actions a using (event_id)
      where a.channel = $1 and a.event_no = $2 and h.securities_account = $3 and h.side = 'client' and ($4::text[] is null or h.branch = any($4))`,
    [asked.channel, asked.eventNo, asked.securitiesAccount, asked.branches],
  );
  if (rowCount === 0) throw new BusinessError('NOT_A_HOLDER');
}

/**
 * Asks for another deadline of the broker: before the clearing house's, after the opening and after now.
 * @throws BusinessError NOT_FOUND, CUT_CHANGE_TOO_LATE, CUT_OUT_OF_ORDER, CUT_CHANGE_ASKED_ALREADY
 */
export const askElectionCutChange = (
  pool: Pool,
  asked: ByStaff & { readonly brokerCutAt: string; readonly reason: string },
): Promise<{ readonly changeId: string; readonly isNew: boolean }> =>
  inTransaction(pool, async (sql) => {
    const known = await knownDraft(
      sql,
      'select change_id::text as id from election_cut_changes where request_key = $1',
      asked.key,
    );
    if (known !== undefined) return { changeId: known, isNew: false };
    const event = await lockEvent(sql, asked);
    const now = await businessNow(sql);
    const { opensAt, brokerCutAt, clearingCutAt } = event;
    const isOver = event.closedAt !== null || (event.state !== 'announced' && event.state !== 'collecting');
    if (opensAt === null || brokerCutAt === null || clearingCutAt === null || isOver || now >= brokerCutAt)
      throw new BusinessError('CUT_CHANGE_TOO_LATE', { event: event.eventNo });
    const house = await loadCutTerms(sql, asked.channel, event.kind, businessDateOf(event.announcedAt));
    const clientCutAt = clientCutFor(asked.brokerCutAt, clearingCutAt, house.clientMarginMinutes);
    if (clientCutAt === undefined || clientCutAt <= opensAt || clientCutAt <= now || asked.brokerCutAt === brokerCutAt)
      throw new BusinessError('CUT_OUT_OF_ORDER', { clearingHouse: clearingCutAt });
    const { rows } = await sql.query<{ id: string }>(
      `insert into election_cut_changes (event_id, version, broker_before, broker_after, client_after, reason, request_key, asked_by, asked_for)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (event_id) where state = 'asked' do nothing returning change_id::text as id`,
      [
        event.eventId,
        event.version,
        brokerCutAt,
        asked.brokerCutAt,
        clientCutAt,
        asked.reason,
        asked.key,
        asked.by,
        asked.onBehalfOf ?? null,
      ],
    );
    const changeId = rows[0]?.id;
    if (changeId === undefined) throw new BusinessError('CUT_CHANGE_ASKED_ALREADY');
    await audited(sql, asked, 'ask change of the deadline of elections', {
      changeId,
      before: brokerCutAt,
      after: asked.brokerCutAt,
    });
    const workflowId = `election-cut-change:${changeId}`;
    await queueStart(sql, {
      key: `start:${workflowId}`,
      workflowId,
      type: 'electionCutChange',
      args: [{ changeId }],
      summary: `变更申报截止时间 ${asked.eventNo} change of the deadline`,
      attributes: { ProcessType: 'electionCutChange', BusinessKey: asked.eventNo },
    });
    return { changeId, isNew: true };
  });

async function knownDraft(sql: PoolClient, text: string, key: string): Promise<string | undefined> {
  const { rows } = await sql.query<{ id: string }>(text, [key]);
  return rows[0]?.id;
}

const audited = (
  sql: PoolClient,
  { by, onBehalfOf, role, eventNo, requestId }: ByStaff,
  action: string,
  after: object,
): Promise<void> =>
  recordAudit(sql, {
    actor: by,
    onBehalfOf,
    role,
    action,
    outcome: 'done',
    objectType: 'corporate action',
    objectId: eventNo,
    after,
    requestId,
  });
