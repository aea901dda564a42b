"""CircleCI's built-in steps: checkout, workspaces, caches, artifacts."""

from collections.abc import Callable, Mapping

from dte.model import Step
from dte.run.caches import fill_key
from dte.run.context import JobContext
from dte.run.processes import Limits, watch_process
from dte.run.project import checkout_script
from dte.run.results import StepFailure
from dte.words import count_of

_CHECKOUT_SILENCE_SECONDS = 600.0


def check_out(step: Step, context: JobContext) -> None:
    """Clone the project at the pipeline's revision, blobless by default."""
    target = context.resolve_path(str(step.arguments.get("path", ".")))
    target.mkdir(parents=True, exist_ok=True)
    cloned = (target / ".git").exists()
    if not cloned and any(target.iterdir()):
        raise StepFailure(f"the checkout folder {target} is not empty")
    limits = Limits(_CHECKOUT_SILENCE_SECONDS, context.interrupt)
    method = str(step.arguments.get("method", "blobless"))
    for words in checkout_script(context.identity.project, method, cloned=cloned):
        process = context.starter.start(words, env=context.env, cwd=target)
        if watch_process(process, context, limits).exit_code:
            raise StepFailure(f"{' '.join(words[:2])} failed")


def persist(step: Step, context: JobContext) -> None:
    """Persist files for downstream jobs."""
    copier = context.make_copier()
    count = context.stores.workspaces.persist(
        context.workflow.workspace_id,
        context.workflow.id,
        context.run.name,
        context.resolve_path(str(step.arguments["root"])),
        _as_list(step.arguments.get("paths") or step.arguments["path"]),
        copier,
    )
    copier.report()
    context.say(f"Persisted {count_of(count, 'file')}.")


def attach(step: Step, context: JobContext) -> None:
    """Fill the folder `at` with the files that the upstream jobs persisted."""
    at = context.resolve_path(str(step.arguments["at"]))
    layers = context.stores.workspaces.attach(
        context.workflow.workspace_id, context.upstream, at, context.make_copier()
    )
    if not layers and context.assumptions.empty_attach_fails:
        raise StepFailure("no upstream job persisted anything to this workspace")
    context.say(f"Attached {count_of(layers, 'layer')}.")


def save_cache(step: Step, context: JobContext) -> None:
    """Save files under a key, unless a cache with this key exists."""
    key = fill_key(str(step.arguments["key"]), context.env, context.resolve_path)
    paths = [context.resolve_path(path) for path in _as_list(step.arguments["paths"])]
    copier = context.make_copier()
    saved = context.stores.caches.save(key, paths, copier)
    copier.report()
    if saved:
        context.say(f"Saved the cache {key}.")
    else:
        context.say(f"Skipped: the cache {key} already exists.")


def restore_cache(step: Step, context: JobContext) -> None:
    """Restore the newest cache that matches one of the keys."""
    keys = _as_list(step.arguments.get("keys") or step.arguments.get("key"))
    filled = [fill_key(key, context.env, context.resolve_path) for key in keys]
    found = context.stores.caches.restore(filled, context.make_copier())
    context.say(f"Restored the cache {found}." if found else "No cache was found.")


def store_artifacts(step: Step, context: JobContext) -> None:
    """Store a file or folder of the job as artifacts."""
    source = context.resolve_path(str(step.arguments["path"]))
    destination = str(step.arguments.get("destination") or source.name)
    if not source.exists():
        context.say(f"No artifact files found at {source}.")
        return
    folder = context.stores.artifacts / context.workflow.id / str(context.run.number)
    target = folder / destination
    if not target.resolve().is_relative_to(folder.resolve()):
        raise StepFailure(
            f"the destination {destination} is outside the artifacts folder"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    copier = context.make_copier()
    copier.collect(source.resolve(), target)
    copier.report()
    context.say(f"Stored {count_of(copier.files, 'file')}.")


def _as_list(value: object) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    return [str(value)]


def say_not_rehearsed(step: Step, context: JobContext) -> None:
    """Print that a step was not rehearsed, because its effect is outside the job."""
    context.say(f"Not rehearsed: {step.kind}.")


BUILT_IN: Mapping[str, Callable[[Step, JobContext], None]] = {
    "checkout": check_out,
    "persist_to_workspace": persist,
    "attach_workspace": attach,
    "save_cache": save_cache,
    "restore_cache": restore_cache,
    "store_artifacts": store_artifacts,
    "store_test_results": say_not_rehearsed,
    "add_ssh_keys": say_not_rehearsed,
    "setup_remote_docker": say_not_rehearsed,
    "install_signing_bundle": say_not_rehearsed,
    "with_tool_cache": say_not_rehearsed,
}
