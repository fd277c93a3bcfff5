/** The figures of a day with the side that they are of: what a caller may see of them. */
import type { Pool } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import { SIDES, type Side } from '../../domain/channel';
import { dayReport } from '../reports/day-report';
import { side } from '../schemas';
import { z } from '../zod';
import { figuresOfReport, type ReportedFigure } from './figures-of-report';

export const namedFigure = z
  .strictObject({
    figureId: z.string().openapi({ example: 'cash.6000000001.available' }),
    section: z.string(),
    subject: z.string().openapi({ description: '账户、侧或证券 account, side or security that it is about' }),
    name: z.string(),
    side: side.nullable().openapi({ description: '两侧共有时为空 null where it is of no side or of both' }),
    value: z.string(),
  })
  .openapi('NamedFigure');

export interface FigureOfSide extends ReportedFigure {
  readonly side: Side | null;
  /** Of both sides together: only for those who read both. */
  readonly ofBoth: boolean;
}

/** Sections without a side that tell nothing of the other one. */
const OF_THE_DAY: readonly string[] = ['date', 'dayKind', 'calendar', 'rates'];

/** In the order of the report. Undefined where the day was never started. */
export async function figuresOfDay(
  pool: Pool,
  channel: string,
  date: BusinessDate,
  section?: string,
): Promise<FigureOfSide[] | undefined> {
  const report = await dayReport(pool, channel, date, section);
  if (report === undefined) return undefined;
  const figures = figuresOfReport(report).filter((figure) => section === undefined || figure.section === section);
  const sides = await sidesOfAccounts(pool, figures);
  return figures.map((figure) => {
    const ofSide = sideOf(figure, sides);
    return { ...figure, side: ofSide, ofBoth: ofSide === null && !OF_THE_DAY.includes(figure.section) };
  });
}

export const isReadableBy = (sidesRead: readonly Side[], { side: ofSide, ofBoth }: FigureOfSide): boolean =>
  ofSide === null ? !ofBoth || SIDES.every((one) => sidesRead.includes(one)) : sidesRead.includes(ofSide);

function sideOf({ section, figureId }: ReportedFigure, accounts: ReadonlyMap<string, Side>): Side | null {
  if (section === 'clientMoneyIdentity') return 'client';
  for (const part of figureId.split('.')) {
    const known = SIDES.find((one) => one === part) ?? accounts.get(part);
    if (known !== undefined) return known;
  }
  return null;
}

/** An account of nobody stands on suspense; which side that is of says its reserve account, which no figure names: both. */
async function sidesOfAccounts(pool: Pool, figures: readonly ReportedFigure[]): Promise<ReadonlyMap<string, Side>> {
  const named = [...new Set(figures.flatMap(({ subject }) => subject.split('.')))].filter((part) => part !== '');
  const { rows } = await pool.query<{ account: string; side: Side }>(
    `select fund_account as account, side from clients where fund_account = any($1)
     union all select securities_account, side from clients where securities_account = any($1)`,
    [named],
  );
  return new Map(rows.map((row) => [row.account, row.side]));
}
