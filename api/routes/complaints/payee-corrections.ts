/** An approved compensation that cannot be paid to its account: another one is asked for, and approved by others. */
import { correctPayee, whoAsksUnseen } from '../../../activities/intake/complaints/correct-payee';
import { holdsAnyOf } from '../../identity';
import { requireSight } from '../../reads/complaint-particulars';
import { complaintPath } from '../../reads/complaints';
import { route } from '../../route';
import { reason } from '../../schemas';
import { z } from '../../zod';
import { actOf } from '../../complaint-act';

export const askPayeeCorrection = route({
  id: 'askPayeeCorrection',
  method: 'post',
  path: '/v1/complaints/{complaintNo}/payee-corrections',
  tag: 'complaints',
  summary: {
    zh: '申请更正已批准、尚未付出的赔付的收款账户',
    en: 'Ask for another account for an approved compensation that is not yet paid',
  },
  description: {
    zh: '申请更正已批准、尚未付出的赔付的收款账户，投诉已办结的亦可：须为同一客户的账户，由承办人、合规（合规须回避的，总经理）或持有其任务的人员申请，由有权批准该赔付的他人复核；不重复付款',
    en: 'Ask for another account of the same client for a compensation that is approved and not yet paid, also once the complaint is closed: by the handler, compliance (the general manager where compliance is kept out) or whoever holds a task of it; approved by others, as such a compensation is. Nothing is paid twice',
  },
  params: complaintPath,
  body: z.strictObject({
    fundAccount: z.string().min(1).max(20).openapi({ description: '应付至的资金账号 where it is to go' }),
    reason,
  }),
  answer: z
    .strictObject({
      proposalNo: z
        .number()
        .int()
        .openapi({ description: '第几次处理建议的赔付 of the compensation of which proposal' }),
      correctionNo: z.number().int().openapi({ description: '该笔赔付的第几次更正 of this compensation' }),
    })
    .openapi('PayeeCorrection'),
  statuses: [202],
  refusals: [
    'NOT_FOUND',
    'PARTICULARS_CONFIDENTIAL',
    'KEPT_OUT_OF_CASE',
    'FUND_ACCOUNT_NOT_OF_CLIENT',
    'COMPENSATION_PAID',
    'PAYEE_CORRECTION_ASKED',
    'PAYEE_ALREADY',
  ],
  respond: async (asked, services) => {
    const { params, caller, requestId, body } = asked;
    const no = params.complaintNo;
    const { role, person } = await whoAsksUnseen(services.pool, no);
    if (!holdsAnyOf(caller, ['compliance', role]) && caller.person !== person)
      await requireSight(services.pool, caller, { no, requestId, shown: { toCorrect: 'payee' } });
    const answer = await correctPayee(services.pool, { ...(await actOf(asked, services)), ...body });
    await services.dispatchSignals().catch(() => undefined);
    return { status: 202, location: `/v1/complaints/${no}`, body: answer };
  },
});
