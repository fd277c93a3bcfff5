/** Texts of agreements: written by the business, used once compliance has approved what it saw. */
import { approveAgreementText, writeAgreementText } from '../../../activities/intake/permissions/agreement-texts';
import { route } from '../../route';
import { bilingual, businessDate } from '../../schemas';
import { z } from '../../zod';

const agreement = z
  .string()
  .regex(/^[a-z][a-z0-9-]{2,60}$/)
  .openapi({ example: 'hksc-risk-disclosure' });
const version = z
  .string()
  .regex(/^[\w.-]{1,20}$/)
  .openapi({ example: '2' });
const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .openapi({
    description: '所见文本的摘要：中文、换行、英文 digest of the text that was seen: Chinese, line feed, English',
  });
const words = (most: number) =>
  z.strictObject({ zh: z.string().trim().min(1).max(most), en: z.string().trim().min(1).max(most) });

const agreementText = z
  .strictObject({
    agreement,
    version,
    sha256,
    title: bilingual,
    text: bilingual,
    writtenBy: z.string(),
    approvedBy: z.string().nullable().openapi({ description: 'null: 未批准，不得使用 not approved, not used' }),
    validFrom: z.string(),
    validTo: z.string().nullable(),
  })
  .openapi('AgreementText');

export const listAgreementTexts = route({
  id: 'listAgreementTexts',
  method: 'get',
  path: '/v1/agreement-texts',
  tag: 'permissions',
  summary: {
    zh: '协议文本及各版本，含待批准者',
    en: 'Texts of agreements with their versions, those that wait for approval too',
  },
  query: z.strictObject({ agreement: agreement.optional() }),
  answer: z.strictObject({ items: z.array(agreementText) }).openapi('AgreementTextList'),
  respond: async ({ query }, { pool }) => {
    const { rows } = await pool.query<z.input<typeof agreementText>>(
      `select agreement, version, sha256, jsonb_build_object('zh', title_zh, 'en', title_en) as title,
              jsonb_build_object('zh', text_zh, 'en', text_en) as text, written_by as "writtenBy", approved_by as "approvedBy",
              valid_from as "validFrom", valid_to as "validTo"
         from agreement_texts where $1::text is null or agreement = $1 order by agreement, valid_from, version`,
      [query.agreement ?? null],
    );
    return { status: 200, body: { items: rows } };
  },
});

export const writeAgreement = route({
  id: 'writeAgreementText',
  method: 'post',
  path: '/v1/agreement-texts',
  tag: 'permissions',
  summary: {
    zh: '起草协议的新版本，经合规批准后方可使用',
    en: 'Write a new version; it is used once compliance has approved it',
  },
  body: z.strictObject({ agreement, version, title: words(200), text: words(20_000), validFrom: businessDate }),
  answer: z.strictObject({ agreement, version, sha256 }).openapi('WrittenAgreement'),
  statuses: [201],
  refusals: ['AGREEMENT_VERSION_KNOWN'],
  respond: async ({ body, caller, requestId }, { pool }) => {
    const { sha256: digest } = await writeAgreementText(pool, {
      ...body,
      by: caller.person,
      role: 'brokerage',
      requestId,
    });
    const written = { agreement: body.agreement, version: body.version, sha256: digest };
    return { status: 201, location: `/v1/agreement-texts?agreement=${body.agreement}`, body: written };
  },
});

export const approveAgreement = route({
  id: 'approveAgreementText',
  method: 'post',
  path: '/v1/agreement-approvals',
  tag: 'permissions',
  summary: { zh: '合规批准所见文本', en: 'Compliance approves the text it saw' },
  description: {
    zh: '合规批准所见文本；自生效日起取代前一版，已签署而未开通者须重新签署',
    en: 'Compliance approves the text it saw; from its day on it replaces the one before, and requests on their way sign anew',
  },
  body: z.strictObject({ agreement, version, sha256 }),
  answer: z.strictObject({ agreement, version, validFrom: businessDate }).openapi('ApprovedAgreement'),
  refusals: [
    'NOT_FOUND',
    'AGREEMENT_DIGEST_DIFFERS',
    'SAME_PERSON',
    'AGREEMENT_DAY_TAKEN',
    'AGREEMENT_APPROVED_ALREADY',
  ],
  respond: async ({ body, caller, requestId }, { pool }) => {
    const { validFrom } = await approveAgreementText(pool, {
      ...body,
      by: caller.person,
      role: 'compliance',
      requestId,
    });
    const { agreement: name, version: no } = body;
    return { status: 200, body: { agreement: name, version: no, validFrom } };
  },
});
