"""Checks the names of jobs, commands, executors and their parameters.

Sources: "Reusable config reference", "Notes on reusable configuration"; JSON schema;
congomongo/congomongo#187, which shows CircleCI's error for an invalid job name.
"""

from __future__ import annotations

import re

from dte.compile.declarations import declared_by
from dte.compile.namespace import Definition, Namespace
from dte.parse import error_at
from dte.parse.expect import shorten

_NAME = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)
_JOB_NAME = re.compile(r"[A-Za-z][A-Za-z\s\d_-]*", re.ASCII)


def check_name(definition: Definition) -> None:
    """Raise UserError if a job, command or executor has a name that is not allowed.

    A processed config contains the final names of jobs, which may be any text.
    """
    if definition.kind != "job":
        allowed, rule = _NAME, "lowercase letter and contain only lowercase letters"
        more = "digits, _ and -"
    elif not definition.namespace.processed:
        allowed, rule, more = _JOB_NAME, "letter and contain only letters", "digits, "
        more += "spaces, _ and -"
    else:
        return
    if not allowed.fullmatch(definition.name):
        raise error_at(
            definition.where,
            f"{definition.title}: a name must begin with a {rule}, {more}",
            suggestions=_plain_name(definition.name),
            code="name",
        )


def warn_of_job_names(namespace: Namespace) -> None:
    """Warn of jobs whose names CircleCI allows only in a processed config, and of names
    that differ only in case ("Configuration reference", `jobs`).
    """
    jobs = namespace.sections.get("jobs")
    if jobs is None:
        return
    odd = [name for name in jobs if not _JOB_NAME.fullmatch(name)]
    if odd and namespace.processed:
        namespace.notes.warn(
            "name",
            jobs.where_is(odd[0]),
            "CircleCI allows these names of jobs only in a processed config: "
            + shorten(", ".join(odd), 200),
        )
    first: dict[str, str] = {}
    for name in jobs:
        other = first.setdefault(name.casefold(), name)
        if other != name:
            namespace.notes.warn(
                "name",
                jobs.where_is(name),
                f'jobs "{shorten(other)}" and "{shorten(name)}" differ in case only',
                ("CircleCI's page calls names case-insensitive: rename one.",),
            )


def warn_of_parameter_names(definition: Definition) -> None:
    """Warn of parameter names that CircleCI's page forbids but real configs use."""
    for name, parameter in declared_by(definition).items():
        if not _NAME.fullmatch(name):
            definition.namespace.notes.warn(
                "name",
                parameter.where,
                f'{definition.title}: parameter "{shorten(name)}": CircleCI documents '
                "only names of lowercase letters, digits, _ and -",
                _plain_name(name),
            )


def _plain_name(name: str) -> tuple[str, ...]:
    plain = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).lstrip("-_0123456789")
    return (f"Write {plain.rstrip('-') or 'a-name'}, and the same where it is called.",)
