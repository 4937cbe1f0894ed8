"""One file for each device: its netlist, its knobs and where its topology is described."""
