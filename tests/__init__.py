"""Tests of dte: one folder a part."""
