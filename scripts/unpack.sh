#!/bin/bash
# Writes the modules in the variables DTE_MODULE_<name> into a new folder, and passes its
# path on in DTE_UNPACKED. It works with bash 3.2 (macOS). CircleCI uses /bin/sh in images
# without bash, such as alpine, so every shell must understand the lines up to `fi`.
dte_page=https://github.com/your-namespace/dte/blob/main/docs/troubleshooting.md
if [ -z "${BASH_VERSION:-}" ]; then
  echo "error: dte needs bash, but this job's image does not have it" >&2
  echo "Suggestions:" >&2
  echo "  - use an image that has it, such as cimg/node, or install it: apk add bash" >&2
  echo "Reference: $dte_page#machine" >&2
  exit 1
fi
set -eo pipefail
case "$(uname -s)" in
  MINGW* | MSYS* | CYGWIN*)
    echo "error: dte runs on Linux and macOS, but this job runs on Windows" >&2
    echo "Reference: $dte_page#machine" >&2
    exit 1
    ;;
esac
# A .python-version in the checkout must not choose the interpreter.
cd /
if ! python3 -I -S -c ''; then
  echo "error: python3 does not start" >&2
  echo "Suggestions:" >&2
  echo "  - use an image that has it, such as cimg/node, or install it: apt-get install python3, apk add python3" >&2
  echo "Reference: $dte_page#python3" >&2
  exit 1
fi
dte_folder=$(mktemp -d)
# In every bash, this gives one word for each name, because it is not quoted.
# shellcheck disable=SC2068
for dte_name in ${!DTE_MODULE_@}; do
  printf '%s' "${!dte_name}" >"$dte_folder/${dte_name#DTE_MODULE_}.py"
done
printf 'export DTE_UNPACKED=%q\n' "$dte_folder" >>"$BASH_ENV"
