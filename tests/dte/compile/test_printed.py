"""The printed config compiles to itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dte.compile.printed import print_document
from dte.errors import UserError
from dte.model import CompiledConfig
from tests.configs import config_with
from tests.dte.compile.configs import compile_text
from tests.dte.compile.test_cases import CASES, GOOD, compile_case
from tests.dte.compile.test_documented import ACCEPTED, compile_documented
from tests.dte.compile.test_robustness import changed_config


def settle_again(compiled: CompiledConfig, folder: Path) -> None:
    """Fail unless the printed config compiles to itself."""
    printed = print_document(compiled.document)
    assert compile_text(printed, folder).document == compiled.document, printed


@pytest.mark.parametrize("name", GOOD)
def test_a_case_again(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The printed config of a case compiles to itself."""
    monkeypatch.chdir(CASES / name)
    settle_again(compile_case(CASES / name), tmp_path)


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case["name"])
def test_a_documented_config_again(case: dict[str, Any], tmp_path: Path) -> None:
    """The printed form of a documented config compiles to itself."""
    settle_again(compile_documented(case, tmp_path), tmp_path)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(config=changed_config())
def test_a_changed_config_again(
    config: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """If a changed config compiles, the printed form compiles to itself."""
    folder = tmp_path_factory.getbasetemp()
    try:
        compiled = compile_text(config, folder, stub_missing_orbs=True)
    except UserError:
        return
    settle_again(compiled, folder)


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20
) | st.sampled_from(
    [
        "<<",
        "<<<",
        "\\\\<<",
        "<< x >>",
        "yes",
        "1:30",
        "0x1f",
        "3.10",
        "~",
        "",
        "<<EOF\n",
    ]
)


@given(text=TEXTS)
def test_any_text_again(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A printed string is read back unchanged."""
    folder = tmp_path_factory.getbasetemp()
    config = config_with(
        [{"run": {"command": text.replace("<<", "\\<<"), "name": "x"}}],
        environment={"A": text.replace("<<", "\\<<")},
    )
    compiled = compile_text(yaml.safe_dump(config), folder)
    settle_again(compiled, folder)


def test_a_job_without_steps_again(tmp_path: Path) -> None:
    """A job whose conditions leave no step is printed with a false condition."""
    step = {"when": {"condition": False, "steps": [{"run": "x"}]}}
    compiled = compile_text(yaml.safe_dump(config_with([step])), tmp_path)
    assert compiled.document["jobs"]["build"]["steps"][0]["when"]["condition"] is False
    settle_again(compiled, tmp_path)
