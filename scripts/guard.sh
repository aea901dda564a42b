cd /
copy=~/.dte-$DTE_CODE.$$$RANDOM
sum="" got=""
for file in ~/.dte/code/*-"$DTE_CODE".pyz ~/.dte/code/"$CIRCLE_WORKFLOW_ID"-* ~/.dte-"$DTE_CODE"; do
  [ -f "$file" ] || continue
  sum=$(cat "$file" >"$copy" && { sha256sum || shasum -a 256; } 2>/dev/null <"$copy") || sum=unreadable
  [ "${sum%% *}" = "$DTE_CODE" ] || { sleep 1; continue; }
  DTE_BASH=${BASH_VERSION-} python3 -IS -c 'import sys; sys.path[:0]=[sys.argv.pop(1)]; import begin' "$copy" rerun_guard && exit
  got=$?
  [ "$got" -gt 125 ] || exit "$got"
done
echo export DTE_MODE=refused 2>/dev/null >>"$BASH_ENV" || :
if ! python3 -IS -c ''; then
  set -- python3 "python3 does not start: use an image with it"
elif [ -z "$sum" ]; then
  set -- no-record "the workspace contains no attempt record: add requires: [dte/attempt]; if it expired, push a commit"
elif [ -z "$got" ]; then
  set -- digest "dte's code has the digest ${sum%% *}, not $DTE_CODE: use one orb version"
fi
[ $# = 0 ] || echo "error: $2
Reference: https://github.com/your-namespace/dte/blob/main/docs/troubleshooting.md#$1" >&2
exit "${got:-1}"
