// Runs the tasks in this process, with Nx's own runner, and records them as tasks of
// main.
const { requireNx } = require('./nx');
const { post } = require('./http');
const { reachRun } = require('./run-settings');

async function runHere(run, tasks, options, context) {
  const { CompositeLifeCycle } = requireNx('tasks-runner/life-cycle');
  await reachRun(run);
  const lifeCycle = new CompositeLifeCycle([options.lifeCycle, recorder(run)]);
  return runUnseen(tasks, { ...options, lifeCycle }, context);
}

// Nx Cloud is not told about these tasks.
function runUnseen(tasks, options, context) {
  const { defaultTasksRunner } = requireNx('tasks-runner/default-tasks-runner');
  return defaultTasksRunner(tasks, options, context);
}

function recorder(run) {
  return {
    endTasks: (results) =>
      post('/executions/add', {
        run,
        agent: 'main',
        executions: results
          .filter(({ status }) => status !== 'skipped')
          .map(describeResult),
      }),
  };
}

function describeResult({ task, status, code }) {
  const ran = ['success', 'failure', 'stopped'].includes(status);
  return {
    task: task.id,
    cache: ran ? 'miss' : 'hit',
    exitCode: code ?? (status === 'failure' ? 1 : 0),
    startedMs: task.startTime ?? Date.now(),
    durationMs: (task.endTime ?? 0) - (task.startTime ?? 0),
  };
}

module.exports = { runHere, runUnseen };
