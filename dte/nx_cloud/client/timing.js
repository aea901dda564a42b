// The pauses of the client between requests: those of the last public full client of Nx
// Cloud (nx-cloud 19.0.0), divided by FASTER. `1` is real time.
const { setTimeout: sleep } = require('timers/promises');

const FASTER = Number(process.env.DTE_NX_CLOUD_SPEED) || 50;
const POLL_MS = 5000;
const LONGEST_POLL_MS = 30000;

const pause = (milliseconds) => sleep(milliseconds / FASTER);

// Waits 5 seconds before the first poll, then 10, and at most 30.
class Poll {
  #next = POLL_MS;

  async wait() {
    await pause(this.#next);
    this.#next = Math.min(this.#next + POLL_MS, LONGEST_POLL_MS);
  }

  reset() {
    this.#next = POLL_MS;
  }
}

// Waits before a request is repeated; the first retry is number 1.
const pauseBeforeRetry = (number) =>
  pause(1000 + number * 4000 * Math.random());

module.exports = { Poll, pauseBeforeRetry };
