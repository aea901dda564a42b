"""Find the file that configures an Nx Cloud run; refuse hosted agents."""

from pathlib import Path
from typing import Any, Dict, Iterator, Optional, Tuple

from failures import Refusal, say
from settings import read
from small_yaml import NotSimple, parse

_CONFIGS = ("ci-config.yaml", "ci-config.yml")
_PIPELINES = ("ci.yaml", "ci.yml")


def find_config(root: Path) -> Optional[Path]:
    """Return the file that `nx-cloud start-nx-agents` reads, or None."""
    return _find(root / ".nx", _CONFIGS)


def note_pipeline(root: Path) -> None:
    """Print that .nx/pipelines/ci.yaml is not used, if the workspace has it.

    That file replaces the deprecated .nx/ci-config.yaml; `nx-cloud start-workers` reads
    it (nx.dev/docs/kb/migrate-from-ci-config). Nx doesn't document how self-hosted
    agents join such a run. The file may also be an unrelated pipeline of Nx Cloud CI.
    """
    pipeline = _find(root / ".nx" / "pipelines", _PIPELINES)
    if pipeline:
        say("notice: dte starts the run without {}.".format(pipeline))
        say(
            "notice: To start it with that file, set `start: own` with "
            "`npx nx-cloud start-workers` in start_steps."
        )


def _find(folder: Path, names: Tuple[str, ...]) -> Optional[Path]:
    paths = [folder / name for name in names]
    return next((path for path in paths if path.is_file()), None)


def require_own_agents(path: Path) -> None:
    """Raise `Refusal` if the file asks Nx Cloud for hosted agents, or can't be read.

    Nx's generator writes `distribute-on: 3 linux-medium-js` (nrwl/nx#36504). The agents
    of this workflow would then wait for tasks that hosted agents run.
    """
    config = _read_config(path)
    environment = read("NX_CI_EXECUTION_ENV")
    values = dict(_find_distributions(config, environment))
    for place, value in values.items():
        if value != "manual":
            shown = value if isinstance(value, str) else "(a list or mapping)"
            raise Refusal(
                "{} distributes the tasks to agents outside this workflow: "
                "{}: {}".format(path, place, shown or "(empty)"),
                suggestions=["change the line to `distribute-on: manual`"],
                code="ci-config",
            )
    if not any(place.endswith("dte.distribute-on") for place in values):
        say("warning: {} has no `distribute-on: manual` below `dte`.".format(path))


def _read_config(path: Path) -> Any:
    try:
        text = path.read_bytes().decode("utf-8")
        return parse(text)
    except UnicodeDecodeError:
        line = "it is not UTF-8"
    except NotSimple as refusal:
        row = text.splitlines()[refusal.number - 1 : refusal.number]
        line = "line {}: {}".format(refusal.number, ascii("".join(row).strip())[1:-1])
    raise Refusal(
        "{} contains YAML that dte doesn't support, so dte can't find out which agents "
        "run the tasks".format(path),
        details=[line],
        suggestions=[
            "use block style, with one `key: value` per line, and these two lines:\n"
            "      dte:\n        distribute-on: manual",
            "or set `start: own` with `npx nx-cloud start-nx-agents` in start_steps",
        ],
        code="ci-config",
    )


def _find_distributions(config: Any, environment: str) -> Iterator[Tuple[str, Any]]:
    """Yield the key path and the value of each `distribute-on` for this run.

    An override for the run's environment replaces the value in the section `dte`; other
    overrides have no effect.
    """
    sections: Dict[str, Any] = config if isinstance(config, dict) else {}
    overrides = sections.get("overrides")
    own = overrides.get(environment) if isinstance(overrides, dict) else None
    found = dict(_walk({**sections, "overrides": None}, ""))
    replaced = dict(_walk(own, "overrides.{}.".format(environment)))
    if any(place.endswith(".dte.distribute-on") for place in replaced):
        found.pop("dte.distribute-on", None)
    yield from found.items()
    yield from replaced.items()


def _walk(value: Any, place: str) -> Iterator[Tuple[str, Any]]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _walk(item, "{}{}.".format(place, number))
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "distribute-on":
                yield place + key, item
            else:
                yield from _walk(item, "{}{}.".format(place, key))
