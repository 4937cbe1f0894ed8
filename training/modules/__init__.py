"""Snapshots as torch modules: the same weights under the same names, ready to train.

Every module has ``initial_state(batch)`` and ``forward(x, state) -> (y, state)``, time first.
"""

from __future__ import annotations

from typing import TypeAlias

from training.modules.recurrent import Backend, RecurrentModule, State, detached
from training.modules.wavenet import WaveNetModule
from zoo.architecture import Architecture, Recurrent, WaveNet
from zoo.errors import BadRequest
from zoo.snapshot import Snapshot

Module: TypeAlias = RecurrentModule | WaveNetModule


def new_module(architecture: Architecture, backend: Backend = "auto") -> Module:
    """A module with PyTorch's initial weights, from its global random generator.

    Raises:
        BadRequest: a slimmable architecture, which is trained one size at a time.
    """
    if isinstance(architecture, Recurrent):
        return RecurrentModule(architecture, backend)
    if isinstance(architecture, WaveNet):
        return WaveNetModule(architecture)
    raise BadRequest(f"{architecture} holds several sizes; train one of them, from Snapshot.at_size")


def module_from_snapshot(snapshot: Snapshot, backend: Backend = "auto") -> Module:
    """A module with the snapshot's weights; of a slimmable one, the largest size."""
    snapshot = snapshot.at_size()
    if isinstance(snapshot.architecture, Recurrent):
        return RecurrentModule.from_snapshot(snapshot, backend)
    return WaveNetModule.from_snapshot(snapshot)


__all__ = [
    "Module",
    "RecurrentModule",
    "State",
    "WaveNetModule",
    "detached",
    "module_from_snapshot",
    "new_module",
]
