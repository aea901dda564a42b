"""Prints the figures in the README; `make bench` runs every bench_*.py."""
