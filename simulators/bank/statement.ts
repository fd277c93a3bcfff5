/** The bank's day, as its statements tell it: which transfers were executed when, and the balance in between. */
import { z } from 'zod';
import { copiesOf, readCsv, type OpeningAccount, type PlayedDay } from '../common/days';
import { fenOf, shanghaiInstant } from '../common/values';

export type StatementLine = {
  /** Unique over all days and accounts. */
  readonly id: string;
  readonly account: string;
  readonly businessDate: string;
  readonly at: string;
  readonly debitFen: bigint;
  readonly creditFen: bigint;
  readonly counterparty: string;
};

/** One account's statement of one day. */
export type Statement = {
  readonly account: string;
  readonly businessDate: string;
  readonly openingFen: bigint;
  readonly lines: readonly StatementLine[];
};

/** A transfer that the bank executes when it has an order for it: the line out, and the line in where the bank keeps both. */
export type ExpectedTransfer = {
  readonly from: string;
  readonly to: string;
  readonly amountFen: bigint;
  readonly out: StatementLine;
  readonly into: StatementLine | null;
};

const statementForm = z
  .array(
    z.object({
      account: z.string().min(1),
      date: z.string(),
      time: z.string(),
      reference: z.string(),
      debit: z.string(),
      credit: z.string(),
      balance: z.string(),
      counterparty: z.string(),
    }),
  )
  .min(1);

/** The statements of all days. Throws where a day has a statement and no copy of it can be read. */
export function readStatements(days: readonly PlayedDay[]): readonly Statement[] {
  return days.flatMap((day) => ['bank_client', 'bank_own'].flatMap((stem) => statementOf(day, stem)));
}

/**
 * The transfers of the statements that wait for an order: money out to a reserve account (named as counterparty), and
 * commission, which has no counterparty but a line in at the broker's other account at the same second.
 */
export function expectedTransfers(
  statements: readonly Statement[],
  accounts: readonly OpeningAccount[],
): readonly ExpectedTransfer[] {
  const reserves = new Set(accounts.filter((account) => account.kind === 'reserve').map((account) => account.account));
  const lines = statements.flatMap((statement) => statement.lines);
  return lines
    .filter((line) => line.debitFen > 0n)
    .flatMap((out): ExpectedTransfer[] => {
      const money = { from: out.account, amountFen: out.debitFen, out };
      if (reserves.has(out.counterparty)) return [{ ...money, to: out.counterparty, into: null }];
      const into = lines.find((line) => line.account !== out.account && isTwin(out, line));
      return into === undefined ? [] : [{ ...money, to: into.account, into }];
    });
}

function isTwin(out: StatementLine, into: StatementLine): boolean {
  const unnamed = out.counterparty === '' && into.counterparty === '';
  return unnamed && into.at === out.at && into.creditFen === out.debitFen;
}

function statementOf(day: PlayedDay, stem: string): readonly Statement[] {
  const paths = copiesOf(day, `${stem}_${day.businessDate.replaceAll('-', '')}`, '.csv');
  const faults: string[] = [];
  for (const path of paths) {
    try {
      return [readStatement(path, day.businessDate)];
    } catch (fault) {
      faults.push((fault as Error).message);
    }
  }
  if (paths.length > 0) throw new Error(`no ${stem} statement for ${day.businessDate}: ${faults.join('; ')}`);
  return [];
}

function readStatement(path: string, businessDate: string): Statement {
  const [first, ...rest] = statementForm.parse(readCsv(path));
  const account = (first as { account: string }).account;
  const lines = rest.map((line, index): StatementLine => {
    if (line.account !== account || line.date !== businessDate) throw new RangeError(`${path}: a line of another day`);
    return {
      id: `${account}:${businessDate}:${index + 1}`,
      account,
      businessDate,
      at: shanghaiInstant(businessDate, line.time),
      debitFen: line.debit === '' ? 0n : fenOf(line.debit),
      creditFen: line.credit === '' ? 0n : fenOf(line.credit),
      counterparty: line.counterparty,
    };
  });
  return { account, businessDate, openingFen: fenOf((first as { balance: string }).balance), lines };
}
