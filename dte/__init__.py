"""The rehearsal: compiles a CircleCI config and runs its workflows at a session."""
