// Remembers, in the checkout, that a CI run was started here: only then does `nx`
// hand its tasks to agents. The marker names its run, so a marker in a
// restored node_modules has no effect.
const { mkdirSync, readFileSync, rmSync, writeFileSync } = require('fs');
const { dirname, join } = require('path');
const { workspaceRoot } = require('./nx');

function markerFile() {
  return join(workspaceRoot(), 'node_modules', '.cache', 'nx-cloud-ci-run');
}

function markStarted(runId) {
  mkdirSync(dirname(markerFile()), { recursive: true });
  writeFileSync(markerFile(), runId);
}

function isStarted(runId) {
  try {
    return readFileSync(markerFile(), 'utf8') === runId;
  } catch {
    return false;
  }
}

// `cleanup`
async function removeMarker() {
  rmSync(markerFile(), { force: true });
}

module.exports = { isStarted, markStarted, removeMarker };
