"""From a snapshot to a NAM document, in the oldest version that can say it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from zoo.architecture import Recurrent, Slimmable, WaveNet
from zoo.formats.conversion import CannotHoldError, with_gains_folded
from zoo.formats.nam.config import config_for, fits_05
from zoo.formats.nam.layout import flat_from
from zoo.formats.nam.metadata import nam_metadata_document
from zoo.formats.nam.reading import ASSUMED_SAMPLE_RATE
from zoo.snapshot import Metadata, Snapshot

TITLE = "NAM"


def encode(snapshot: Snapshot) -> dict[str, Any]:
    """The document for a snapshot.

    Raises:
        CannotHoldError: a GRU, a residual, knobs, or gains that cannot be folded into the weights.
    """
    architecture = snapshot.architecture
    if isinstance(architecture, Recurrent):
        _check_recurrent(architecture)
    snapshot = with_gains_folded(snapshot, TITLE)
    if isinstance(architecture, Slimmable):
        return _container(snapshot, architecture)
    return _network(snapshot)


def _check_recurrent(architecture: Recurrent) -> None:
    if architecture.cell != "LSTM" or architecture.num_knobs:
        raise CannotHoldError(f"{TITLE} holds LSTMs without knobs only, and this is a {architecture}")
    if architecture.residual:
        raise CannotHoldError(
            f"{TITLE} has no dry path, but this {architecture} adds the dry input to its output"
        )


def _network(snapshot: Snapshot) -> dict[str, Any]:
    architecture = snapshot.architecture
    if isinstance(architecture, WaveNet):
        kind, version = "WaveNet", "0.5.4" if fits_05(architecture) else "0.7.0"
        # The shortest decimal, 0.02 for the float32 nearest to it; players take the one in the weights.
        config = config_for(architecture, float(str(snapshot.weights["head_scale"][0])))
    else:
        kind, version = "LSTM", "0.5.4"
        config = {key: getattr(architecture, key) for key in ("input_size", "hidden_size", "num_layers")}
    head = {"version": version, "metadata": nam_metadata_document(snapshot.metadata), "architecture": kind}
    return {**head, "config": config, "weights": flat_from(snapshot).tolist(), **_rate(snapshot)}


def _container(snapshot: Snapshot, architecture: Slimmable) -> dict[str, Any]:
    metadata = nam_metadata_document(snapshot.metadata)
    own = metadata.pop("submodels", None)
    submodels = []
    for index, submodel in enumerate(architecture.submodels):
        model = _network(replace(snapshot.at_size(submodel.max_value), metadata=Metadata()))
        if isinstance(own, list) and len(own) == len(architecture.submodels) and isinstance(own[index], dict):
            model["metadata"] = own[index]
        submodels.append({"max_value": submodel.max_value, "model": model})
    head = {"version": "0.7.0", "metadata": metadata, "architecture": "SlimmableContainer"}
    return {**head, "config": {"submodels": submodels}, "weights": [], **_rate(snapshot)}


def _rate(snapshot: Snapshot) -> dict[str, int]:
    assumed = snapshot.sample_rate_assumed and snapshot.sample_rate == ASSUMED_SAMPLE_RATE
    return {} if assumed else {"sample_rate": snapshot.sample_rate}
