"""Finds mistakes in a config that distributes Nx tasks.

These mistakes make a run hang, pass without running its tasks, or leak a token.
`config` compiles the config, `gather` collects the facts that the rules check, each
module of `rules` yields findings, and `ignores` removes the findings that a comment
ignores.
"""
