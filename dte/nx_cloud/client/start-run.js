// `start-ci-run` and `start-nx-agents`: begin a run, and start its heartbeat. Like the
// real commands, they print nothing unless something is wrong.
const { spawn } = require('child_process');
const { join } = require('path');
const { readRuleFile } = require('./assignment-rules');
const { findConfig, readConfig } = require('./ci-config');
const { refuseHostedAgents } = require('./distribution');
const { UserError } = require('./errors');
const { post } = require('./http');
const { markStarted } = require('./marker');
const { commandWords, parseOptions, splitList } = require('./options');
const { requireRunId } = require('./settings');

const FLAGS = {
  'distribute-on': 'text',
  'stop-agents-after': 'text',
  'require-explicit-completion': 'flag',
  'assignment-rules': 'text',
  'stop-agents-on-failure': 'flag',
};

async function startCiRun() {
  const options = parseOptions(commandWords(), FLAGS);
  const config = findConfig();
  if (config)
    throw new UserError(
      `${config} configures the run: use \`nx-cloud start-nx-agents\` instead.`,
    );
  refuseHostedAgents(options['distribute-on'], 'start-ci-run');
  const rules = options['assignment-rules'];
  await startRun({
    stopAfter: splitList(options['stop-agents-after'] ?? ''),
    heartbeat: !options['require-explicit-completion'],
    failAfter: options['stop-agents-on-failure'] === false ? 0 : 1,
    rules: rules === undefined ? [] : readRuleFile(rules),
  });
}

async function startNxAgents() {
  parseOptions(commandWords(), {});
  await startRun(readConfig());
}

async function startRun(settings) {
  const run = requireRunId();
  const started = await post('/runs/start', { run, ...settings });
  if (!started.taken)
    console.error(
      `Nx Cloud (stand-in): the settings have no effect, because an earlier nx command already set those of run ${run}.`,
    );
  markStarted(run);
  if (started.heartbeat) leaveHeartbeat(run, started.pingMs);
}

// The heartbeat continues when this command ends, and is killed with the job.
function leaveHeartbeat(run, pingMs) {
  const script = join(__dirname, 'heartbeat.js');
  spawn(process.execPath, [script, run, String(pingMs)], {
    detached: true,
    stdio: 'ignore',
  }).unref();
}

module.exports = { startCiRun, startNxAgents };
