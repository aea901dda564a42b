"""The errors of dte that CircleCI's JSON schema does not find, each with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import yaml

from dte.compile.step_kinds import KINDS
from dte.errors import UserError
from dte.model import Where


class Beyond(NamedTuple):
    """A kind of error that the schema does not find: the path of the value, words of
    the message, and why the schema accepts the value.
    """

    path: str
    words: str
    why: str
    only: Callable[[str, Any], bool] = lambda key, value: True


def has_template(key: str, value: Any) -> bool:
    """Return whether a key or its value contains `<<`."""
    return "<<" in yaml.safe_dump({key: value}, width=10**6)


STEP = r"(.+/)?(steps|pre-steps|post-steps|teardown|[^/]+)/(\d+/)*\d+"
CALL = r"(workflows|job-groups)/[^/]+/jobs/\d+(/.+)?"
PART = r"(orbs/.+/)?(jobs|commands|executors)/.+"
CONDITION = r".*/(when|unless|condition)(/(and|or|equal)/\d+|/not|/matches)*"
RELEASE = r"jobs/[^/]+/validation/.*"
# The errors that the schema does not find, by code.
BEYOND = {
    "circle": [
        Beyond("workflows/.+", "require each other", "it follows no names"),
        Beyond(PART, "calls itself", "it follows no names"),
    ],
    "condition": [
        Beyond(CONDITION, "a condition takes one of", "it takes {}, and other keys"),
    ],
    "expression": [
        Beyond(".*", "", "it does not parse templates", has_template),
        Beyond(
            r"workflows/[^/]+/(when|unless)",
            "in the expression",
            "it does not parse expressions",
            lambda key, value: isinstance(value, str) and "pipeline." in value,
        ),
        Beyond(
            CALL + "/filters",
            "in the expression",
            "it does not parse expressions",
            lambda key, value: isinstance(value, str),
        ),
    ],
    "job-group": [
        Beyond(CALL, "job group", "it takes any key in the call of a group"),
        Beyond("job-groups/.+", "job group", "it follows no names"),
    ],
    "limit": [Beyond(".*", "more than", "it counts nothing")],
    "matrix": [
        Beyond(
            CALL + "/matrix(/.*)?", "matrix", "it does not know what a job declares"
        ),
        Beyond(CALL, "matrix", "it does not know what a job declares"),
    ],
    "missing-key": [
        Beyond(
            "[^/]*",
            'no workflows and no job called "build"',
            "it requires no workflows",
        ),
        Beyond(
            CALL, 'needs the key "name"', "the argument may be an executor or anything"
        ),
        Beyond(PART, 'needs the key "name"', "a default may be anything"),
        Beyond("jobs/[^/]+", "has no executor", "it does not look into an executor"),
        Beyond(RELEASE, "needs the key", "it takes any validation"),
        Beyond(STEP + ".*", "needs", "a step may be a name alone, or be nothing"),
    ],
    "name": [
        Beyond(CALL, "name: is empty", "a template may make it empty", has_template),
    ],
    "orb-reference": [
        Beyond(
            "orbs/[^/]+|orbs/.+/orbs/[^/]+",
            "is not namespace/orb@version",
            "it takes a template for the version",
            has_template,
        ),
        Beyond(
            "orbs/[^/]+/orbs(/.*)?|orbs/[^/]+",
            "orb",
            "it takes any key in an inline orb",
            lambda key, value: not isinstance(value, str) or "/" not in value,
        ),
    ],
    "parameter": [
        Beyond(CALL, "parameter", "it does not know what a job declares"),
        Beyond(PART, "parameter", "it does not know what a part declares"),
        Beyond("parameters(/.*)?", "parameter", "it takes any default for any type"),
    ],
    "pattern": [
        Beyond(
            CONDITION + "(/pattern)?|.*/filters(/.*)?|.*/(only|ignore)(/.*)?",
            "the pattern",
            "it reads no patterns",
        )
    ],
    "requires": [Beyond(CALL, "requires", "it follows no names")],
    "schedule": [
        Beyond(
            "workflows/[^/]+/triggers(/.*)?",
            "schedule",
            "it takes any text for cron, and no filters",
        )
    ],
    "setup": [
        Beyond(
            "workflows/[^/]+",
            "only one workflow of a setup",
            "it does not decide which workflows run",
        )
    ],
    "step": [
        Beyond(
            STEP + ".*",
            "a step must be|a step must have one key|not allowed here",
            "it takes a number in a nested list, and null as a step of a call",
        )
    ],
    "steps": [Beyond(STEP + ".*", "needs at least one step", "it takes empty lists")],
    "type": [
        Beyond(
            PART,
            "must be a mapping",
            "it takes a text for a definition",
        ),
        Beyond(
            ".*/paths(/.*)?", "must be a list", "it takes a text, and an empty list"
        ),
        Beyond(
            ".*/(keys|shell|only|ignore)",
            "must be a list with at least one string",
            "it takes an empty list",
        ),
        Beyond(CALL + "/matrix(/.*)?", "matrix", "it takes any matrix"),
        Beyond(
            CALL + "/type", "type: must be approval", "it takes any text for the type"
        ),
        Beyond(
            CALL + "/serial-group",
            "serial-group",
            "it takes any characters in a serial group",
        ),
        Beyond(
            "(.+/)?parameters/[^/]+(/enum)?",
            "must be a list",
            "it does not require enum",
        ),
        Beyond(
            ".*/steps/.*",
            "must be a parameter of type steps|must be a list",
            "steps: takes anything",
        ),
        Beyond(
            r".*/steps/\d+/[^/]+/[^/]+/.+|" + CALL,
            "must be",
            "it does not know that an argument is a list of steps",
            lambda key, value: key in KINDS,
        ),
        Beyond(
            r"workflows/[^/]+/triggers/\d+(/schedule)?",
            "must be a mapping",
            "it does not require schedule",
        ),
        Beyond(
            ".*/environment(/.*)?",
            "environment",
            "it takes any text, and lists in lists",
        ),
        Beyond(".*", "can't be embedded", "it fills in nothing", has_template),
        Beyond(".*", "must be", "a template gives a value of any type", has_template),
        Beyond(
            ".*/no_output_timeout",
            "must be a time",
            "its pattern may match a part of the text",
        ),
        Beyond(".*/retention", "retention", "it takes {}"),
        Beyond(RELEASE, "validation", "it takes any validation"),
        Beyond("workflows/[^/]+/description", "description", "it takes any key"),
        Beyond(
            "jobs/[^/]+/(steps|executor)(/.*)?",
            "must be",
            "it takes any key in an approval and a no-op",
        ),
        Beyond("jobs/[^/]+/validation", "validation", "it takes any validation"),
    ],
    "executor": [
        Beyond("executors/.*", "only one of", "it takes two kinds in an executor")
    ],
    "undeclared": [
        Beyond(".*", "is not defined here", "it follows no names"),
    ],
    "unknown-executor": [
        Beyond(f"{PART}|{CALL}", "there is no executor", "it follows no names")
    ],
    "unknown-job": [Beyond(CALL, "there is no job", "it follows no names")],
    "unknown-key": [
        Beyond(
            "workflows/[^/]+/triggers/.*", "schedule: unknown key", "it takes any key"
        ),
        Beyond(CALL + "/matrix/.*", "matrix: .*unknown key", "it takes any key"),
        Beyond(
            ".*/(when|unless)(/.*)?", "(when|unless): unknown key", "it takes any key"
        ),
        Beyond("job-groups/.*", "job group .*unknown key", "it takes any key"),
        Beyond(
            r".*/steps/\d+/(?!when/|unless/|run/|with_tool_cache/)[^/]+/[^/]+/.+",
            "unknown key",
            "the argument of a command may be a list of steps",
        ),
        Beyond(STEP + ".*", "install_signing_bundle: unknown key", "it takes any key"),
    ],
    "unknown-step": [
        Beyond(f"{PART}|{CALL}", "there is no command or step", "it follows no names")
    ],
    "version": [Beyond("version", "version", "it takes any version")],
}


def place_of(text: str, where: Where) -> tuple[str, ...]:
    """Return the keys that lead to the value or key at a position of a config."""
    found: list[tuple[bool, tuple[str, ...]]] = []

    def visit(node: yaml.Node | None, path: tuple[str, ...]) -> None:
        pairs: list[tuple[yaml.Node, yaml.Node, str]] = []
        if isinstance(node, yaml.MappingNode):
            pairs = [(key, value, str(key.value)) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            pairs = [(item, item, str(index)) for index, item in enumerate(node.value)]
        for key, value, name in pairs:
            for mark in (key.start_mark, value.start_mark):
                if mark.line + 1 == where.line:
                    found.append((mark.column + 1 == where.column, (*path, name)))
            visit(value, (*path, name))

    visit(yaml.compose(text), ())
    # A mapping has the same position as its first key.
    exact = [path for same_column, path in found if same_column]
    return max(exact or [path for _, path in found] or [()], key=len)


def value_at(config: Any, path: Sequence[str]) -> Any:
    """Return the value at a path of a config; None if a key isn't a string."""
    for part in path:
        keys = config if isinstance(config, dict) else range(len(config))
        key = next((key for key in keys if str(key) == part), None)
        if key is None:
            return None
        config = config[key]
    return config


def beyond(error: UserError, text: str) -> bool:
    """Return whether an error has a kind in BEYOND."""
    assert error.where is not None
    path = place_of(text, error.where)
    value = value_at(yaml.safe_load(text), path)
    return any(
        re.fullmatch(kind.path, "/".join(path), re.DOTALL)
        and re.search(kind.words, error.message)
        and kind.only(path[-1] if path else "", value)
        for kind in BEYOND.get(error.code, ())
    )
