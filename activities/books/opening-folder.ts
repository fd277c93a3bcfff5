/** What the opening folder holds, read strictly. */
import { z } from 'zod';
import { parseScaled } from '../../domain/scaled';

const openingSchema = z.object({
  firstDay: z.string(),
  previousTradingDay: z.string(),
  previousSettlementRatio: z.object({ buy: z.string(), sell: z.string() }),
  overdraftInterestPerYear: z.string(),
  reserveInterestPerYear: z.string(),
  penaltyPerDay: z.string(),
  interestDayBase: z.number().int().positive(),
  ratioField: z.object({ B: z.enum(['BL1', 'BL2']), S: z.enum(['BL1', 'BL2']) }),
  portfolioFeeMinimumCny: z.string(),
  preFundingOnAddedDays: z.boolean(),
  fundingLateFrom: z.string(),
  files: z.object({ alarm: z.tuple([z.string(), z.string()]) }),
});
export type OpeningParameters = z.infer<typeof openingSchema>;

export const openingParameters = (json: string): OpeningParameters => openingSchema.parse(JSON.parse(json));

export interface OpeningClient {
  readonly fundAccount: string;
  readonly securitiesAccount: string;
  readonly name: string;
  readonly branch: string;
  readonly seat: string;
  readonly side: 'client' | 'proprietary';
  readonly kind: 'natural' | 'institution';
  readonly commissionRate: string;
  readonly commissionMinimumFen: bigint;
}

const clientSchema = z.object({
  fund_account: z.string().min(1),
  securities_account: z.string().regex(/^[A-Z]\d{9}$/),
  name: z.string(),
  branch: z.string(),
  seat: z.string(),
  side: z.enum(['C', 'P']),
  kind: z.enum(['N', 'I']),
  commission_rate: z.string().regex(/^\d+(\.\d+)?$/),
  commission_min: z.string().regex(/^\d+\.\d{2}$/),
});

export const clientsFrom = (lines: readonly unknown[]): OpeningClient[] =>
  lines.map((line) => {
    const client = clientSchema.parse(line);
    return {
      fundAccount: client.fund_account,
      securitiesAccount: client.securities_account,
      name: client.name,
      branch: client.branch,
      seat: client.seat,
      side: client.side === 'P' ? 'proprietary' : 'client',
      kind: client.kind === 'I' ? 'institution' : 'natural',
      commissionRate: client.commission_rate,
      commissionMinimumFen: parseScaled(client.commission_min, 2),
    };
  });
