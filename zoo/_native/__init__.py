"""The compiled engine: one module for each instruction set, and ``cpu``, which says what this machine has."""
