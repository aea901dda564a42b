#!/bin/bash
# Main runs this script by default after it starts the run and before the tasks. Without a
# connection to Nx Cloud, `nx-cloud record` can't download its client and fails (nx
# 24.0.6), so a main without agents checks the format without recording it.
set -eo pipefail
cd -- "$DTE_NX_ROOT"
call=("${DTE_NX_RUNNER:-npx}")
case "${call[0]}" in
  corepack) call+=(yarn) ;;
  corepack@*) call=(npx --yes "${call[0]}" yarn) ;;
esac
record=("${call[@]}" nx-cloud record -- nx format:check)
if [ "${DTE_MODE:-}" = without_agents ]; then
  echo "Main runs without agents, so this check is not recorded."
  record=("${call[@]}" nx format:check)
fi
if ! "${record[@]}"; then
  echo "error: nx format:check failed" >&2
  echo "Suggestions:" >&2
  echo "  - format the files that it lists, and commit them: ${call[*]} nx format:write" >&2
  echo "Reference: https://github.com/your-namespace/dte/blob/main/docs/troubleshooting.md#format" >&2
  exit 1
fi
