"""Compiles a config of version 2.1 and its orbs into plain jobs and workflows.

This is the third of the stages parse, pack, compile, plan, run and report. Sources:
CircleCI's pages "Configuration reference", "Reusable config reference" and "Pipeline
values and parameters".
"""

from dte.compile.config import compile_config

__all__ = ["compile_config"]
