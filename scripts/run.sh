command cd /
[ "${DTE_MODE-}" != refused ] || exit 0
file=~/.dte-$DTE_CODE
sum=$({ sha256sum || shasum -a 256; } 2>/dev/null <"$file") || :
case $sum in "$DTE_CODE "*) exec python3 -IS "$file" "$DTE_PROGRAM"; esac
echo "error: ${sum:+$file changed to ${sum%% *}; }put dte/rerun_guard first in this job
Reference: https://github.com/your-namespace/dte/blob/main/docs/troubleshooting.md#guard" >&2
false
