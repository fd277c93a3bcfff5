/** Holders of an event with their elections as CSV: a line a holder, neutral to formulas, UTF-8 with the mark that tells spreadsheets so. */
import { stringify } from 'csv-stringify/sync';
import type { z } from '../zod';
import type { holderLine } from '../reads/corporate-actions/holders';
import { neutral } from './render-csv';

type HolderLine = z.input<typeof holderLine>;

const HEADER = [
  'securities account',
  'fund account',
  'branch',
  'settled',
  'in transit',
  'electable',
  'elected',
  'notice',
];

export function holdersCsv(holders: readonly HolderLine[]): string {
  const rows = holders.map((holder) =>
    [
      holder.securitiesAccount,
      holder.fundAccount,
      holder.branch,
      holder.settled,
      holder.inTransit,
      holder.electable,
      holder.elected.map(electedText).join('; '),
      holder.told ?? '',
    ].map(neutral),
  );
  return stringify([HEADER, ...rows], { bom: true, record_delimiter: 'windows' });
}

const electedText = ({ ballot, option, shares, electedBy }: HolderLine['elected'][number]): string =>
  `${ballot === '' ? '' : `${ballot}:`}${option} ${shares} (${electedBy})`;
