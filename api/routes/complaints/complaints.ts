/** Complaints: receive one from any channel, see where it stands. */
import { clientOfLogin } from '../../../activities/intake/permissions/client-of-login';
import { isFollowed } from '../../../activities/intake/complaints/followed-by-head-office';
import { receiveComplaint } from '../../../activities/intake/complaints/receive-complaint';
import { asOf, queryAsOf } from '../../as-of';
import { ACCOUNTABILITY, REASONABLENESS, TRANSFER_KINDS } from '../../../domain/complaints/complaint-words';
import { parseWrittenAmount } from '../../../domain/money';
import { keyOfCursor, pageOf as page } from '../../cursors';
import { holdsAnyOf, type Caller } from '../../identity';
import { fault, refuseIfAny } from '../../problems';
import {
  category,
  complaintChannel,
  complaintIn,
  complaintLine,
  complaintPath,
  complaintState,
  complaintView,
  LINE_COLUMNS,
  claimedAmount,
  product,
  urgency,
  type ComplaintLine,
} from '../../reads/complaints';
import { sightOf, visibleComplaint, visibleFrom } from '../../reads/complaints-seen';
import {
  CASES,
  MEASURES,
  RECEIVED_BETWEEN,
  type Measure,
} from '../../../activities/intake/complaints/complaint-report';
import { route } from '../../route';
import { businessDate, pageOf, pageQuery, person } from '../../schemas';
import { someInstant, utc } from '../../when-it-came';
import { z } from '../../zod';

const longText = z.string().trim().min(1).max(10_000);

const received = z.strictObject({
  channel: complaintChannel,
  product,
  category,
  subcategory: z.string().trim().min(1).max(50).optional(),
  branch: z.string().max(20).optional(),
  urgency: urgency.optional(),
  receivedAt: someInstant
    .optional()
    .openapi({ description: '实际收到时间，计时由此起 the receipt, from which the clocks run' }),
  claimed: claimedAmount.optional(),
  facts: longText.openapi({ description: '发生了什么 what happened' }),
  claim: longText.optional().openapi({ description: '诉求 what is wanted' }),
  complainant: z
    .strictObject({
      name: z.string().trim().min(1).max(100).optional(),
      contact: z.string().trim().min(1).max(200).optional(),
      clientNo: z
        .string()
        .regex(/^C\d{8}$/)
        .optional(),
      fundAccount: z
        .string()
        .regex(/^\d{6,20}$/)
        .optional(),
    })
    .optional()
    .openapi({ description: '投诉人；客户本人提交时不填 who complains; not sent by a client, who is known' }),
  against: person.optional().openapi({ description: '被投诉人员，回避 person complained about, who is kept out' }),
  about: z
    .strictObject({
      workflowId: z.string().min(1).max(200),
      run: z.uuid().optional(),
      event: z
        .string()
        .regex(/^[1-9]\d{0,9}$/)
        .optional(),
    })
    .optional(),
  transfer: z
    .strictObject({ number: z.string().trim().min(1).max(60), receivedAt: someInstant })
    .optional()
    .openapi({
      description: '监管（12386）或交易所转办：编号与其收到时间 of a transfer: its number and the receipt there',
    }),
});

export const receiveComplaintRoute = route({
  id: 'receiveComplaint',
  method: 'post',
  path: '/v1/complaints',
  tag: 'complaints',
  summary: {
    zh: '收到投诉：立即登记编号并回执，流程引擎停机时亦然',
    en: 'Receive a complaint: it gets its number and is acknowledged at once, also while the process engine is away',
  },
  body: received,
  answer: complaintView,
  etag: true,
  statuses: [201],
  refusals: [
    'NOT_YOUR_CLIENT',
    'COMPLAINANT_MISSING',
    'RECEIVED_IN_THE_FUTURE',
    'RECEIVED_BEFORE_CALENDAR',
    'BRANCH_UNKNOWN',
    'FUND_ACCOUNT_NOT_OF_CLIENT',
    'SUBJECT_NOT_OF_COMPLAINT',
    'TRANSFER_INCOMPLETE',
    'TRANSFER_KNOWN',
    'NOT_FOUND',
  ],
  respond: async ({ body, caller, requestId, idempotencyKey }, { pool, dispatchSignals }) => {
    const { claimed, receivedAt, transfer, about, complainant, ...rest } = body;
    const isClient = holdsAnyOf(caller, ['client']);
    if (isClient) refuseIfAny(faultsOfClient(body));
    const { complaintNo } = await receiveComplaint(pool, {
      ...rest,
      enteredIn: branchOf(caller),
      key: `${caller.person}:${idempotencyKey}`,
      receivedAt: receivedAt === undefined ? undefined : utc(receivedAt),
      claimedFen: claimed === undefined ? undefined : parseWrittenAmount(claimed, 'claimed').toString(),
      transfer: transfer === undefined ? undefined : { number: transfer.number, at: utc(transfer.receivedAt) },
      about,
      complainant: isClient ? { clientNo: await clientOfLogin(pool, caller.person) } : (complainant ?? {}),
      by: caller.person,
      role: isClient ? 'client' : holdsAnyOf(caller, ['service']) ? 'service' : 'branch',
      requestId,
    });
    // Left in the outbox where Temporal is away: its own loop starts the process later.
    await dispatchSignals().catch(() => undefined);
    await visibleComplaint(pool, caller, complaintNo);
    return { status: 201, ...(await complaintIn(pool, complaintNo)), location: `/v1/complaints/${complaintNo}` };
  },
});

