"""Claims a namespace, and checks that a commit is the release it is meant to be.

CI publishes; nothing in here sends anything to CircleCI or reads a token.
"""
