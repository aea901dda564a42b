/** Cents are whole numbers; a fraction of a cent rounds half up. */
function toCents(amount) {
  return Math.floor(amount * 100 + 0.5);
}

/** A percentage of a number of cents, in whole cents. */
function percentOf(cents, percent) {
  return Math.floor((cents * percent) / 100 + 0.5);
}

/** `1234` becomes `12.34`. */
function format(cents) {
  return (cents / 100).toFixed(2);
}

module.exports = { toCents, percentOf, format };
