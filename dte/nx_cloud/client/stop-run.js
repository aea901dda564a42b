// `complete-ci-run`, also called `stop-all-agents`: the agents of this run end, each at
// its next poll.
const { post } = require('./http');
const { commandWords, parseOptions } = require('./options');
const { requireRunId } = require('./settings');

async function completeRun() {
  parseOptions(commandWords(), {});
  const run = requireRunId();
  await post('/runs/complete', { run });
  console.log(`Nx Cloud (stand-in): all agents of run ${run} end`);
}

// Ends the run with an error, so the agents fail. Like the real client, retries less.
const completeWithError = (run, error) =>
  post('/runs/complete', { run, error }, 3).catch(() => {});

module.exports = { completeRun, completeWithError };
