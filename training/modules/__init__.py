"""Snapshots as torch modules: the same weights under the same names, ready to train."""
