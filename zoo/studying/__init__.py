"""What pruning costs and saves: the table and the figures of Südholt et al. (TASLP 2023), done again.

Real models stand in for the devices and play real recordings; two devices were recorded. A cell is one device
at one hidden size. Every training in it has a file of its own, so the study goes on where it stopped, and its
report shows what is done.
"""
