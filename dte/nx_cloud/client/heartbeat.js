// A background process in main's job: its pings show that main is alive. It ends with
// the job, with the run, or when the stand-in ends.
const { setTimeout: sleep } = require('timers/promises');
const { post } = require('./http');

async function beat(run, pingMs) {
  for (;;) {
    const { end } = await post('/runs/ping', { run });
    if (end) return;
    await sleep(pingMs);
  }
}

const [run, pingMs] = process.argv.slice(2);
beat(run, Number(pingMs)).catch(() => process.exit(1));
