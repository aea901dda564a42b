// Remembers in the checkout that a CI run was started here. `nx` hands its tasks to
// agents only if the marker names the current run, so the marker of an earlier run in a
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

// The command `cleanup`.
async function removeMarker() {
  rmSync(markerFile(), { force: true });
}

module.exports = { isStarted, markStarted, removeMarker };
