"""Reads the executor of a job; the job's own keys take precedence over it.

Source: "Reusable config reference", "Overriding keys when invoking an executor".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dte.compile import values
from dte.compile.declarations import declared_by
from dte.compile.literals import check_literals
from dte.compile.namespace import Definition, Namespace, Stub
from dte.compile.parameters import ExecutorValue, bind, executor_value
from dte.compile.steps import Stubs
from dte.compile.templates import Scope, fill
from dte.compile.variables import environment
from dte.errors import Errors, UserError
from dte.model import Where
from dte.parse import LocatedMap, error_at
from dte.parse.expect import describe, known_keys, shorten

# A placeholder for an executor or job of a missing orb has an image with this prefix.
STUB_IMAGE = "not-rehearsed/"
KINDS = ("docker", "machine", "macos")
SHARED_CHECKS: Mapping[str, values.Check] = {
    "resource_class": values.text,
    "environment": environment,
    "working_directory": values.text,
    "shell": values.text_or_list,
}
SHARED_KEYS = (*KINDS, *SHARED_CHECKS)
EXECUTOR_KEYS = ("description", "parameters", *SHARED_KEYS)

_IMAGE_KEYS: Mapping[str, values.Check] = {
    "image": values.text,
    "name": values.text,
    "entrypoint": values.words,
    "command": values.words,
    "user": values.text,
    "environment": environment,
    "auth": values.KeysOfTexts((("username", "password"),)),
    "aws_auth": values.KeysOfTexts(
        (("aws_access_key_id", "aws_secret_access_key"), ("oidc_role_arn",))
    ),
    "gcp_auth": values.KeysOfTexts(
        (
            (
                "oidc_service_account",
                "workload_identity_pool",
                "workload_identity_provider",
            ),
        )
    ),
}
_VM_KEYS: Mapping[str, Mapping[str, values.Check]] = {
    "machine": {
        "enabled": values.scalar,
        "image": values.text,
        "docker_layer_caching": values.boolean,
        "resource_class": values.text,
        "shell": values.text_or_list,
        "code_signing": values.bundles,
    },
    "macos": {
        "xcode": values.text_or_number,
        "resource_class": values.text,
        "shell": values.text_or_list,
        "code_signing": values.bundles,
    },
}
# The value that each kind of executor accepts, and an example.
_FORMS = {
    "docker": ("a list of at least one image", "[{image: cimg/base:current}]"),
    "machine": ("a mapping", "{image: ubuntu-2404:current}"),
    "macos": ("a mapping", "{xcode: 16.4.0}"),
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
        """Return these settings; those of `other` take precedence."""
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
    """Return the keys that jobs and executors share, filled in and checked."""
    kinds = _kinds_of(body, scope.title)
    taken = values.take(
        body,
        SHARED_CHECKS,
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


def _kinds_of(body: LocatedMap, title: str) -> list[str]:
    """Return the executor kinds in the body of a job or executor: one, or none."""
    kinds = [kind for kind in KINDS if kind in body]
    if len(kinds) > 1:
        where = body.where_is(kinds[1])
        message = f"{title}: only one of {' and '.join(kinds)} is allowed"
        advice = (f"Remove {' or '.join(kinds)}.",)
        raise error_at(where, message, suggestions=advice, code="executor")
    return kinds


def _read_kind(kind: str, body: LocatedMap, scope: Scope) -> Any:
    where, written = body.where_is(kind), body[kind]
    title = f"{scope.title}: {kind}"
    if kind == "docker":
        return _read_images(written, scope, where)
    if isinstance(written, LocatedMap):
        _check_vm(kind, written, title)
        return values.take(written, _VM_KEYS[kind], scope, title)
    filled = fill(written, scope, where)
    _check_kind(kind, filled, where, title)
    return filled


def _check_vm(kind: str, written: LocatedMap, title: str) -> None:
    known_keys(written, _VM_KEYS[kind], title)
    if kind == "macos" and written.get("xcode") is None:
        message = f"{title}: needs the key xcode"
        advice = ("Add xcode: 16.4.0, or another version.",)
        raise error_at(written.where, message, suggestions=advice, code="missing-key")


def _read_images(written: Any, scope: Scope, where: Where) -> list[dict[str, Any]]:
    title = f"{scope.title}: docker"
    _check_kind("docker", written, where, title)
    errors, images = Errors(), []
    for image in written:
        with errors.collect():
            _check_image(image, where, title)
            images.append(values.take(image, _IMAGE_KEYS, scope, title))
    errors.raise_all()
    return images


def _check_image(image: Any, where: Where, title: str) -> None:
    if not isinstance(image, LocatedMap):
        message = f"{title}: an image must be a mapping, not {describe(image)}"
        shown = shorten(image) if isinstance(image, str) else "cimg/base:current"
        advice = (f"Write docker: [{{image: {shown}}}]",)
        raise error_at(where, message, suggestions=advice, code="type")
    known_keys(image, _IMAGE_KEYS, title)
    if image.get("image") is None:
        message = f"{title}: needs the key image"
        advice = ("Add image: cimg/base:current, or another image.",)
        raise error_at(image.where, message, suggestions=advice, code="missing-key")


def check_executor_keys(body: LocatedMap, scope: Scope) -> None:
    """Raise UserError for executor keys that are invalid whatever the parameters are.

    This also finds errors in jobs and executors that nothing uses.
    """
    errors = Errors()
    for kind in _kinds_of(body, scope.title):
        written, where = body[kind], body.where_is(kind)
        title = f"{scope.title}: {kind}"
        if not (isinstance(written, str) and "<<" in written):
            _check_kind(kind, written, where, title)
        if isinstance(written, LocatedMap):
            _check_vm(kind, written, title)
            check_literals(written, _VM_KEYS[kind], scope, title)
        for image in (
            written if kind == "docker" and not isinstance(written, str) else ()
        ):
            with errors.collect():
                _check_image(image, where, title)
                check_literals(image, _IMAGE_KEYS, scope, title)
    errors.raise_all()


def _check_kind(kind: str, written: Any, where: Where, title: str) -> None:
    """Raise UserError unless the value has the right type for its kind of executor."""
    if kind == "docker":
        right = isinstance(written, list) and bool(written)
    else:
        scalar = isinstance(written, str | int | float)  # a boolean is an int
        right = isinstance(written, dict) or (kind == "machine" and scalar)
    if not right:
        expected, example = _FORMS[kind]
        raise error_at(
            where,
            f"{title}: must be {expected}, not {describe(written)}",
            suggestions=(f"Write {kind}: {example}",),
            code="type",
        )


def find_executor_settings(
    written: Any, scope: Scope, where: Where, stubs: Stubs
) -> ExecutorSettings:
    """Return the settings of the executor that a job names; raises UserError."""
    value = executor_value(written, scope, where)
    if not isinstance(value, ExecutorValue):
        raise error_at(
            where,
            f"executor: must be a name or a mapping, not {describe(value)}",
            suggestions=("Write the name of one of executors: executor: name",),
            code="type",
        )
    namespace = value.scope.namespace
    found = namespace.find("executors", value.name)
    if isinstance(found, Stub):
        stubs.note(found)
        return ExecutorSettings(
            kind={"docker": [{"image": f"{STUB_IMAGE}{found.name}"}]}
        )
    if found is None:
        raise unknown_executor(value.name, scope, namespace, value.where)
    return _read_executor(found, value)


def unknown_executor(
    name: str, scope: Scope, namespace: Namespace, where: Where
) -> UserError:
    """Return the error for an executor that a config or orb does not have."""
    return error_at(
        where,
        f'{scope.title}: there is no executor "{shorten(name)}" in {namespace.title}',
        suggestions=namespace.suggest("executors", name),
        code="unknown-executor",
    )


def _read_executor(found: Definition, value: ExecutorValue) -> ExecutorSettings:
    body = found.body
    known_keys(body, EXECUTOR_KEYS, found.title)
    bound = bind(
        declared_by(found),
        value.arguments,
        given_in=value.scope,
        declared_in=Scope(found.title, found.namespace),
        what=found.title,
    )
    return read_executor_settings(body, Scope(found.title, found.namespace, bound))
