#!/bin/bash
# Writes the modules in the variables DTE_MODULE_<name> into a new folder, and sets
# DTE_UNPACKED to its path. Works with bash 3.2 (macOS). CircleCI uses /bin/sh in images
# without bash, such as alpine, so every shell must understand the lines up to `fi`.
dte_refuse() {
  echo "error: $2
Suggestions:
  - $3
Reference: https://github.com/your-namespace/dte/blob/main/docs/troubleshooting.md#$1" >&2
  exit 1
}
if [ -z "${BASH_VERSION:-}" ]; then
  dte_refuse machine "dte needs bash, but this job's image does not have it" \
    "use an image that has it, such as cimg/node, or install it: apk add bash"
fi
set -eo pipefail
case "$(uname -s)" in
  MINGW* | MSYS* | CYGWIN*)
    dte_refuse machine "dte runs on Linux and macOS, but this job runs on Windows" \
      "use an executor with Linux or macOS"
    ;;
esac
# A .python-version in the checkout must not choose the interpreter.
cd /
if ! python3 -I -S -c ''; then
  dte_refuse python3 "python3 does not start" \
    "use an image that has it, such as cimg/node, or install it: apt-get install python3, apk add python3"
fi
dte_folder=$(mktemp -d)
# Without quotes, every version of bash gives one word for each name here.
# shellcheck disable=SC2068
for dte_name in ${!DTE_MODULE_@}; do
  printf '%s' "${!dte_name}" >"$dte_folder/${dte_name#DTE_MODULE_}.py"
done
printf 'export DTE_UNPACKED=%q\n' "$dte_folder" >>"$BASH_ENV"
