"""Tells what a rehearsal did: while it runs, as a table, and as JSON."""
