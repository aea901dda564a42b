"""Reports a rehearsal: live while it runs, as tables, and as JSON."""
