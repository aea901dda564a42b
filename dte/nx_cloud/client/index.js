// What `nx` and `nx-cloud` load after they have downloaded this client from the
// stand-in. The names of the exports are Nx's.
const { addSearchPaths } = require('./nx');
const { endOnError } = require('./errors');
const notices = require('./notices');

// Loaded on demand: a command needs few of these files, and each start counts.
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
