"""The options that choose among models, the same in every command that has them."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

DeviceOption: TypeAlias = Annotated[str | None, typer.Option(help='Part of make and model, or "unknown".')]
GainOption: TypeAlias = Annotated[
    str | None, typer.Option(help='Gain class: clean, crunch, "high gain", ...')
]
ArchOption: TypeAlias = Annotated[str | None, typer.Option(help="LSTM, GRU, WaveNet, or a shape: LSTM-40.")]
HiddenOption: TypeAlias = Annotated[int | None, typer.Option(help="Hidden size of LSTMs and GRUs.")]
RateOption: TypeAlias = Annotated[int | None, typer.Option(help="Sample rate in Hz.")]
LicenceOption: TypeAlias = Annotated[str | None, typer.Option(help='Licence, or "unknown".')]
