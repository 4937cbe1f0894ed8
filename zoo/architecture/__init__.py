"""The shapes of networks: recurrent (LSTM, GRU), WaveNet, and slimmable bundles of WaveNets.

An architecture names every tensor and its shape, so that a snapshot can be checked before anything runs.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from zoo.architecture.recurrent import Recurrent
from zoo.architecture.slimmable import Slimmable, Submodel
from zoo.architecture.wavenet import ACTIVATIONS, Activation, LayerArray, WaveNet
from zoo.errors import SnapshotError

Architecture: TypeAlias = Recurrent | WaveNet | Slimmable


def architecture_from_json(description: Any) -> Architecture:
    """The inverse of ``to_json``.

    Raises:
        SnapshotError: a field is missing, unknown, of the wrong type or out of bounds.
    """
    try:
        kind = description["type"]
        if kind in ("LSTM", "GRU"):
            fields = {k: v for k, v in description.items() if k != "type"}
            return Recurrent(cell=kind, **fields)
        if kind == "WaveNet":
            return WaveNet(tuple(_array_from_json(a) for a in description["arrays"]))
        if kind == "Slimmable":
            return Slimmable(tuple(_submodel_from_json(s) for s in description["submodels"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SnapshotError(f"the architecture's description is damaged ({error!r})") from error
    raise SnapshotError(f"the architecture {kind!r} is unknown; LSTM, GRU, WaveNet or Slimmable is expected")


def _array_from_json(fields: dict[str, Any]) -> LayerArray:
    lists = {key: tuple(fields[key]) for key in ("kernel_sizes", "dilations")}
    activations = tuple(Activation(**a) for a in fields["activations"])
    return LayerArray(**{**fields, **lists, "activations": activations})


def _submodel_from_json(fields: dict[str, Any]) -> Submodel:
    architecture = architecture_from_json(fields["architecture"])
    if not isinstance(architecture, WaveNet):
        raise SnapshotError("a submodel must be a WaveNet")
    return Submodel(float(fields["max_value"]), architecture)


__all__ = [
    "ACTIVATIONS",
    "Activation",
    "Architecture",
    "LayerArray",
    "Recurrent",
    "Slimmable",
    "Submodel",
    "WaveNet",
    "architecture_from_json",
]
