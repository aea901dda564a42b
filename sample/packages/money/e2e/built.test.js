const assert = require('node:assert/strict');
const { test } = require('node:test');
const { format, toCents } = require('@sample/money');

test('the built package turns an amount into text', () => {
  assert.equal(format(toCents(3)), '3.00');
});
