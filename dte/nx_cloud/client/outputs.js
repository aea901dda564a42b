// Copies the outputs of tasks that ran on agents into main's checkout, with Nx's own
// cache, and records the tasks that main took from the cache.
const { UserError } = require('./errors');
const { post } = require('./http');
const { requireNx } = require('./nx');
const { isOlderNx } = require('./older-nx');

async function openOutputs(run, options) {
  const cache = await openCache(options);
  return { fetch: (task, result) => fetchOutputs(cache, run, task, result) };
}

async function openCache(options) {
  const { Cache, getCache } = requireNx('tasks-runner/cache');
  if (isOlderNx()) return new Cache(options);
  const cache = getCache(options);
  await cache.init();
  return cache;
}

// Main doesn't hash a task whose inputs are outputs of other tasks. Nx refuses the
// outputs of a task that isn't in its database, so this function adds the task
// (`hashTasks` in the nx package, 22.7.12).
function recordDetails(task) {
  if (isOlderNx()) return;
  const { getTaskDetails } = requireNx('hasher/hash-task');
  const { project, target, configuration } = task.target;
  const details = { hash: task.hash, project, target, configuration };
  getTaskDetails()?.recordTaskDetails([details]);
}

// Returns what the task printed.
async function fetchOutputs(cache, run, task, result) {
  const startedMs = Date.now();
  recordDetails(task);
  const cached = await cache.get(task);
  if (!cached)
    throw new UserError(
      `The outputs of ${task.id} are not in the cache, although the task passed.`,
    );
  // Nx has already copied the outputs that came from the remote cache.
  if (!cached.remote)
    await cache.copyFilesFromCache(task.hash, cached, task.outputs);
  if (!result.agent) await recordHit(run, task, startedMs);
  return cached.terminalOutput;
}

// No agent ran this task: the cache had its outputs before the run began.
function recordHit(run, task, startedMs) {
  const durationMs = Date.now() - startedMs;
  const hit = {
    task: task.id,
    cache: 'hit',
    exitCode: 0,
    startedMs,
    durationMs,
  };
  return post('/executions/add', { run, agent: 'main', executions: [hit] });
}

module.exports = { openOutputs };
