/**
 * What the rows of one notice file say of one event: its kind, its terms, its dates.
 *
 * Source    clearing files, hk_tzxx; facts 3.4. Shanghai says ADD / UPD / DEL in LX2, Shenzhen Y / N in ZT; entitlement registrations
 *           (H01) have neither: the first is an announcement, a later one with the same event code changes it.
 * Units     Amounts per share and ratios are decimal text as the notice wrote them, without trailing zeros.
 */
import type { BusinessDate } from '../calendar/business-date';
import type { EventKind } from './served-kinds';

/** A row of a notice as the files keep it. */
export interface NoticeRow {
  readonly rowNo: bigint;
  readonly kind: string;
  readonly code: string;
  readonly entitlementClass: string;
  readonly date1: BusinessDate | null;
  readonly date2: BusinessDate | null;
  readonly date3: BusinessDate | null;
  readonly price1: string | null;
  readonly price2: string | null;
  readonly ratio1: string | null;
  readonly ratio2: string | null;
  readonly quantity1: string | null;
  readonly quantity2: string | null;
  readonly mark1: string;
  readonly mark2: string;
  /** Status of a notice of Shenzhen (ZT): Y valid, N cancelled; null in Shanghai. */
  readonly standing: string | null;
  readonly eventCode: string;
  readonly secondCode: string;
  readonly reserved: string;
  readonly currency: string;
}

export type EventChange = 'ADD' | 'UPD' | 'DEL';

/** Named terms, each as text; a meeting has one `resolution N` a resolution. */
export type EventTerms = Readonly<Record<string, string>>;

export interface EventNotice {
  readonly eventNo: string;
  readonly kind: EventKind;
  readonly code: string;
  readonly change: EventChange | undefined;
  readonly terms: EventTerms;
  readonly rowNos: readonly bigint[];
  /** Why its rows do not fit one another; people are asked. */
  readonly contradiction?: string;
  /** No row tells it: a file that told otherwise has fallen, and the event stands as before that file. */
  readonly isFallback?: true;
}

/** H05 is a ratio of the day and H15 has no holder who is asked. */
const NO_EVENT: readonly string[] = ['H05', 'H15'];

/** One notice an event, in the order of the file; resolutions (H12) belong to the meeting with their event code. */
export function eventNotices(rows: readonly NoticeRow[]): readonly EventNotice[] {
  const events = new Map<string, NoticeRow[]>();
  for (const row of rows) {
    if (NO_EVENT.includes(row.kind)) continue;
    const eventNo = eventNoOf(row);
    events.set(eventNo, [...(events.get(eventNo) ?? []), row]);
  }
  return [...events].map(([eventNo, of]) => noticeOf(eventNo, of));
}

/** The temporary code of a split stands where others have their event code. */
const eventNoOf = ({ kind, eventCode, reserved }: NoticeRow): string =>
  kind === 'H10' && reserved !== '' ? reserved : eventCode;

/** The last row tells, as the last file does. Resolutions alone change their meeting, whatever they say of themselves. */
function noticeOf(eventNo: string, rows: readonly NoticeRow[]): EventNotice {
  const resolutions = rows.filter(({ kind }) => kind === 'H12');
  const mains = rows.filter(({ kind }) => kind !== 'H12');
  const main = mains.at(-1) ?? rows.at(-1);
  if (main === undefined) throw new RangeError('a notice has a row');
  const isMeetingOnly = mains.length === 0;
  const differing = mains.filter((row) => !isSame(row, main));
  return {
    eventNo,
    kind: kindOf(main),
    code: stockOf(main),
    change: isMeetingOnly ? undefined : changeOf(main),
    terms: { ...(isMeetingOnly ? {} : termsOf(main)), ...resolutionsOf(resolutions) },
    rowNos: rows.map(({ rowNo }) => rowNo),
    ...(differing.length === 0 ? {} : { contradiction: severalRows(mains) }),
  };
}

/** Of a rights issue several rows may tell of what is distributed beside the rights (facts 3.4). */
const isSame = (row: NoticeRow, main: NoticeRow): boolean =>
  (row.kind === 'H14' && main.kind === 'H14' && row.code === main.code && row.mark2 === main.mark2) ||
  JSON.stringify({ ...row, rowNo: '' }) === JSON.stringify({ ...main, rowNo: '' });

const severalRows = (rows: readonly NoticeRow[]): string =>
  `同一事件的几行不一致，以最后一行为准 rows of one event differ, the last was taken: ${rows.map(({ rowNo }) => rowNo).join(', ')}`;

