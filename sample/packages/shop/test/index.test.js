const assert = require('node:assert/strict');
const { test } = require('node:test');
const { receiptLine } = require('../src');

test('a book costs its price and the lower tax', () => {
  const line = receiptLine({ name: 'atlas', price: 20, kind: 'books' });
  assert.equal(line, '1 atlas 21.40');
});

test('many pieces are discounted before they are taxed', () => {
  const line = receiptLine({ name: 'pen', price: 1, pieces: 10 });
  assert.equal(line, '10 pen 9.52');
});
