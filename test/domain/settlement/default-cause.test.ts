/** Why a side was short: the first cause that holds, both sides of each comparison (A4 §41). */
import { defaultCause, type DefaultCause } from '../../../domain/settlement/default-cause';

test.each<[why: string, planned: bigint, ordered: bigint, arrived: bigint, needed: bigint, cause: DefaultCause]>([
  ['a fen less came than was ordered', 100n, 100n, 99n, 100n, 'transfer not arrived'],
  ['nothing came, and the plan was wrong too: the transfer comes first', 100n, 100n, 0n, 200n, 'transfer not arrived'],
  ['all that was ordered came, a fen less was ordered than planned', 100n, 99n, 99n, 100n, 'not ordered'],
  ['nobody approved an order', 100n, 0n, 0n, 100n, 'not ordered'],
  ['the plan needed nothing, the newest lines need a fen', 0n, 0n, 0n, 1n, 'amount computed wrongly'],
  ['the plan was a fen too low', 100n, 100n, 100n, 101n, 'amount computed wrongly'],
  ['the plan was a fen too high: it was not the plan', 100n, 100n, 100n, 99n, 'settled otherwise'],
  ['all agree: other amounts were booked than announced', 100n, 100n, 100n, 100n, 'settled otherwise'],
  ['more came than was ordered', 100n, 100n, 150n, 100n, 'settled otherwise'],
])('%s', (_why, plannedFen, orderedFen, arrivedFen, neededFen, cause) => {
  expect(defaultCause({ plannedFen, orderedFen, arrivedFen, neededFen })).toBe(cause);
});
