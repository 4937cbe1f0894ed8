"""Runs snapshots on audio through the native engine. Mono float32, full scale = 1.0, at the snapshot's own rate."""
