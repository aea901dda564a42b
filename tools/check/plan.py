"""Which checks there are, and the command of each; nothing is run here."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

PYTHON_FOLDERS = ("dte", "tests", "tools", "benchmarks")
JUNIT = ".cache/reports/junit.xml"


@dataclass(frozen=True)
class Check:
    """One command that has to exit 0; its output is shown when it does not."""

    name: str
    group: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    streams: bool = False


def python(module: str, *words: str | Path) -> tuple[str, ...]:
    """The command that runs a module in this environment."""
    return (sys.executable, "-m", module, *(str(word) for word in words))


def ruff(*words: str) -> tuple[str, ...]:
    """The command that runs ruff on everything, silent when all is well."""
    return python("ruff", *words, "--quiet", ".")


def plan_checks(root: Path) -> tuple[Check, ...]:
    """Every check of the repository at `root`: quick ones first, tests last."""
    return (*plan_lint(root), *plan_types(root), *plan_orb(root), *plan_tests())


def existing(root: Path, names: Sequence[str]) -> tuple[str, ...]:
    """Those of `names` that exist, since mypy refuses a folder that does not."""
    return tuple(name for name in names if (root / name).exists())


def plan_lint(root: Path) -> tuple[Check, ...]:
    """What reads text and knows a rule."""
    shell = sorted(
        str(path.relative_to(root))
        for pattern in ("scripts/**/*.sh", "tools/**/*.sh", ".ci/run", ".circleci/*.sh")
        for path in root.glob(pattern)
    )
    floor = ("-t=3.8-", "--violations", "--no-tips")
    scripts = existing(root, ("scripts",))
    checks = [
        Check("ruff check", "lint", ruff("check", "--output-format=concise")),
        Check("ruff format", "lint", ruff("format", "--check")),
        Check("yamllint", "lint", python("yamllint", "--strict", ".")),
        Check("shellcheck of files", "lint", ("shellcheck", *shell)),
        Check("shellcheck of orb", "lint", python("tools.orb_shell", "orb")),
        Check("review of orb", "lint", python("tools.orb_review", "orb")),
        Check("schema of configs", "lint", python("tools.config_schema")),
    ]
    if scripts:
        vermin = ("vermin", *floor, *scripts)
        checks.append(Check("vermin of scripts", "lint", vermin))
    return tuple(checks)


def plan_types(root: Path) -> tuple[Check, ...]:
    """mypy, once for the packages and once for the scripts.

    In a job all modules of a script lie in one folder, so they import each other by
    their bare names. mypy no longer knows Python 3.8: 3.10 is its oldest, and vermin
    guards the rest.
    """
    checks = [Check("mypy", "types", python("mypy", *existing(root, PYTHON_FOLDERS)))]
    if (root / "scripts").exists():
        command = python("mypy", "--python-version", "3.10", "scripts")
        checks.append(Check("mypy of scripts", "types", command))
    return tuple(checks)


def plan_orb(root: Path) -> tuple[Check, ...]:
    """What only CircleCI's own command line can say."""
    home = str(root / ".cache" / "circleci-home")
    return (
        Check(
            "circleci orb pack",
            "orb",
            ("circleci", "--skip-update-check", "orb", "pack", "orb"),
            {"HOME": home, "CIRCLECI_CLI_TELEMETRY_OPTOUT": "1"},
        ),
    )


def plan_tests() -> tuple[Check, ...]:
    """All tests, with the branches that they cover."""
    report = "--cov-report=html:.cache/reports/coverage"
    words = ("-n", "2", "--dist=loadfile", f"--junitxml={JUNIT}", "--cov", report)
    return (Check("pytest", "tests", python("pytest", *words), streams=True),)
