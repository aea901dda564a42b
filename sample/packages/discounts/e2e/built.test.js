const assert = require('node:assert/strict');
const { test } = require('node:test');
const { discountOn } = require('@sample/discounts');

test('the built package gives a discount', () => {
  assert.equal(discountOn(100, 3), 5);
});
