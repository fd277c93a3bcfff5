import { drawn, shuffled } from '../../bench/days/seeded';

test('a number follows from seed and place alone, and changes with each of them', () => {
  expect(drawn(1, 2, 3, 4)).toBe(drawn(1, 2, 3, 4));
  const others = [drawn(2, 2, 3, 4), drawn(1, 3, 3, 4), drawn(1, 2, 4, 4), drawn(1, 2, 3, 5), drawn(1, 3, 2, 4)];
  expect(new Set([...others, drawn(1, 2, 3, 4)]).size).toBe(6);
});

test('sides drawn from 100,000 places come out as often as they should, within one in a hundred', () => {
  const buys = Array.from({ length: 100_000 }, (_, place) => drawn(7, 4, 0, place) % 100).filter((one) => one < 60);
  expect(Math.abs(buys.length - 60_000)).toBeLessThan(1_000);
});

test.each([
  [1, 'one account alone'],
  [2, 'the smallest market'],
  [20, 'steps that would share a divisor with the count'],
  [997, 'a prime'],
  [20_000, 'a market of 100,000 trades'],
])('of %i each comes once, and is found again (%s)', (count) => {
  const order = shuffled(count);
  const places = Array.from({ length: count }, (_, place) => place);
  expect(new Set(places.map(order.at)).size).toBe(count);
  expect(places.every((place) => order.placeOf(order.at(place)) === place)).toBe(true);
});
