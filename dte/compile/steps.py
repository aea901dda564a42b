"""Expands commands, conditions and parameters of type steps into plain steps."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dte.compile.budget import MAX_COMMANDS
from dte.compile.conditions import holds
from dte.compile.declarations import declared_by
from dte.compile.namespace import Definition, Stub
from dte.compile.parameters import StepsValue, bind
from dte.compile.step_kinds import KINDS, build_step, check_held
from dte.compile.templates import Scope, fill
from dte.errors import Errors, UserError
from dte.model import Step, Where
from dte.parse import LocatedList, LocatedMap, error_at
from dte.parse.expect import describe, expect_list, expect_map, known_keys, shorten
from dte.parse.located import where_value_begins

STRUCTURES = ("when", "unless", "steps")
COMMAND_KEYS = ("description", "parameters", "steps")
_EXAMPLE = "[checkout, run: make]"


@dataclass
class Stubs:
    """The jobs, commands and executors of missing orbs, in order of first use."""

    names: dict[str, None] = field(default_factory=dict)

    def step(self, stub: Stub, where: Where) -> Step:
        """Return the placeholder step for a job or command of a missing orb."""
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
    """Return an item of a list of steps as a StepCall; raises UserError."""
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
            f"a step must have one key, but this one has {', '.join(item)}",
            suggestions=("Indent the other keys below the first one.",),
            code="step",
        )
    message = f"a step must be a name or a mapping, not {describe(item)}"
    advice = ("Write the name of a step or command, such as checkout or run: make",)
    raise error_at(where, message, suggestions=advice, code="step")


def each_step(steps: Any, where: Where, what: str) -> Iterator[tuple[Any, Where]]:
    """Return the items of a list of steps, including the items of nested lists.

    The JSON schema allows a list as a step, such as an alias of a list of steps.
    """
    for item, item_where in expect_list(steps, where, what).with_lines():
        if isinstance(item, LocatedList):
            yield from each_step(item, item_where, what)
        else:
            yield item, item_where


def one_or_more(steps: Any, where: Where) -> Any:
    """Return `steps`; a single step becomes a list ("JSON schema", `when`)."""
    if not isinstance(steps, LocatedMap) and not _is_name(steps):
        return steps
    alone = LocatedList(where_value_begins(steps, where))
    alone.add(steps, alone.where)
    return alone


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and "<<" not in value


@dataclass(frozen=True)
class StepExpander:
    """Expands the steps of one job; ``depth`` counts nested commands and step lists."""

    stubs: Stubs
    scope: Scope
    depth: int = 0

    def expand(self, steps: Any, where: Where) -> Iterator[Step]:
        """Return the plain steps that a list of steps expands to; raises UserError."""
        if isinstance(steps, str):
            value = fill(steps, self.scope, where)
            if isinstance(value, StepsValue):
                yield from self._passed(value, where)
                return
        errors = Errors()
        for item, item_where in each_step(steps, where, "steps"):
            with errors.collect():
                yield from self._call(read_call(item, item_where))
        errors.raise_all()

    def _call(self, call: StepCall) -> Iterator[Step]:
        self.scope.namespace.budget.expand(call.where)
        if call.name in STRUCTURES:
            yield from self._structure(call)
            return
        if "<<" in call.name:
            named = fill(call.name, self.scope, call.where)
            if isinstance(named, StepsValue):
                yield from self._passed(named, call.where)
                return
            call = replace(call, name=str(named))
        found = self.scope.namespace.find("commands", call.name)
        if call.name in KINDS and (found is None or found in self.scope.trail):
            yield self._built_in(call)
        elif isinstance(found, Stub):
            if call.given is not None:
                expect_map(call.given, call.item_where, f'command "{call.name}"')
            yield self.stubs.step(found, call.where)
        elif found is None:
            raise unknown_step(call, self.scope)
        else:
            yield from self._command(found, call)

    def _passed(self, value: StepsValue, where: Where) -> Iterator[Step]:
        # Steps passed as an argument may call the command that receives them, so they
        # keep the chain of commands of the scope in which they are written.
        return self._inside(value.scope, where).expand(value.steps, where)

    def _inside(self, scope: Scope, where: Where) -> StepExpander:
        if self.depth == MAX_COMMANDS:
            message = f"commands call each other more than {MAX_COMMANDS} deep"
            advice = ("Call fewer commands from commands.",)
            raise error_at(where, message, suggestions=advice, code="limit")
        return replace(self, scope=scope, depth=self.depth + 1)

    def _built_in(self, call: StepCall) -> Step:
        step = build_step(call.name, call.given, self.scope, call.where)
        self.scope.namespace.budget.write(size_of(step.arguments), call.where)
        holds = KINDS[call.name].holds
        if not isinstance(call.given, LocatedMap) or holds not in call.given:
            return step
        where = call.given.where_is(holds)
        for item, at in each_step(call.given[holds], where, f"{call.name}: {holds}"):
            inner = read_call(item, at)
            check_held(call.name, inner.name, inner.given, at)
        held = tuple(self.expand(call.given[holds], where))
        if not held:
            message = f"{call.name}: {holds}: needs at least one step"
            advice = (f"Add a step, such as {holds}: [run: make]",)
            raise error_at(where, message, suggestions=advice, code="steps")
        for step_inside in held:
            given = step_inside.arguments
            check_held(call.name, step_inside.kind, given, step_inside.where)
        return replace(step, arguments={**step.arguments, holds: held})

    def _structure(self, call: StepCall) -> Iterator[Step]:
        if call.name == "steps":
            given, where = call.given, call.item_where
            value = fill(given, self.scope, where) if isinstance(given, str) else given
            if isinstance(value, StepsValue):
                yield from self._passed(value, call.where)
            elif isinstance(value, LocatedList):
                yield from self.expand(value, call.where)
            else:
                message = "steps: must be a parameter of type steps, not "
                raise error_at(
                    call.where,
                    message + describe(value),
                    suggestions=("Write steps: << parameters.… >>",),
                    code="type",
                )
            return
        condition, steps = read_condition(call)
        if holds(condition, self.scope, call.item_where) is (call.name == "when"):
            yield from self.expand(steps, call.item_where)

    def _command(self, command: Definition, call: StepCall) -> Iterator[Step]:
        trail = (*self.scope.trail, command)
        if command in self.scope.trail:
            chain = " → ".join(step.name for step in trail)
            message = f"{command.title} calls itself: {chain}"
            advice = (f"Remove the call of {trail[-1].name}.",)
            raise error_at(call.where, message, suggestions=advice, code="circle")
        known_keys(command.body, COMMAND_KEYS, command.title)
        require_steps(command)
        given = LocatedMap(call.item_where) if call.given is None else call.given
        values = bind(
            declared_by(command),
            expect_map(given, call.item_where, command.title),
            given_in=self.scope,
            declared_in=Scope(command.title, command.namespace, trail=trail),
            what=command.title,
        )
        inner = Scope(command.title, command.namespace, values, trail)
        expander = self._inside(inner, call.where)
        try:
            yield from expander.expand(
                command.body.get("steps"), command.body.where_is("steps")
            )
        except UserError as error:
            error.add_call(f"{call.where}: {command.title}")
            raise


def require_steps(definition: Definition) -> None:
    """Raise UserError for a job or command without steps."""
    steps, title = definition.body.get("steps"), definition.title
    suggestions = (f"Add steps to it, such as steps: {_EXAMPLE}",)
    if "steps" not in definition.body:
        message, where, code = "needs the key steps", definition.where, "missing-key"
    elif not steps:
        message, code = "steps: needs at least one step", "steps"
        where = definition.body.where_is("steps")
    else:
        return
    raise error_at(where, f"{title}: {message}", suggestions=suggestions, code=code)


def size_of(arguments: Any) -> int:
    """Return about how many characters the arguments take in a compiled config."""
    if isinstance(arguments, str):
        return len(arguments)
    if isinstance(arguments, Mapping):
        return sum(len(key) + size_of(value) for key, value in arguments.items())
    if isinstance(arguments, list | tuple):
        return sum(size_of(value) for value in arguments)
    return 8


def unknown_step(call: StepCall, scope: Scope) -> Exception:
    """Return the error for a step that is neither built in nor a command."""
    return error_at(
        call.where,
        f'{scope.title}: there is no command or step "{shorten(call.name)}"',
        suggestions=scope.namespace.suggest(
            "commands", call.name, (*KINDS, *STRUCTURES)
        ),
        code="unknown-step",
    )


def read_condition(call: StepCall) -> tuple[Any, Any]:
    """Return the condition and the steps of a `when` or `unless` step."""
    mapping = expect_map(call.given, call.item_where, call.name)
    known_keys(mapping, ("condition", "steps"), call.name)
    for key in ("condition", "steps"):
        if key not in mapping:
            message = f"{call.name}: needs the key {key}"
            value = "<< pipeline.… >>" if key == "condition" else _EXAMPLE
            advice = (f"Add {key}: {value}",)
            raise error_at(call.where, message, suggestions=advice, code="missing-key")
    return mapping["condition"], one_or_more(
        mapping["steps"], mapping.where_is("steps")
    )
