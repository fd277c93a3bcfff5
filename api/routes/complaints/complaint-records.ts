/** What is kept with a complaint: its register, and the particulars for those who handle it. */
import { asOf, queryAsOf } from '../../as-of';
import { holdsAnyOf } from '../../identity';
import { looksAt, particulars, particularsOf } from '../../reads/complaint-particulars';
import { complaintPath, complaintStep } from '../../reads/complaints';
import { visibleComplaint } from '../../reads/complaints-seen';
import { route } from '../../route';
import type { Services } from '../../services';
import { z } from '../../zod';

const STEPS = 'select act, detail, by, role, at from complaint_register where complaint_no = $1 order by step_id';

/** What whoever complains was told or did, in the words of the house; who worked at it, and what was proposed, is not told. */
const STEPS_OF_CLIENT = `
  select act, coalesce((select jsonb_object_agg(key, value) from jsonb_each(detail) where key in ('ground', 'dueAt', 'duplicateOf', 'satisfaction', 'mediation')), '{}') as detail,
         case when by = $2 then by else '-' end as by, case when by = $2 then role end as role, at
    from complaint_register
   where complaint_no = $1 and act in ('receive complaint', 'supplement complaint', 'add attachment', 'ask back', 'ask again', 'register',
     'link duplicate', 'accept', 'refuse', 'extend', 'answer', 'call back', 'mediate', 'reopen', 'close', 'dispute')
   order by step_id`;

type Step = z.input<typeof complaintStep>;

/** What a complaint is about tells who complains: it stands among the particulars. */
const namesSubject = ({ detail }: Step): boolean => 'about' in (detail as object);

function withoutSubject(step: Step): Step {
  if (!namesSubject(step)) return step;
  const { about: _, run: __, event: ___, ...detail } = step.detail as Readonly<Record<string, unknown>>;
  return { ...step, detail };
}

export const listComplaintSteps = route({
  id: 'listComplaintSteps',
  method: 'get',
  path: '/v1/complaints/{complaintNo}/timeline',
  tag: 'complaints',
  summary: {
    zh: '投诉的登记簿：何人、何时、做了什么；投诉人只见与其有关的各步',
    en: 'The register of a complaint: who did what, when; a client sees the steps that were told',
  },
  params: complaintPath,
  query: z.strictObject({ 'as-of': asOf }),
  answer: z.strictObject({ items: z.array(complaintStep) }).openapi('ComplaintTimeline'),
  refusals: ['NOT_FOUND'],
  respond: async ({ params: { complaintNo: no }, query, caller, requestId }, services) => {
    await visibleComplaint(services.pool, caller, no);
    const { rows } = await queryAsOf(services, query['as-of'], (sql) =>
      sql.query<z.input<typeof complaintStep>>(
        holdsAnyOf(caller, ['client']) ? STEPS_OF_CLIENT : STEPS,
        holdsAnyOf(caller, ['client']) ? [no, caller.person] : [no],
      ),
    );
    const isShown =
      !rows.some(namesSubject) ||
      (await looksAt(services.pool, caller, { no, requestId, shown: { about: 'timeline' } }));
    return { status: 200, body: { items: isShown ? rows : rows.map(withoutSubject) } };
  },
});

export const readComplaintParticulars = route({
  id: 'readComplaintParticulars',
  method: 'get',
  path: '/v1/complaints/{complaintNo}/particulars',
  tag: 'complaints',
  summary: { zh: '投诉人资料、所投诉的流程与全部文字', en: 'Who complains, about which process, and all texts' },
  description: {
    zh: '投诉人资料、所投诉的流程与全部文字：只供办理人员查阅，每次查阅留痕；协查部门只见所问；投诉人见自己的内容与答复',
    en: 'Who complains, about which process, and all texts: for those who handle it, each look audited; a department reads what it was asked, a client the own words and the answers',
  },
  params: complaintPath,
  answer: particulars,
  refusals: ['NOT_FOUND', 'PARTICULARS_CONFIDENTIAL'],
  respond: async ({ params, caller, requestId }, { pool }: Services) => ({
    status: 200,
    body: await particularsOf(pool, caller, { no: params.complaintNo, requestId }),
  }),
});
