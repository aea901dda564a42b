const assert = require('node:assert/strict');
const { test } = require('node:test');
const { discountOn } = require('../src');

test('a single piece costs its price', () => {
  assert.equal(discountOn(1000, 1), 0);
});

test('three pieces are a little cheaper', () => {
  assert.equal(discountOn(3000, 3), 150);
});

test('ten pieces are a lot cheaper', () => {
  assert.equal(discountOn(10000, 10), 2000);
});
