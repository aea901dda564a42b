"""The environment of a rehearsed job, which inherits only the variables in `PASSED_ON`.

Source of the CIRCLE_* variables: CircleCI docs, "Project values and variables".
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dte.run.folders import JobFolder
from dte.run.project import Project
from dte.run.results import JobRun, RehearsedWorkflow
from dte.run.starter import MARK

# Variables that a job needs to find commands and reach package registries.
_LOCALE = "PATH LANG LC_ALL LC_CTYPE TZ"
_PROXIES = "HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy"
_CERTIFICATES = "SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS CURL_CA_BUNDLE"
_REGISTRIES = (
    "NPM_CONFIG_REGISTRY NPM_CONFIG_CAFILE npm_config_registry npm_config_cafile"
)
PASSED_ON = frozenset(f"{_LOCALE} {_PROXIES} {_CERTIFICATES} {_REGISTRIES}".split())


@dataclass(frozen=True)
class PipelineIdentity:
    """What identifies a pipeline: its ids, its number and its project.

    `continuation_key` authorizes the jobs of a setup config to continue the pipeline;
    it is empty for any other config. `parameters` are those that the trigger passed.
    """

    id: str
    number: int
    organization_id: str
    project_id: str
    project: Project
    continuation_key: str = field(default="", repr=False)
    parameters: Mapping[str, object] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The project's slug in the API, in the form that GitHub App projects have."""
        return f"circleci/{self.organization_id}/{self.project_id}"


def machine_environment(
    folder: JobFolder, npm_cache: Path, mark: str
) -> dict[str, str]:
    """Return the inherited variables, and those that name the job's own folders."""
    env = {name: text for name, text in os.environ.items() if name in PASSED_ON}
    env["PATH"] = f"{folder.commands}{os.pathsep}{env.get('PATH', os.defpath)}"
    npmrc = Path.home() / ".npmrc"
    if npmrc.is_file():
        env["NPM_CONFIG_USERCONFIG"] = str(npmrc)
    return {
        **env,
        MARK: mark,
        "HOME": str(folder.home),
        "TMPDIR": str(folder.temporary),
        "BASH_ENV": str(folder.temporary / "bash_env"),
        "NPM_CONFIG_CACHE": str(npm_cache),
        "XDG_CACHE_HOME": str(folder.caches / "xdg"),
        "XDG_DATA_HOME": str(folder.caches / "data"),
        "COREPACK_HOME": str(folder.caches / "corepack"),
        "NX_CACHE_DIRECTORY": str(folder.nx("cache")),
        "NX_WORKSPACE_DATA_DIRECTORY": str(folder.nx("data")),
        "NX_SOCKET_DIR": str(folder.nx("s")),
        "NX_NATIVE_FILE_CACHE_DIRECTORY": str(folder.nx("native")),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }


def circleci_environment(
    identity: PipelineIdentity,
    workflow: RehearsedWorkflow,
    job: JobRun,
    node: tuple[int, int],
) -> dict[str, str]:
    """Return the CIRCLE_* variables; `node` is (index of the machine, parallelism)."""
    project = identity.project
    values = {
        "CI": "true",
        "CIRCLECI": "true",
        "CIRCLE_BUILD_NUM": str(job.number),
        "CIRCLE_BUILD_URL": f"https://app.circleci.com/jobs/{identity.slug}/{job.number}",
        "CIRCLE_JOB": job.name,
        "CIRCLE_NODE_INDEX": str(node[0]),
        "CIRCLE_NODE_TOTAL": str(node[1]),
        "CIRCLE_ORGANIZATION_ID": identity.organization_id,
        "CIRCLE_PIPELINE_ID": identity.id,
        "CIRCLE_PROJECT_ID": identity.project_id,
        "CIRCLE_PROJECT_REPONAME": "your-project",
        "CIRCLE_PROJECT_USERNAME": "your-organization",
        "CIRCLE_REPOSITORY_URL": project.url,
        "CIRCLE_SHA1": project.revision,
        "CIRCLE_USERNAME": "your-name",
        "CIRCLE_WORKFLOW_ID": workflow.id,
        "CIRCLE_WORKFLOW_JOB_ID": job.id,
        "CIRCLE_WORKFLOW_WORKSPACE_ID": workflow.workspace_id,
    }
    if identity.continuation_key:
        values["CIRCLE_CONTINUATION_KEY"] = identity.continuation_key
    name = "CIRCLE_TAG" if project.tag else "CIRCLE_BRANCH"
    return {**values, name: project.tag or project.branch}


def expand_home(path: str, home: Path, relative_to: Path) -> Path:
    """Return `path` with `~` replaced by `home`; other paths start at `relative_to`."""
    if path == "~" or path.startswith("~/"):
        return home / path[2:]
    return Path(os.path.normpath(relative_to / path))
