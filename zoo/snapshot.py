"""A snapshot: one device at one setting, as an immutable network with its weights and what is known of it.

Audio convention: mono float32, full scale = 1.0, at the snapshot's own sample rate. A snapshot computes
``y = out_gain * (net(in_gain * x, knobs) + residual * in_gain * x)``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from zoo.architecture import Architecture, Recurrent, Slimmable, WaveNet
from zoo.errors import SnapshotError

Weights: TypeAlias = Mapping[str, npt.NDArray[np.float32]]
Json: TypeAlias = Any

MIN_SAMPLE_RATE, MAX_SAMPLE_RATE = 8_000, 384_000
MAX_GAIN_DB = 120.0


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a model's file says about it. ``None`` means unknown, and is never guessed here.

    Attributes:
        kind: what was captured, in the file's words: "amp", "pedal", "amp_cab", ...
        tone: the file's own gain class: "clean", "crunch", "hi_gain", "fuzz", ...
        loudness_db: loudness of the output for a standard input, as the trainer measured it.
        input_level_dbu, output_level_dbu: analogue level at digital full scale.
        extra: fields of the file that have no place above, as JSON values, so that writing loses nothing.
    """

    name: str | None = None
    author: str | None = None
    make: str | None = None
    model: str | None = None
    kind: str | None = None
    tone: str | None = None
    licence: str | None = None
    date: str | None = None
    loudness_db: float | None = None
    input_level_dbu: float | None = None
    output_level_dbu: float | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """An immutable model: architecture, weights, rate, gains, metadata.

    Two snapshots are equal when they sound the same: architecture, weights, sample rate and gains agree to
    the bit. Metadata does not count.

    Attributes:
        architecture: the network's shape; it names every tensor it needs.
        weights: float32 arrays by name, read-only.
        sample_rate: Hz.
        sample_rate_assumed: True when the file did not say and its format's convention was taken.
        input_gain_db, output_gain_db: applied around the network; 0 when the file has none.

    Raises:
        SnapshotError: a tensor is missing, unexpected, of the wrong shape or not finite; a rate or gain is
            out of bounds.
    """

    architecture: Architecture
    weights: Weights
    sample_rate: int
    sample_rate_assumed: bool = False
    input_gain_db: float = 0.0
    output_gain_db: float = 0.0
    metadata: Metadata = field(default_factory=Metadata)

    def __post_init__(self) -> None:
        if not MIN_SAMPLE_RATE <= self.sample_rate <= MAX_SAMPLE_RATE:
            raise SnapshotError(
                f"a sample rate of {self.sample_rate} Hz is out of bounds; "
                f"{MIN_SAMPLE_RATE} to {MAX_SAMPLE_RATE} Hz is expected"
            )
        for gain_db in (self.input_gain_db, self.output_gain_db):
            if not abs(gain_db) <= MAX_GAIN_DB:
                raise SnapshotError(f"a gain of {gain_db} dB is out of bounds; at most {MAX_GAIN_DB:.0f} dB")
        object.__setattr__(self, "weights", _checked(self.architecture, self.weights))

    def __reduce__(self) -> tuple[Any, ...]:
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return _remade, ({**values, "weights": dict(self.weights)},)

    @cached_property
    def digest(self) -> str:
        """Sha-256 (64 hex digits) of all that makes the sound; metadata is left out."""
        sound = {
            "architecture": self.architecture.to_json(),
            "sample_rate": self.sample_rate,
            "input_gain_db": self.input_gain_db,
            "output_gain_db": self.output_gain_db,
        }
        sha = hashlib.sha256(json.dumps(sound, sort_keys=True).encode())
        for name in sorted(self.weights):
            sha.update(f"\0{name}{self.weights[name].shape}\0".encode())
            sha.update(self.weights[name].astype("<f4", copy=False).tobytes())
        return sha.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Snapshot) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def num_knobs(self) -> int:
        """How many knob values the network takes beside the audio; 0 for a snapshot in the strict sense."""
        return self.architecture.num_knobs

    @property
    def num_parameters(self) -> int:
        """How many numbers the weights hold."""
        return sum(int(w.size) for w in self.weights.values())

    def with_metadata(self, **changes: Json) -> Snapshot:
        """A copy with some metadata fields changed; the sound, and so the digest, stays."""
        return replace(self, metadata=replace(self.metadata, **changes))

    @classmethod
    def from_pretrained(cls, repo: str, *, revision: str | None = None, offline: bool = False) -> Snapshot:
        """A model from the Hugging Face Hub, every byte proved; see `zoo.hub.pretrained.from_pretrained`."""
        from zoo.hub.pretrained import from_pretrained

        return from_pretrained(repo, revision=revision, offline=offline)

    def push_to_hub(self, repo: str, *, licence: str | None = None, private: bool | None = None) -> str:
        """Share this model, safetensors only; the commit. See `zoo.hub.pretrained.push_to_hub`."""
        from zoo.hub.pretrained import push_to_hub

        return push_to_hub(self, repo, licence=licence, private=private)

    def at_size(self, size: float = 1.0) -> Snapshot:
        """The plain model inside a slimmable one for a size from 0 (smallest) to 1 (full); else itself."""
        if not isinstance(self.architecture, Slimmable):
            return self
        index = self.architecture.index_for(size)
        prefix = f"submodels.{index}."
        weights = {n.removeprefix(prefix): w for n, w in self.weights.items() if n.startswith(prefix)}
        return replace(self, architecture=self.architecture.submodels[index].architecture, weights=weights)


def _remade(values: dict[str, Any]) -> Snapshot:
    return Snapshot(**values)


def _checked(architecture: Architecture, weights: Weights) -> Weights:
    """Read-only float32 copies of ``weights``, proved to be what ``architecture`` asks for."""
    required, optional = architecture.required_shapes(), architecture.optional_shapes()
    if missing := sorted(set(required) - set(weights)):
        raise SnapshotError(f"{architecture} needs the tensor {missing[0]}, which is missing")
    if unknown := sorted(set(weights) - set(required) - set(optional)):
        raise SnapshotError(f"{architecture} has no tensor called {unknown[0]}")
    checked: dict[str, npt.NDArray[np.float32]] = {}
    for name in sorted(weights):
        expected = required.get(name) or optional[name]
        array = np.array(weights[name], dtype=np.float32, order="C")
        if array.shape != expected:
            raise SnapshotError(f"{name} has shape {array.shape}, but {architecture} expects {expected}")
        if not np.isfinite(array).all():
            raise SnapshotError(f"{name} holds NaN or infinity; the model is damaged")
        array.setflags(write=False)
        checked[name] = array
    return MappingProxyType(checked)


def metadata_to_json(metadata: Metadata) -> dict[str, Json]:
    """The known fields only, ready for ``json.dumps``."""
    return {key: value for key, value in asdict(metadata).items() if value is not None and value != {}}


__all__ = ["Metadata", "Recurrent", "Slimmable", "Snapshot", "WaveNet", "Weights", "metadata_to_json"]
