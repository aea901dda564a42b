// The first command of main's that reaches Nx Cloud fixes the settings of the run.
const { readConfig } = require('./ci-config');
const { post } = require('./http');

// For commands without settings of their own: those of `.nx/ci-config.yaml`, or Nx's
// defaults. A token that Nx Cloud refuses ends the command here.
const reachRun = (run) => post('/runs/reach', { run, ...readConfig() });

module.exports = { reachRun };
