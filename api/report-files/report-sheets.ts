/** The report of a day as its files show it: every figure, then what finance reads beside them. */
import type { Pool } from 'pg';
import type { BusinessDate } from '../../domain/calendar/business-date';
import type { Side } from '../../domain/channel';
import type { ReportedFigure } from '../explanations/figures-of-report';
import { corporateActionMoney } from '../reports/corporate-action-money';
import { corporateActionMoneySheets } from './corporate-action-money-sheets';
import { journalLines, journalSheet } from './journal';
import { sheetsOf, type Sheet } from './sheets';

/** @param figures those that the reader may see */
export async function reportSheets(
  pool: Pool,
  { channel, date, sides }: { readonly channel: string; readonly date: BusinessDate; readonly sides: readonly Side[] },
  figures: readonly ReportedFigure[],
): Promise<Sheet[]> {
  const money = await corporateActionMoney(pool, channel, date, sides);
  const journal = await journalLines(pool, channel, date, sides);
  return [...sheetsOf(figures), ...corporateActionMoneySheets(money), journalSheet(journal)];
}
