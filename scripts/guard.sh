export DTE_CHECKOUT="$PWD" DTE_BASH="${BASH_VERSION-}"
cd /
for dte_file in ~/.dte/code/*-"$DTE_CODE".pyz ~/.dte/code/"$CIRCLE_WORKFLOW_ID"-*; do
  dte_sum=$({ sha256sum || shasum -a 256 || echo unknown; } 2>/dev/null <"$dte_file") || continue
  dte_found=${dte_sum%% *}
  [ "$dte_found" = "$DTE_CODE" ] || continue
  python3 -I -S -c 'import sys; sys.path.insert(0, sys.argv.pop(1)); import begin' "$dte_file" rerun_guard && exit
  dte_status=$?
  [ "$dte_status" -gt 125 ] || exit "$dte_status"
done
echo export DTE_MODE=refused >>"${BASH_ENV:-/dev/null}"
exec >&2
if ! python3 -I -S -c ''; then
  echo "error: dte needs python3, and it is missing in this job's image or does not start
Suggestions:
  - use an image that has it, for example cimg/node
  - or install it before this step: apt-get install python3, apk add python3"
elif [ -z "${dte_found-}" ]; then
  echo "error: the workspace of workflow $CIRCLE_WORKFLOW_ID contains no attempt record and no code of dte
Suggestions:
  - the attempt job must be upstream of this job: requires: [dte/attempt]
  - in a rerun, the workspace may have expired after 15 days: push a commit"
elif [ -z "${dte_status-}" ]; then
  echo "error: dte's code in the workspace has the digest $dte_found, and this job needs $DTE_CODE
Suggestions:
  - use one version of the orb for dte/attempt and this job
  - otherwise ~/.dte/code was changed: start a new pipeline"
fi
exit "${dte_status:-1}"
