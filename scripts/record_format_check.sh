#!/bin/bash
# What main records by default, between the start of the run and its tasks. Without a
# connection to Nx Cloud, `nx-cloud record` can't download its client and fails (nx
# 24.0.6), so a main without agents checks the format without recording it.
set -eo pipefail
cd -- "$DTE_NX_ROOT"
if [ "${DTE_MODE:-}" = without_agents ]; then
  echo "Main runs without agents, so this check is not recorded."
  npx nx format:check
else
  npx nx-cloud record -- nx format:check
fi
