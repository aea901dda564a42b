"""Packs a folder of orb source into one document, as CircleCI's CLI does."""

from dte.pack.orb import pack_orb

__all__ = ["pack_orb"]
