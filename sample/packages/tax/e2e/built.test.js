const assert = require('node:assert/strict');
const { test } = require('node:test');
const manifest = require('@sample/tax/dist/manifest.json');
const { taxOn } = require('@sample/tax');

test('the built package taxes', () => {
  assert.equal(taxOn(200), 38);
});

test('it was built from the money package', () => {
  assert.deepEqual(Object.keys(manifest.dependencies), ['@sample/money']);
});
