"""Changes an existing config by editing its text, so that all else stays as it is."""
