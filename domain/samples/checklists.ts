/**
 * What an inspection looks at, item by item, in the words of the house (CS "Improving Complaint Protection Mechanism"; complaints page). The
 * version is frozen on each inspection; another list is another version.
 */

export const INSPECTED = ['complaints', 'calls'] as const;
export type Inspected = (typeof INSPECTED)[number];

export interface ChecklistItem {
  readonly item: string;
  readonly zh: string;
  readonly en: string;
}

export const CHECKLIST_VERSION = '2014-1';

export const CHECKLISTS: Readonly<Record<Inspected, readonly ChecklistItem[]>> = {
  complaints: [
    { item: 'registered', zh: '登记完整、分类正确', en: 'registered whole and classified right' },
    { item: 'in-time', zh: '受理与答复未逾期，延期已告知', en: 'accepted and answered in time, extensions told' },
    { item: 'independent', zh: '承办人无须回避', en: 'nobody who had to step back handled it' },
    { item: 'evidence', zh: '证据充分并已入卷', en: 'the evidence suffices and lies in the file' },
    { item: 'decision', zh: '结论与证据相符，赔付恰当', en: 'the finding follows from it, the compensation is right' },
    { item: 'answer', zh: '答复清楚、完整', en: 'the answer is clear and whole' },
    { item: 'called-back', zh: '已按要求回访', en: 'called back as it must be' },
    { item: 'cause', zh: '根本原因与整改恰当', en: 'root cause and corrective actions are right' },
  ],
  calls: [
    { item: 'identity', zh: '已核对客户身份', en: 'the client was identified' },
    { item: 'script', zh: '按话术逐项询问', en: 'the script was asked item by item' },
    { item: 'answers', zh: '登记的答案与录音一致', en: 'the answers recorded are those of the recording' },
    { item: 'no-promise', zh: '无承诺或诱导', en: 'nothing was promised, nobody led' },
    { item: 'manner', zh: '用语规范', en: 'the manner was right' },
  ],
};

export const VERDICTS = ['yes', 'no', 'not applicable'] as const;

export interface InspectionFinding {
  readonly item: string;
  readonly role: string;
  readonly branch?: string;
  /** Working days. */
  readonly dueDays: number;
}

/** Items that are wrong and have no action, and those that have one and are not wrong. */
export function unmatchedFindings(
  answers: Readonly<Record<string, string>>,
  findings: readonly Pick<InspectionFinding, 'item'>[],
): { readonly missing: readonly string[]; readonly idle: readonly string[] } {
  const wrong = Object.keys(answers).filter((item) => answers[item] === 'no');
  const found = new Set(findings.map(({ item }) => item));
  return {
    missing: wrong.filter((item) => !found.has(item)),
    idle: [...found].filter((item) => !wrong.includes(item)),
  };
}
