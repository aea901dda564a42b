"""Expands commands, conditions and steps parameters into plain steps."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dte.compile.conditions import holds
from dte.compile.namespace import Definition, Stub
from dte.compile.parameters import StepsValue, bind, declared
from dte.compile.step_kinds import KINDS, build_step
from dte.compile.templates import Scope, fill
from dte.model import Step, Where
from dte.parse import LocatedList, LocatedMap, error_at, nearest
from dte.parse.expect import describe, expect_list, expect_map, known_keys
from dte.parse.located import where_value_begins

STRUCTURES = ("when", "unless", "steps")
COMMAND_KEYS = ("description", "parameters", "steps")


@dataclass
class Stubs:
    """The parts of missing orbs that were replaced, in the order of their use."""

    names: dict[str, None] = field(default_factory=dict)

    def step(self, stub: Stub, where: Where) -> Step:
        """Return the placeholder step for a part of a missing orb."""
        self.note(stub)
        text = (
            f"{stub.kind} {stub.name} of the orb {stub.reference} runs only on CircleCI"
        )
        arguments = {"name": f"Not rehearsed: {stub.name}"}
        arguments["command"] = f"echo {shlex.quote(text)}"
        return Step("run", arguments["name"], arguments, where)

    def note(self, stub: Stub) -> None:
        """Record that `stub` was used."""
        self.names[f"{stub.kind} {stub.name} ({stub.reference})"] = None


@dataclass(frozen=True)
class StepCall:
    """One item of a list of steps, split into name and value: `- name: given`."""

    name: str
    given: Any
    where: Where
    item_where: Where


def read_call(item: Any, where: Where) -> StepCall:
    """Return what an item of a list of steps calls; raises UserError."""
    if isinstance(item, str):
        return StepCall(item, None, where, where)
    if isinstance(item, LocatedMap) and len(item) == 1:
        ((name, given),) = item.items()
        return StepCall(
            name, given, where, where_value_begins(given, item.where_is(name))
        )
    if isinstance(item, LocatedMap) and item:
        raise error_at(
            where,
            f"a step takes one name, this one has {', '.join(item)}",
            suggestions=("Indent the other keys below the first one.",),
        )
    raise error_at(where, f"a step must be a name or a mapping, not {describe(item)}")


def expand_steps(
    steps: Any,
    scope: Scope,
    stubs: Stubs,
    *,
    where: Where,
    trail: tuple[Definition, ...] = (),
) -> Iterator[Step]:
    """Return the plain steps that a list of steps expands to.

    `trail` is the chain of commands that led here. Raises UserError.
    """
    for item, item_where in expect_list(steps, where, "steps").with_lines():
        call = read_call(item, item_where)
        if call.name in STRUCTURES:
            yield from _structure(call, scope, stubs, trail)
            continue
        found = scope.namespace.find("commands", call.name)
        if call.name in KINDS and (found is None or found in trail):
            yield build_step(call.name, call.given, scope, call.where)
        elif isinstance(found, Stub):
            yield stubs.step(found, call.where)
        elif found is None:
            raise unknown_step(call, scope)
        else:
            yield from _command(found, call, scope, stubs, trail)


def unknown_step(call: StepCall, scope: Scope) -> Exception:
    """Return the error for a step that is neither built in nor a command."""
    known = [*scope.namespace.names("commands"), *KINDS, *STRUCTURES]
    return error_at(
        call.where,
        f'{scope.title}: there is no command or step "{call.name}"',
        suggestions=nearest(call.name, known),
    )


def _structure(
    call: StepCall, scope: Scope, stubs: Stubs, trail: tuple[Definition, ...]
) -> Iterator[Step]:
    if call.name == "steps":
        given = call.given
        value = fill(given, scope, call.item_where) if isinstance(given, str) else given
        if isinstance(value, StepsValue):
            steps, inner = value.steps, value.scope
        elif isinstance(value, LocatedList):
            steps, inner = value, scope
        else:
            message = f"steps: must be a parameter of type steps, not {describe(value)}"
            raise error_at(call.where, message)
        yield from expand_steps(steps, inner, stubs, where=call.where, trail=trail)
        return
    condition, steps = read_condition(call)
    wanted = call.name == "when"
    if holds(condition, scope, call.item_where) is wanted:
        yield from expand_steps(steps, scope, stubs, where=call.item_where, trail=trail)


def read_condition(call: StepCall) -> tuple[Any, LocatedList]:
    """Return the condition and the steps of a `when` or `unless` step."""
    mapping = expect_map(call.given, call.item_where, call.name)
    known_keys(mapping, ("condition", "steps"), call.name)
    for key in ("condition", "steps"):
        if key not in mapping:
            raise error_at(call.where, f"{call.name}: needs the key {key}")
    steps = expect_list(
        mapping["steps"], mapping.where_is("steps"), f"{call.name}: steps"
    )
    return mapping["condition"], steps


def _command(
    command: Definition,
    call: StepCall,
    scope: Scope,
    stubs: Stubs,
    trail: tuple[Definition, ...],
) -> Iterator[Step]:
    if command in trail:
        chain = " → ".join(step.name for step in (*trail, command))
        raise error_at(call.where, f"{command.title} calls itself: {chain}")
    known_keys(command.body, COMMAND_KEYS, command.title)
    given = LocatedMap(call.item_where) if call.given is None else call.given
    arguments = expect_map(given, call.item_where, command.title)
    values = bind(
        declared(
            command.body.get("parameters"),
            command.body.where_is("parameters"),
            command.title,
        ),
        arguments,
        given_in=scope,
        declared_in=Scope(command.title, command.namespace),
        what=command.title,
    )
    yield from expand_steps(
        command.body.get("steps"),
        Scope(command.title, command.namespace, values),
        stubs,
        where=command.body.where_is("steps"),
        trail=(*trail, command),
    )
