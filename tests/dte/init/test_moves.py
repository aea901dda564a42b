"""Nx calls in run steps are recognized, and become commands of the orb."""

from __future__ import annotations

from typing import Any

import pytest

from dte.init.edit.moves import (
    find_only_call,
    plan_set_shas,
    plan_start_agent,
    plan_start_run,
    plan_stop_agents,
)
from dte.init.edit.nx_calls import find_calls, is_hosted, list_targets
from dte.init.edit.steps import Step, list_steps
from dte.init.edit.tree import read_tree
from dte.init.edit.workflow import make_attempt
from dte.init.edit.written_config import WrittenConfig
from tests.dte.init.test_properties import FACTS


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("npx nx-cloud start-agent", ["start-agent"]),
        ("npx --yes nx-cloud@19.1.3 start-ci-run", ["start-ci-run"]),
        ("pnpm exec nx affected -t a && yarn nx run-many", ["affected", "run-many"]),
        ("NX_BRANCH=x bunx nx affected", ["affected"]),
        ("if true; then (nx affected); fi", ["affected"]),
        ("# nx affected\necho nx affected\nnpm ci", []),
        ("npx not-nx affected\n./nx affected\ncat nx.json", []),
        ("npx nx \\\n  affected", ["affected"]),
        ("", []),
    ],
)
def test_calls_of_nx_are_found(command: str, names: list[str]) -> None:
    """Calls through any runner are found, but not in comments or printed text."""
    assert [call.name for call in find_calls(command)] == names


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("nx affected --base=$NX_BASE --head ${NX_HEAD} -t a", ("-t", "a")),
        ("nx affected -t 'a b'", ("-t", "a b")),
        ("nx affected -t $TARGETS", None),
        ("nx affected -t 'a", None),
    ],
)
def test_what_only_a_shell_can_tell_is_unknown(
    command: str, words: tuple[str, ...] | None
) -> None:
    """A call with a variable has unknown words, except for NX_BASE and NX_HEAD."""
    assert find_calls(command)[0].words == words


@pytest.mark.parametrize(
    "arguments", ["-t lint test --parallel=3", "--targets=lint,test", "-t lint -t=test"]
)
def test_targets_are_read_in_each_form(arguments: str) -> None:
    """Targets may be several words, comma-separated, or in a repeated option."""
    calls = find_calls(f"nx affected {arguments}")
    assert list_targets(calls) == ("lint", "test")


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        ("--distribute-on='3 linux-medium-js'", True),
        ("--distribute-on 3", True),
        ("--distribute-on=manual", False),
        ("--stop-agents-after=build", False),
        ("--distribute-on=none", False),
        ("--distribute-on=false", False),
        ("--distribute-on=3 --no-distribution", False),
    ],
)
def test_a_run_on_hosted_agents_is_recognized(flag: str, expected: bool) -> None:
    """Only --distribute-on with machines requests hosted agents."""
    assert is_hosted(find_calls(f"npx nx-cloud start-ci-run {flag}")[0]) is expected


def read_step(text: str) -> Step:
    """Return the step that this YAML text describes."""
    return next(list_steps(read_tree(f"- {text}")))


RUN = "run: npx nx-cloud "


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (RUN + "start-ci-run --distribute-on=manual", {"targets": "lint,test"}),
        (RUN + "start-nx-agents", {"targets": "lint,test"}),
        (
            "run: {name: Go, command: npx nx start-ci-run --stop-agents-after 'a b' "
            "--require-explicit-completion --agent-count=3, working_directory: web}",
            {
                "targets": "lint,test",
                "stop_agents_after": "a,b",
                "explicit_completion": True,
                "start_arguments": "--agent-count=3",
                "working_directory": "web",
            },
        ),
        ("run: {command: npx nx-cloud start-ci-run, when: always}", None),
        (RUN + "start-ci-run --distribute-on=none", None),
        (RUN + "start-ci-run --no-distribution", None),
        (RUN + "start-ci-run --distribute-on=3", None),
    ],
)
def test_a_start_of_a_run_moves(step: str, expected: Any) -> None:
    """Flags become parameters, and `targets` has the targets that the job runs."""
    read = read_step(step)
    call = find_only_call(read)
    assert call is not None
    assert plan_start_run(read, call, ("lint", "test"), by_file=False) == expected


def test_flags_beside_the_file_stay() -> None:
    """With .nx/ci-config.yaml, Nx Cloud refuses flags, so the step isn't replaced."""
    read = read_step(RUN + "start-ci-run --distribute-on=manual")
    call = find_only_call(read)
    assert call is not None
    assert plan_start_run(read, call, ("lint",), by_file=True) is None


