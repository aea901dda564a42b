"""The README's examples, the name of the context, and the README's length."""

import re

from tests.tooling.repository import ROOT


def readme() -> str:
    """Return the text of the README."""
    return (ROOT / "README.md").read_text(encoding="utf-8")


def names_of(kind: str) -> set[str]:
    """Return the names of the orb's components of one kind."""
    return {path.stem for path in (ROOT / "orb" / kind).glob("*.yml")}


def test_every_example_is_named() -> None:
    """The README names each of the orb's examples."""
    section = readme().split("[examples](orb/examples)")[1].split("###")[0]
    named = set(re.findall(r"`(\w+)`", section))
    assert named == names_of("examples") - {"whole_workflow"}


def test_one_name_for_the_context_with_the_token() -> None:
    """The README, the pages and the examples use one name for the token's context."""
    files = [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("orb/examples/*")]
    named = {
        name
        for path in files
        for name in re.findall(r"^ +context: (\S+)$", path.read_text(), re.MULTILINE)
    }
    assert named == {"circleci-api"}


def test_the_readme_takes_five_minutes() -> None:
    """Without code, links and figures, the README has at most 1,500 words."""
    text = readme().split("## Figures")[0] + readme().split("## Limits")[1]
    text = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    assert len(re.findall(r"[\w']+", text)) <= 5 * 300
