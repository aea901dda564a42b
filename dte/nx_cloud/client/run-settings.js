// The first command of main that reaches Nx Cloud fixes the settings of the run.
const { readConfig } = require('./ci-config');
const { post } = require('./http');

// For a command without its own settings, sends the settings in `.nx/ci-config.yaml` or
// Nx's defaults. If Nx Cloud refuses the token, the command fails here.
const reachRun = (run) => post('/runs/reach', { run, ...readConfig() });

module.exports = { reachRun };
