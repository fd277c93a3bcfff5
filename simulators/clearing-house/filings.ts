/** Filings (votes, takeover elections) with the field names of HK_YWHB; the replies are those of the days' HK_YWHB. */
import type { Express } from 'express';
import { z } from 'zod';
import { copiesOf, type PlayedDay } from '../common/days';
import { answerOnce, bodyIn, type Answered } from '../common/refusals';
import type { CommonState } from '../common/simulator';
import { shanghaiInstant } from '../common/values';
import { readRows } from './records';

export type Filing = Answered & { readonly SBBH: string };

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
  SL: z.string().regex(/^-?[1-9]\d{0,14}$/, 'quantity is text of a whole number; negative withdraws'),
});

const FIELDS = ['SBBH', 'FSRQ', 'FSSJ', 'QRSL', 'SLBH', 'ZT', 'JGDM'];
const STATES: Readonly<Record<string, string>> = { '2': 'confirmed', '3': 'success', '4': 'failed', '6': 'cancelled' };

type Kept = CommonState & { readonly filings: Filing[] };

/** POST and GET of filings; the state is `accepted` until a reply of HK_YWHB falls due, then what the newest one says. */
export function addFilings(app: Express, state: Kept, save: () => void, days: readonly PlayedDay[]): void {
  const replies = days.flatMap(repliesOf);
  app.post('/ccnet/filings', (request, response) => {
    const filing = bodyIn(filingForm, request, response);
    if (filing === undefined) return;
    answerOnce(request, response, {
      key: filing.SBBH,
      content: filing,
      known: state.filings.find((known) => known.SBBH === filing.SBBH),
      fault: state.fault,
      accept(contentHash) {
        const answer = { SBBH: filing.SBBH, state: 'accepted', acceptedAt: state.now };
        const accepted: Filing = { SBBH: filing.SBBH, contentHash, status: 202, answer };
        state.filings.push(accepted);
        save();
        return accepted;
      },
    });
  });

  app.get('/ccnet/filings/:number', (request, response) => {
    const SBBH = request.params.number;
    if (!state.filings.some((filing) => filing.SBBH === SBBH)) {
      return void response.json({ SBBH, state: 'unknown', replies: [] });
    }
    const due = replies.filter((reply) => reply.SBBH === SBBH && reply.at <= state.now);
    const newest = due.at(-1);
    response.json({ SBBH, state: newest === undefined ? 'accepted' : STATES[newest.ZT], replies: due });
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
