"""Determines what a job runs on: its executor, overridden by its own keys.

After "Reusable config reference", "Overriding keys when invoking an executor".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dte.compile import values
from dte.compile.namespace import Definition, Stub
from dte.compile.parameters import ExecutorValue, bind, declared, executor_value
from dte.compile.steps import Stubs
from dte.compile.templates import Scope, fill
from dte.model import Where
from dte.parse import LocatedMap, error_at, nearest
from dte.parse.expect import describe, known_keys, shorten

KINDS = ("docker", "machine", "macos")
SHARED_KEYS = (*KINDS, "resource_class", "environment", "working_directory", "shell")
EXECUTOR_KEYS = ("description", "parameters", *SHARED_KEYS)

_IMAGE_KEYS = (
    "image",
    "name",
    "entrypoint",
    "command",
    "user",
    "environment",
    "auth",
    "aws_auth",
    "gcp_auth",
)
_VM_KEYS = {
    "machine": ("enabled", "image", "docker_layer_caching", "resource_class", "shell"),
    "macos": ("xcode", "resource_class", "shell"),
}


@dataclass(frozen=True)
class ExecutorSettings:
    """The keys that jobs and executors share: image, environment, shell, and so on."""

    kind: Mapping[str, Any] = field(default_factory=dict)
    resource_class: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    working_directory: str | None = None
    shell: str | None = None

    def under(self, other: ExecutorSettings) -> ExecutorSettings:
        """Return these settings overridden by the other's."""
        return ExecutorSettings(
            kind=other.kind or self.kind,
            resource_class=other.resource_class or self.resource_class,
            environment={**self.environment, **other.environment},
            working_directory=other.working_directory or self.working_directory,
            shell=other.shell or self.shell,
        )

    @property
    def executor(self) -> dict[str, Any]:
        """The executor's keys in the processed config."""
        if self.resource_class is None:
            return dict(self.kind)
        return {**self.kind, "resource_class": self.resource_class}


def read_executor_settings(body: LocatedMap, scope: Scope) -> ExecutorSettings:
    """Return the shared keys of a job or executor, filled in and checked."""
    kinds = [kind for kind in KINDS if kind in body]
    if len(kinds) > 1:
        item_where = body.where_is(kinds[1])
        raise error_at(item_where, f"{scope.title}: only one of {' and '.join(kinds)}")
    taken = values.take(
        body,
        {
            "resource_class": values.text,
            "environment": values.environment,
            "working_directory": values.text,
            "shell": values.text_or_list,
        },
        scope,
        scope.title,
    )
    shell = taken.get("shell")
    return ExecutorSettings(
        kind={kind: _read_kind(kind, body, scope) for kind in kinds},
        resource_class=taken.get("resource_class"),
        environment=taken.get("environment", {}),
        working_directory=taken.get("working_directory"),
        shell=" ".join(shell) if isinstance(shell, list) else shell,
    )


def _read_kind(kind: str, body: LocatedMap, scope: Scope) -> Any:
    where, written = body.where_is(kind), body[kind]
    if kind == "docker":
        return _read_images(written, scope, where)
    if isinstance(written, LocatedMap):
        known_keys(written, _VM_KEYS[kind], f"{scope.title}: {kind}")
        if kind == "macos" and "xcode" not in written:
            raise error_at(where, f"{scope.title}: macos: needs the key xcode")
        return fill(written, scope, where)
    filled = fill(written, scope, where)
    if kind == "machine" and (filled is True or isinstance(filled, str)):
        return filled
    message = f"{scope.title}: {kind}: must be a mapping, not {describe(filled)}"
    raise error_at(where, message)


def _read_images(written: Any, scope: Scope, where: Where) -> list[dict[str, Any]]:
    title = f"{scope.title}: docker"
    if not isinstance(written, list) or not written:
        raise error_at(where, f"{title}: must be a list of images")
    images = []
    for image in written:
        if not isinstance(image, LocatedMap):
            message = f"{title}: an image must be a mapping, not {describe(image)}"
            raise error_at(where, message)
        known_keys(image, _IMAGE_KEYS, title)
        if image.get("image") is None:
            raise error_at(image.where, f"{title}: needs the key image")
        checks = {"image": values.text, "environment": values.environment}
        checked = values.take(image, checks, scope, title)
        images.append({**fill(image, scope, image.where), **checked})
    return images


def find_executor_settings(
    written: Any, scope: Scope, where: Where, stubs: Stubs
) -> ExecutorSettings:
    """Return the settings that `executor: …` names; raises UserError."""
    value = executor_value(written, scope, where)
    if not isinstance(value, ExecutorValue):
        message = f"executor: must be a name or a mapping, not {describe(value)}"
        raise error_at(where, message)
    namespace = value.scope.namespace
    found = namespace.find("executors", value.name)
    if isinstance(found, Stub):
        stubs.note(found)
        return ExecutorSettings(
            kind={"docker": [{"image": f"not-rehearsed/{found.name}"}]}
        )
    if found is None:
        raise error_at(
            value.where,
            f'{scope.title}: there is no executor "{shorten(value.name)}" in '
            f"{namespace.title}",
            suggestions=nearest(value.name, namespace.names("executors")),
        )
    return _read_executor(found, value)


def _read_executor(found: Definition, value: ExecutorValue) -> ExecutorSettings:
    body = found.body
    known_keys(body, EXECUTOR_KEYS, found.title)
    bound = bind(
        declared(body.get("parameters"), body.where_is("parameters"), found.title),
        value.arguments,
        given_in=value.scope,
        declared_in=Scope(found.title, found.namespace),
        what=found.title,
    )
    return read_executor_settings(body, Scope(found.title, found.namespace, bound))
