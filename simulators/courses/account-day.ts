/**
 * The reserve and risk-fund accounts of one day with the bank's statements beside them, to be changed and written again: movements in
 * the order of their times, numbered and with running balances, 10:30 and before in the first part, the rest in the second.
 */
import { join } from 'node:path';
import { fenOf, moneyText } from '../common/values';
import { openDbase, type DbaseRecord } from './dbase-rows';
import { accountOf, changeStatement, COUNTERPARTY, CREDIT, DEBIT, TIME } from './statement-lines';

export type Side = 'client' | 'proprietary';

export const RESERVE: Readonly<Record<Side, string>> = { client: 'HKB0000001', proprietary: 'HKZ0000001' };
const RISK_FUND: Readonly<Record<Side, string>> = { client: 'HKF0000001', proprietary: 'HKF0000002' };
const STATEMENT: Readonly<Record<Side, string>> = { client: 'bank_client', proprietary: 'bank_own' };
const FIRST_BATCH = '103000';

/** The accounts of a day in a folder of days. */
export class AccountDay {
  private readonly movements: DbaseRecord[];

  private constructor(
    private readonly folder: string,
    private readonly date: string,
  ) {
    this.movements = [...openDbase(this.part(1)).rows, ...openDbase(this.part(2)).rows];
  }

  static open(folder: string, date: string): AccountDay {
    return new AccountDay(join(folder, date), date);
  }

  private part(number: 1 | 2): string {
    return join(this.folder, `hk_zjbd${this.date.replaceAll('-', '')}_${number}.dbf`);
  }

  /** The transfer of a side moves at another time (HH:MM:SS), perhaps another amount, in both accounts. */
  transfer(side: Side, direction: 'in' | 'out', at: string, amount: string | undefined): void {
    const movement = this.only(RESERVE[side], direction === 'in' ? 'ZR' : 'ZC');
    const before = unsigned(movement.get('FSJE'));
    const after = amount ?? before;
    movement.set('FSSJ', at.replaceAll(':', ''));
    movement.set('FSJE', direction === 'in' ? after : `-${after}`);
    changeStatement(this.statement(side), (lines) => {
      const line = lines.find((one) => one[COUNTERPARTY] === RESERVE[side] && (one[DEBIT] || one[CREDIT]) === before);
      if (line === undefined) throw new RangeError(`${this.date}: no line of ${before} at the bank, ${side}`);
      line[TIME] = at.replaceAll(':', '');
      line[direction === 'in' ? DEBIT : CREDIT] = after;
    });
  }

  /** One more transfer into the reserve account. */
  addTransfer(side: Side, at: string, amount: string): void {
    const bankAccount = accountOf(this.statement(side));
    const pattern = this.movements[0] ?? openDbase(this.part(2)).rows[0];
    if (pattern === undefined) throw new RangeError(`${this.date} has no movement to follow`);
    const movement = pattern.copy();
    const told = { ZJZH: RESERVE[side], YWLB: 'ZR', FSJE: amount, FSSJ: at.replaceAll(':', ''), DFZH: bankAccount };
    for (const [name, text] of Object.entries({ ...told, ZY: '银行转入' })) movement.set(name, text);
    this.movements.push(movement);
    changeStatement(this.statement(side), (lines) => {
      const reference = `${side === 'client' ? 'C' : 'O'}${this.date.replaceAll('-', '')}9999`;
      const time = at.replaceAll(':', '');
      lines.push([bankAccount, this.date, time, reference, '划入备付金', amount, '', '', RESERVE[side]]);
    });
  }

  /** A batch books another amount. */
  book(side: Side, business: string, amount: string): void {
    this.only(RESERVE[side], business).set('FSJE', amount);
    const mirrored = this.movements.filter(
      (one) => one.get('ZJZH') === RISK_FUND[side] && one.get('YWLB') === business,
    );
    for (const one of mirrored) one.set('FSJE', moneyText(-fenOf(amount)));
  }

  /** Takes a movement out of the day, to be booked on another one. */
  take(side: Side, business: string): DbaseRecord {
    const movement = this.only(RESERVE[side], business);
    this.movements.splice(this.movements.indexOf(movement), 1);
    return movement;
  }

  /** Books a movement of another day with the same business of this one, in one sum. */
  add(side: Side, taken: DbaseRecord): void {
    const same = this.movements.find(
      (one) => one.get('ZJZH') === RESERVE[side] && one.get('YWLB') === taken.get('YWLB'),
    );
    if (same !== undefined) {
      same.set('FSJE', moneyText(fenOf(same.get('FSJE')) + fenOf(taken.get('FSJE'))));
      return;
    }
    const movement = taken.copy();
    movement.set('FSRQ', this.date.replaceAll('-', ''));
    this.movements.push(movement);
  }

  /** Writes both parts and the balances. */
  save(): void {
    const balances = openDbase(join(this.folder, `hk_zjye${this.date.replaceAll('-', '')}.dbf`));
    for (const row of balances.rows) {
      const own = this.movements
        .filter((one) => one.get('ZJZH') === row.get('ZJZH'))
        .sort((a, b) => (a.get('FSSJ') < b.get('FSSJ') ? -1 : a.get('FSSJ') > b.get('FSSJ') ? 1 : 0));
      let balance = fenOf(row.get('QCYE'));
      let afterFirst = balance;
      own.forEach((movement, index) => {
        balance += fenOf(movement.get('FSJE'));
        movement.set('XH', String(index + 1));
        movement.set('YE', moneyText(balance));
        const isFirst = movement.get('FSSJ') <= FIRST_BATCH;
        movement.set('PCH', isFirst ? '1' : '2');
        if (isFirst) afterFirst = balance;
      });
      const sum = (counts: (fen: bigint) => boolean) =>
        moneyText(own.map((one) => fenOf(one.get('FSJE'))).reduce((all, fen) => (counts(fen) ? all + fen : all), 0n));
      row.set(
        'SRJE',
        sum((fen) => fen > 0n),
      );
      row.set(
        'ZCJE',
        sum((fen) => fen < 0n),
      );
      row.set('YE', moneyText(balance));
      row.set('QKJE1', moneyText(afterFirst < 0n ? -afterFirst : 0n));
      row.set('QKJE2', moneyText(balance < 0n ? -balance : 0n));
    }
    balances.save();
    for (const number of [1, 2] as const) {
      const file = openDbase(this.part(number));
      file.rows = this.movements.filter((one) => one.get('PCH') === String(number));
      file.save();
    }
  }

  private only(account: string, business: string): DbaseRecord {
    const found = this.movements.filter((one) => one.get('ZJZH') === account && one.get('YWLB') === business);
    if (found.length !== 1) throw new RangeError(`${this.date}: ${found.length} movements ${business} of ${account}`);
    return found[0] as DbaseRecord;
  }

  private statement(side: Side): string {
    return join(this.folder, `${STATEMENT[side]}_${this.date.replaceAll('-', '')}.csv`);
  }
}

const unsigned = (money: string): string => money.replace('-', '');
