"""The compiler refuses what CircleCI refuses, with the position and the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from dte.errors import UserError
from tests.dte.compile.configs import compile_text

BASE = """\
version: 2.1
parameters:
  flag: {type: boolean, default: false}
executors:
  vm:
    machine: true
jobs:
  build:
    parameters:
      n: {type: integer, default: 1}
      e: {type: executor, default: vm}
    executor: << parameters.e >>
    steps: [checkout]
"""

CALLS = [
    ("build: {matrix: {parameters: {}}}", "parameters: needs at least one"),
    ("build: {matrix: {parameters: {n: 1}}}", "matrix: n must be a list"),
    ("build: {matrix: {parameters: {n: []}}}", "no combination is left"),
    ("build: {matrix: {}}", "matrix: parameters must be a mapping, not nothing"),
    ("build: {matrix: {parameters: {n: [1]}, exclude: [{}]}}", '"n" is missing'),
    ("build: {matrix: {parameters: {n: [1]}, exclude: [{m: 1}]}}", "unknown key"),
    ("build: {matrix: {parameters: {n: [1]}, only: []}}", 'unknown key "only"'),
    ("build: {matrix: {parameters: {n: [1]}}, name: ''}", "name: is empty"),
    ("build: {name: [a]}", "name: must be a string, not a list"),
    ("build: {type: build}", "type: must be approval"),
    ("build: {requires: build}", "requires must be a list"),
    ("build: {requires: [[build]]}", "an item must be a job"),
    ("build: {requires: [{build: []}]}", "needs at least one status"),
    ("build: {requires: [build]}", "jobs require each other: build → build"),
    ("build: {context: [1]}", "context: must be a string, not the number 1"),
    ("build: {filters: << pipeline.git.branch >>}", "without << >>"),
    ("build: {filters: pipeline.git.branch ==}", "it is incomplete"),
    ("build: {filters: pipeline.git.brunch}", "is not defined"),
    ("build: {filters: {branch: {only: a}}}", 'unknown key "branch"'),
    (
        "build: {filters: {branches: {only: [{}]}}}",
        "must be a string or a list of strings",
    ),
    ("build: {e: 7}", 'parameter "e": must be of type executor, not the number 7'),
    ("build: {e: {tag: 1}}", 'executor: a mapping needs the key "name"'),
    ("build: {e: vn}", 'there is no executor "vn" in the config'),
    ("build: {e: {name: vm, tag: 1}}", 'executor "vm": unknown parameter "tag"'),
    ("build: {e: none/vm}", 'there is no executor "none/vm"'),
    ("build: {n: {}}", "must be of type integer, not a mapping"),
    ("build: {n: true}", "must be of type integer, not the boolean true"),
    ("build: {pre-steps: checkout}", "steps must be a list"),
    ("build: {pre-steps: [nothing]}", 'there is no command or step "nothing"'),
    ("{build: {}, test: {}}", "a job must be a name or a mapping with one name"),
    ("7", "a job must be a name or a mapping with one name, not the number 7"),
    ("none/build", 'there is no job "none/build"'),
]


@pytest.mark.parametrize(("call", "message"), CALLS)
def test_a_call_of_a_job(call: str, message: str, tmp_path: Path) -> None:
    """An invalid call of a job is refused."""
    with pytest.raises(UserError) as caught:
        compile_text(f"{BASE}workflows: {{main: {{jobs: [{call}]}}}}\n", tmp_path)
    assert message in str(caught.value)
    assert f"{tmp_path / 'config.yml'}:" in str(caught.value)


WORKFLOWS = [
    ("{when: {and: true}, jobs: [build]}", "and must be a list"),
    ("{when: {xor: [1], or: [1]}, jobs: [build]}", "a condition takes one of"),
    ("{when: {}, jobs: [build]}", "a condition takes one of"),
    ("{when: {and: [1], or: [1]}, jobs: [build]}", "a condition takes one of"),
    ("{when: {matches: {pattern: a}}, jobs: [build]}", "needs the key value"),
    (
        "{when: {matches: {pattern: (, value: a}}, jobs: [build]}",
        "is invalid: RE2 refuses it",
    ),
    ("{when: [1], jobs: [build]}", "a condition can't be a list"),
    ("{unless: pipeline.git.branch =, jobs: [build]}", "is not valid here"),
    ("{jobs: build}", "jobs must be a list"),
    ("{}", "needs the key jobs"),
    ("{triggers: x, jobs: [build]}", "triggers must be a list"),
    ("{max_auto_reruns: 0, jobs: [build]}", "a whole number from 1 to 5"),
]


@pytest.mark.parametrize(("workflow", "message"), WORKFLOWS)
def test_a_workflow(workflow: str, message: str, tmp_path: Path) -> None:
    """A workflow with an invalid condition or key is refused."""
    with pytest.raises(UserError) as caught:
        compile_text(f"{BASE}workflows: {{main: {workflow}}}\n", tmp_path)
    assert message in str(caught.value)


DEFINITIONS = [
    ("jobs: {build: {type: unknown}}", "type must be one of"),
    ("jobs: {build: [checkout]}", 'job "build" must be a mapping'),
    ("jobs: {build: {machine: true}}", 'job "build": needs the key steps'),
    ("jobs: {build: {machine: [], steps: [checkout]}}", "machine: must be a mapping"),
    (
        "jobs: {build: {machine: {images: a}, steps: [checkout]}}",
        'unknown key "images"',
    ),
    ("jobs: {build: {macos: {}, steps: [checkout]}}", "macos: needs the key xcode"),
    (
        "jobs: {build: {docker: [], steps: [checkout]}}",
        "docker: must be a list of at least one image",
    ),
    ("jobs: {build: {docker: [a], steps: [checkout]}}", "an image must be a mapping"),
    ("jobs: {build: {docker: [{name: a}], steps: [checkout]}}", "needs the key image"),
    (
        "jobs: {build: {executor: 7, steps: [checkout]}}",
        "executor: must be a name or a mapping",
    ),
    (
        "jobs: {build: {machine: true, steps: [checkout], parallelism: 0}}",
        "of at least 1",
    ),
    ("jobs: {}", 'no workflows and no job called "build"'),
    ("commands: {a: {description: b}}", 'command "a": needs the key steps'),
    (
        "commands: {a: {steps: [checkout], parameters: [b]}}",
        "parameters must be a mapping",
    ),
    ("commands: {a: {steps: [checkout], parameters: {b: x}}}", "must be a mapping"),
    (
        "commands: {a: {steps: [checkout], parameters: {b: {type: enum}}}}",
        "enum must be a list, not nothing",
    ),
    (
        "commands: {a: {steps: [checkout], parameters: {b: {type: enum, enum: []}}}}",
        "needs at least one value",
    ),
    (
        "commands: {a: {steps: [checkout], parameters: {b: {type: enum, enum: [[]]}}}}",
        "may contain only strings and numbers",
    ),
    (
        "commands: {a: {steps: [checkout], "
        "parameters: {b: {type: string, description: []}}}}",
        "description: must be a string",
    ),
    (
        "commands: {a: {steps: [checkout], "
        "parameters: {b: {type: steps, default: [c]}}}}",
        'there is no command or step "c"',
    ),
    ("executors: {Vm: {machine: true}}", "a name must begin with a lowercase letter"),
    ("executors: {vm: {machine: true, steps: [checkout]}}", 'unknown key "steps"'),
    ("orbs: [a]", "orbs must be a mapping"),
    ("orbs: {a: [b]}", 'orb "a" must be a reference or a mapping'),
    ("parameters: {a: {type: string}}", "needs a default"),
    ("parameters: {a: {type: steps, default: []}}", "can't be of type steps"),
    ("version: 2.1", "the key"),
]


@pytest.mark.parametrize(("definition", "message"), DEFINITIONS)
def test_a_definition(definition: str, message: str, tmp_path: Path) -> None:
    """An invalid definition is refused even if nothing uses it."""
    text = f"version: 2.1\n{definition}\n"
    if not definition.startswith("jobs"):
        text += "jobs: {build: {machine: true, steps: [checkout]}}\n"
    with pytest.raises(UserError) as caught:
        compile_text(text, tmp_path)
    assert message in str(caught.value)


STUBS = [
    ("o/work: {matrix: {parameters: [n]}}", "matrix: parameters must be a mapping"),
    ("o/work: {matrix: [n]}", "matrix must be a mapping"),
]


@pytest.mark.parametrize(("call", "message"), STUBS)
def test_a_stubbed_call(call: str, message: str, tmp_path: Path) -> None:
    """Errors that don't depend on the orb are reported for stubbed jobs too."""
    text = f"{BASE}orbs: {{o: a/b@1}}\nworkflows: {{main: {{jobs: [{call}]}}}}\n"
    with pytest.raises(UserError) as caught:
        compile_text(text, tmp_path, stub_missing_orbs=True)
    assert message in str(caught.value)


