"""Installs everything that this repository needs into the repository's own folder.

Runs before anything is installed, so it uses the standard library only.
"""
