const { percentOf } = require('@sample/money');

/** Percent off, from this number of pieces on; the largest comes first. */
const STEPS = [
  { pieces: 10, percent: 20 },
  { pieces: 3, percent: 5 },
];

/** The discount on a number of cents, in cents. */
function discountOn(cents, pieces) {
  const step = STEPS.find((candidate) => pieces >= candidate.pieces);
  return step ? percentOf(cents, step.percent) : 0;
}

module.exports = { STEPS, discountOn };