CALLS = [
    ("name: ' '", "name: is empty"),
    ("name: 3", "must be a string"),
    ("requires: build", "requires must be a list"),
    ("requires: [build: done]", "a status must be one of"),
    ("context: {}", "context: must be a string"),
    ("type: 7", "type: must be approval"),
    ("filters: {branch: {only: main}}", 'unknown key "branch"'),
    ("filters: {branches: {only: /(?=a)/}}", "RE2"),
    ("filters: << pipeline.git.branch >>", "without << >>"),
    ("filters: pipeline.git.branch ==", "incomplete"),
    ("filters: pipeline.parameters.nosuch", "is not defined here"),
    ("serial-group: a b", "1 to 512"),
    ("pre-steps: [nosuch]", "no command or step"),
    ("matrix: []", "must be a mapping"),
    ("matrix: {parameters: [n]}", "parameters must be a mapping"),
]


@pytest.mark.parametrize("condition", ["when: true, ", "when: false, "])
@pytest.mark.parametrize(("call", "message"), CALLS)
def test_a_call(call: str, message: str, condition: str, tmp_path: Path) -> None:
    """A call with an invalid key is refused, even in a workflow that doesn't run."""
    text = (
        "version: 2.1\njobs: {build: {machine: true, steps: [checkout]}, last: "
        "{machine: true, steps: [checkout]}}\n"
        f"workflows: {{main: {{{condition}jobs: [build, last: {{{call}}}]}}}}\n"
    )
    with pytest.raises(UserError) as caught:
        compile_text(text, tmp_path)
    assert message in str(caught.value)
