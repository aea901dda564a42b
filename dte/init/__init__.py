"""Detects what a workspace uses, and writes or changes its CircleCI config.

`find_facts` reads the workspace; `plan_change` gives the new text of the config.
"""
