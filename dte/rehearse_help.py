"""The help text of `dte rehearse`: grouped options and examples, at most 40 lines."""

HELP = """\
Usage: dte rehearse [OPTIONS] [CONFIG] [JOB]...

Run a workflow locally, and rerun it as --then says. CONFIG defaults to
.circleci/config.yml of the project. JOBs run with the jobs that they require.

Config:
  --orb NAME=PATH          Use an orb's source from a folder or a packed file
  --stub-missing-orbs      Replace jobs of orbs given no --orb with placeholders
  --parameter, --value NAME=VALUE   Set a pipeline parameter, a pipeline value
  --event FILE             Set pipeline.event from the JSON of a GitHub webhook
  --workflow NAME          Run this workflow; required if there are several
  --only                   Run the JOBs without the jobs that they require
Project and variables:
  --project DIR            The repository or folder that jobs check out
  --branch, --revision, --tag TEXT  Build this (default: the current branch)
  --set NAME[=VALUE]       Set a project variable (default: environment's value)
  --context CONTEXT:NAME[=VALUE]    Set a variable of a context, as --set does
  --env-file FILE, --context-file CONTEXT=FILE  Read NAME=VALUE lines
Actions and faults:
  --then ACTION            Do this next: rerun-from-failed, rerun-from-start, …
  --expect STATUS,…        Exit with 0 only if the runs end with these statuses
  --fail JOB[:STEP]        Make a step fail instead of running it
  --kill JOB[:STEP]@SECONDS[:SIGNAL]  Lose a machine, CANCEL, or send a signal
  --fault NAME[=NUMBER]    Inject a fault into Nx Cloud or CircleCI's API
  --assume NAME=yes|no     Flip an assumption where CircleCI's documentation is
                           ambiguous
  --time-limit TIME        Limit Nx's timeouts and no_output_timeout
Output:
  --list, --plan           Only list the jobs, or the runs that --then leads to
  --json, --verbose        Print the report as JSON; print every line
  --report FILE, --timeline FILE.svg  Write the report; draw the runs
  --logs DIR, --keep       Put log files here; keep the rehearsal's folder
  --size-limit SIZE        How much a step may persist, cache or store (10G)
  --jobs N, --debug, -h, --help  At most N jobs at once; tracebacks; this help
Default options: in ~/.config/dte/config.toml, and .dte.toml in the repository
Examples:
  dte rehearse --then rerun-from-failed --expect success,failed
  dte rehearse --fail dte/main --then fix --then rerun-from-failed
  NX_CLOUD_ACCESS_TOKEN=… dte rehearse --set NX_CLOUD_ACCESS_TOKEN build
"""
