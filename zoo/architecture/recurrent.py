"""LSTM and GRU networks: PyTorch's names and layouts, gates in rows i, f, g, o (LSTM) or r, z, n (GRU)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from zoo.architecture.bounds import Shapes, bounded, flag
from zoo.errors import SnapshotError

MAX_HIDDEN, MAX_LAYERS, MAX_KNOBS = 1024, 8, 15


@dataclass(frozen=True, slots=True)
class Recurrent:
    """LSTM or GRU layers and one linear output: ``rec.*`` and ``lin.*`` as GuitarML and PyTorch name them.

    Attributes:
        input_size: 1 (audio) plus the number of knobs, each 0 to 1.
        residual: the dry input is added to the output.
    """

    cell: Literal["LSTM", "GRU"]
    hidden_size: int
    input_size: int = 1
    num_layers: int = 1
    residual: bool = False

    def __post_init__(self) -> None:
        if self.cell not in ("LSTM", "GRU"):
            raise SnapshotError(f"the recurrent cell {self.cell!r} is unknown; LSTM or GRU is expected")
        bounded("the hidden size", self.hidden_size, 1, MAX_HIDDEN)
        bounded("the input size", self.input_size, 1, 1 + MAX_KNOBS)
        bounded("the number of layers", self.num_layers, 1, MAX_LAYERS)
        flag("the residual", self.residual)

    @property
    def num_knobs(self) -> int:
        """Knob inputs beside the audio."""
        return self.input_size - 1

    @property
    def gates(self) -> int:
        """Rows of gates per hidden unit: 4 for LSTM (i, f, g, o), 3 for GRU (r, z, n)."""
        return 4 if self.cell == "LSTM" else 3

    def required_shapes(self) -> Shapes:
        """The tensors that must be there."""
        rows, hidden = self.gates * self.hidden_size, self.hidden_size
        shapes: Shapes = {"lin.weight": (1, hidden), "lin.bias": (1,)}
        for layer in range(self.num_layers):
            shapes[f"rec.weight_ih_l{layer}"] = (rows, self.input_size if layer == 0 else hidden)
            shapes[f"rec.weight_hh_l{layer}"] = (rows, hidden)
            shapes[f"rec.bias_ih_l{layer}"] = (rows,)
            if self.cell == "GRU":
                shapes[f"rec.bias_hh_l{layer}"] = (rows,)
        return shapes

    def optional_shapes(self) -> Shapes:
        """A second bias (an LSTM's two count as their sum) and the state to start from (absent: zero)."""
        rows, hidden = self.gates * self.hidden_size, self.hidden_size
        shapes: Shapes = {}
        for layer in range(self.num_layers):
            shapes[f"rec.h0_l{layer}"] = (hidden,)
            if self.cell == "LSTM":
                shapes[f"rec.bias_hh_l{layer}"] = (rows,)
                shapes[f"rec.c0_l{layer}"] = (hidden,)
        return shapes

    def to_json(self) -> dict[str, Any]:
        """A description from which `architecture_from_json` makes this architecture again."""
        return {"type": self.cell, **{k: v for k, v in asdict(self).items() if k != "cell"}}

    def __str__(self) -> str:
        layers = f"{self.num_layers}x" if self.num_layers > 1 else ""
        knobs = f" with {self.num_knobs} knob{'s' * (self.num_knobs > 1)}" if self.num_knobs else ""
        return f"{self.cell}-{layers}{self.hidden_size}{knobs}"
