const assert = require('node:assert/strict');
const { test } = require('node:test');
const manifest = require('@sample/shop/dist/manifest.json');
const { receiptLine } = require('@sample/shop');

test('the built shop writes a receipt', () => {
  assert.equal(receiptLine({ name: 'cup', price: 4 }), '1 cup 4.76');
});

test('it was built from the packages it sells with', () => {
  const names = Object.keys(manifest.dependencies).sort();
  assert.deepEqual(names, [
    '@sample/discounts',
    '@sample/money',
    '@sample/tax',
  ]);
});

test('it reaches the payment service', () => {
  assert.notEqual(process.env.SAMPLE_PAYMENTS, 'off', 'the service is down');
});
