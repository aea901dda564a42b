// `start-agent`: ask for tasks and run them, until the run ends.
const { randomUUID } = require('crypto');
const { UserError } = require('./errors');
const { ConnectionError, post } = require('./http');
const { takeName } = require('./lock-file');
const { runTask } = require('./nx-task');
const { commandWords, parseOptions, splitList } = require('./options');
const { endOnSignal } = require('./process');
const {
  agentName,
  agentPool,
  agentTimeout,
  requireRunId,
} = require('./settings');
const { Poll } = require('./timing');
const { limitUnchanged } = require('./unchanged');

const FLAGS = { targets: 'text', verbose: 'flag' };

async function startAgent() {
  const targets = readTargets();
  const run = requireRunId();
  const agent = agentName();
  // Agents on two machines may have the same name, so a random id identifies each.
  const self = { run, agent, process: randomUUID() };
  const timeout = agentTimeout();
  console.log(`\n NX   ${describeWork(targets)}\n`);
  takeName(agent);
  await post('/agents/join', { ...self, pool: agentPool(), targets });
  endOnSignal(['SIGINT', 'SIGTERM'], async (signal) => {
    const error = `Agent was terminated via ${signal}`;
    await post('/agents/leave', { ...self, error });
    return 1;
  });
  console.log(`Nx Cloud (stand-in): agent ${agent} of run ${run}`);
  const reason = await work(self, timeout).catch((error) =>
    reportFailure(self, error),
  );
  await post('/agents/leave', self);
  console.log(`Nx Cloud (stand-in): agent ${agent} ends: ${reason}`);
}

// An agent that crashes or loses its connection tries to end the run with an error.
async function reportFailure(self, failure) {
  const error = `Critical Error in Agent: "${failure.message}"`;
  if (failure instanceof ConnectionError || !(failure instanceof UserError))
    await post('/agents/leave', { ...self, error }).catch(() => {});
  throw failure;
}

function readTargets() {
  const { targets } = parseOptions(commandWords(), FLAGS);
  return targets === undefined ? [] : splitList(targets);
}

function describeWork(targets) {
  return targets.length > 0
    ? `Starting an agent for running Nx target(s) [${targets.join(', ')}]`
    : 'Starting an agent for running Nx tasks';
}

async function work(self, timeout) {
  const poll = new Poll();
  const limit = limitUnchanged(
    timeout,
    (seconds) => `No new messages received after ${seconds} seconds`,
  );
  for (;;) {
    const { task, end, error } = await post('/agents/ask', self);
    if (error)
      throw new UserError('Distributed Execution Terminated', 'Error:', error);
    if (end) return end;
    limit(task?.id ?? '');
    if (task) {
      poll.reset();
      await post('/agents/report', { ...self, ...(await runTask(task)) });
    } else {
      await poll.wait();
    }
  }
}

module.exports = { startAgent };
