// The first command of main that reaches Nx Cloud fixes the settings of the run.
const { readConfig } = require('./ci-config');
const { post } = require('./http');

// For a command without its own settings, sends those of `.nx/ci-config.yaml` or Nx's
// defaults. A token that Nx Cloud refuses ends the command here.
const reachRun = (run) => post('/runs/reach', { run, ...readConfig() });

module.exports = { reachRun };
