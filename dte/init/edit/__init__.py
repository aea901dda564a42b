"""Changes an existing config by editing its text; the other lines stay the same."""
