/** Everything that was found on a day and still stands: bad lines, breaks, missing and replaced files, over all files. */
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { onlySidesReadBy } from '../../identity';
import { onSidesRead } from '../../reads/columns';
import { COMPARED_COLUMNS, comparedFields, comparedOf, type ComparedRow } from '../../reads/compared-fields';
import { route } from '../../route';
import { anyJson, bilingual, dayPath, instant, pageOf, pageQuery, rowId } from '../../schemas';
import { z } from '../../zod';

const dayFinding = z
  .strictObject({
    findingId: rowId,
    fileId: rowId.nullable().openapi({ description: '缺失文件为空 null for a file that is missing' }),
    fileName: z.string(),
    ...comparedFields,
    attributes: anyJson,
    reason: bilingual,
    foundAt: instant,
  })
  .openapi('DayFinding');

interface Row extends ComparedRow {
  readonly finding_id: string;
  readonly file_id: string | null;
  readonly file_name: string;
  readonly attributes: unknown;
  readonly reason_zh: string;
  readonly reason_en: string;
  readonly found_at: string;
}

export const listFindings = route({
  id: 'listFindings',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/findings',
  tag: 'files',
  summary: {
    zh: '当日全部仍有效的发现',
    en: 'All findings of a day that still stand: those of the own side and of none',
  },
  params: dayPath,
  query: z.strictObject({ ...pageQuery }),
  answer: pageOf(dayFinding),
  refusals: ['CHANNEL_UNKNOWN'],
  respond: async ({ params, query, caller }, { pool }) => {
    const [after = '0'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await pool.query<Row>(
      `select finding_id::text, file_id::text, file_name, ${COMPARED_COLUMNS}, attributes, reason_zh, reason_en, found_at
         from findings_in_force f where channel = $1 and business_date = $2 and finding_id > $3 and ${onSidesRead('$5')}
        order by f.finding_id limit $4`,
      [params.channel, params.date, after, query.limit + 1, onlySidesReadBy(caller)],
    );
    const body = page(
      rows,
      query.limit,
      (row) => [row.finding_id],
      (row): z.input<typeof dayFinding> => ({
        findingId: row.finding_id,
        fileId: row.file_id,
        fileName: row.file_name,
        ...comparedOf(row),
        attributes: row.attributes,
        reason: { zh: row.reason_zh, en: row.reason_en },
        foundAt: row.found_at,
      }),
    );
    return { status: 200, body };
  },
});
