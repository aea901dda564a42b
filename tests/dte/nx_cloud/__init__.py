"""Tests of the stand-in for Nx Cloud."""
