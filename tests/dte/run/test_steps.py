"""The steps of one job."""

from pathlib import Path

import pytest

from dte.errors import UserError
from tests.configs import one_job
from tests.dte.rehearse_config import rehearse_text


def test_the_default_shell_stops_at_the_first_error(tmp_path: Path) -> None:
    """The default shell is bash -eo pipefail, so a failed pipe fails the step."""
    done = rehearse_text(tmp_path, one_job("run: {name: A, command: 'false | true'}"))
    assert done.step("build", "A").exit_code == 1
    assert done.statuses() == {"build": "failed"}


def test_a_custom_shell_drops_the_flags(tmp_path: Path) -> None:
    """`shell: /bin/bash` drops -eo pipefail, so a failed pipe doesn't fail the step."""
    step = "run: {name: A, shell: /bin/bash, command: 'false | true'}"
    assert rehearse_text(tmp_path, one_job(step)).statuses() == {"build": "success"}


def test_a_step_may_be_python(tmp_path: Path) -> None:
    """A shell may have arguments, like /usr/bin/env python3."""
    step = "run: {name: A, shell: /usr/bin/env python3, command: 'print(6 * 7)'}"
    assert rehearse_text(tmp_path, one_job(step)).lines("build") == ["42"]


def test_steps_after_a_failure(tmp_path: Path) -> None:
    """After a failure, only steps with `always` or `on_fail` run."""
    done = rehearse_text(
        tmp_path,
        one_job(
            "run: {name: early, command: echo never, when: on_fail}",
            "run: {name: fails, command: exit 3}",
            "run: {name: next, command: echo never}",
            "run: {name: on_fail, command: echo on_fail, when: on_fail}",
            "run: {name: always, command: echo always, when: always}",
        ),
    )
    assert done.lines("build") == ["on_fail", "always"]
    assert done.step("build", "fails").exit_code == 3
    assert done.step("build", "next").status == "skipped"
    assert done.job("build").failed_step == "fails"


def test_bash_env_reaches_later_steps(tmp_path: Path) -> None:
    """Later steps source what a step appends to BASH_ENV."""
    done = rehearse_text(
        tmp_path,
        one_job(
            """run: {name: A, command: 'echo "X=1" >> "$BASH_ENV"; echo "[$X]"'}""",
            """run: {name: B, command: 'echo "[$X]"'}""",
        ),
    )
    assert done.lines("build") == ["[]", "[1]"]


def test_bash_env_is_absent_until_a_step_writes_it(tmp_path: Path) -> None:
    """The file that BASH_ENV names does not exist before a step writes to it."""
    look = 'test -e "$BASH_ENV" && echo there || echo absent'
    write = 'echo "X=1" >> "$BASH_ENV"'
    done = rehearse_text(
        tmp_path,
        one_job(
            f"run: {{name: A, command: '{look}'}}",
            f"run: {{name: B, command: '{write}'}}",
            f"run: {{name: C, command: '{look}'}}",
        ),
    )
    assert done.lines("build") == ["absent", "there"]


def test_a_step_that_leaves_a_child_behind_ends(tmp_path: Path) -> None:
    """A child that keeps the step's output open doesn't delay the step."""
    step = "run: {name: A, command: 'sleep 300 & echo started'}"
    assert rehearse_text(tmp_path, one_job(step)).lines("build") == ["started"]


@pytest.mark.timeout(60)
def test_the_last_output_of_a_step_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that filters the output may end later than the step's own process."""
    monkeypatch.setattr("dte.run.processes._LATE_SECONDS", 3600.0)
    monkeypatch.setattr("dte.run.processes._DRAIN_SECONDS", 3600.0)
    late = "> >(sleep 0.05; sed s/^/late-/; touch $HOME/%s)"
    wait = "until [ -e $HOME/b ]; do sleep 0.01; done"
    steps = [
        f"run: {{name: A, command: 'exec {late % 'a'} 2>&1; echo one; exit'}}",
        f"run: {{name: B, command: 'exec {late % 'b'}; echo two', background: true}}",
        f"run: {{name: C, command: '{wait}'}}",
    ]
    done = rehearse_text(tmp_path, one_job(*steps))
    assert sorted(done.lines("build")) == ["late-one", "late-two"]


def test_env_subst_fills_variables_in(tmp_path: Path) -> None:
    """`circleci env subst` replaces variables in its argument or its input."""
    text = "$A ${B} ${C:-none} [$MISSING] $$"
    done = rehearse_text(
        tmp_path,
        one_job(
            f"run: {{name: A, command: \"circleci env subst '{text}'\"}}",
            f"run: {{name: B, command: \"echo '{text}' | circleci env subst\"}}",
        ),
        variables={"A": "one", "B": "b c"},
    )
    assert done.lines("build") == ["one b c none [] $$"] * 2


def test_step_halt_ends_the_job_green(tmp_path: Path) -> None:
    """`circleci-agent step halt` ends the job with success; later steps don't run."""
    done = rehearse_text(
        tmp_path,
        one_job(
            "run: {name: A, command: circleci-agent step halt}",
            "run: {name: B, command: exit 1}",
        ),
    )
    assert done.statuses() == {"build": "success"}
    assert done.step("build", "B").status == "skipped"


def test_environment_of_job_and_step(tmp_path: Path) -> None:
    """The step's environment overrides the job's, which overrides the project's."""
    done = rehearse_text(
        tmp_path,
        one_job(
            "run: {name: A, command: 'echo $X $Y $Z', environment: {X: step}}",
            more="environment: {X: job, Y: job}",
        ),
        variables={"X": "p", "Y": "p", "Z": "p"},
    )
    assert done.lines("build") == ["step job p"]


