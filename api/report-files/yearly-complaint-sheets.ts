/**
 * The yearly report of complaints for people: what was kept when it was prepared, and nothing else, so that whoever checks it, submits it or
 * asks about it later sees the same. It bears the digest of the kept document, which the task to submit it and its register name too.
 */
import { shanghaiWallClock } from '../../domain/calendar/instants';
import { CLASSIFIED_BY, type Classification } from '../../domain/complaints/classified-words';
import type { Words } from '../../domain/messages/words';
import { complaintSheet, type KeptLine } from './complaint-sheets';
import { pdfOf } from './render-pdf';
import { xlsxOf } from './render-xlsx';
import type { Sheet } from './sheets';

/** The document as `prepareYearlyReport` keeps it, of this version or an earlier one. */
interface KeptReport {
  readonly from: string;
  readonly to: string;
  readonly branch?: string;
  readonly preparedAt: string;
  readonly preparedBy: string;
  readonly summary: string;
  readonly lines: Readonly<Partial<Record<Classification, readonly KeptLine[]>>>;
}

export interface KeptDocument {
  readonly sha256: string;
  readonly bytes: Buffer;
}

export const YEARLY_FILES = {
  pdf: {
    mediaType: 'application/pdf',
    of: ({ sha256, bytes }: KeptDocument): Promise<Buffer> => {
      const report = reportIn(bytes);
      const lines = particularsOf(report, sha256).map(({ name, text }) => `${name.zh} ${name.en}：${text}`);
      return pdfOf({ title: TITLE, lines, madeAt: report.preparedAt }, sheetsOf(report));
    },
  },
  xlsx: {
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    of: ({ sha256, bytes }: KeptDocument): Promise<Buffer> => {
      const report = reportIn(bytes);
      const particulars: Sheet = {
        key: 'report',
        title: TITLE,
        columns: [
          { zh: '项目', en: 'item' },
          { zh: '内容', en: 'content' },
        ],
        rows: particularsOf(report, sha256).map(({ name, text }) => [`${name.zh} ${name.en}`, text]),
      };
      return xlsxOf([particulars, ...sheetsOf(report)]);
    },
  },
} as const;

const TITLE: Words = { zh: '年度投诉报告', en: 'Yearly report of complaints' };

const reportIn = (bytes: Buffer): KeptReport => JSON.parse(bytes.toString('utf8')) as KeptReport;

function particularsOf(report: KeptReport, sha256: string): readonly { readonly name: Words; readonly text: string }[] {
  const { from, to, branch, preparedAt, preparedBy, summary } = report;
  return [
    { name: { zh: '期间', en: 'period' }, text: `${from} – ${to}` },
    {
      name: { zh: '报告主体', en: 'reported by' },
      text: branch === undefined ? '公司 the firm' : `营业部 branch ${branch}`,
    },
    { name: { zh: '编制', en: 'prepared' }, text: `${shanghaiWallClock(preparedAt)} ${preparedBy}` },
    { name: { zh: '归档原件摘要', en: 'SHA-256 of the kept document' }, text: sha256 },
    { name: { zh: '情况说明', en: 'how they were handled' }, text: summary },
  ];
}

const sheetsOf = ({ lines }: KeptReport): Sheet[] =>
  (Object.keys(CLASSIFIED_BY) as Classification[]).flatMap((by) => {
    const kept = lines[by];
    return kept === undefined ? [] : [complaintSheet(by, kept)];
  });
