#!/bin/bash
# Runs the program DTE_PROGRAM from the folder that the previous step wrote.
set -eo pipefail
command cd /
: "${DTE_UNPACKED:?run dte/unpack in the step before this one}"
trap 'rm -rf "$DTE_UNPACKED"' EXIT
python3 -I -S "$DTE_UNPACKED" "$DTE_PROGRAM"
