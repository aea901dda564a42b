const { percentOf } = require('@sample/money');

/** Percent off, for this many pieces and more, the most pieces first. */
const STEPS = [
  { pieces: 10, percent: 20 },
  { pieces: 3, percent: 5 },
];

/** What is taken off a number of cents, in cents. */
function discountOn(cents, pieces) {
  const step = STEPS.find((candidate) => pieces >= candidate.pieces);
  return step ? percentOf(cents, step.percent) : 0;
}

module.exports = { STEPS, discountOn };
