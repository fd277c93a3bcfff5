/** How long the file of a client is kept: that a relationship has ended, that a law asks for longer; decided by a second person (A2 §15). */
import { askRetentionChange } from '../../../activities/intake/ask-retention-change';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { holdsAnyOf } from '../../identity';
import { Refused, fault } from '../../problems';
import { scopeOf } from '../../reads/permission-requests';
import { route } from '../../route';
import { businessDate, instant, pageOf, pageQuery, reason, rowId } from '../../schemas';
import { z } from '../../zod';

const clientNo = z
  .string()
  .regex(/^C\d{8}$/)
  .openapi({ example: 'C00000001' });
const kind = z.enum(['end of relationship', 'longer period']).openapi({
  description: '关系结束、延长保管 the relationship has ended, a law asks for a longer period',
});
const onDay = businessDate.openapi({
  description: '结束日，或至少保管至 day on which it ended, or until which it is kept at least',
});

const line = z
  .strictObject({
    changeId: rowId,
    clientNo,
    kind,
    onDay,
    reason: z.string(),
    state: z.enum(['awaiting approval', 'approved', 'refused', 'recalled', 'withdrawn']),
    madeBy: z.string(),
    madeAt: instant,
    approvedBy: z.string().nullable(),
    keptUntil: z.string().nullable().openapi({
      format: 'date',
      description: '现保管至；关系存续则为空 kept until, as it stands; null while the relationship lasts',
    }),
    workflowId: z.string(),
  })
  .openapi('RetentionChange');

export const askRetentionChangeRoute = route({
  id: 'askRetentionChange',
  method: 'post',
  path: '/v1/retention-changes',
  tag: 'permissions',
  summary: {
    zh: '提请登记客户关系结束或延长保管',
    en: 'Ask to record the end of a relationship, or for a longer period',
  },
  description: {
    zh: '提请登记客户关系结束（保管期限自此起算），或因法律要求延长保管；由合规审批',
    en: 'Ask to record the end of a relationship, from which retention counts, or a longer period; compliance decides',
  },
  body: z.strictObject({ clientNo, kind, onDay, reason }),
  answer: z.strictObject({ changeId: rowId }).openapi('AskedRetentionChange'),
  statuses: [200, 202],
  refusals: [
    'NOT_FOUND',
    'ROLE_MISSING',
    'RELATIONSHIP_ENDED_ALREADY',
    'RELATIONSHIP_LASTS',
    'RETENTION_CHANGE_PENDING',
    'RETENTION_DAY_WRONG',
  ],
  respond: async ({ body, caller, requestId, idempotencyKey }, { pool, dispatchSignals }) => {
    const isCompliance = holdsAnyOf(caller, ['compliance']);
    if (body.kind === 'longer period' && !isCompliance)
      throw new Refused([fault('ROLE_MISSING', { role: 'compliance' }, 'kind')]);
    const [, branches] = await scopeOf(pool, caller, 'askRetentionChange');
    const { changeId, isNew } = await askRetentionChange(pool, {
      ...body,
      key: `${caller.person}:${idempotencyKey}`,
      by: caller.person,
      role: isCompliance ? 'compliance' : 'branch',
      branches,
      requestId,
    });
    await dispatchSignals().catch(() => undefined);
    return { status: isNew ? 202 : 200, location: `/v1/retention-changes?client=${body.clientNo}`, body: { changeId } };
  },
});

export const listRetentionChanges = route({
  id: 'listRetentionChanges',
  method: 'get',
  path: '/v1/retention-changes',
  tag: 'permissions',
  summary: { zh: '档案保管期限的变更', en: 'Changes of how long files are kept' },
  query: z.strictObject({ client: clientNo.optional(), ...pageQuery }),
  answer: pageOf(line),
  respond: async ({ query, caller }, { pool }) => {
    const [after = '0'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const [, branches] = await scopeOf(pool, caller, 'listRetentionChanges');
    const { rows } = await pool.query<z.input<typeof line>>(
      `select change_id::text as "changeId", client_no as "clientNo", kind, on_day as "onDay", reason, state, made_by as "madeBy",
              made_at as "madeAt", approved_by as "approvedBy", archive_kept_until(client_no) as "keptUntil", workflow_id as "workflowId"
         from retention_changes
        where change_id > $1::bigint and ($2::text is null or client_no = $2) and ($3::text[] is null or branch = any($3))
        order by change_id limit $4`,
      [after, query.client ?? null, branches, query.limit + 1],
    );
    return {
      status: 200,
      body: page(
        rows,
        query.limit,
        ({ changeId }) => [changeId],
        (row) => row,
      ),
    };
  },
});
