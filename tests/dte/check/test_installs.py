"""Which commands install packages, and which jobs run the packages' code."""

from __future__ import annotations

from pathlib import Path

import pytest

from dte.check.installs import kind_of
from dte.check.shell import read_commands
from tests.dte.check.checking import ORB, find_in

NPM = ("npm", "install")
PNPM = ("pnpm", "install")
YARN = ("yarn", "install")


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ("npm ci", ("npm", "ci")),
        ("npm clean-install --omit=dev", ("npm", "ci", "--omit=dev")),
        ("npm ci --prefix x", ("npm", "ci")),
        ("npm --prefix x ci", ("npm", "ci")),
        ("sudo npm ci", ("npm", "ci")),
        ("sudo -E -u circleci npm ci", ("npm", "ci")),
        ("env -i CI=1 npm ci", ("npm", "ci")),
        ("CI=1 npm ci", ("npm", "ci")),
        ("npm install foo", NPM),
        ("corepack pnpm install", PNPM),
        ("corepack pnpm@9.1.0 install", PNPM),
        ("pnpm install --filter x", PNPM),
        ("pnpm --filter install run x", ()),
        ("pnpm -C web i --prod", (*PNPM, "--prod")),
        ("yarn --cwd x install", YARN),
        ("yarn --cwd x", YARN),
        ("yarn --immutable", (*YARN, "--immutable")),
        ("yarn --version", ()),
        ("yarn --cwd x build", ()),
        ("npm run ci", ()),
        ("npm test -- install", ()),
        ("yarn nx affected -t install", ()),
        ("npm install -g npm", ()),
        ("npm install --location=global npm", ()),
        ("corepack enable", ()),
        ("sudo apt-get install npm", ()),
        ("env", ()),
    ],
)
def test_the_kind_of_an_install(script: str, kind: tuple[str, ...]) -> None:
    """An install is found in commands with launchers, options and package names."""
    (command,) = read_commands(script)
    assert kind_of(command) == kind


INSTALLS = """\
jobs:
  agent:
    docker: [image: cimg/node:22.11]
    steps:
      - dte/rerun_guard: {role: agent}
      - run: {command: "AGENT; npx nx-cloud start-agent", no_output_timeout: 60m}
  main:
    docker: [image: cimg/node:22.11]
    steps:
      - dte/rerun_guard
      - run: npm ci
      - run: npx nx-cloud start-ci-run --distribute-on=manual
workflows:
  build:
    jobs:
      - dte/attempt
      - agent: {requires: [dte/attempt]}
      - main: {requires: [dte/attempt]}
"""


@pytest.mark.parametrize(
    ("agent", "count"),
    [
        ("sudo npm ci", 0),
        ("npm ci", 0),
        ("npm install wait-on; npm ci", 0),
        ("npm install wait-on", 1),
        ("npm run build", 1),
    ],
)
def test_the_install_of_an_agent(agent: str, count: int, tmp_path: Path) -> None:
    """An agent needs the same install as main; start-agent may be in the same step."""
    config = ORB + INSTALLS.replace("AGENT", agent)
    assert len(find_in(tmp_path, config, "dte-check-different-install")) == count


TOKEN = """\
jobs:
  other:
    machine: true
    steps: [run: "COMMAND"]
workflows:
  build:
    jobs:
      - dte/attempt: {context: ATTEMPT}
      - other: {context: OTHER}
"""


@pytest.mark.parametrize(
    ("command", "count"),
    [
        ("npm ci --prefix x", 1),
        ("npm install foo", 1),
        ("npm test", 1),
        ("sudo npx jest", 1),
        ("bunx jest", 1),
        ("corepack yarn@4 lint", 1),
        ("./deploy.sh", 0),
        ("echo npm", 0),
    ],
)
def test_a_job_that_runs_packages(command: str, count: int, tmp_path: Path) -> None:
    """In a job with the token, any command that runs packages' code is found."""
    config = ORB + TOKEN.replace("COMMAND", command)
    config = config.replace("ATTEMPT", "token").replace("OTHER", "token")
    assert len(find_in(tmp_path, config, "dte-check-token-context")) == count


@pytest.mark.parametrize(
    ("attempt", "other", "text"),
    [
        ("[tok]", "[tok, slack]", "the context tok, which gives"),
        ("[tok, slack]", "[slack]", ""),
        ("[tok, slack]", "[tok]", ""),
        ("[tok, slack]", "[a, slack, tok]", "slack and tok, one of which gives"),
        ("[]", "[slack]", ""),
    ],
)
def test_several_contexts(attempt: str, other: str, text: str, tmp_path: Path) -> None:
    """A job has the token if it has every context of dte/attempt."""
    config = ORB + TOKEN.replace("COMMAND", "npm ci")
    config = config.replace("ATTEMPT", attempt).replace("OTHER", other)
    found = find_in(tmp_path, config, "dte-check-token-context")
    assert [text in one.message for one in found] == [True] * bool(text)
