/** The day report as sheets: what every format of it shows, cell by cell the texts of the figures. */
import type { Words } from '../../domain/messages/words';
import type { ReportedFigure } from '../explanations/figures-of-report';
import { COLUMN_NAMES, sheetCalled } from './sheet-names';

export interface Sheet {
  readonly key: string;
  readonly title: Words;
  /** The first column says what a row is about, or the first ones do together. */
  readonly columns: readonly Words[];
  /** How many of them; one where left away. */
  readonly about?: number;
  readonly rows: readonly (readonly string[])[];
}

/** A row a subject, a column a name; sections whose entries are of several kinds become several sheets. */
export function sheetsOf(figures: readonly ReportedFigure[]): Sheet[] {
  const groups = new Map<string, ReportedFigure[]>();
  for (const figure of figures) {
    const key = groupOf(figure);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [figure]);
    else known.push(figure);
  }
  return [...groups].map(([key, members]) => sheetOf(key, members));
}

function sheetOf(key: string, figures: readonly ReportedFigure[]): Sheet {
  const names = [...new Set(figures.map(({ name }) => name))];
  const bySubject = new Map<string, Map<string, string>>();
  for (const { subject, name, value } of figures) {
    const row = bySubject.get(subject) ?? new Map<string, string>();
    row.set(name, value);
    bySubject.set(subject, row);
  }
  return {
    ...sheetCalled(key),
    columns: [{ zh: '对象', en: 'subject' }, ...names.map((name) => ({ zh: COLUMN_NAMES[name] ?? name, en: name }))],
    rows: [...bySubject].map(([subject, row]) => [subject, ...names.map((name) => row.get(name) ?? '')]),
  };
}

/** Events and their allocations have other columns; the day itself is one sheet. */
function groupOf({ section, figureId }: ReportedFigure): string {
  if (section === 'date' || section === 'dayKind') return 'calendar';
  if (section !== 'corporateActions') return section;
  const [, kind = ''] = figureId.split('.');
  return figureId.includes('.allocations.') ? `corporateActions ${kind} allocations` : `corporateActions ${kind}`;
}
