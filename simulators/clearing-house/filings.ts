/**
 * Filings (votes, takeover elections) with the field names of HK_YWHB. Each is answered at once with its acceptance number; the replies of
 * the day are those of the days' HK_YWHB. They are kept in a journal: an event may bring a hundred thousand of them.
 */
import type { Express } from 'express';
import { z } from 'zod';
import { copiesOf, type PlayedDay } from '../common/days';
import { meets } from '../common/faults';
import { openJournal } from '../common/keeping';
import { answerOnce, bodyIn, refuse, type Answered } from '../common/refusals';
import type { CommonState } from '../common/simulator';
import { businessDateOf, shanghaiInstant } from '../common/values';
import { readRows } from './records';

type Reply = {
  readonly SBBH: string;
  readonly ZT: string;
  readonly QRSL: string;
  readonly SLBH: string;
  readonly JGDM: string;
  readonly at: string;
};

const filingForm = z.strictObject({
  SBBH: z.string().min(1).max(16),
  YWLX: z.enum(['H62', 'H63', 'H64', 'H65', 'H66']),
  SBLX: z.enum(['HSB', 'HCX']),
  ZQZH: z.string().min(1).max(10),
  ZQDM: z.string().regex(/^\d{5}$/),
  GXDM: z.string().min(1).max(16),
  SL: z.string().regex(/^-?\d{1,15}$/, 'quantity is text of a whole number; negative withdraws'),
  vote: z
    .strictObject({
      YABH: z.string().min(1).max(20),
      ZCSL: z.string().regex(/^\d{1,15}$/),
      FDSL: z.string().regex(/^\d{1,15}$/),
      QQSL: z.string().regex(/^\d{1,15}$/),
    })
    .optional(),
});
type Filing = z.infer<typeof filingForm>;
type Kept = Answered & { readonly filing: Filing };

const FIELDS = ['SBBH', 'FSRQ', 'FSSJ', 'QRSL', 'SLBH', 'ZT', 'JGDM'];
const STATES: Readonly<Record<string, string>> = { '2': 'confirmed', '3': 'success', '4': 'failed', '6': 'cancelled' };

/** What adds up: of an account, an event and a business. Votes replace one another. */
const sumOf = ({ ZQZH, GXDM, YWLX }: Filing): string => `${ZQZH} ${GXDM} ${YWLX}`;

/** POST and GET of filings; the state is `accepted` until a reply of HK_YWHB falls due, then what the newest one says. */
export function addFilings(app: Express, state: CommonState, file: string, days: readonly PlayedDay[]): void {
  const replies = days.flatMap(repliesOf);
  const journal = openJournal<Kept>(file);
  const known = new Map(journal.entries.map((kept) => [kept.filing.SBBH, kept]));
  const sums = new Map<string, bigint>();
  const count = ({ filing }: Kept): void => {
    const key = sumOf(filing);
    if (filing.YWLX !== 'H62') sums.set(key, (sums.get(key) ?? 0n) + BigInt(filing.SL));
  };
  journal.entries.forEach(count);

  app.post('/ccnet/filings', (request, response) => {
    const filing = bodyIn(filingForm, request, response);
    if (filing === undefined) return;
    const before = known.get(filing.SBBH);
    if (before === undefined && filing.YWLX !== 'H62') {
      if (BigInt(filing.SL) === 0n) {
        return refuse(response, 422, 'QUANTITY_ZERO', { zh: '数量不能为零', en: 'the quantity is zero' });
      }
      if ((sums.get(sumOf(filing)) ?? 0n) + BigInt(filing.SL) < 0n) {
        return refuse(response, 422, 'MORE_WITHDRAWN_THAN_FILED', {
          zh: '撤回数量超过已申报数量',
          en: 'more is withdrawn than was filed',
        });
      }
    }
    answerOnce(request, response, {
      key: filing.SBBH,
      content: filing,
      known: before,
      fault: state.fault,
      accept(contentHash) {
        const acceptanceNo = `SF${businessDateOf(state.now).replaceAll('-', '')}${String(known.size + 1).padStart(6, '0')}`;
        const answer = { SBBH: filing.SBBH, state: 'accepted', acceptedAt: state.now, acceptanceNo };
        const kept: Kept = { contentHash, status: 202, answer, filing };
        journal.append(kept);
        known.set(filing.SBBH, kept);
        count(kept);
        return kept;
      },
    });
  });

  app.get('/ccnet/filings/:number', (request, response) => {
    const SBBH = request.params.number;
    const kept = known.get(SBBH);
    if (kept === undefined) return void response.json({ SBBH, state: 'unknown', acceptanceNo: null, replies: [] });
    const due = replies.filter((reply) => reply.SBBH === SBBH && reply.at <= state.now);
    const newest = due.at(-1);
    const drilled = (['failed', 'cancelled'] as const).find((kind) => meets(state.fault, kind, SBBH));
    const { acceptanceNo } = kept.answer as { readonly acceptanceNo: string };
    response.json({
      SBBH,
      state: drilled ?? (newest === undefined ? 'accepted' : STATES[newest.ZT]),
      acceptanceNo: newest?.SLBH ?? acceptanceNo,
      replies: due,
    });
  });
}

/** The replies of a day in order of time; none where no copy of the file can be read. */
function repliesOf(day: PlayedDay): readonly Reply[] {
  for (const path of copiesOf(day, 'HK_YWHB', '.dbf')) {
    try {
      return readRows(path, FIELDS)
        .map((row): Reply => {
          const text = (name: string): string => row[name] ?? '';
          if (STATES[text('ZT')] === undefined) throw new RangeError(`no such state of a filing: ${text('ZT')}`);
          return {
            SBBH: text('SBBH'),
            ZT: text('ZT'),
            QRSL: text('QRSL'),
            SLBH: text('SLBH'),
            JGDM: text('JGDM'),
            at: shanghaiInstant(day.businessDate, text('FSSJ')),
          };
        })
        .sort((left, right) => left.at.localeCompare(right.at));
    } catch (fault) {
      process.stderr.write(`replies of ${day.businessDate} passed over: ${(fault as Error).message}\n`);
    }
  }
  return [];
}
