/** More of what a complainant says, by whoever complains or in that name. */
import { supplementComplaint } from '../../../activities/intake/complaints/act-of-people';
import { actOf, seen } from '../../complaint-act';
import { complaintPath, complaintView } from '../../reads/complaints';
import { route } from '../../route';
import { cameAt, receivedAt } from '../../when-it-came';
import { z } from '../../zod';

export const supplementComplaintRoute = route({
  id: 'supplementComplaint',
  method: 'post',
  path: '/v1/complaints/{complaintNo}/supplements',
  tag: 'complaints',
  summary: { zh: '补充投诉材料', en: 'Add to a complaint what was missing' },
  description: {
    zh: '补充投诉材料：信函等早先收到的，由工作人员写明实际收到时间，不早于投诉收到时间',
    en: 'Add to a complaint what was missing: of a letter that came before it is entered the staff say when it came, not before the complaint',
  },
  params: complaintPath,
  body: z.strictObject({ text: z.string().trim().min(1).max(10_000), receivedAt }),
  answer: complaintView,
  etag: true,
  refusals: ['NOT_FOUND', 'COMPLAINT_ENDED', 'KEPT_OUT_OF_CASE', 'RECEIVED_IN_THE_FUTURE', 'RECEIVED_BEFORE_COMPLAINT'],
  respond: async (asked, services) => {
    const { text, receivedAt: given } = asked.body;
    const came = cameAt(asked.caller, given);
    await supplementComplaint(services.pool, { ...(await actOf(asked, services)), ...came, text });
    return seen(asked, services);
  },
});
