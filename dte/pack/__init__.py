"""Packing: a folder of orb source becomes one document, as CircleCI's CLI does it."""

from dte.pack.orb import pack_orb

__all__ = ["pack_orb"]
