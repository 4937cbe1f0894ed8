"""Nonlinear parts, one file for each kind: its law, its parameters and where both come from."""
