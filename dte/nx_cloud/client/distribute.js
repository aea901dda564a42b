// What main does in a distributed run: post the task graph, wait for the agents, fetch
// each task's outputs and show what the task printed.
const { UserError } = require('./errors');
const { post } = require('./http');
const { openOutputs } = require('./outputs');
const { endOnSignal } = require('./process');
const { reachRun } = require('./run-settings');
const { orchestratorTimeout } = require('./settings');
const { completeWithError } = require('./stop-run');
const { StuckTasks } = require('./stuck-tasks');
const { splitTasks } = require('./task-graph');
const { Poll } = require('./timing');
const { limitUnchanged } = require('./unchanged');

async function distribute(run, tasks, options, context) {
  const { continuous, finite } = splitTasks(tasks, context.taskGraph);
  const timeout = orchestratorTimeout();
  endOnSignal(['SIGINT', 'SIGTERM'], async (signal) => {
    await completeWithError(run, `Main job was terminated via ${signal}`);
    return 1;
  });
  await reachRun(run);
  const { command } = await post('/commands/add', {
    run,
    targets: describeTargets(context.nxArgs),
    tasks: finite,
  });
  await options.lifeCycle.startCommand(tasks.length, tasks.length);
  const outputs = await openOutputs(run, options);
  const statuses = {};
  for await (const result of follow({ run, command, timeout })) {
    const task = context.taskGraph.tasks[result.task];
    statuses[task.id] = await show(task, result, { options, outputs });
  }
  for (const task of continuous)
    statuses[task.id] = await showServer(task, options.lifeCycle);
  await options.lifeCycle.endCommand();
  return statuses;
}

// Returns the names that `--stop-agents-after` may use: `build`, `build:production`.
function describeTargets({ targets, target, configuration }) {
  const names = targets ?? [target];
  return configuration
    ? names.flatMap((name) => [name, `${name}:${configuration}`])
    : names;
}

async function* follow({ run, command, timeout }) {
  const poll = new Poll();
  const stuck = new StuckTasks();
  const limit = limitUnchanged(
    timeout,
    (seconds) => `No new completed tasks after ${seconds} seconds.`,
  );
  for (let seen = 0; ; ) {
    // As in the real client, main also waits before its first poll.
    await poll.wait();
    const answer = await post('/commands/follow', { run, command, seen });
    yield* answer.results;
    seen += answer.results.length;
    if (answer.error)
      throw new UserError(
        'Distributed Execution Terminated',
        'Error:',
        answer.error,
      );
    if (answer.closed)
      throw new UserError('CI Execution Failed', 'Error:', answer.closed);
    if (answer.done) return;
    limit(seen);
    stuck.note(answer.stuck);
    if (answer.results.length > 0) poll.reset();
  }
}

async function show(task, result, { options, outputs }) {
  if (result.state === 'skipped') return 'skipped';
  task.hash ||= result.hash;
  task.startTime = result.startedMs || Date.now();
  task.endTime = task.startTime + result.durationMs;
  const passed = result.state === 'passed';
  const terminalOutput =
    passed && task.cache ? await outputs.fetch(task, result) : result.output;
  const done = result.cache === 'hit' ? 'remote-cache' : 'success';
  const status = passed ? done : 'failure';
  const code = passed ? 0 : result.exitCode;
  await showTask({ task, status, terminalOutput, code }, options.lifeCycle);
  return status;
}

// Agents ran this continuous task for the tasks that need it, and printed its output.
async function showServer(task, lifeCycle) {
  task.startTime = task.endTime = Date.now();
  const status = 'success';
  await showTask({ task, status, terminalOutput: '', code: 0 }, lifeCycle);
  return status;
}

async function showTask(result, lifeCycle) {
  const { task, status, terminalOutput } = result;
  const where = { groupId: 0 };
  await lifeCycle.startTasks([task], where);
  lifeCycle.printTaskTerminalOutput(task, status, terminalOutput);
  await lifeCycle.endTasks([result], where);
}

module.exports = { distribute };
