#!/usr/bin/env bash
# Finds a Python that can run the set-up in tools/bootstrap/, and starts it.
# Usage: tools/bootstrap.sh [circleci] [lock]
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

is_new_enough() {
  "$1" -E -s -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

for candidate in python3 python3.13 python3.12 python3.11; do
  if is_new_enough "$candidate"; then
    cd -- "$root"
    exec "$candidate" -E -s -m tools.bootstrap "$@"
  fi
done

cat >&2 <<'MESSAGE'
error: no Python 3.11 or newer was found on this machine.

Suggestions:
  - Debian, Ubuntu: apt-get install python3 python3-venv
  - macOS: brew install python@3.13
  - pyenv: pyenv install 3.13 && pyenv local 3.13
MESSAGE
exit 2
