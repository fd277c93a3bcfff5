/**
 * The clearing house and CCNET: lays the files of clearing house and exchange into the inbox at their time, and answers
 * for the reserve and risk-fund accounts. Protocol: simulators/README.md.
 */
import { readDays, readOpeningAccounts } from '../common/days';
import { dropEvents, plannedDrops, type DropRecord } from '../common/drops';
import { refuse } from '../common/refusals';
import { runSimulator } from '../common/simulator';
import { moneyText } from '../common/values';
import { openAccountBook } from './accounts';
import { addFilings } from './filings';
import { addWithdrawals, withdrawalEvents, type Withdrawal } from './withdrawals';

type Own = { readonly drops: DropRecord; readonly withdrawals: Withdrawal[] };

/** A file of theirs without a line in arrivals.csv comes then: after the evening's files, before posting starts. */
const UNLISTED_AT = '19:30:00';

const isTheirs = (name: string): boolean =>
  /^(hk_|hkexclpr|reff|szhk_|settlement_notices_).*\.(dbf|txt|csv)$/i.test(name);

runSimulator<Own>({ drops: { came: {}, comeAgain: {} }, withdrawals: [] }, (state, save, start) => {
  const days = readDays(start.dataFolder, start.overlayFolder);
  const accounts = readOpeningAccounts(start.dataFolder);
  const book = openAccountBook(days, accounts);
  const played = days.filter((day) => start.from === undefined || day.businessDate >= start.from);
  const drops = plannedDrops(played, isTheirs, UNLISTED_AT);

  return {
    events: () => [...dropEvents(drops, state.drops, start.inbox, state.fault), ...withdrawalEvents(state, book)],
    addRoutes(app) {
      app.get('/ccnet/accounts/:account', (request, response) => {
        const account = request.params.account;
        if (!book.has(account)) {
          return refuse(response, 404, 'NO_SUCH_ACCOUNT', { zh: '没有该账户', en: 'there is no such account' });
        }
        const balanceFen = book.balanceFenAt(account, state.now);
        response.json({
          account,
          asOf: state.now,
          balance: moneyText(balanceFen),
          withdrawable: moneyText(balanceFen > 0n ? balanceFen : 0n),
          movements: book.movementsUpTo(account, state.now).map((movement) => ({
            number: movement.number,
            business: movement.business,
            amount: moneyText(movement.amountFen),
            balance: moneyText(movement.balanceFen),
            at: movement.at,
            counterAccount: movement.counterAccount,
          })),
        });
      });
      addWithdrawals(app, state, save, accounts);
      addFilings(app, state, `${start.stateFile}.filings`, days);
    },
  };
});
