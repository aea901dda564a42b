// `start-agent`: ask for tasks and run them, until the run ends.
const { setTimeout: sleep } = require('timers/promises');
const { UserError } = require('./errors');
const { post } = require('./http');
const { runTask } = require('./nx-task');
const { commandWords, parseOptions } = require('./options');
const { endOnSignal } = require('./process');
const {
  agentPool,
  agentTimeout,
  requireAgentName,
  requireRunId,
} = require('./settings');

const ASK_AGAIN_MS = 200;

async function startAgent() {
  parseOptions(commandWords(), {});
  const self = { run: requireRunId(), agent: requireAgentName() };
  const timeout = agentTimeout();
  await post('/agents/join', { ...self, pool: agentPool() });
  endOnSignal((signal) => post('/agents/leave', { ...self, signal }));
  console.log(`Nx Cloud (stand-in): agent ${self.agent} of run ${self.run}`);
  const reason = await work(self, timeout);
  await post('/agents/leave', self);
  console.log(`Nx Cloud (stand-in): agent ${self.agent} ends: ${reason}`);
}

async function work(self, timeout) {
  let idleSince = Date.now();
  for (;;) {
    const { task, end } = await post('/agents/ask', self);
    if (end) return end;
    if (task) {
      await post('/agents/report', { ...self, ...(await runTask(task)) });
      idleSince = Date.now();
    } else if (Date.now() - idleSince > timeout) {
      await post('/agents/leave', self);
      throw new UserError(
        `No tasks to run after ${timeout / 1000} seconds: is main running?`,
      );
    } else {
      await sleep(ASK_AGAIN_MS);
    }
  }
}

module.exports = { startAgent };
