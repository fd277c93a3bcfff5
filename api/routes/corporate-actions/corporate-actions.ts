/** Corporate actions: what there is, one page an event, who holds and what they elected; for the holder, the own view. */
import { clientOfLogin } from '../../../activities/intake/permissions/client-of-login';
import { idKey, keyOfCursor, pageOf as page, wordKey } from '../../cursors';
import { CONVERSIONS, conversionLine } from '../../reads/corporate-actions/conversions';
import { ENTITLEMENTS, entitlementLine } from '../../reads/corporate-actions/entitlements';
import { EVENT_LINE, eventLine, eventPath, eventState, type EventLine } from '../../reads/corporate-actions/event-line';
import { eventPage, eventPageOf, ITS_MESSAGE } from '../../reads/corporate-actions/event-page';
import { HOLDER_LINE, holderLine, holdersSeenBy } from '../../reads/corporate-actions/holders';
import { OWN_EVENTS, ownEvent } from '../../reads/corporate-actions/own-events';
import { requireEvent, settledPage, settledQuery } from '../../reads/corporate-actions/settled-lines';
import { holdersCsv, holdersHeader } from '../../report-files/holders-csv';
import { route } from '../../route';
import { pageOf, pageQuery } from '../../schemas';
import type { Services } from '../../services';
import { z } from '../../zod';

export const listCorporateActions = route({
  id: 'listCorporateActions',
  method: 'get',
  path: '/v1/corporate-actions',
  tag: 'corporate actions',
  summary: { zh: '公司行为，最近的在前', en: 'Corporate actions, the latest first' },
  query: z.strictObject({
    state: eventState.optional(),
    code: z
      .string()
      .regex(/^\d{5}$/)
      .optional(),
    ...pageQuery,
  }),
  answer: pageOf(eventLine),
  respond: async ({ query }, { pool }) => {
    const [before = null] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await pool.query<EventLine & { readonly id: string }>(
      `select ${EVENT_LINE}, a.event_id::text as id from corporate_actions a
        where ($1::bigint is null or a.event_id < $1) and ($2::text is null or a.state = $2) and ($3::text is null or a.code = $3)
        order by a.event_id desc limit $4`,
      [before, query.state ?? null, query.code ?? null, query.limit + 1],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        ({ id }) => [id],
        ({ id: _, ...line }) => line,
      ),
    };
  },
});

export const readCorporateAction = route({
  id: 'readCorporateAction',
  method: 'get',
  path: '/v1/corporate-actions/{channel}/{eventNo}',
  tag: 'corporate actions',
  summary: {
    zh: '一个公司行为：条款、各版本、时间线、触达、申报、差异、资金与股份',
    en: 'One event: terms, versions, timeline, reach, submissions, breaks, money and shares',
  },
  params: eventPath,
  answer: eventPage,
  refusals: ['NOT_FOUND', 'CHANNEL_UNKNOWN'],
  respond: async ({ params, caller }, { pool }) => ({ status: 200, body: await eventPageOf(pool, caller, params) }),
});

const WHICH = {
  answered: 'h.answered_at is not null',
  silent: 'h.answered_at is null and h.electable > 0',
  reopened: 'h.reopened_version is not null',
  unreachable: 'h.unreachable_since is not null',
} as const;
const which = z.enum(['answered', 'silent', 'reopened', 'unreachable']).optional();

type HolderLine = z.input<typeof holderLine>;

async function holdersOf(
  { pool }: Services,
  key: { readonly channel: string; readonly eventNo: string },
  asked: {
    readonly seen: readonly [readonly string[], readonly string[] | null];
    readonly which: keyof typeof WHICH | undefined;
    readonly after: string | null;
    readonly limit: number;
  },
): Promise<readonly HolderLine[]> {
  await requireEvent(pool, key);
  const { rows } = await pool.query<HolderLine>(
    `select ${HOLDER_LINE} from corporate_actions a join corporate_action_holders h using (event_id)
       left join outbox o on ${ITS_MESSAGE}
      where a.channel = $1 and a.event_no = $2 and h.side = any($3) and ($4::text[] is null or h.branch = any($4))
        and ($5::text is null or h.securities_account > $5) and ${asked.which === undefined ? 'true' : WHICH[asked.which]}
      order by h.securities_account limit $6`,
    [key.channel, key.eventNo, ...asked.seen, asked.after, asked.limit],
  );
  return rows;
}

