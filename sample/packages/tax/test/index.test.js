const assert = require('node:assert/strict');
const { test } = require('node:test');
const { taxOn } = require('../src');

test('books are taxed at the lower rate', () => {
  assert.equal(taxOn(1000, 'books'), 70);
});

test('everything else is taxed at the full rate', () => {
  assert.equal(taxOn(1000), 190);
});

test('an unknown kind of goods is an error', () => {
  assert.throws(() => taxOn(1000, 'ideas'), /no tax rate for ideas/);
});
