// `record -- <words>`: run a command, and tell Nx Cloud what it printed. A command that
// fails completes the whole run.
const { delimiter, join } = require('path');
const { UserError } = require('./errors');
const { post } = require('./http');
const { workspaceRoot } = require('./nx');
const { commandWords } = require('./options');
const { endOnSignal, runProcess, signalCode } = require('./process');
const { reachRun } = require('./run-settings');
const { isRecordingSilent, requireRunId } = require('./settings');

async function record() {
  const words = commandWords();
  if (words[0] === '--') words.shift();
  if (words.length === 0)
    throw new UserError('Nothing to record: nx-cloud record -- <command>');
  const run = requireRunId();
  endOnSignal(['SIGHUP', 'SIGINT', 'SIGTERM'], async (signal) =>
    signalCode(signal),
  );
  const [file, ...args] = words;
  const { exitCode, output } = await runProcess(file, args, {
    PATH: withLocalCommands(process.env.PATH),
  });
  await reachRun(run);
  await post('/recorded/add', { run, command: words, exitCode, output });
  if (!isRecordingSilent())
    console.log('\n NX   Nx Cloud: Successfully recorded command output\n');
  if (exitCode !== 0) await post('/runs/complete', { run }, 3);
  process.exit(exitCode);
}

// Adds the folder with the command `nx` to PATH, as npx does, in case npx was not used.
function withLocalCommands(path) {
  return [join(workspaceRoot(), 'node_modules', '.bin'), path].join(delimiter);
}

module.exports = { record };
