"""What the user asked for: options read into data, checked for their form alone."""
