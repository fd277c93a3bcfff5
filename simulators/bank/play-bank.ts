/**
 * The deposit bank: executes transfer orders as its statements say, keeps the balances of the broker's two accounts and
 * lays the statements into the inbox in the evening. Protocol: simulators/README.md.
 */
import { readDays, readOpeningAccounts, type OpeningAccount } from '../common/days';
import { dropEvents, OWN_FILES_AT, plannedDrops, type DropRecord } from '../common/drops';
import { refuse } from '../common/refusals';
import { runSimulator } from '../common/simulator';
import { businessDateOf, fenOf, moneyText } from '../common/values';
import { expectedTransfers, readStatements, type ExpectedTransfer, type Statement } from './statement';
import { addTransfers, transferEvents, type Transfer } from './transfers';

type Own = { readonly drops: DropRecord; readonly transfers: Transfer[] };

const isTheirs = (name: string): boolean => /^bank_.*\.csv$/.test(name);

/** @param laysStatements false for a bank that pays for the broker on call and keeps no account of it */
export const playBank = (laysStatements: boolean) =>
  runSimulator<Own>({ drops: { came: {}, comeAgain: {} }, transfers: [] }, (state, save, start) => {
    const days = readDays(start.dataFolder, start.overlayFolder);
    const accounts = readOpeningAccounts(start.dataFolder);
    const statements = readStatements(days);
    const expected = expectedTransfers(statements, accounts);
    const played = days.filter((day) => start.from === undefined || day.businessDate >= start.from);
    const drops = plannedDrops(played, isTheirs, OWN_FILES_AT);

    return {
      events: () => [
        ...(laysStatements ? dropEvents(drops, state.drops, start.inbox, state.fault) : []),
        ...transferEvents(state, expected),
      ],
      addRoutes(app) {
        app.get('/accounts/:account', (request, response) => {
          const account = accounts.find((one) => one.account === request.params.account && one.kind === 'bank');
          if (account === undefined) {
            return refuse(response, 404, 'NO_SUCH_ACCOUNT', { zh: '没有该账户', en: 'there is no such account' });
          }
          const balanceFen = balanceFenAt(account, state.now, statements, expected, state.transfers);
          response.json({ account: account.account, asOf: state.now, balance: moneyText(balanceFen) });
        });
        addTransfers(app, state, save, accounts);
      },
    };
  });

/**
 * An account's balance in fen: the opening balance of the newest statement begun and its lines fallen due since, those
 * that wait for an order only once the order has been executed.
 */
function balanceFenAt(
  account: OpeningAccount,
  now: string,
  statements: readonly Statement[],
  expected: readonly ExpectedTransfer[],
  transfers: readonly Transfer[],
): bigint {
  const begun = statements.filter(
    (statement) => statement.account === account.account && statement.businessDate <= businessDateOf(now),
  );
  const newest = begun.at(-1);
  if (newest === undefined) return fenOf(account.balance);
  const executed = new Set(transfers.map((transfer) => transfer.lineId));
  const waiting = new Set(
    expected
      .filter((transfer) => !executed.has(transfer.out.id))
      .flatMap((transfer) => [transfer.out.id, transfer.into?.id]),
  );
  return newest.lines
    .filter((line) => line.at <= now && !waiting.has(line.id))
    .reduce((balanceFen, line) => balanceFen + line.creditFen - line.debitFen, newest.openingFen);
}
