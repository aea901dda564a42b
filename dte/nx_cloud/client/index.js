// `nx` and `nx-cloud` load this file after they have downloaded the client from the
// stand-in. Nx defines the names of the exports.
const { addSearchPaths } = require('./nx');
const { endOnError } = require('./errors');
const notices = require('./notices');

// Loads files on demand, because a command needs few of them and must start fast.
const command = (file, name) => () => endOnError(() => require(file)[name]());

exports.configureLightClientRequire = () => addSearchPaths;

exports.commands = {
  'start-ci-run': command('./start-run', 'startCiRun'),
  'start-nx-agents': command('./start-run', 'startNxAgents'),
  'start-agent': command('./agent', 'startAgent'),
  'clean-up-agents': command('./lock-file', 'cleanUpAgents'),
  'stop-all-agents': command('./stop-run', 'completeRun'),
  'complete-ci-run': command('./stop-run', 'completeRun'),
  'complete-run': command('./stop-run', 'completeRun'),
  cleanup: command('./marker', 'removeMarker'),
  record: command('./record', 'record'),
  'fix-ci': () => notices.fixCi(),
  'upload-agent-metrics': () => notices.uploadAgentMetrics(),
};

exports.nxCloudTasksRunner = (tasks, options, context) =>
  endOnError(() => require('./runner').runTasks(tasks, options, context));

exports.getRemoteCache = () => require('./remote-cache').getRemoteCache();
