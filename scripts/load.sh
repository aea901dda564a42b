#!/bin/bash
# Writes the Python script that this step carries in DTE_SCRIPT, and each module that
# it imports in DTE_MODULE_<name>, to a fresh folder and runs it there. Every step of
# the orb that needs Python starts with this text; it keeps to bash 3.2 (macOS).
set -eo pipefail
case "$(uname -s)" in
  MINGW* | MSYS* | CYGWIN*)
    echo "error: dte runs on Linux and macOS, and this job runs on Windows" >&2
    exit 1
    ;;
esac
export DTE_CHECKOUT="${DTE_CHECKOUT:-$PWD}"
dte_folder=$(mktemp -d)
trap 'rm -rf "$dte_folder"' EXIT
# A .python-version in the checkout must not choose the interpreter.
cd "$dte_folder" || exit 1
if ! python3 -I -c 'import sys; sys.exit(sys.version_info < (3, 8))'; then
  echo "error: dte needs python3, version 3.8 or later, in this job's image" >&2
  echo "Suggestions:" >&2
  echo "  - use an image that has it, like cimg/node or cimg/base" >&2
  echo "  - or install it in the image: apt-get install python3, apk add python3" >&2
  exit 1
fi
for dte_name in "${!DTE_MODULE_@}"; do
  printf '%s' "${!dte_name}" >"${dte_name#DTE_MODULE_}.py"
  unset "$dte_name"
done
printf '%s' "$DTE_SCRIPT" >dte_script.py
unset DTE_SCRIPT
python3 -I dte_script.py
