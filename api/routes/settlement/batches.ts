/** What was posted for a day, batch by batch, and the files that each rests on: from a posting to its files and back. */
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { route } from '../../route';
import { dayPath, instant, pageOf, pageQuery, rowId } from '../../schemas';
import { z } from '../../zod';

const fileState = z.enum(['arrived', 'accepted', 'refused', 'superseded']);

const batch = z
  .strictObject({
    batchId: rowId,
    batchKey: z.string(),
    kind: z.string(),
    cause: z.string(),
    postedAt: instant,
    reverses: rowId.nullable().openapi({ description: '冲回的批次 the batch that this one takes back' }),
    reversedBy: rowId.nullable().openapi({ description: '被哪一批次冲回 null while the batch stands' }),
    restsOn: z
      .array(z.strictObject({ fileId: rowId, name: z.string(), state: fileState }))
      .openapi({ description: '依据的文件 files whose lines were posted; none where our own books were' }),
  })
  .openapi('Batch');

interface Row {
  readonly batch_id: string;
  readonly batch_key: string;
  readonly kind: string;
  readonly cause: string;
  readonly posted_at: string;
  readonly reverses: string | null;
  readonly reversed_by: string | null;
  readonly rests_on: z.input<typeof batch>['restsOn'];
}

export const listBatches = route({
  id: 'listBatches',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/batches',
  tag: 'days',
  summary: { zh: '当日入账批次及其依据的文件', en: 'Batches posted for the day, with the files that each rests on' },
  params: dayPath,
  query: z.strictObject({ ...pageQuery }),
  answer: pageOf(batch),
  refusals: ['CHANNEL_UNKNOWN'],
  respond: async ({ params, query }, { pool }) => {
    const [after = '0'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await pool.query<Row>(
      `select b.batch_id::text, b.batch_key, b.kind, b.cause, b.posted_at, b.reverses::text,
              (select r.batch_id::text from batches r where r.reverses = b.batch_id) as reversed_by,
              coalesce((select json_agg(json_build_object('fileId', v.file_id::text, 'name', v.name, 'state', v.state) order by v.file_id)
                          from file_verdicts v where v.file_id = any(b.rests_on)), '[]') as rests_on
         from batches b where b.channel = $1 and b.business_date = $2 and b.batch_id > $3
        order by b.batch_id limit $4`,
      [params.channel, params.date, after, query.limit + 1],
    );
    const body = page(
      rows,
      query.limit,
      (row) => [row.batch_id],
      (row): z.input<typeof batch> => ({
        batchId: row.batch_id,
        batchKey: row.batch_key,
        kind: row.kind,
        cause: row.cause,
        postedAt: row.posted_at,
        reverses: row.reverses,
        reversedBy: row.reversed_by,
        restsOn: row.rests_on,
      }),
    );
    return { status: 200, body };
  },
});
