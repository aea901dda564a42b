// Runs one task with the workspace's own Nx, without Nx Cloud but with the shared
// cache: other agents ran its dependencies, and Nx finds their outputs in the cache.
const { readFileSync, rmSync } = require('fs');
const { join } = require('path');
const { nxFile, requireNx } = require('./nx');
const { runProcess } = require('./process');
const { cacheEnvironment } = require('./remote-cache');

const ENVIRONMENT = {
  NX_NO_CLOUD: 'true',
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  // Without Nx Cloud, as in this process, Nx refuses targets that a plugin has split.
  NX_SKIP_ATOMIZER_VALIDATION: 'true',
};

async function runTask({ id, hash, args }) {
  const report = join(cacheDirectory(), 'run.json');
  rmSync(report, { force: true });
  const started = Date.now();
  const { exitCode, output, signal } = await runProcess(
    process.execPath,
    [
      join(__dirname, 'follow-parent.js'),
      ...[nxFile('bin/nx.js'), 'run', id, '--output-style=static'],
      ...args,
    ],
    { ...ENVIRONMENT, ...cacheEnvironment() },
  );
  const entry = readReport(report).find(({ taskId }) => taskId === id);
  if (!entry) return failure(id, { started, output, exitCode, signal });
  const result = {
    task: id,
    cache: entry.cacheStatus === 'cache-miss' ? 'miss' : 'hit',
    exitCode: entry.status,
    startedMs: Date.parse(entry.startTime),
    durationMs: Date.parse(entry.endTime) - Date.parse(entry.startTime),
    hash: entry.hash,
    output: readOutput(entry.hash) ?? output,
  };
  return hash && hash !== entry.hash ? otherWorkspace(result) : result;
}

function cacheDirectory() {
  return requireNx('utils/cache-directory').cacheDir;
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).tasks;
  } catch {
    return [];
  }
}

// Returns the task's own output, without the lines that Nx prints around it.
function readOutput(hash) {
  try {
    return readFileSync(
      join(cacheDirectory(), 'terminalOutputs', hash),
      'utf8',
    );
  } catch {
    return undefined;
  }
}

// Returns the result of a task that did not run, because Nx exited too early.
function failure(task, { started, output, exitCode, signal }) {
  const message = signal ? `${task}: nx was ended by ${signal}` : '';
  if (message) console.error(message);
  return {
    task,
    cache: 'miss',
    exitCode: exitCode || 1,
    startedMs: started,
    durationMs: Date.now() - started,
    hash: '',
    output: `${output}${message}`,
  };
}

function otherWorkspace(result) {
  const message = `${result.task} has a different hash on this agent than on main: do both use the same revision?`;
  console.error(message);
  return { ...result, exitCode: 1, output: `${message}\n${result.output}` };
}

module.exports = { runTask };
