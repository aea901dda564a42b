const { percentOf } = require('@sample/money');

/** Percent, by kind of goods. */
const RATES = { books: 7, other: 19 };

/** The tax on a number of cents, in cents. */
function taxOn(cents, kind = 'other') {
  const rate = RATES[kind];
  if (rate === undefined) throw new RangeError(`no tax rate for ${kind}`);
  return percentOf(cents, rate);
}

module.exports = { RATES, taxOn };
