export DTE_BASH="${BASH_VERSION-}"
cd /
code=~/.dte-$DTE_CODE
copy=$code.$$$RANDOM
for file in ~/.dte/code/*-"$DTE_CODE".pyz ~/.dte/code/"$CIRCLE_WORKFLOW_ID"-* "$code"; do
  [ -f "$file" ] || continue
  sum=$(cat "$file" >"$copy" && { sha256sum || shasum -a 256; } 2>/dev/null <"$copy") || sum=no-copy-or-sha256sum
  dte_sum=${sum%% *}
  [ "$dte_sum" = "$DTE_CODE" ] || { sleep 1; continue; }
  python3 -IS -c 'import sys; sys.path[:0]=[sys.argv.pop(1)]; import begin' "$copy" rerun_guard && exit
  dte_exit=$?
  [ "$dte_exit" -gt 125 ] || exit "$dte_exit"
done
echo export DTE_MODE=refused 2>/dev/null >>"$BASH_ENV" || :
exec >&2
say() {
  echo "error: $2
Reference: https://github.com/your-namespace/dte/blob/main/docs/troubleshooting.md#$1"
}
if ! python3 -IS -c ''; then
  say python3 "python3 does not start: use an image that has it, such as cimg/node"
elif [ -z "${dte_sum-}" ]; then
  say no-record "the workspace contains no attempt record: add requires: [dte/attempt]; if it expired, push a commit"
elif [ -z "${dte_exit-}" ]; then
  say digest "dte's code has the digest $dte_sum, not $DTE_CODE: use one version of the orb"
fi
exit "${dte_exit:-1}"