function kindOf({ kind, entitlementClass, mark2, secondCode, standing, code }: NoticeRow): EventKind {
  switch (kind) {
    case 'H01':
      if (entitlementClass === 'HG') return 'RIGHTS_ISSUE';
      if (entitlementClass === 'HL') return mark2 === 'Y' ? 'SCRIP_DIVIDEND' : 'CASH_DIVIDEND';
      // Only Shenzhen names the security that is distributed there; in Shanghai it is the code of the entitlement (facts 3.4).
      return standing === null || secondCode === '' || secondCode === code ? 'BONUS_SHARES' : 'DISTRIBUTED_WARRANTS';
    case 'H06':
    case 'H12':
      return 'VOTING';
    case 'H07':
    case 'H08':
    case 'H09':
      return 'TAKEOVER';
    case 'H10':
      return 'SPLIT_OR_CONSOLIDATION';
    case 'H13':
      return 'OPEN_OFFER';
    case 'H14':
      return 'RIGHTS_ISSUE';
    default:
      throw new RangeError(`no event is told by a notice ${kind}`);
  }
}

/** Of an optional dividend BL1 is the price at which shares are given instead of cash. */
const isOptionalDividend = ({ kind, entitlementClass, mark2 }: NoticeRow): boolean =>
  kind === 'H01' && entitlementClass === 'HL' && mark2 === 'Y';

/** In Shenzhen offers and rights stand under the code of the entitlement, and the stock beside it (facts 3.4). */
const stockOf = ({ kind, code, secondCode, standing }: NoticeRow): string =>
  standing !== null && (kind === 'H13' || kind === 'H14') && secondCode !== '' ? secondCode : code;

/** Takeovers that are paid in shares, or in both: BL1 is what is given for each share, BL2 the ratio of an assured entitlement. */
const OFFERS_SHARES: readonly string[] = ['H08', 'H09'];

const CHANGES: Readonly<Record<string, EventChange>> = { ADD: 'ADD', UPD: 'UPD', DEL: 'DEL' };

/**
 * Undefined where the book knows what is new and what changes: of an H01 the mark says whether it is an optional dividend, and in Shenzhen a
 * notice is valid or cancelled, whatever its kind.
 */
function changeOf({ kind, mark2, standing }: NoticeRow): EventChange | undefined {
  if (standing !== null) return standing === 'N' ? 'DEL' : undefined;
  return kind === 'H01' ? undefined : CHANGES[mark2];
}

function termsOf(row: NoticeRow): EventTerms {
  const { kind, date1, date2, date3, price1, price2, ratio1, ratio2, quantity1, quantity2, mark1 } = row;
  const told: Readonly<Record<string, string | null>> = {
    form: kind,
    ...(kind === 'H10'
      ? {
          temporaryCode: row.eventCode,
          newCode: row.secondCode,
          effectiveOn: date1,
          newCodeFrom: date2,
          newCodeAgainFrom: date3,
          newShares: plain(quantity1),
          oldShares: plain(quantity2),
          laterNewShares: plain(ratio1),
          laterOldShares: plain(ratio2),
        }
      : kind === 'H06'
        ? { recordOn: mark1 === 'Y' ? date2 : null, startsOn: date2, deadlineOn: date3 }
        : {
            recordOn: date1,
            ...(kind === 'H01' ? { payOn: date2 } : { startsOn: date2 }),
            deadlineOn: date3,
            priceBeforeTax: plain(price1),
            priceAfterTax: plain(price2),
            ...(OFFERS_SHARES.includes(kind)
              ? { sharesPerShare: plain(ratio1), assuredRatio: plain(ratio2) }
              : isOptionalDividend(row)
                ? { scripPrice: plain(ratio1) }
                : { sharesHeld: plain(ratio1), sharesReceived: plain(ratio2) }),
            securityReceived: stockOf(row) === row.code ? row.secondCode : row.code,
          }),
    currency: row.currency,
    condition: kind === 'H06' ? '' : mark1,
  };
  return Object.fromEntries(
    Object.entries(told).filter((term): term is [string, string] => term[1] !== null && term[1] !== ''),
  );
}

/** `0.50000000` of the database is the `0.5` of the notice. */
const plain = (decimal: string | null): string | null =>
  decimal === null ? null : decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;

const resolutionsOf = (rows: readonly NoticeRow[]): EventTerms =>
  Object.fromEntries(
    rows
      .filter(({ secondCode }) => secondCode !== '')
      .map((row): [string, string] => [`resolution ${row.secondCode}`, changeOf(row) === 'DEL' ? 'withdrawn' : 'put']),
  );
