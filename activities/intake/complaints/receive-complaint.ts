/**
 * Receives a complaint: number, row, who complains, what happened, what is owed from now on, the task of its registration, the acknowledgement
 * and the start of its process in one transaction. Nothing of it needs the process engine, so what was acknowledged is kept whatever else
 * fails (complaints page).
 */
import type { Pool, PoolClient } from 'pg';
import type { ComplaintChannel, Urgency } from '../../../domain/complaints/complaint-words';
import { shanghaiInstant, type BusinessDate } from '../../../domain/calendar/business-date';
import { BusinessError, byPlace, SeveralRefusals } from '../../../domain/errors';
import { isBranch } from '../../complaints/department';
import { subjectRefusals } from '../../complaints/subject-of-complaint';
import { tellHeadOffice } from '../../complaints/head-office';
import { actBefore, contentOf } from '../../complaints/act-on-complaint';
import { inTransaction } from '../../database/transaction';
import { keepOut } from '../../people/keep-out';
import { openWithReceipt, RECEIVE, recordReceipt } from './record-receipt';

/** Who complains; a name or a client at least. */
export interface Complainant {
  readonly name?: string | undefined;
  readonly contact?: string | undefined;
  readonly clientNo?: string | undefined;
  readonly fundAccount?: string | undefined;
}

export interface ReceivedComplaint {
  /** Unique for ever: the same key is the same complaint. */
  readonly key: string;
  readonly channel: ComplaintChannel;
  readonly product: string;
  readonly category: string;
  readonly subcategory?: string | undefined;
  readonly branch?: string | undefined;
  /** Where it was entered: its branch, where neither one is named nor the client has one. */
  readonly enteredIn?: string | undefined;
  /** An urgent one is taken up by the head office the same day. */
  readonly urgency?: Urgency | undefined;
  /** UTC; now where left away. What came by letter yesterday was received yesterday: clocks run from here. */
  readonly receivedAt?: string | undefined;
  readonly claimedFen?: string | undefined;
  readonly facts: string;
  readonly claim?: string | undefined;
  readonly complainant: Complainant;
  /** Person complained about; this one and the direct superior are kept out. */
  readonly against?: string | undefined;
  readonly about?:
    { readonly workflowId: string; readonly run?: string | undefined; readonly event?: string | undefined } | undefined;
  /** Of a complaint that a regulator or exchange passed on: its number, and when it was received there. */
  readonly transfer?: { readonly number: string; readonly at: string } | undefined;
  readonly by: string;
  readonly role: string;
  readonly requestId?: string | undefined;
}

/**
 * Enters the complaint and answers its number.
 * @throws SeveralRefusals COMPLAINANT_MISSING, RECEIVED_IN_THE_FUTURE, RECEIVED_BEFORE_CALENDAR, BRANCH_UNKNOWN, FUND_ACCOUNT_NOT_OF_CLIENT,
 *         TRANSFER_INCOMPLETE, NOT_FOUND, SUBJECT_NOT_OF_COMPLAINT, all that apply
 * @throws BusinessError TRANSFER_KNOWN
 */
export const receiveComplaint = (pool: Pool, given: ReceivedComplaint): Promise<{ readonly complaintNo: string }> =>
  inTransaction(pool, async (sql) => {
    // The same one sent twice at once: the second waits and is answered as the first.
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`complaint:${given.key}`]);
    const before = await actBefore<{ readonly complaintNo: string }>(sql, given, RECEIVE, asKeptBefore(given));
    if (before !== undefined) return before.answer;
    const found = await judge(sql, given);
    return enter(sql, given, found);
  });

/** As the version before kept it: the branch where it was entered stood as if it had been named. */
const asKeptBefore = ({ enteredIn, ...given }: ReceivedComplaint): ReceivedComplaint => ({
  ...given,
  branch: given.branch ?? enteredIn,
});

interface Found {
  readonly today: string;
  readonly receivedAt: string;
  readonly branch: string | null;
  /** UTC. */
  readonly now: string;
}

