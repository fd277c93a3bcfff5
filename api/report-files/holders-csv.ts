/** Holders of an event with their elections as CSV: a line a holder, neutral to formulas, UTF-8 with the mark that tells spreadsheets so. */
import { stringify } from 'csv-stringify/sync';
import type { z } from '../zod';
import type { holderLine } from '../reads/corporate-actions/holders';
import { neutral } from './render-csv';

type HolderLine = z.input<typeof holderLine>;

const HEADER = [
  '证券账户 securities account',
  '资金账户 fund account',
  '营业部 branch',
  '已交收 settled',
  '未交收卖出 unsettled sales',
  '在途 in transit',
  '可申报 electable',
  '选择 elected',
  '作答时间 answered at',
  '无法联系 unreachable since',
  '公告送达 notice',
];

export const holdersHeader = (): string => stringify([HEADER], { bom: true, record_delimiter: 'windows' });

/** Lines of a page, without the header. */
export function holdersCsv(holders: readonly HolderLine[]): string {
  const rows = holders.map((holder) =>
    [
      holder.securitiesAccount,
      holder.fundAccount,
      holder.branch,
      holder.settled,
      holder.unsettledSales,
      holder.inTransit,
      holder.electable,
      holder.elected.map(electedText).join('; '),
      holder.answeredAt ?? '',
      holder.unreachableSince ?? '',
      holder.told ?? '',
    ].map(neutral),
  );
  return stringify(rows, { record_delimiter: 'windows' });
}

const electedText = ({ ballot, option, shares, electedBy }: HolderLine['elected'][number]): string =>
  `${ballot === '' ? '' : `${ballot}:`}${option} ${shares} (${electedBy})`;
