const assert = require('node:assert/strict');
const { test } = require('node:test');
const { format, percentOf, toCents } = require('../src');

test('an amount becomes whole cents', () => {
  assert.equal(toCents(12.34), 1234);
});

test('half a cent rounds up', () => {
  assert.equal(percentOf(250, 1), 3);
});

test('cents are shown with two digits', () => {
  assert.equal(format(1230), '12.30');
});
