"""What a device sounds like, and which model to start from."""
