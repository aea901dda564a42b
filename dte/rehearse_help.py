"""The help of `dte rehearse`, grouped and with examples; at most 40 lines."""

HELP = """\
Usage: dte rehearse [OPTIONS] [CONFIG] [JOB]...

Run a workflow locally, then press Rerun on it as --then says. CONFIG defaults
to .circleci/config.yml of the project. JOBs run with what they need.

Config:
  --orb NAME=PATH          Take an orb from a folder or a packed file
  --stub-missing-orbs      Replace jobs of orbs given no --orb with placeholders
  --parameter, --value NAME=VALUE   Set a pipeline parameter, a pipeline value
  --event FILE             Set pipeline.event from the JSON of a GitHub webhook
  --workflow NAME          Required if the config has several workflows
  --only                   Run the JOBs without what they need
Project and variables:
  --project DIR            The repository or folder that jobs check out
  --branch, --revision, --tag TEXT  What is built (default: the current branch)
  --set NAME[=VALUE]       Set a project variable (default: the environment's)
  --context CONTEXT:NAME[=VALUE]    Set a variable of a context, as --set does
  --env-file FILE, --context-file CONTEXT=FILE  Read NAME=VALUE lines
Actions and faults:
  --then ACTION            Do this next: rerun-from-failed, rerun-from-start, …
  --expect STATUS,…        The status that each run must have, for the exit code
  --fail JOB[:STEP]        Make a step fail instead of running it
  --kill JOB[:STEP]@SECONDS[:SIGNAL]  Lose a machine, CANCEL, or send a signal
  --fault NAME[=NUMBER]    Break Nx Cloud or CircleCI's API
  --assume NAME=yes|no     Flip an assumption where CircleCI's documentation is
                           ambiguous
  --time-limit TIME        Limit Nx's timeouts and no_output_timeout
Output:
  --list, --plan           Only list the jobs, or what --then would run
  --json, --verbose        Print the report as JSON; print every line
  --report FILE, --timeline FILE.svg  Write the report, a picture of the runs
  --logs DIR, --keep       Where log files go; keep the rehearsal's folder
  --size-limit SIZE        What a step may persist, cache or store (10G)
  --jobs N, --debug, -h, --help  At most N jobs at once; tracebacks; this help
Files of defaults: ~/.config/dte/config.toml, and .dte.toml in the repository
Examples:
  dte rehearse --then rerun-from-failed --expect success,failed
  dte rehearse --fail dte/main --then fix --then rerun-from-failed
  NX_CLOUD_ACCESS_TOKEN=… dte rehearse --set NX_CLOUD_ACCESS_TOKEN build
"""
