/** Files of a day, whether they were taken, and every bad line of one. */
import { BusinessError } from '../../../domain/errors';
import { idKey, keyOfCursor, pageOf as page } from '../../cursors';
import { onlySidesReadBy } from '../../identity';
import { onSidesRead } from '../../reads/columns';
import { COMPARED_COLUMNS, comparedFields, comparedOf, type ComparedRow } from '../../reads/compared-fields';
import { route } from '../../route';
import { bilingual, dayPath, instant, pageOf, pageQuery, rowId } from '../../schemas';
import { z } from '../../zod';

const fileLine = z
  .strictObject({
    fileId: rowId,
    kind: z.string(),
    part: z.number().int().nullable(),
    version: z.number().int(),
    name: z.string(),
    sha256: z.string(),
    byteCount: z.string(),
    arrivedAt: instant,
    state: z.enum(['arrived', 'accepted', 'refused', 'superseded']),
    cause: z.string().nullable(),
    recordCount: z.string().nullable(),
    decidedAt: instant.nullable(),
    findingCount: z.number().int(),
  })
  .openapi('FileLine');

const finding = z
  .strictObject({
    findingId: rowId,
    ...comparedFields,
    reason: bilingual,
  })
  .openapi('Finding');

interface FileRow {
  readonly file_id: string;
  readonly channel: string;
  readonly business_date: string;
  readonly kind: string;
  readonly part: number | null;
  readonly version: number;
  readonly name: string;
  readonly sha256: string;
  readonly byte_count: string;
  readonly arrived_at: string;
  readonly state: 'arrived' | 'accepted' | 'refused' | 'superseded';
  readonly cause: string | null;
  readonly record_count: string | null;
  readonly decided_at: string | null;
  readonly finding_count: number;
}

/** Of the findings those are counted that the reader sees; $1 the sides. */
const FILES = `select v.file_id::text, v.channel, v.business_date::text, v.kind, v.part, v.version, v.name, v.sha256,
    v.byte_count::text, v.arrived_at, v.state, v.cause, v.record_count::text, v.decided_at,
    (select count(*)::int from findings_in_force f where f.file_id = v.file_id and ${onSidesRead('$1')}) as finding_count
  from file_verdicts v`;

const fileLineOf = (row: FileRow): z.input<typeof fileLine> => ({
  fileId: row.file_id,
  kind: row.kind,
  part: row.part,
  version: row.version,
  name: row.name,
  sha256: row.sha256,
  byteCount: row.byte_count,
  arrivedAt: row.arrived_at,
  state: row.state,
  cause: row.cause,
  recordCount: row.record_count,
  decidedAt: row.decided_at,
  findingCount: row.finding_count,
});

export const listFiles = route({
  id: 'listFiles',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/files',
  tag: 'files',
  summary: { zh: '当日收到的文件及其结论', en: 'Files of the day with their verdicts' },
  params: dayPath,
  query: z.strictObject({ ...pageQuery }),
  answer: pageOf(fileLine),
  refusals: ['CHANNEL_UNKNOWN'],
  respond: async ({ params, query, caller }, { pool }) => {
    const [after = '0'] = keyOfCursor(query.cursor, [idKey]) ?? [];
    const { rows } = await pool.query<FileRow>(
      `${FILES} where v.channel = $2 and v.business_date = $3 and v.file_id > $4 order by v.file_id limit $5`,
      [onlySidesReadBy(caller), params.channel, params.date, after, query.limit + 1],
    );
    return { status: 200, body: page(rows, query.limit, (row) => [row.file_id], fileLineOf) };
  },
});

interface FindingRow extends ComparedRow {
  readonly finding_id: string;
  readonly reason_zh: string;
  readonly reason_en: string;
}

export const readFile = route({
  id: 'readFile',
  method: 'get',
  path: '/v1/files/{fileId}',
  tag: 'files',
  summary: { zh: '一个文件：结论与每一条错误记录', en: 'One file: verdict and every bad line' },
  params: z.strictObject({ fileId: rowId }),
  query: z.strictObject({ ...pageQuery }),
  answer: fileLine
    .extend({ channel: z.string(), businessDate: z.string(), findings: pageOf(finding) })
    .strict()
    .openapi('FileWithFindings'),
  refusals: ['NOT_FOUND'],
  respond: async ({ params, query, caller }, { pool }) => {
    const sides = onlySidesReadBy(caller);
    const { rows } = await pool.query<FileRow>(`${FILES} where v.file_id = $2`, [sides, params.fileId]);
    const [file] = rows;
    if (file === undefined) throw new BusinessError('NOT_FOUND', { what: '文件 file', key: params.fileId });
    const [row = '-1', id = '0'] = keyOfCursor(query.cursor, [idKey, idKey]) ?? [];
    const found = await pool.query<FindingRow>(
      `select finding_id::text, ${COMPARED_COLUMNS}, reason_zh, reason_en
         from findings_in_force f where file_id = $1 and ${onSidesRead('$5')} and (coalesce(row_no, 0), finding_id) > ($2::bigint, $3::bigint)
        order by coalesce(row_no, 0), finding_id limit $4`,
      [params.fileId, row, id, query.limit + 1, sides],
    );
    const findings = page(
      found.rows,
      query.limit,
      (line) => [line.row_no ?? '0', line.finding_id],
      (line): z.input<typeof finding> => ({
        findingId: line.finding_id,
        ...comparedOf(line),
        reason: { zh: line.reason_zh, en: line.reason_en },
      }),
    );
    return {
      status: 200,
      body: { ...fileLineOf(file), channel: file.channel, businessDate: file.business_date, findings },
    };
  },
});
