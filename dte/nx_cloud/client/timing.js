// How long the client waits between requests: as the last full client of Nx Cloud that
// is public does (nx-cloud 19.0.0), but FASTER times as fast. `1` is real time.
const { setTimeout: sleep } = require('timers/promises');

const FASTER = Number(process.env.DTE_NX_CLOUD_SPEED) || 50;
const POLL_MS = 5000;
const LONGEST_POLL_MS = 30000;

const pause = (milliseconds) => sleep(milliseconds / FASTER);

// Polls 5 seconds apart at first, then 10, and at most 30.
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

// The pause before a request is repeated; the first repetition is number 1.
const pauseBeforeRetry = (number) =>
  pause(1000 + number * 4000 * Math.random());

module.exports = { Poll, pauseBeforeRetry };
