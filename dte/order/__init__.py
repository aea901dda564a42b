"""Parses the user's options into data, and checks only the form of the options."""
