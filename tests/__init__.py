"""Tests of dte, with one folder for each part."""
