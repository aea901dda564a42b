const { discountOn } = require('@sample/discounts');
const { format, toCents } = require('@sample/money');
const { taxOn } = require('@sample/tax');

/** One line of a receipt: what a number of pieces costs, tax included. */
function receiptLine({ name, price, pieces = 1, kind }) {
  const full = toCents(price) * pieces;
  const net = full - discountOn(full, pieces);
  return `${pieces} ${name} ${format(net + taxOn(net, kind))}`;
}

module.exports = { receiptLine };
