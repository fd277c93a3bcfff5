/** What was received incomplete, as a mail is: its amount, claim and telephone are filled in, and corrected, by whoever works at the complaint. */
import { completeParticulars } from '../../../activities/intake/complaints/complete-particulars';
import { parseWrittenAmount } from '../../../domain/money';
import { actOf, seen } from '../../complaint-act';
import { holdsAnyOf } from '../../identity';
import { fault, refuseIfAny } from '../../problems';
import { requireSight } from '../../reads/complaint-particulars';
import { claimedAmount, complaintPath, complaintView } from '../../reads/complaints';
import { route } from '../../route';
import { z } from '../../zod';

export const completeParticularsRoute = route({
  id: 'completeComplaintParticulars',
  method: 'post',
  path: '/v1/complaints/{complaintNo}/particulars',
  tag: 'complaints',
  summary: {
    zh: '补充或更正诉求、诉求金额与联系电话',
    en: 'Fill in or correct what is claimed, its amount and the telephone',
  },
  description: {
    zh: '补充或更正诉求、诉求金额与联系电话：由办理人员填写，收到时的内容原样保留；处理建议复核中及决定作出后，诉求与金额不再更改，电话至办结前均可补充',
    en: 'Fill in or correct what is claimed, its amount and the telephone: by whoever handles it; what was received first stays beside it. Claim and amount hold while the outcome is being decided and once it is decided; the telephone may be filled in until the end',
  },
  params: complaintPath,
  body: z
    .strictObject({
      claimed: claimedAmount.optional(),
      claim: z.string().trim().min(1).max(10_000).optional().openapi({ description: '诉求 what is wanted' }),
      telephone: z
        .string()
        .trim()
        .regex(/^[+(]?\d[\d ()-]{3,28}\d$/)
        .optional()
        .openapi({ example: '13800000000', description: '联系电话 where whoever complains is called' }),
    })
    .openapi({ minProperties: 1 }),
  answer: complaintView,
  ifMatch: true,
  refusals: [
    'NOT_FOUND',
    'REVISION_STALE',
    'PARTICULARS_CONFIDENTIAL',
    'KEPT_OUT_OF_CASE',
    'COMPLAINT_ENDED',
    'CLAIM_BEING_DECIDED',
  ],
  respond: async (asked, services) => {
    const { params, caller, requestId, body } = asked;
    const { claimed, claim, telephone } = body;
    const filledIn = Object.keys(body);
    if (filledIn.length === 0)
      refuseIfAny([fault('INPUT_INVALID', { field: 'body', reason: 'claimed | claim | telephone' }, 'body')]);
    if (!holdsAnyOf(caller, ['compliance']))
      await requireSight(services.pool, caller, { no: params.complaintNo, requestId, shown: { toComplete: filledIn } });
    await completeParticulars(services.pool, {
      ...(await actOf(asked, services)),
      claimedFen: claimed === undefined ? undefined : parseWrittenAmount(claimed, 'claimed').toString(),
      claim,
      telephone,
    });
    return seen(asked, services);
  },
});
