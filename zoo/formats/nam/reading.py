"""From a NAM document to a snapshot."""

from __future__ import annotations

import re
from dataclasses import replace

from zoo.architecture import Recurrent, Slimmable, Submodel, WaveNet
from zoo.dry_unit import with_dry_restored
from zoo.formats.fields import Fields
from zoo.formats.nam.config import wavenet_from
from zoo.formats.nam.layout import num_weights, weights_from
from zoo.formats.nam.metadata import nam_metadata
from zoo.snapshot import Snapshot

ASSUMED_SAMPLE_RATE = 48_000
ROOT_KEYS = ("version", "architecture", "config", "weights", "sample_rate", "metadata")


def decode(root: Fields) -> Snapshot:
    """The snapshot in a document.

    Raises:
        ModelFileError: a field is missing or wrong, or the number of weights is.
        UnsupportedModel: another version or architecture, or a feature of it that is refused.
        SnapshotError: a size is out of bounds.
    """
    version = root.text("version")
    if not re.fullmatch(r"0\.[567](\.\w+)*", version):
        raise root.unsupported(f"version {version[:20]!a} of NAM is not supported; 0.5 to 0.7 are")
    config, kind = root.child("config"), root.text("architecture")
    if kind == "SlimmableContainer":
        return _slimmable(root, config)
    if kind == "WaveNet":
        return _network(root, wavenet_from(config))
    if kind == "LSTM":
        return _network(root, _lstm(config))
    raise root.unsupported(f"NAM's {kind[:60]!a} is not supported; WaveNet, LSTM and SlimmableContainer are")


def _lstm(config: Fields) -> Recurrent:
    config.refuse_unknown(("input_size", "hidden_size", "num_layers"))
    if config.integer("input_size") != 1:
        raise config.unsupported(f"an LSTM with {config.integer('input_size')} inputs is not supported; 1 is")
    return Recurrent("LSTM", config.integer("hidden_size"), num_layers=config.integer("num_layers"))


def _network(root: Fields, architecture: WaveNet | Recurrent) -> Snapshot:
    """The snapshot of a network whose weights are in this very document."""
    count, numbers = num_weights(architecture), root.values.get("weights")
    if isinstance(numbers, list) and len(numbers) != count:
        raise root.damaged(
            f"{root.where}weights holds {len(numbers)} numbers, but {architecture} needs {count}"
        )
    weights = weights_from(architecture, root.array("weights", (count,)))
    snapshot = Snapshot(architecture, weights, ASSUMED_SAMPLE_RATE, sample_rate_assumed=True)
    return with_dry_restored(_with_facts(root, snapshot))


def _with_facts(root: Fields, snapshot: Snapshot) -> Snapshot:
    """The snapshot with the document's sample rate, if it gives one, and metadata."""
    snapshot = replace(snapshot, metadata=nam_metadata(root, ROOT_KEYS))
    if "sample_rate" in root:
        return replace(snapshot, sample_rate=root.integer("sample_rate"), sample_rate_assumed=False)
    return snapshot


def _slimmable(root: Fields, config: Fields) -> Snapshot:
    config.refuse_unknown(("submodels",))
    if root.values.get("weights"):
        raise root.damaged("a SlimmableContainer has weights of its own; only its submodels should")
    parts, weights, rates = [], {}, []
    for index, submodel in enumerate(config.children("submodels")):
        submodel.refuse_unknown(("max_value", "model"))
        model = _submodel(submodel.child("model"))
        assert isinstance(model.architecture, WaveNet)
        parts.append(Submodel(submodel.number("max_value"), model.architecture))
        weights.update({f"submodels.{index}.{name}": array for name, array in model.weights.items()})
        rates += [] if model.sample_rate_assumed else [model.sample_rate]
    rate = rates[0] if rates else ASSUMED_SAMPLE_RATE
    whole = Snapshot(Slimmable(tuple(parts)), weights, rate, sample_rate_assumed=not rates)
    whole = _with_submodel_metadata(config, _with_facts(root, whole))
    if others := set(rates) - {whole.sample_rate}:
        found = f"{whole.sample_rate} and {others.pop()} Hz"
        raise root.damaged(f"the sample rates of the submodels differ ({found}); one for all is expected")
    return whole


def _submodel(model: Fields) -> Snapshot:
    kind = model.text("architecture")
    if kind != "WaveNet":
        raise model.unsupported(f"a submodel that is a {kind[:60]!a} is not supported; WaveNet is")
    return decode(model)


def _with_submodel_metadata(config: Fields, whole: Snapshot) -> Snapshot:
    """Keep each submodel's own metadata in ``extra``, under "submodels"."""
    own = [submodel.child("model").values.get("metadata") for submodel in config.children("submodels")]
    return whole.with_metadata(extra={**whole.metadata.extra, "submodels": own}) if any(own) else whole
