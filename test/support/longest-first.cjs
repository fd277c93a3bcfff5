// Test files that take a minute and more begin first: begun last, one of them would run alone while the other processor has nothing to do.
const Sequencer = require('@jest/test-sequencer').default;

const LONG = [
  'test/day/trouble',
  'test/api/outage',
  'test/worker/killed',
  'test/docs/readme-commands',
  'test/workflows/',
  'test/day/',
];

const placeOf = ({ path }) => {
  const place = LONG.findIndex((start) => path.includes(`/${start}`));
  return place < 0 ? LONG.length : place;
};

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => placeOf(a) - placeOf(b));
  }
};
