"""Properties of every config that `dte init` changes, whatever it contains."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dte.bundled_orb import add_bundled_orb
from dte.compile import compile_config
from dte.init.edit.change_config import change_text
from dte.init.facts import Fact, Facts
from dte.model import PipelineValues
from tests.dte.init.workspaces import list_comments

FACTS = Facts(
    repository=Path(),
    folder=".",
    package_manager=Fact("npm", "package-lock.json"),
    node=Fact(),
    nx=Fact("22.7.12", "package.json"),
    targets=("lint", "build"),
    targets_source="project.json",
    main_branch=Fact("trunk", "origin/HEAD"),
    distribute_on=Fact(),
)
ORB = "your-namespace/dte@1.0.0"
STEPS = (
    "- checkout",
    "- run: npm ci",
    "- run: { name: Install, command: npm ci }",
    "- nx/set-shas",
    "- nx/set-shas:\n    main-branch-name: next",
    "- run: npx nx-cloud start-ci-run --stop-agents-after=build",
    '- run:\n    command: npx nx start-ci-run --distribute-on="manual"',
    "- run: npx nx-cloud start-nx-agents",
    "- run: npx nx-cloud start-agent",
    "- run:\n    # wait\n    command: npx nx start-agent\n    no_output_timeout: 1h",
    "- run: |\n    npx nx-cloud start-ci-run\n    npx nx affected -t lint build",
    "- run: npx nx affected -t lint,build",
    "- run: {when: always, command: npx nx-cloud stop-all-agents}",
    "- work",
    "- when:\n    condition: true\n    steps:\n      - run: npx nx-cloud start-agent",
)
REQUIRES = (
    "- {job}",
    "- {job}: {{}}",
    "- {job}:\n    requires: [first]",
    "- {job}:\n    requires:\n      - first",
    "- {job}: {{requires: [first], filters: {{tags: {{only: /.*/}}}}}}",
    "- {job}:\n    <<: *shared",
    "- {job}:\n    context: []\n    filters:\n      branches:\n        only: trunk",
)
COMMENTS = ("", "", " # why", " #", " # a: b, [c]")


def indent(text: str, by: int) -> str:
    """Return the text with spaces before each line."""
    return "\n".join(" " * by + line for line in text.split("\n"))


@st.composite
def configs(draw: st.DrawFn) -> str:
    """Return a config whose jobs have some of STEPS, with comments between them."""

    def listed(choices: tuple[str, ...], by: int, **names: str) -> list[str]:
        items = draw(st.lists(st.sampled_from(choices), min_size=1, max_size=5))
        lines = []
        for item in items:
            comment = draw(st.sampled_from(COMMENTS))
            text = indent(item.format(**names) if names else item, by)
            lines += [" " * by + comment.strip(), text] if comment else [text]
        return lines

    gap = draw(st.sampled_from(["", "\n", " # end\n"]))
    lines = ["version: 2.1" + draw(st.sampled_from(COMMENTS)) + gap]
    lines += ["shared: &shared", "  requires: [first]"]
    lines += ["orbs:" + draw(st.sampled_from(COMMENTS)), "  nx: nrwl/nx@1.6.2"]
    lines += ["commands:", "  work:", "    steps:", *listed(STEPS[:-2], 6)]
    lines += ["jobs:", "  first: { machine: true, steps: [checkout] }"]
    for job in ("one", "two"):
        lines += [f"  {job}:", "    machine: true"]
        steps = draw(st.sampled_from(["block", "block", "flow"]))
        flow = ["    steps: [checkout, run: npx nx-cloud start-agent]"]
        block = ["    steps:" + draw(st.sampled_from(COMMENTS)), *listed(STEPS, 6)]
        lines += flow if steps == "flow" else block
    jobs = [draw(st.sampled_from(REQUIRES)).format(job=job) for job in ("one", "two")]
    lines += ["workflows:", "  all:", "    jobs:", "      - first"]
    lines += [indent(job, 6) for job in jobs]
    end = draw(st.sampled_from(["\n", "", "\n\n# the end\n"]))
    text = "\n".join(lines) + end
    return draw(st.sampled_from([text, text.replace("\n", "\r\n"), "\ufeff" + text]))


def find_error(text: str) -> str:
    """Return why a config doesn't compile, or an empty string."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.yml")
        path.write_bytes(text.encode())
        try:
            compile_config(
                path,
                orbs=add_bundled_orb({}, path),
                pipeline=PipelineValues(),
                stub_missing_orbs=True,
            )
        except Exception as error:
            return str(error)
    return ""


@pytest.mark.slow
@settings(max_examples=80)
@given(configs())
def test_a_change_keeps_what_it_does_not_move(text: str) -> None:
    """A changed config compiles as before, keeps its comments, has one kind of line
    endings, and doesn't change in a second run."""
    changed = change_text(text, FACTS, ORB).text
    assert find_error(text) or not find_error(changed), changed
    assert list_comments(changed) == list_comments(text)
    assert changed.count("\r\n") in (0, changed.count("\n"))
    assert changed.startswith("\ufeff") == text.startswith("\ufeff")
    assert change_text(changed, FACTS, ORB).text == changed
