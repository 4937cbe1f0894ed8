"""How to train: every number that changes the result, in one place."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from training.loss import WeightedLoss
from zoo.errors import BadRequest


@dataclass(frozen=True)
class Settings:
    """Loss, warm-up and stopping are those of Automated-GuitarAmpModelling (its ``dist_model_recnet.py``).

    Batch, TBPTT, learning rate and averaging are not: eight times its updates an epoch, at twice its rate and
    with their average kept, come below its best loss in a fifth of the epochs
    (``tests/benchmarks/bench_time_to_quality.py``).

    Attributes:
        epochs: at most this many.
        patience: validations without improvement before training stops.
        validate_every: epochs between validations.
        learning_rate: Adam's, halved after ``lr_patience`` validations without improvement.
        weight_decay: Adam's L2 term.
        clip_norm: the gradient's norm is cut to this.
        averaging: share of the old average in the new one at every update; the average of the weights is what
            is validated and kept. 0 keeps the weights themselves.
        segment: samples in one training sequence.
        batch: sequences in one step.
        warm_up: samples at a segment's start that only settle the state.
        tbptt: samples between two updates, the state carried over (truncated backpropagation through time).
        seed: draws the order of segments and, from scratch, the first weights.
    """

    epochs: int = 200
    patience: int = 25
    validate_every: int = 2
    learning_rate: float = 1e-2
    weight_decay: float = 1e-4
    lr_factor: float = 0.5
    lr_patience: int = 5
    clip_norm: float = 1.0
    averaging: float = 0.99
    segment: int = 22_050
    batch: int = 16
    warm_up: int = 200
    tbptt: int = 500
    seed: int = 0
    loss: WeightedLoss = field(default_factory=WeightedLoss)

    def __post_init__(self) -> None:
        for name in ("epochs", "patience", "validate_every", "segment", "batch", "tbptt"):
            if getattr(self, name) < 1:
                raise BadRequest(f"{name} is {getattr(self, name)}; at least 1 is expected")
        if not 0.0 < self.learning_rate <= 1.0:
            raise BadRequest(f"a learning rate of {self.learning_rate} is out of bounds; above 0, at most 1")
        if not 0.0 <= self.averaging < 1.0:
            raise BadRequest(f"an averaging of {self.averaging} is out of bounds; at least 0, below 1")
        if not 0 <= self.warm_up < self.segment:
            raise BadRequest(
                f"a warm-up of {self.warm_up} samples leaves nothing of segments of {self.segment}"
            )

    def to_json(self) -> dict[str, Any]:
        """All values, for manifests and checkpoints."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Settings:
        """The inverse of `to_json`."""
        known = {f.name for f in fields(cls)}
        return cls(
            **{**{k: v for k, v in values.items() if k in known}, "loss": WeightedLoss(**values["loss"])}
        )


# How Südholt et al. (TASLP 2023) train; as keywords of `Settings`.
PAPER: dict[str, Any] = {
    "epochs": 750,
    "patience": 750,
    "validate_every": 2,
    "learning_rate": 5e-4,
    "weight_decay": 0.0,
    "lr_factor": 0.5,
    "lr_patience": 5,
    "clip_norm": 1e9,
    "averaging": 0.0,
    "segment": 22_050,
    "batch": 40,
    "warm_up": 1000,
    "tbptt": 2048,
}
