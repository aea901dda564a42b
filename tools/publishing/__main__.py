"""What the Makefile's targets claim, pack, validate, publish-dev and publish do."""

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.bootstrap.places import Places
from tools.failures import ToolError, exit_with
from tools.publishing.circleci import CircleCI
from tools.publishing.claim import claim
from tools.publishing.identity import read_identity
from tools.publishing.readiness import (
    Problem,
    check_access,
    check_release,
    find_token,
    read_release,
    refuse,
)


class Publisher:
    """What a person at the repository can do to the orb."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.identity = read_identity(places.root)
        self.circleci = CircleCI.of(
            places, token=find_token(), host=os.environ.get("CIRCLECI_CLI_HOST", "")
        )

    @property
    def packed(self) -> Path:
        """Where the packed orb goes."""
        return self.places.root / "dist" / "orb.yml"

    def claim(self, namespace: str) -> None:
        """Set the namespace in every file."""
        for name in claim(self.places.root, namespace):
            print(f"changed {name}")
        print("Look at the addresses in orb/@orb.yml, then run: make check")

    def pack(self) -> None:
        """Pack the orb into `dist/orb.yml`."""
        folder = self.places.root / "orb"
        text = self.circleci.run(
            "orb", "pack", folder, refusal="the orb does not pack."
        )
        self.packed.parent.mkdir(exist_ok=True)
        self.packed.write_text(text, encoding="utf-8")
        print(f"packed {self.packed.relative_to(self.places.root)}, {len(text)} bytes")

    def validate(self) -> None:
        """Pack, and let CircleCI say whether the orb is valid."""
        self.pack()
        refusal = "CircleCI does not accept the orb."
        print(
            self.circleci.run("orb", "validate", self.packed, refusal=refusal), end=""
        )

    def publish_dev(self, name: str) -> None:
        """Publish a development version, which CircleCI deletes after 90 days."""
        if not re.fullmatch(r"[\w.-]+", name):
            raise ToolError(
                f"{name!r} cannot be the name of a development version.",
                suggestions=[
                    "Letters, digits, dots, - and _: make publish-dev DEV=beta"
                ],
            )
        self.send(f"dev:{name}")

    def publish(self, version: str) -> None:
        """Publish a release, if this checkout is that release."""
        release = read_release(self.places.root, version)
        self.send(version, release_problems=check_release(release))

    def send(self, version: str, release_problems: Sequence[Problem] = ()) -> None:
        """Refuse while anything is missing; else validate, then publish."""
        reference = self.identity.at(version)
        missing = check_access(self.identity, self.circleci.token)
        refuse(reference, [*missing, *release_problems])
        self.validate()
        refusal = f"CircleCI refused to publish {reference}."
        self.circleci.run("orb", "publish", self.packed, reference, refusal=refusal)
        print(f"published {reference}")


def main(words: Sequence[str]) -> None:
    """Do what the first word says."""
    publisher = Publisher(Places.of_this_repository())
    match [*words]:
        case ["claim", namespace]:
            publisher.claim(namespace)
        case ["pack"]:
            publisher.pack()
        case ["validate"]:
            publisher.validate()
        case ["publish-dev", name]:
            publisher.publish_dev(name)
        case ["publish", version]:
            publisher.publish(version)
        case _:
            raise ToolError("use the targets of the Makefile: make help")


if __name__ == "__main__":
    sys.exit(exit_with(lambda: main(sys.argv[1:])))
