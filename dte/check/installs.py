"""Finds out how a job installs the packages of the workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dte.check.facts import CheckedJob
from dte.check.nx_calls import START_AGENT, STARTS
from dte.check.shell import Command
from dte.model import Where

_VERBS = {
    "npm": ("ci", "install", "i", "clean-install"),
    "pnpm": ("install", "i"),
    "yarn": ("install",),
    "bun": ("install", "i", "ci"),
}
# Options that change which packages, or which versions of them, are installed.
_OPTIONS = (
    "--frozen-lockfile",
    "--immutable",
    "--legacy-peer-deps",
    "--no-optional",
    "--omit=dev",
    "--prod",
    "--production",
)


_LAUNCHERS = ("corepack", "env", "sudo")
# Package managers' options, before or after the verb, whose value is the next word.
_WITH_VALUE = frozenset(
    {"--cache", "--cwd", "--dir", "--filter", "--loglevel", "--prefix", "--registry"}
    | {"--userconfig", "--workspace", "-C", "-F"}
)
_ONLY_TALK = {"--help", "--version", "-h", "-v"}


@dataclass(frozen=True)
class Install:
    """An install of packages: messages show ``text``, and a rule compares ``kind``."""

    text: str
    kind: tuple[str, ...]
    where: Where


def install_of(job: CheckedJob) -> Install | None:
    """Return the first install before the job starts an agent or a run.

    An install of named packages, such as `npm install wait-on`, is returned only if the
    job has no other install.
    """
    found = named = None
    for step in job.steps:
        if step.program == "install":
            manager = step.environment.get("DTE_PACKAGE_MANAGER", "")
            own = step.environment.get("DTE_INSTALL", "")
            folder = str(step.step.arguments.get("working_directory", "."))
            text = own or f"package_manager {manager}"
            text += f" in {folder}" if folder != "." else ""
            if found is None and (own or manager != "none"):
                found = Install(text, ("dte", manager, own, folder), step.where)
        for command, where in step.commands:
            if kind := kind_of(command):
                install = Install(" ".join(command.words), kind, where)
                if names_packages(command):
                    named = named or install
                else:
                    found = found or install
        if any(call.name in (START_AGENT, *STARTS) for call in step.calls):
            break
    return found or named


def kind_of(command: Command) -> tuple[str, ...]:
    """Return the package manager, verb and options of an install; empty otherwise."""
    manager, *words = launched(command.words) or ("",)
    manager = manager.partition("@")[0]
    if manager not in _VERBS or {"-g", "--global", "--location=global"} & set(words):
        return ()
    verb = next(plain_words(words), "install" if manager == "yarn" else "")
    if verb not in _VERBS[manager] or _ONLY_TALK & set(words):
        return ()
    kind = "ci" if verb in ("ci", "clean-install") else "install"
    return (manager, kind, *sorted(set(words) & set(_OPTIONS)))


def names_packages(command: Command) -> bool:
    """Return whether an install names the packages that it adds."""
    return len(list(plain_words(launched(command.words)))) > 2


def starts_packages(command: Command) -> bool:
    """Return whether the command runs a package manager, npx or bunx."""
    program = "".join(launched(command.words)[:1]).partition("@")[0]
    return program in _VERBS or program in ("npx", "bunx")


def launched(words: Sequence[str]) -> Sequence[str]:
    """Return the words of a command without `sudo`, `corepack` or `env` before it."""
    while words and words[0] in _LAUNCHERS:
        words = words[1:]
        while words and (words[0].startswith("-") or "=" in words[0]):
            words = words[2 if words[0] in ("-u", "--user") else 1 :]
    return words


def plain_words(words: Iterable[str]) -> Iterator[str]:
    """Yield the words of a command, without options and the values of options."""
    before = ""
    for word in words:
        if not word.startswith("-") and before not in _WITH_VALUE:
            yield word
        before = word
