"""What the user asks for: options parsed into data; only their form is checked."""
