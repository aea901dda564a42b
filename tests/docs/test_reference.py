"""The README's reference is what the orb says of itself."""

import pytest

from tests.golden import Golden
from tests.tooling.repository import ROOT
from tools.reference import render_reference, replace_reference


def test_the_reference_is_the_orb_s_own_words(golden: Golden) -> None:
    """Each job, command, executor and parameter stands in the README as in the orb."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    golden.check(readme, replace_reference(text, render_reference(ROOT / "orb")))


def test_a_readme_without_markers_is_an_error() -> None:
    """Where the markers are gone nothing is rewritten."""
    with pytest.raises(ValueError, match="lost the markers"):
        replace_reference("# dte\n", "")
