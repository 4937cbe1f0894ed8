"""What each player can hold, and a snapshot made to fit it: a table, one line for each player.

Sizes and limits are those of the players' own loaders: GuitarML's Proteus, AIDA-X (``model_variant.hpp``),
RTNeural's JSON parser, NAM, onnxruntime.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zoo.architecture import Recurrent
from zoo.dry_unit import can_carry_dry, with_dry_in_a_unit
from zoo.engine import DEFAULT_KNOB
from zoo.errors import BadRequest
from zoo.formats.conversion import CannotHoldError, require_recurrent, with_gains_folded
from zoo.knobs import with_knobs_fixed
from zoo.padding import padded
from zoo.snapshot import Snapshot

PROTEUS_SIZE, PROTEUS_KNOBS = 40, 1
AIDAX_SIZES, AIDAX_KNOBS = (8, 12, 16, 20, 24, 32, 40, 64, 80), 2


@dataclass(frozen=True)
class Fitted:
    """A snapshot that a player takes.

    Attributes:
        snapshot: sounds as the one that was given.
        remarks: what a person should know, such as that it was padded.
    """

    snapshot: Snapshot
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Player:
    """A program or device that plays models.

    Attributes:
        name: what the command line calls it.
        title: what people call it.
        format: the one of `zoo.formats.FORMATS` that it reads.
        extension: of the files that it looks for.
        fit: the snapshot as this player takes it, or `CannotHoldError`.
    """

    name: str
    title: str
    format: str
    extension: str
    fit: Callable[[Snapshot], Fitted]


def _proteus(snapshot: Snapshot) -> Fitted:
    architecture = require_recurrent(snapshot, "Proteus")
    plain = architecture.cell == "LSTM" and architecture.num_layers == 1
    if not plain or architecture.num_knobs > PROTEUS_KNOBS or architecture.hidden_size > PROTEUS_SIZE:
        raise CannotHoldError(
            f"Proteus plays LSTMs of one layer, {PROTEUS_SIZE} units and {PROTEUS_KNOBS} knob at most, "
            f"and this is a {architecture}"
        )
    if not architecture.residual:
        raise CannotHoldError(
            f"Proteus always adds the dry input to the output, which this {architecture} does not"
        )
    return _padded(snapshot, PROTEUS_SIZE, "Proteus")


def _aidax(snapshot: Snapshot) -> Fitted:
    architecture = require_recurrent(snapshot, "AIDA-X")
    if architecture.num_layers > 1 or architecture.num_knobs > AIDAX_KNOBS:
        raise CannotHoldError(
            f"AIDA-X plays one layer and {AIDAX_KNOBS} knobs at most, and this is a {architecture}"
        )
    sizes = [size for size in AIDAX_SIZES if size >= architecture.hidden_size]
    if not sizes:
        raise CannotHoldError(f"AIDA-X plays {AIDAX_SIZES[-1]} units at most, and this is a {architecture}")
    return _padded(snapshot, sizes[0], "AIDA-X")


def _rtneural(snapshot: Snapshot) -> Fitted:
    architecture = require_recurrent(snapshot, "RTNeural")
    if not architecture.residual:
        return Fitted(with_gains_folded(snapshot, "RTNeural"))
    remarks = ["RTNeural plays the network alone: whoever calls it must add the dry input (in_skip is 1)"]
    if snapshot.input_gain_db or snapshot.output_gain_db:
        remarks.append("RTNeural reads no gains: whoever calls it must apply in_gain and out_gain, in dB")
    return Fitted(snapshot, tuple(remarks))


def _nam(snapshot: Snapshot) -> Fitted:
    if not can_carry_dry(snapshot):
        return Fitted(snapshot)  # what NAM lacks, its writer names
    carried = with_dry_in_a_unit(snapshot)
    return Fitted(
        carried,
        (
            f"NAM adds no dry input: one unit more carries it, so {snapshot.architecture} was written as "
            f"{carried.architecture}; a player with a rough tanh makes the dry part about 1 % too loud",
        ),
    )


def _onnx(snapshot: Snapshot) -> Fitted:
    whole = snapshot.at_size()
    if whole is snapshot:
        return Fitted(snapshot)
    return Fitted(whole, (f"of the sizes in {snapshot.architecture}, the largest is written",))


def _bela(snapshot: Snapshot) -> Fitted:
    if not snapshot.num_knobs:
        return _onnx(snapshot)  # of a slimmable one, the largest size as well
    middle = [DEFAULT_KNOB] * snapshot.num_knobs
    return Fitted(
        with_knobs_fixed(snapshot, middle),
        (f"the pedal turns no knobs: they stand at {DEFAULT_KNOB}; `zoo bela pack` sets them otherwise",),
    )


PLAYERS: dict[str, Player] = {
    player.name: player
    for player in (
        Player("proteus", "Proteus", "proteus", ".json", _proteus),
        Player("aidax", "AIDA-X", "aidax", ".json", _aidax),
        Player("rtneural", "RTNeural", "aidax", ".json", _rtneural),
        Player("nam", "NAM", "nam", ".nam", _nam),
        Player("onnx", "onnxruntime", "onnx", ".onnx", _onnx),
        Player("bela", "Bela", "bela", ".bank", _bela),
    )
}


def player(name: str) -> Player:
    """The player of that name.

    Raises:
        BadRequest: there is none.
    """
    if name not in PLAYERS:
        raise BadRequest(f"no player is called {name!r}; one of {', '.join(PLAYERS)} is expected")
    return PLAYERS[name]


def _padded(snapshot: Snapshot, size: int, title: str) -> Fitted:
    architecture = snapshot.architecture
    assert isinstance(architecture, Recurrent)
    if architecture.hidden_size == size:
        return Fitted(snapshot)
    wide = padded(snapshot, size)
    return Fitted(
        wide,
        (f"{title} knows fixed sizes only: {architecture} was padded with zeros to {size} units",),
    )
