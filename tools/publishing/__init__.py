"""Claims a namespace, and checks that a commit is ready for its release.

CI publishes; nothing in here sends anything to CircleCI or reads a token.
"""
