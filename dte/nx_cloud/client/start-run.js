// `start-ci-run` and `start-nx-agents`: begin a run, and leave a heartbeat behind.
const { spawn } = require('child_process');
const { existsSync, readFileSync } = require('fs');
const { join } = require('path');
const { readRules } = require('./assignment-rules');
const { UserError } = require('./errors');
const { post } = require('./http');
const { markStarted } = require('./marker');
const { requireFromNx, workspaceRoot } = require('./nx');
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
  const distribution = options['distribute-on'];
  if (distribution !== undefined && distribution !== 'manual')
    throw new UserError(
      `--distribute-on="${distribution}" asks for Nx Cloud's own machines; only "manual" can be rehearsed.`,
    );
  const rules = options['assignment-rules'];
  await startRun({
    stopAgentsAfter: splitList(options['stop-agents-after'] ?? ''),
    requireExplicitCompletion: options['require-explicit-completion'] ?? false,
    assignmentRules: rules === undefined ? [] : readRules(rules),
  });
  if (options['stop-agents-on-failure'])
    console.log('A failed command does not stop the agents in a rehearsal.');
}

async function startNxAgents() {
  parseOptions(commandWords(), {});
  const config = findConfig();
  const lifecycle = config ? readLifecycle(config) : {};
  await startRun({
    stopAgentsAfter: [lifecycle['stop-after'] ?? []].flat(),
    requireExplicitCompletion: lifecycle.heartbeat === false,
  });
}

function findConfig() {
  return ['ci-config.yaml', 'ci-config.yml']
    .map((name) => join(workspaceRoot(), '.nx', name))
    .find((file) => existsSync(file));
}

function readLifecycle(file) {
  const config = requireFromNx('yaml').parse(readFileSync(file, 'utf8'));
  return config?.lifecycle ?? {};
}

async function startRun(settings) {
  const run = requireRunId();
  const { pingMs } = await post('/runs/start', { run, ...settings });
  markStarted(run);
  if (!settings.requireExplicitCompletion) leaveHeartbeat(run, pingMs);
  console.log(`Nx Cloud (stand-in): started run ${run}`);
  const targets = settings.stopAgentsAfter.join(', ');
  if (targets) console.log(`Agents end after: ${targets}`);
}

// It lives on when this command ends, and is killed with the job.
function leaveHeartbeat(run, pingMs) {
  const script = join(__dirname, 'heartbeat.js');
  spawn(process.execPath, [script, run, String(pingMs)], {
    detached: true,
    stdio: 'ignore',
  }).unref();
}

module.exports = { startCiRun, startNxAgents };
