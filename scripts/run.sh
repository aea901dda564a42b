export DTE_CHECKOUT="$PWD"
cd /
[ "${DTE_MODE-}" != refused ] || exit 0
for dte_file in ~/.dte/code/*-"$DTE_CODE".pyz; do
  dte_sum=$({ sha256sum || shasum -a 256; } 2>/dev/null <"$dte_file") || :
  [ "${dte_sum%% *}" != "$DTE_CODE" ] || exec python3 -I -S "$dte_file" "$DTE_PROGRAM"
done
echo "error: ${dte_sum:+$dte_file changed from $DTE_CODE to ${dte_sum%% *}; }put dte/rerun_guard first in this job" >&2
exit 1
