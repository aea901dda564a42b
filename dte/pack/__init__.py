"""Packs a folder of orb source into one document, like CircleCI's CLI."""

from dte.pack.orb import pack_orb

__all__ = ["pack_orb"]
