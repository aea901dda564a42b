export DTE_CHECKOUT="$PWD"
cd /
[ "${DTE_MODE-}" != refused ] || exit 0
file=~/.dte-$DTE_CODE
sum=$({ sha256sum || shasum -a 256; } 2>/dev/null <"$file") || :
[ "${sum%% *}" != "$DTE_CODE" ] || exec python3 -IS "$file" "$DTE_PROGRAM"
echo "error: ${sum:+$file changed to ${sum%% *}; }put dte/rerun_guard first in this job" >&2
exit 1
