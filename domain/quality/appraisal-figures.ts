/** Figures of an appraisal of how complaints were handled, and how each is counted (complaints page, inspection and appraisal). */

export const APPRAISAL_CODES = ['timeliness', 'reopened', 'satisfaction', 'findings'] as const;
export type AppraisalCode = (typeof APPRAISAL_CODES)[number];

export const APPRAISAL_MEANINGS: Readonly<Record<AppraisalCode, { readonly zh: string; readonly en: string }>> = {
  timeliness: {
    zh: '受理与答复均未逾期的投诉，占所受理、拒绝、答复或逾期未答复的投诉',
    en: 'complaints accepted and answered in time, of those accepted, refused or answered, or late and not answered yet',
  },
  reopened: {
    zh: '首次答复后重新办理的投诉，占首次答复的投诉',
    en: 'complaints reopened after the first answer, of those first answered',
  },
  satisfaction: {
    zh: '回访表示满意的投诉，占回访表态的投诉',
    en: 'complaints whose complainants were satisfied when called back, of those who said so or not',
  },
  findings: { zh: '检查发现问题的投诉，占被检查的投诉', en: 'complaints found wrong, of those inspected' },
};