def test_the_user_s_environment_does_not_leak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job has its own home and doesn't see the variables of the user's shell."""
    monkeypatch.setenv("MY_SECRET", "hunter2")
    done = rehearse_text(
        tmp_path, one_job("run: {name: A, command: 'echo [$MY_SECRET] $HOME'}")
    )
    (line,) = done.lines("build")
    assert line.startswith("[] ")
    assert str(Path.home()) != line.removeprefix("[] ")


def test_secrets_are_masked(tmp_path: Path) -> None:
    """The value of a project variable never appears in a job's log."""
    done = rehearse_text(
        tmp_path,
        one_job("run: {name: A, command: 'echo it is $TOKEN'}"),
        variables={"TOKEN": "hunter2"},
    )
    assert done.lines("build") == ["it is ****"]


def test_checkout_is_a_fresh_clone_at_the_revision(tmp_path: Path) -> None:
    """The checkout is a git clone at CIRCLE_SHA1 on the pipeline's branch."""
    done = rehearse_text(
        tmp_path,
        one_job(
            "checkout",
            "run: {name: A, command: 'cat README.md; git rev-parse HEAD'}",
            "run: {name: B, command: 'git symbolic-ref --short HEAD'}",
        ),
    )
    assert done.lines("build")[-3:] == [
        "A project.",
        done.report.runs[0].revision,
        "main",
    ]


def test_a_missing_shell_fails_its_step(tmp_path: Path) -> None:
    """A missing shell fails the step with a message that names it."""
    step = "run: {name: A, shell: /no/such/shell, command: echo}"
    done = rehearse_text(tmp_path, one_job(step))
    assert done.statuses() == {"build": "failed"}
    assert "/no/such/shell" in done.lines("build")[0]


def test_parallelism_runs_a_job_on_several_nodes(tmp_path: Path) -> None:
    """`parallelism: 2` runs the steps twice, each time with its own index."""
    done = rehearse_text(
        tmp_path,
        one_job(
            "run: {name: A, command: 'echo $CIRCLE_NODE_INDEX of $CIRCLE_NODE_TOTAL'}",
            more="parallelism: 2",
        ),
    )
    assert sorted(done.lines("build")) == ["0 of 2", "1 of 2"]


def test_artifacts_are_stored(tmp_path: Path) -> None:
    """A folder is stored; a missing path is reported but doesn't fail the step."""
    done = rehearse_text(
        tmp_path,
        one_job(
            "run: {name: W, command: 'mkdir -p out/deep; touch out/a out/deep/b'}",
            "store_artifacts: {path: out, destination: kept}",
            "store_artifacts: {path: absent}",
        ),
    )
    first, second = done.lines("build")
    assert first == "Stored 2 files."
    assert second.startswith("No artifact files found at ")
    assert done.statuses() == {"build": "success"}


def test_an_artifact_s_destination_stays_among_the_artifacts(tmp_path: Path) -> None:
    """A destination outside the artifacts folder fails its step."""
    step = "store_artifacts: {path: ., destination: ../../x}"
    assert rehearse_text(tmp_path, one_job(step)).statuses() == {"build": "failed"}


def test_a_child_that_goes_on_printing_does_not_hold_the_step(tmp_path: Path) -> None:
    """A step ends with its own process, even if a child keeps printing."""
    step = "run: {name: A, command: '(while sleep 0.01; do echo x; done) & sleep 1'}"
    assert rehearse_text(tmp_path, one_job(step)).statuses() == {"build": "success"}


def test_a_second_checkout_fetches_and_resets(tmp_path: Path) -> None:
    """A second checkout into the same folder resets it to the revision."""
    done = rehearse_text(
        tmp_path,
        one_job(
            "checkout",
            "run: {name: A, command: echo changed >README.md}",
            "checkout",
            "run: {name: B, command: cat README.md}",
        ),
    )
    assert done.lines("build")[-1] == "A project."


def test_an_open_quote_in_a_shell_fails_its_step(tmp_path: Path) -> None:
    """An open quote in `shell` is reported in the step's log."""
    step = """run: {name: A, shell: "bash 'x", command: echo}"""
    done = rehearse_text(tmp_path, one_job(step))
    assert "can't be split" in done.lines("build")[0]


@pytest.mark.parametrize(
    ("step", "more"),
    [
        ("attach_workspace: {at: /tmp/dte-x}", ""),
        ("persist_to_workspace: {root: /tmp, paths: [x]}", ""),
        ("checkout: {path: ../../../x}", ""),
        ("save_cache: {key: a, paths: [/etc]}", ""),
        ("run: {name: A, command: pwd, working_directory: /tmp}", ""),
        ("run: {name: A, command: pwd}", "working_directory: /tmp/x"),
        ("run: {name: A, command: pwd}", "working_directory: ~/../x"),
    ],
)
def test_nothing_is_written_outside_the_home(
    tmp_path: Path, step: str, more: str
) -> None:
    """A step with a folder outside the job's home is refused before any job starts."""
    with pytest.raises(UserError, match=r"config.yml:\d+: .* outside the job's home"):
        rehearse_text(tmp_path, one_job(step, more=more))


def test_secrets_that_begin_alike_are_masked_whole(tmp_path: Path) -> None:
    """A secret that starts with another secret is masked completely."""
    done = rehearse_text(
        tmp_path,
        one_job("run: {name: A, command: 'echo $LONG; echo \"$LINES_TOO\"'}"),
        variables={"SHORT": "abcd", "LONG": "abcdefgh", "LINES_TOO": "first\nsecond"},
    )
    assert done.lines("build") == ["****", "****", "****"]
