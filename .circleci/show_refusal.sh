#!/usr/bin/env bash
# Runs the guard of this commit with another workflow's id, as in a partial rerun, and
# passes only if the guard refuses with the documented message.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp scripts/*.py scripts/lib/*.py "$folder"

status=0
CIRCLE_WORKFLOW_ID=ffffffff-ffff-4fff-8fff-ffffffffffff \
  python3 -I -S "$folder" rerun_guard >"$folder/said" 2>&1 || status=$?

cat "$folder/said"
if [ "$status" -ne 1 ]; then
  echo "error: the guard exited with $status; a refusal is 1" >&2
  exit 1
fi
grep -qF "You reran only failed jobs, but CI requires rerunning all jobs." "$folder/said"