@pytest.mark.parametrize(
    ("step", "integers", "is_single", "expected"),
    [
        (RUN + "start-agent", set(), True, {}),
        (RUN + "start-agent", set(), False, None),
        (
            RUN + "start-agent",
            {"ordinal"},
            False,
            {"ordinal": "<< parameters.ordinal >>"},
        ),
        (
            "run: {command: npx nx start-agent --targets=e2e, no_output_timeout: 1h, "
            'environment: {NX_AGENT_NAME: "a-$CIRCLE_NODE_INDEX"}}',
            set(),
            True,
            {"no_output_timeout": "1h", "agent_arguments": "--targets=e2e"},
        ),
        (
            'run: {command: npx nx start-agent, environment: {NX_AGENT_NAME: "<<'
            'parameters.n>>"}}',
            {"n"},
            False,
            {"ordinal": "<< parameters.n >>"},
        ),
        (
            'run: {command: npx nx start-agent, environment: {NX_AGENT_NAME: "<<'
            'parameters.n>>"}}',
            set(),
            False,
            None,
        ),
        (
            "run: {command: npx nx start-agent, environment: {NX_AGENT_NAME: one}}",
            set(),
            True,
            None,
        ),
        (
            "run: {command: npx nx start-agent, environment: {NODE_OPTIONS: x}}",
            set(),
            True,
            None,
        ),
        ("run: {command: npx nx start-agent, background: true}", set(), True, None),
    ],
)
def test_an_agent_moves_if_its_name_stays_unique(
    step: str, integers: set[str], is_single: bool, expected: Any
) -> None:
    """A step is replaced if the orb has its keys and keeps the agents' names unique."""
    read = read_step(step)
    call = find_only_call(read)
    assert call is not None
    assert plan_start_agent(read, call, integers, is_single=is_single) == expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (RUN + "stop-all-agents", {"when": "on_success"}),
        ("run: {command: npx nx-cloud stop-all-agents, when: on_fail}", {}),
        (RUN + "stop-all-agents --execution-id=x", None),
    ],
)
def test_a_stop_moves_with_its_when(step: str, expected: Any) -> None:
    """The step's `when` is passed on unless it is on_fail, the orb's default."""
    read = read_step(step)
    call = find_only_call(read)
    assert call is not None
    assert plan_stop_agents(read, call) == expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("nx/set-shas", {"main_branch": "trunk"}),
        ("nx/set-shas: {main-branch-name: main}", {}),
        (
            "nx/set-shas: {workflow-name: ci, error-on-no-successful-workflow: true, "
            "main-branch-name: next}",
            {"main_branch": "next", "workflow": "ci", "when_no_base": "error"},
        ),
        ("nx/set-shas: {main-branch-name: << parameters.b >>}", None),
        (
            "nx/set-shas: {main-branch-name: main, allow-on-hold-workflow: true}",
            {"accept_statuses": "success,on_hold"},
        ),
        (
            "nx/set-shas: {main-branch-name: main, allow-on-hold-workflow: 'true', "
            "allow-not-run-workflow: true}",
            {"accept_statuses": "success,on_hold,not_run"},
        ),
        ("nx/set-shas: {main-branch-name: main, allow-on-hold-workflow: false}", {}),
        ("nx/set-shas: {skip-branch-filter: true}", None),
    ],
)
def test_set_shas_moves_with_its_parameters(step: str, expected: Any) -> None:
    """A set-shas step stays if dte's orb has no equivalent of one of its parameters."""
    assert plan_set_shas(read_step(step), "trunk") == expected


def test_the_attempt_searches_as_set_shas_does() -> None:
    """The attempt job gets the settings of the config's set-shas step."""
    shas = "nx/set-shas: {workflow-name: ci, allow-not-run-workflow: true}"
    config = WrittenConfig(
        f"orbs: {{nx: nrwl/nx@1.7.0}}\njobs:\n  main:\n    steps:\n      - {shas}\n"
    )
    assert make_attempt(config, FACTS, "dte")["dte/attempt"] == {
        "context": "circleci-api",
        "main_branch": "trunk",
        "workflow": "ci",
        "accept_statuses": "success,not_run",
    }


@pytest.mark.parametrize(
    "command",
    [
        "nx affected",
        "npx nx start-agent & npx nx affected",
        "npx nx start-agent || true",
    ],
)
def test_a_step_that_does_more_stays(command: str) -> None:
    """Only a step that contains one Nx call and nothing else is replaced."""
    assert find_only_call(read_step(f'run: "{command}"')) is None
