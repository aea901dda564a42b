#!/usr/bin/env bash
# Fails, and names the fix, if Nx Cloud's token is missing: agents would wait for tasks.
set -euo pipefail

if [ -n "${NX_CLOUD_ACCESS_TOKEN:-}" ]; then
  echo "NX_CLOUD_ACCESS_TOKEN is set: agents and main can run."
  exit 0
fi

cat >&2 <<'MESSAGE'
error: NX_CLOUD_ACCESS_TOKEN is not set, so agents and main were NOT tested.

Suggestions:
  - Add NX_CLOUD_ACCESS_TOKEN to the context nx-cloud: a read-write token of an Nx Cloud
    workspace whose plan includes manual DTE.
  - The jobs that don't need Nx Cloud (the attempt, the refusal) run. A production
    version is published only when agents and main passed.
MESSAGE
exit 1
