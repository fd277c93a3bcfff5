/** A change of dated terms as people see it, and what it touches. */
import { workflowIdOf } from '../../activities/intake/ask-parameter-change';
import type { ParameterChange } from '../../activities/intake/read-parameter-change';
import { TERM_KINDS } from '../../domain/terms/change-of-terms';
import { bilingual, instant, rowId } from '../schemas';
import { z } from '../zod';

export const state = z.enum(['awaiting approval', 'approved', 'in force', 'refused', 'recalled', 'withdrawn']);
export const values = z.record(z.string(), z.string().max(40).nullable()).openapi({
  type: 'object',
  additionalProperties: { type: ['string', 'null'] },
  description:
    '新值，文本 new values as text; parameter: value; fee_rate: rate, flat_hkd, minimum_hkd, maximum_hkd, rounding; calendar: 日期 days, OPEN | HALF | CLOSED，已知末日之后逐日写明的使日历延长 each day named after the last known one makes it grow; restricted_list: version',
  example: { value: '09:50:00' },
});

export const changeLine = z
  .strictObject({
    changeId: rowId,
    kind: z.enum(TERM_KINDS),
    code: z.string(),
    part: z.string(),
    oldValues: values,
    newValues: values,
    effectiveOn: z.string().openapi({ format: 'date' }),
    reason: z.string(),
    risk: z.string(),
    revision: z.number().int(),
    state,
    madeBy: z.string(),
    madeFor: z.string().nullable(),
    madeRole: z.string(),
    madeAt: instant,
    approvedBy: z.string().nullable(),
    workflowId: z.string(),
  })
  .openapi('ParameterChangeLine');

export const change = changeLine
  .extend({
    preview: z.strictObject({
      readBy: bilingual,
      process: z.string(),
      runningDays: z.array(z.string()).openapi({ description: '已在进行的流程 processes that run already' }),
      firstNewDay: z.string().openapi({ format: 'date' }),
      rows: z.array(z.strictObject({ values, validFrom: z.string(), validTo: z.string().nullable() })),
      calendar: z
        .strictObject({
          version: z.number().int(),
          open: z.number().int().openapi({ description: '依此日历的未结承诺 open promises that rest on it' }),
          moved: z.number().int(),
          lines: z.array(
            z.strictObject({ businessKey: z.string(), workflowId: z.string(), dueBefore: instant, dueAfter: instant }),
          ),
        })
        .nullable()
        .openapi({ description: '日历：哪些承诺改期（前百条） of a calendar: which promises move, the first hundred' }),
      restrictedList: z
        .strictObject({
          sha256: z.string(),
          added: z.number().int(),
          removed: z.number().int(),
          unchanged: z.number().int(),
          clientsAdded: z.number().int(),
          clientsRemoved: z.number().int(),
          firstAdded: z.array(z.string()),
          firstRemoved: z.array(z.string()),
        })
        .nullable()
        .openapi({
          description:
            '限制名单：与所替换版本的差异，涉及的客户只列编号（前百名） of a list of restricted persons: its difference to the version that it takes the place of, clients by number only, the first hundred',
        }),
      ownRows: z.array(z.string()).openapi({ description: '另有本通道取值的通道 channels with a value of their own' }),
    }),
  })
  .strict()
  .openapi('ParameterChange');

export const lineOf = (of: Omit<ParameterChange, 'preview'>): z.input<typeof changeLine> => ({
  changeId: of.changeId,
  kind: of.kind,
  code: of.code,
  part: of.part,
  oldValues: { ...of.oldValues },
  newValues: { ...of.newValues },
  effectiveOn: of.effectiveOn,
  reason: of.reason,
  risk: of.risk,
  revision: of.revision,
  state: state.parse(of.state),
  madeBy: of.madeBy,
  madeFor: of.madeFor ?? null,
  madeRole: of.madeRole,
  madeAt: of.madeAt,
  approvedBy: of.approvedBy,
  workflowId: workflowIdOf(of.changeId),
});

/** The change with what it touches. */
export function changeOf(found: ParameterChange): z.input<typeof change> {
  const { preview } = found;
  return {
    ...lineOf(found),
    preview: {
      ...preview,
      calendar: calendarOf(preview.calendar),
      restrictedList: listOf(preview.restrictedList),
      runningDays: [...preview.runningDays],
      ownRows: [...preview.ownRows],
      rows: preview.rows.map((row) => ({ ...row, values: { ...row.values } })),
    },
  };
}

const listOf = (preview: ParameterChange['preview']['restrictedList']) =>
  preview === null
    ? null
    : { ...preview, firstAdded: [...preview.firstAdded], firstRemoved: [...preview.firstRemoved] };

const calendarOf = (preview: ParameterChange['preview']['calendar']) =>
  preview === null ? null : { ...preview, lines: preview.lines.map((line) => ({ ...line })) };
