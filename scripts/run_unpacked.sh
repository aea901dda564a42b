#!/bin/bash
set -eo pipefail
command cd /
: "${DTE_UNPACKED:?run dte/unpack in the step before this one, see https://github.com/your-namespace/dte/blob/main/docs/troubleshooting.md#unpack}"
trap 'rm -rf "$DTE_UNPACKED"' EXIT
python3 -I -S "$DTE_UNPACKED" "$DTE_PROGRAM"