export const listCorporateActionHolders = route({
  id: 'listCorporateActionHolders',
  method: 'get',
  path: '/v1/corporate-actions/{channel}/{eventNo}/holders',
  tag: 'corporate actions',
  summary: { zh: '持有人及其选择（本侧、本营业部）', en: 'Holders with their elections, of the own side and branch' },
  params: eventPath,
  query: z.strictObject({ which, ...pageQuery }),
  answer: pageOf(holderLine),
  refusals: ['NOT_FOUND', 'CHANNEL_UNKNOWN'],
  respond: async ({ params, query, caller }, services) => {
    const [after = null] = keyOfCursor(query.cursor, [wordKey]) ?? [];
    const seen = await holdersSeenBy(services.pool, caller, 'listCorporateActionHolders');
    const rows = await holdersOf(services, params, { seen, which: query.which, after, limit: query.limit + 1 });
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        ({ securitiesAccount }) => [securitiesAccount],
        (row) => row,
      ),
    };
  },
});

/** Read page by page: an event may have half a million holders, and the file has all of them. */
const EXPORT_PAGE = 20_000;

export const exportCorporateActionHolders = route({
  id: 'exportCorporateActionHolders',
  method: 'get',
  path: '/v1/corporate-actions/{channel}/{eventNo}/holders/csv',
  tag: 'corporate actions',
  summary: { zh: '导出持有人及其选择 CSV', en: 'Holders with their elections as CSV' },
  params: eventPath,
  query: z.strictObject({ which }),
  answer: z.unknown().openapi({ type: 'string', format: 'binary' }),
  mediaType: 'text/csv',
  refusals: ['NOT_FOUND', 'CHANNEL_UNKNOWN'],
  respond: async ({ params, query, caller }, services) => {
    const seen = await holdersSeenBy(services.pool, caller, 'exportCorporateActionHolders');
    const parts = [Buffer.from(holdersHeader())];
    let after: string | null = null;
    do {
      const rows = await holdersOf(services, params, { seen, which: query.which, after, limit: EXPORT_PAGE });
      parts.push(Buffer.from(holdersCsv(rows)));
      after = rows.length < EXPORT_PAGE ? null : (rows.at(-1)?.securitiesAccount ?? null);
    } while (after !== null);
    return { status: 200, body: Buffer.concat(parts) };
  },
});

export const listCorporateActionEntitlements = route({
  id: 'listCorporateActionEntitlements',
  method: 'get',
  path: '/v1/corporate-actions/{channel}/{eventNo}/entitlements',
  tag: 'corporate actions',
  summary: {
    zh: '各持有人的权益：自算与到账（本侧、本营业部）',
    en: 'What the event brings each holder, computed and credited, of the own side and branch',
  },
  params: eventPath,
  query: settledQuery,
  answer: pageOf(entitlementLine),
  refusals: ['NOT_FOUND', 'CHANNEL_UNKNOWN'],
  respond: async (asked, { pool }) => ({
    status: 200,
    body: await settledPage<z.input<typeof entitlementLine>>(pool, ENTITLEMENTS, asked),
  }),
});

export const listCorporateActionConversions = route({
  id: 'listCorporateActionConversions',
  method: 'get',
  path: '/v1/corporate-actions/{channel}/{eventNo}/conversions',
  tag: 'corporate actions',
  summary: { zh: '分拆合并后续转换', en: 'Later conversions of a split, temporary code to new code' },
  description: {
    zh: '分拆合并后续转换：临时代码转为新代码，自算与到账（本侧、本营业部）',
    en: 'Later conversions of a split, temporary code to new code, computed and credited, of the own side and branch',
  },
  params: eventPath,
  query: settledQuery,
  answer: pageOf(conversionLine),
  refusals: ['NOT_FOUND', 'CHANNEL_UNKNOWN'],
  respond: async (asked, { pool }) => ({
    status: 200,
    body: await settledPage<z.input<typeof conversionLine>>(pool, CONVERSIONS, asked),
  }),
});

export const listOwnCorporateActions = route({
  id: 'listOwnCorporateActions',
  method: 'get',
  path: '/v1/me/corporate-actions',
  tag: 'corporate actions',
  summary: {
    zh: '本人持有证券的公司行为：可选多少、何时截止、选了什么、结果如何',
    en: 'Events of what the caller holds: what can be elected, until when, what was chosen, what became of it',
  },
  query: z.strictObject({
    ended: z.enum(['true']).optional().openapi({ description: '含已结束 also those that are over' }),
    ...pageQuery,
  }),
  answer: pageOf(ownEvent),
  refusals: ['NOT_YOUR_CLIENT'],
  respond: async ({ query, caller }, { pool }) => {
    const [eventId = null, account = null] = keyOfCursor(query.cursor, [idKey, wordKey]) ?? [];
    const clientNo = await clientOfLogin(pool, caller.person);
    const { rows } = await pool.query<z.input<typeof ownEvent> & { readonly eventId: string }>(OWN_EVENTS, [
      clientNo,
      query.ended !== undefined,
      eventId,
      account,
      query.limit + 1,
    ]);
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        (row) => [row.eventId, row.securitiesAccount],
        ({ eventId: _, ...item }) => item,
      ),
    };
  },
});