/** A client complains on the own channels, as itself, now. */
function faultsOfClient(body: z.output<typeof received>) {
  const channels = ['web', 'app'];
  return [
    ...(channels.includes(body.channel)
      ? []
      : [fault('INPUT_INVALID', { field: 'channel', reason: channels.join(' | ') }, 'channel')]),
    ...(['complainant', 'receivedAt', 'transfer', 'branch', 'urgency'] as const)
      .filter((field) => body[field] !== undefined)
      .map((field) => fault('FIELD_UNKNOWN', { field }, field)),
  ];
}

const branchOf = (caller: Caller): string | undefined =>
  caller.grants.find(({ role, branch }) => role === 'branch' && branch !== null)?.branch ?? undefined;

export const readComplaint = route({
  id: 'readComplaint',
  method: 'get',
  path: '/v1/complaints/{complaintNo}',
  tag: 'complaints',
  summary: {
    zh: '一件投诉：状态、承办人、期限、协查、整改；不含投诉人资料',
    en: 'One complaint: where it stands, who handles it, what is due, what was asked; without who complains',
  },
  params: complaintPath,
  query: z.strictObject({ 'as-of': asOf }),
  answer: complaintView,
  etag: true,
  refusals: ['NOT_FOUND'],
  respond: async ({ params, query, caller }, services) => {
    await visibleComplaint(services.pool, caller, params.complaintNo);
    const found = await queryAsOf(services, query['as-of'], (sql) => complaintIn(sql, params.complaintNo));
    return { status: 200, ...found };
  },
});

const numberKey = (text: string): boolean => /^T\d{8}-\d{6}$/.test(text);

export const listComplaints = route({
  id: 'listComplaints',
  method: 'get',
  path: '/v1/complaints',
  tag: 'complaints',
  summary: { zh: '投诉，按编号', en: 'Complaints by number' },
  query: z.strictObject({
    state: complaintState.optional(),
    channel: complaintChannel.optional(),
    product: product.optional(),
    category: category.optional(),
    branch: z.string().max(20).optional(),
    handler: person.optional(),
    group: complaintPath.shape.complaintNo.optional().openapi({ description: '群体投诉 of the group of this one' }),
    cause: z.string().max(40).optional().openapi({ description: '根本原因；- 表示尚无 root cause; - for none yet' }),
    reasonableness: z.enum([...REASONABLENESS, '-']).optional(),
    accountability: z.enum([...ACCOUNTABILITY, '-']).optional(),
    transferKind: z.enum([...TRANSFER_KINDS, '-']).optional(),
    receivedFrom: businessDate.optional(),
    receivedTo: businessDate.optional(),
    measure: z
      .enum(Object.keys(MEASURES) as [Measure, ...Measure[]])
      .optional()
      .openapi({ description: '报表中的一个数 what a number of the report counts' }),
    open: z.enum(['true', 'false']).optional().openapi({ description: '是否在办 whether it is open' }),
    followed: z.literal('true').optional().openapi({ description: '由总部督办 those that the head office follows' }),
    ...pageQuery,
  }),
  answer: pageOf(complaintLine),
  respond: async ({ query, caller }, { pool }) => {
    const [after = null] = keyOfCursor(query.cursor, [numberKey]) ?? [];
    // In the order of their numbers, either way; only those that are open have it as digits in an index.
    const number = (no: string) => (query.open === 'true' ? `case_number(${no})` : no);
    const { rows } = await pool.query<ComplaintLine>(
      `select ${LINE_COLUMNS} from complaints c
        where ($1::text is null or c.state = $1) and ($2::text is null or c.channel = $2) and ($3::text is null or c.product = $3)
          and ($4::text is null or c.category = $4) and ($5::text is null or coalesce(c.branch, '-') = $5) and ($6::text is null or c.handler = $6)
          and ($7::boolean is null or (c.ended_at is null) = $7) and ($8::text is null or ${number('c.complaint_no')} > ${number('$8')}) and ($9::text is null or c.group_of = $9)
          and ${query.followed === undefined ? 'true' : isFollowed('c.complaint_no')} and ${countedIn(query)} and ${visibleFrom(10)}
        order by ${number('c.complaint_no')} limit $14`,
      [
        query.state ?? null,
        query.channel ?? null,
        query.product ?? null,
        query.category ?? null,
        query.branch ?? null,
        query.handler ?? null,
        query.open === undefined ? null : query.open === 'true',
        after,
        query.group ?? null,
        ...(await sightOf(pool, caller)),
        query.limit + 1,
        ...(isOfReport(query)
          ? [
              query.receivedFrom ?? '0001-01-01',
              query.receivedTo ?? '9999-12-30',
              ...FOUND.map((what) => query[what] ?? null),
            ]
          : []),
      ],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        (row) => [row.complaintNo],
        (row) => row,
      ),
    };
  },
});

/** What was found at the closing, by which reports count. */
const FOUND = ['cause', 'reasonableness', 'accountability', 'transferKind'] as const;

interface OfReport extends Partial<Record<(typeof FOUND)[number], string | undefined>> {
  readonly receivedFrom?: string | undefined;
  readonly receivedTo?: string | undefined;
  readonly measure?: Measure | undefined;
}

const isOfReport = ({ receivedFrom, receivedTo, measure, ...found }: OfReport): boolean =>
  [...FOUND.map((what) => found[what]), receivedFrom, receivedTo, measure].some((filter) => filter !== undefined);

/** The same rows and the same condition as the number of the report counts. */
const countedIn = (query: OfReport): string =>
  isOfReport(query)
    ? `exists (select from (${CASES}) k
                where k.complaint_no = c.complaint_no and ${MEASURES[query.measure ?? 'received']} and ${RECEIVED_BETWEEN(15)} ${FOUND.map((what, place) => ` and ($${17 + place}::text is null or k."${what}" = $${17 + place})`).join('')})`
    : 'true';
