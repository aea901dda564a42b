"""Finds what would hang, pass falsely or leak in a config that distributes Nx tasks.

The config is compiled, `facts` gathers what the rules look at, each module of `rules`
yields findings, and `ignores` removes those that a comment explains.
"""
