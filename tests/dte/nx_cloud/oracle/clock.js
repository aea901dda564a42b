// NODE_OPTIONS loads this file into a client. It writes each wait between requests, in
// milliseconds, to CLOCK_FILE, and divides the wait by CLOCK_SPEED. Random numbers are
// always 0.5. Nx's timeouts, the requests' timeouts and the client's code are unchanged.
const { appendFileSync } = require('fs');
const promises = require('timers/promises');

const WAITS = /nx-cloud.lib.utilities.waiter\.js|[\\/]timing\.js/;
const { setTimeout: start } = globalThis;
const { setTimeout: sleep } = promises;
const { CLOCK_FILE, CLOCK_SPEED } = process.env;

function shorten(milliseconds) {
  const caller = new Error().stack.split('\n')[3];
  if (!WAITS.test(caller)) return milliseconds;
  appendFileSync(CLOCK_FILE, `${milliseconds}\n`);
  return milliseconds / CLOCK_SPEED;
}

globalThis.setTimeout = (work, milliseconds, ...rest) =>
  start(work, shorten(milliseconds), ...rest);
promises.setTimeout = (milliseconds, ...rest) =>
  sleep(shorten(milliseconds), ...rest);
Math.random = () => 0.5;
