// Main's part of a distributed run: post the task graph, wait for the agents, fetch
// each task's outputs and show what it printed.
const { setTimeout: sleep } = require('timers/promises');
const { UserError } = require('./errors');
const { post } = require('./http');
const { openOutputs } = require('./outputs');
const { orchestratorTimeout } = require('./settings');

const ASK_AGAIN_MS = 200;

async function distribute(run, tasks, options, context) {
  refuseContinuous(tasks);
  const timeout = orchestratorTimeout();
  const { command } = await post('/commands/add', {
    run,
    targets: context.nxArgs.targets ?? [context.nxArgs.target],
    tasks: tasks.map((task) => describeTask(task, context.taskGraph)),
  });
  await options.lifeCycle.startCommand(tasks.length, tasks.length);
  const outputs = await openOutputs(run, options);
  const statuses = {};
  for await (const result of follow({ run, command, timeout })) {
    const task = context.taskGraph.tasks[result.task];
    statuses[task.id] = await show(task, result, { options, outputs });
  }
  await options.lifeCycle.endCommand();
  return statuses;
}

function refuseContinuous(tasks) {
  const continuous = tasks.find((task) => task.continuous);
  if (continuous)
    throw new UserError(
      `${continuous.id} is a continuous task, which can't be rehearsed on agents.`,
    );
}

function describeTask(task, graph) {
  return {
    id: task.id,
    hash: task.hash ?? '',
    // Objects with an id since Nx 24, plain ids before.
    needs: graph.dependencies[task.id].map((edge) => edge.id ?? edge),
    args: task.overrides.__overrides_unparsed__ ?? [],
  };
}

async function* follow({ run, command, timeout }) {
  let seen = 0;
  let lastCompletion = Date.now();
  for (;;) {
    const answer = await post('/commands/follow', { run, command, seen });
    yield* answer.results;
    if (answer.results.length > 0) lastCompletion = Date.now();
    seen += answer.results.length;
    if (answer.failure)
      throw new UserError(`The run can't continue: ${answer.failure}`);
    if (answer.done) return;
    if (Date.now() - lastCompletion > timeout)
      throw new UserError(
        `No new completed tasks after ${timeout / 1000} seconds`,
      );
    await sleep(ASK_AGAIN_MS);
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
  const where = { groupId: 0 };
  await options.lifeCycle.startTasks([task], where);
  options.lifeCycle.printTaskTerminalOutput(task, status, terminalOutput);
  await options.lifeCycle.endTasks(
    [{ task, status, terminalOutput, code: passed ? 0 : result.exitCode }],
    where,
  );
  return status;
}

module.exports = { distribute };
