"""The Bela pedal seen from a PC: banks of models written, read and checked, and brought to a board.

`bela/app/BANK.md` describes the file, `bela/app/bank.h` reads it on the board.
"""
