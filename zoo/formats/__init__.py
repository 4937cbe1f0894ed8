"""One file for each model format: file -> Snapshot -> file."""
