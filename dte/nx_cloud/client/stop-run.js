// `stop-all-agents`, also called `complete-ci-run`: the agents of this run end.
const { post } = require('./http');
const { commandWords, parseOptions } = require('./options');
const { requireRunId } = require('./settings');

async function stopAllAgents() {
  parseOptions(commandWords(), {});
  const run = requireRunId();
  await post('/runs/stop', { run });
  console.log(`Nx Cloud (stand-in): all agents of run ${run} end`);
}

module.exports = { stopAllAgents };
