"""Parses the user's options into data; it checks only their form."""
