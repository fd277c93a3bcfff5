/** Complaints as they are reported, as a sheet: a line a class with its code for machines and its name for people, and the line of all. */
import type { Dimension, ReportLine } from '../../activities/intake/complaints/complaint-report';
import { CLASSIFIED_BY, classCalled } from '../../domain/complaints/classified-words';
import type { Words } from '../../domain/messages/words';
import type { Sheet } from './sheets';

/** A line as it is counted now, or as an earlier version kept it in a document: that told of what was approved only. */
export type KeptLine = Omit<ReportLine, 'compensationApproved' | 'compensationPaid' | 'approved' | 'paid'> &
  Partial<ReportLine> & { readonly compensated?: number; readonly compensation?: ReportLine['approved'] };

const COLUMNS = [
  { zh: '收到', en: 'received', of: (row) => String(row.received) },
  { zh: '在办', en: 'open', of: (row) => String(row.open) },
  { zh: '已答复', en: 'answered', of: (row) => String(row.answered) },
  { zh: '中位时长（分）', en: 'median minutes', of: (row) => textOf(row.medianMinutes) },
  { zh: '九成位时长（分）', en: '90th percentile minutes', of: (row) => textOf(row.p90Minutes) },
  { zh: '逾期', en: 'overdue', of: (row) => String(row.overdue) },
  { zh: '表态', en: 'asked', of: (row) => String(row.asked) },
  { zh: '满意', en: 'satisfied', of: (row) => String(row.satisfied) },
  { zh: '满意率', en: 'satisfaction', of: (row) => row.satisfaction?.rate ?? '' },
  { zh: '区间下限', en: 'from', of: (row) => row.satisfaction?.from ?? '' },
  { zh: '区间上限', en: 'to', of: (row) => row.satisfaction?.to ?? '' },
  {
    zh: '批准赔付（件）',
    en: 'approved cases',
    of: (row) => textOf(row.compensationApproved ?? row.compensated),
  },
  { zh: '批准赔付（元）', en: 'approved', of: (row) => (row.approved ?? row.compensation)?.amount ?? '' },
  { zh: '已付赔付（件）', en: 'paid cases', of: (row) => textOf(row.compensationPaid) },
  { zh: '已付赔付（元）', en: 'paid', of: (row) => row.paid?.amount ?? '' },
] as const satisfies readonly (Words & { readonly of: (row: KeptLine) => string })[];

const textOf = (value: number | null | undefined): string => String(value ?? '');

const inBoth = ({ zh, en }: Words): string => (zh === en ? zh : `${zh} ${en}`);

export function complaintSheet(by: Dimension, rows: readonly KeptLine[]): Sheet {
  const { called } = CLASSIFIED_BY[by];
  return {
    key: `complaints by ${by}`,
    title: { zh: `投诉（按${called.zh}）`, en: `complaints by ${called.en}` },
    columns: [called, { zh: '名称', en: 'name' }, ...COLUMNS.map(({ zh, en }) => ({ zh, en }))],
    rows: rows.map((row) => [
      ...(row.key === null ? [inBoth(classCalled(by, null)), ''] : [row.key, inBoth(classCalled(by, row.key))]),
      ...COLUMNS.map((column) => column.of(row)),
    ]),
  };
}
