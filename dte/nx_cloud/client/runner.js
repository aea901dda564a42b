// Nx's tasks runner: hands the tasks to agents when a CI run was started here, and
// runs them in this process otherwise.
const { distribute } = require('./distribute');
const { runHere, runUnseen } = require('./local');
const { isStarted } = require('./marker');
const { isOlderNx, shareCache } = require('./older-nx');
const { findRunId } = require('./settings');

async function runTasks(tasks, options, context) {
  if (isOlderNx()) shareCache();
  if (isCloudOff(context.nxArgs)) return runUnseen(tasks, options, context);
  const run = findRunId();
  const distributed = run && agentsAllowed(context.nxArgs) && isStarted(run);
  return distributed
    ? distribute(run, tasks, options, context)
    : runHere(run, tasks, options, context);
}

// Newer versions of Nx make this check before they load the client.
function isCloudOff(nxArgs) {
  return process.env.NX_NO_CLOUD === 'true' || nxArgs?.cloud === false;
}

// Returns false for `--no-agents` and its older spelling `--no-dte`.
function agentsAllowed(nxArgs) {
  const flags = [nxArgs.agents, nxArgs.useAgents, nxArgs.dte];
  return !flags.includes(false);
}

module.exports = { runTasks };
