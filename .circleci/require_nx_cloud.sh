#!/usr/bin/env bash
# Fails with the mend where the agents could not get tasks, so that they never wait.
set -euo pipefail

if [ -n "${NX_CLOUD_ACCESS_TOKEN:-}" ]; then
  echo "NX_CLOUD_ACCESS_TOKEN is set: agents and main can run."
  exit 0
fi

cat >&2 <<'MESSAGE'
error: NX_CLOUD_ACCESS_TOKEN is not set, so agents and main were NOT tested.

Suggestions:
  - Put a read-write token of an Nx Cloud workspace, whose plan has manual DTE, into
    the context nx-cloud as NX_CLOUD_ACCESS_TOKEN.
  - What needs no Nx Cloud (the attempt, the refusal) has run or is running. A
    production version is published only when agents and main passed.
MESSAGE
exit 1