async function judge(sql: PoolClient, given: ReceivedComplaint): Promise<Found> {
  const { complainant, transfer, channel } = given;
  const { rows } = await sql.query<{
    now: string;
    today: string;
    branch: string | null;
    against: boolean;
    account: boolean;
    known_from: BusinessDate;
  }>(
    `select business_now() as now, (business_now() at time zone 'Asia/Shanghai')::date::text as today,
            (select branch from registered_clients where client_no = $1) as branch, exists (select from people where person = $2) as against,
            exists (select from client_fund_accounts where client_no = $1 and fund_account = $3) as account,
            (select known_from::text from calendar_versions where calendar = 'CIVIL' order by version desc limit 1) as known_from`,
    [complainant.clientNo ?? null, given.against ?? null, complainant.fundAccount ?? null],
  );
  const [clock] = rows;
  if (clock === undefined) throw new Error('this book has no business clock: it was not made by the migrations');
  const receivedAt = given.receivedAt ?? clock.now;
  const isTransfer = channel === 'regulator' || channel === 'exchange';
  const refusals = [
    complainant.name === undefined &&
      complainant.clientNo === undefined &&
      new BusinessError('COMPLAINANT_MISSING', { field: 'complainant' }),
    complainant.clientNo !== undefined &&
      clock.branch === null &&
      new BusinessError('NOT_FOUND', { what: '客户 client', key: complainant.clientNo, field: 'complainant.clientNo' }),
    given.against !== undefined &&
      !clock.against &&
      new BusinessError('NOT_FOUND', { what: '人员 person', key: given.against, field: 'against' }),
    given.branch !== undefined &&
      !(await isBranch(sql, given.branch)) &&
      new BusinessError('BRANCH_UNKNOWN', { branch: given.branch, field: 'branch' }),
    // What is paid later is the client's own: whoever receives a complaint does not say whose account it is.
    complainant.fundAccount !== undefined &&
      !clock.account &&
      new BusinessError('FUND_ACCOUNT_NOT_OF_CLIENT', {
        client: complainant.clientNo ?? '-',
        field: 'complainant.fundAccount',
      }),
    receivedAt > clock.now && new BusinessError('RECEIVED_IN_THE_FUTURE', { receivedAt, field: 'receivedAt' }),
    receivedAt < shanghaiInstant(clock.known_from, '00:00') &&
      new BusinessError('RECEIVED_BEFORE_CALENDAR', { from: clock.known_from, field: 'receivedAt' }),
    transfer !== undefined &&
      transfer.at < shanghaiInstant(clock.known_from, '00:00') &&
      new BusinessError('RECEIVED_BEFORE_CALENDAR', { from: clock.known_from, field: 'transfer.receivedAt' }),
    (isTransfer !== (transfer !== undefined) || (transfer !== undefined && transfer.at > receivedAt)) &&
      new BusinessError('TRANSFER_INCOMPLETE', { field: 'transfer' }),
    ...(given.about === undefined
      ? []
      : await subjectRefusals(sql, {
          workflowId: given.about.workflowId,
          clientNo: complainant.clientNo ?? null,
          field: 'about.workflowId',
        })),
  ].filter((refusal) => refusal !== false);
  const [first, ...others] = refusals.sort((a, b) => byPlace(a.code, b.code));
  if (first !== undefined) throw new SeveralRefusals([first, ...others]);
  if (transfer !== undefined) await refuseKnownTransfer(sql, channel, transfer.number);
  return {
    now: clock.now,
    today: clock.today,
    receivedAt,
    branch: given.branch ?? clock.branch ?? given.enteredIn ?? null,
  };
}

async function refuseKnownTransfer(sql: PoolClient, channel: string, transfer: string): Promise<void> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `complaint-transfer:${channel}:${transfer}`,
  ]);
  const { rows } = await sql.query<{ complaint: string }>(
    'select complaint_no as complaint from complaints where channel = $1 and transfer_no = $2',
    [channel, transfer],
  );
  const complaint = rows[0]?.complaint;
  if (complaint !== undefined) throw new BusinessError('TRANSFER_KNOWN', { transfer, complaint });
}

async function enter(
  sql: PoolClient,
  given: ReceivedComplaint,
  found: Found,
): Promise<{ readonly complaintNo: string }> {
  const complaintNo = await nextNumber(sql, found.today);
  const workflowId = `complaint:${complaintNo}`;
  await sql.query(
    `insert into complaints (complaint_no, channel, product, category, subcategory, branch, claimed_fen, about_workflow,
                             about_run, about_event, other_urgency, transfer_no, transferred_at, received_at, registered_later_at, received_by,
                             received_role)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, nullif($11, 'ordinary'), $12, $13, $14, nullif($15, $14::timestamptz), $16, $17)`,
    [
      complaintNo,
      given.channel,
      given.product,
      given.category,
      given.subcategory ?? null,
      found.branch,
      given.claimedFen ?? null,
      given.about?.workflowId ?? null,
      given.about?.run ?? null,
      given.about?.event ?? null,
      given.urgency ?? null,
      given.transfer?.number ?? null,
      given.transfer?.at ?? null,
      found.receivedAt,
      found.now,
      given.by,
      given.role,
    ],
  );
  await enterReceived(sql, complaintNo, given);
  if (given.against !== undefined)
    await keepOut(sql, { workflowId, person: given.against, cause: 'complained about', by: given.by });
  const opened = await openWithReceipt(sql, complaintNo, found.now);
  await recordReceipt(sql, { ...given, complaintNo, workflowId, branch: found.branch, opened });
  if (given.urgency === 'urgent') await tellHeadOffice(sql, { complaintNo, ...found }, 'urgent');
  return { complaintNo };
}

/**
 * Who complains, in which words, and under which key: the first line of the register follows from it (`complaint_register`), as the words
 * do (`complaint_words`).
 */
async function enterReceived(sql: PoolClient, complaintNo: string, given: ReceivedComplaint): Promise<void> {
  const { name, contact, clientNo, fundAccount } = given.complainant;
  await sql.query(
    `insert into complainants (complaint_no, name, contact, client_no, fund_account, facts, claim, receipt_key, receipt_content)
     values ($1, $2, $3, $4, coalesce($5, (select min(fund_account) from client_fund_accounts where client_no = $4)), $6, $7, $8, substr(decode($9, 'hex'), 1, 16))`,
    [
      complaintNo,
      name ?? null,
      contact ?? null,
      clientNo ?? null,
      fundAccount ?? null,
      given.facts,
      given.claim ?? null,
      given.key,
      contentOf(given, RECEIVE),
    ],
  );
}

/** `T20250623-000001`: numbers of a day run without holes. */
async function nextNumber(sql: PoolClient, today: string): Promise<string> {
  const { rows } = await sql.query<{ last_no: number }>(
    `insert into complaint_numbers (business_date, last_no) values ($1, 1)
     on conflict (business_date) do update set last_no = complaint_numbers.last_no + 1 returning last_no`,
    [today],
  );
  return `T${today.replaceAll('-', '')}-${String(rows[0]?.last_no).padStart(6, '0')}`;
}
