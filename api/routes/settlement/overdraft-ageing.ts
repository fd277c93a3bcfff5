/** What clients owe by age: since when, in which band of the recovery ladder, with the interest of each (A4 §28, §36; A1 §13). */
import { daysBetween, type BusinessDate } from '../../../domain/calendar/business-date';
import { yuan } from '../../../domain/money';
import { parametersOn, type ParameterRow } from '../../../domain/parameters';
import { penaltyInterestFen } from '../../../domain/settlement/overdraft';
import { ageBand, recoveryTermsOf } from '../../../domain/settlement/overdraft-life';
import { sidesReadBy } from '../../identity';
import { route } from '../../route';
import { businessDate, dayPath, money, side } from '../../schemas';
import { z } from '../../zod';

const band = z.enum(['fresh', 'call', 'block', 'recovery']).openapi({
  description: '账龄档：新近、应催告、应限制买入、应追偿 fresh, to be called about, to be blocked, to be recovered',
});

const aged = z
  .strictObject({
    fundAccount: z.string(),
    branch: z.string(),
    side,
    owedSince: businessDate,
    days: z.number().int(),
    band,
    advance: money,
    overdraft: money,
    interestOwed: money.openapi({ description: '罚息：累计减已收与减免 accrued, less collected and waived' }),
    caseNo: z.string().nullable(),
  })
  .openapi('AgedOverdraft');

const ageing = z
  .strictObject({
    bands: z.array(z.strictObject({ band, clients: z.number().int(), owed: money, interestOwed: money })),
    clients: z.array(aged),
  })
  .openapi('OverdraftAgeing');

interface Row {
  readonly fund_account: string;
  readonly branch: string;
  readonly side: 'client' | 'proprietary';
  readonly owed_since: BusinessDate;
  readonly outstanding_fen: bigint;
  readonly overdraft_fen: bigint;
  readonly numerator: string;
  readonly settled: bigint;
  readonly case_no: string | null;
}

export const readOverdraftAgeing = route({
  id: 'readOverdraftAgeing',
  method: 'get',
  path: '/v1/settlement-days/{channel}/{date}/overdraft-ageing',
  tag: 'days',
  summary: { zh: '透支账龄表', en: 'Overdrafts by age' },
  params: dayPath,
  answer: ageing,
  refusals: ['CHANNEL_UNKNOWN', 'NO_PARAMETER_FOR_DATE'],
  respond: async ({ params, caller }, { pool }) => {
    const { channel, date } = params;
    const { rows } = await pool.query<Row>(AGED, [channel, date, sidesReadBy(caller)]);
    const { rows: dated } = await pool.query<ParameterRow>(
      'select code, channel, value, unit, valid_from as "validFrom", valid_to as "validTo" from parameters',
    );
    const parameter = parametersOn(dated, date, channel);
    const terms = recoveryTermsOf(parameter);
    const dayBase = BigInt(parameter('INTEREST_DAY_BASE'));
    const clients = rows.map((row) => ({
      row,
      band: ageBand(row.owed_since, date, terms),
      interestFen: penaltyInterestFen(BigInt(row.numerator), 1n, dayBase) - row.settled,
    }));
    const bands = band.options.map((one) => {
      const within = clients.filter((client) => client.band === one);
      const sum = (of: (client: (typeof clients)[number]) => bigint) =>
        within.reduce((total, client) => total + of(client), 0n);
      return {
        band: one,
        clients: within.length,
        owed: yuan(sum(({ row }) => row.outstanding_fen + row.overdraft_fen)),
        interestOwed: yuan(sum(({ interestFen }) => interestFen)),
      };
    });
    const lines = clients.map(({ row, band: stands, interestFen }): z.input<typeof aged> => ({
      fundAccount: row.fund_account,
      branch: row.branch,
      side: row.side,
      owedSince: row.owed_since,
      days: daysBetween(row.owed_since, date),
      band: stands,
      advance: yuan(row.outstanding_fen),
      overdraft: yuan(row.overdraft_fen),
      interestOwed: yuan(interestFen),
      caseNo: row.case_no,
    }));
    return { status: 200, body: { bands, clients: lines } };
  },
});

const AGED = `
  select a.fund_account, c.branch, c.side, coalesce(a.owed_since, a.business_date)::text as owed_since, a.outstanding_fen, a.overdraft_fen,
         a.interest_numerator::text as numerator,
         (coalesce((select -sum(e.amount) from entries e
                    where e.ledger = 'overdraft_interest' and e.owner = a.fund_account and e.business_date <= $2), 0)
          + coalesce((select sum(w.interest_given_up_fen) from overdraft_write_offs w join overdraft_cases o using (case_no)
                      where o.channel = $1 and o.fund_account = a.fund_account and w.posted_on <= $2), 0))::bigint as settled,
         (select max(o.case_no) from overdraft_cases o
          where o.channel = $1 and o.fund_account = a.fund_account and o.opened_on <= $2 and (o.ended_on is null or o.ended_on > $2)) as case_no
  from advances a join clients c using (fund_account)
  where a.channel = $1 and a.business_date = $2 and a.outstanding_fen + a.overdraft_fen > 0 and c.side = any($3)
  order by owed_since, a.fund_account`;
