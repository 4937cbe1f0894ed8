"""The shapes of networks: recurrent (LSTM, GRU), WaveNet, and slimmable bundles of WaveNets.

An architecture names every tensor and its shape, so that a snapshot can be checked before anything runs.
Names and layouts are PyTorch's: gates i, f, g, o (LSTM) and r, z, n (GRU) in rows of ``[gates * hidden]``;
convolution kernels ``[out][in][tap]`` with the oldest tap first.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from zoo.errors import SnapshotError

Shapes: TypeAlias = dict[str, tuple[int, ...]]

MAX_HIDDEN, MAX_RECURRENT_LAYERS, MAX_KNOBS = 1024, 8, 15
MAX_CHANNELS, MAX_ARRAYS, MAX_CONV_LAYERS, MAX_KERNEL, MAX_RECEPTIVE_FIELD = 256, 8, 64, 256, 1 << 20
MAX_SUBMODELS = 8

ActivationName = Literal["Tanh", "ReLU", "LeakyReLU", "Sigmoid", "Softsign", "SiLU", "Hardtanh", "HardSwish"]
ACTIVATIONS: tuple[str, ...] = ActivationName.__args__  # type: ignore[attr-defined]


def _bounded(what: str, value: int, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise SnapshotError(f"{what} is {value!r}; an integer from {low} to {high} is expected")


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
        _bounded("the hidden size", self.hidden_size, 1, MAX_HIDDEN)
        _bounded("the input size", self.input_size, 1, 1 + MAX_KNOBS)
        _bounded("the number of layers", self.num_layers, 1, MAX_RECURRENT_LAYERS)

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
        """A second bias (an LSTM's two only count as their sum) and the state to start from (absent: zero)."""
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


@dataclass(frozen=True, slots=True)
class Activation:
    """A named activation; ``negative_slope`` counts for LeakyReLU alone."""

    name: str
    negative_slope: float = 0.01

    def __post_init__(self) -> None:
        if self.name not in ACTIVATIONS:
            raise SnapshotError(f"the activation {self.name!r} is unknown; one of {', '.join(ACTIVATIONS)}")
        if not 0.0 <= self.negative_slope <= 1.0:
            raise SnapshotError(f"a negative slope of {self.negative_slope} is out of bounds; 0 to 1 is expected")


@dataclass(frozen=True, slots=True)
class LayerArray:
    """A stack of dilated causal convolutions, NAM's "layer array".

    Attributes:
        input_size: channels that come in (1 for the first array).
        channels: width of the residual stream; each convolution keeps it.
        head_size: channels that leave for the head.
        head_kernel_size: taps of the head's convolution (1 in A1, 16 in A2).
        kernel_sizes, dilations, activations: one entry for each layer.
    """

    input_size: int
    channels: int
    head_size: int
    head_kernel_size: int
    head_bias: bool
    kernel_sizes: tuple[int, ...]
    dilations: tuple[int, ...]
    activations: tuple[Activation, ...]

    def __post_init__(self) -> None:
        for what in ("input_size", "channels", "head_size"):
            _bounded(f"a layer array's {what}", getattr(self, what), 1, MAX_CHANNELS)
        _bounded("the head's kernel size", self.head_kernel_size, 1, MAX_KERNEL)
        _bounded("the number of layers in an array", len(self.dilations), 1, MAX_CONV_LAYERS)
        if not len(self.kernel_sizes) == len(self.dilations) == len(self.activations):
            raise SnapshotError(
                f"a layer array has {len(self.kernel_sizes)} kernel sizes, {len(self.dilations)} dilations and "
                f"{len(self.activations)} activations; one of each for every layer is expected"
            )
        for kernel, dilation in zip(self.kernel_sizes, self.dilations, strict=True):
            _bounded("a kernel size", kernel, 1, MAX_KERNEL)
            _bounded("a dilation", dilation, 1, MAX_RECEPTIVE_FIELD)
        _bounded("the receptive field of an array", self.receptive_field, 1, MAX_RECEPTIVE_FIELD)

    @property
    def receptive_field(self) -> int:
        """Samples of input that one output sample of this array's head depends on."""
        taps = zip(self.kernel_sizes, self.dilations, strict=True)
        return self.head_kernel_size + sum((k - 1) * d for k, d in taps)

    def shapes(self, prefix: str) -> Shapes:
        """The tensors of this array, their names starting with ``prefix``."""
        c = self.channels
        shapes: Shapes = {
            f"{prefix}rechannel.weight": (c, self.input_size),
            f"{prefix}head.weight": (self.head_size, c, self.head_kernel_size),
        }
        if self.head_bias:
            shapes[f"{prefix}head.bias"] = (self.head_size,)
        for layer, kernel in enumerate(self.kernel_sizes):
            shapes[f"{prefix}layers.{layer}.conv.weight"] = (c, c, kernel)
            shapes[f"{prefix}layers.{layer}.conv.bias"] = (c,)
            shapes[f"{prefix}layers.{layer}.mixin.weight"] = (c, 1)
            shapes[f"{prefix}layers.{layer}.layer1x1.weight"] = (c, c)
            shapes[f"{prefix}layers.{layer}.layer1x1.bias"] = (c,)
        return shapes


@dataclass(frozen=True, slots=True)
class WaveNet:
    """NAM's WaveNet: layer arrays in series, heads summed on the way; tensors ``arrays.N.*`` and ``head_scale``."""

    arrays: tuple[LayerArray, ...]

    def __post_init__(self) -> None:
        _bounded("the number of layer arrays", len(self.arrays), 1, MAX_ARRAYS)
        if self.arrays[0].input_size != 1 or self.arrays[-1].head_size != 1:
            raise SnapshotError("a WaveNet takes one channel of audio and gives one; this one does not")
        for before, after in zip(self.arrays, self.arrays[1:], strict=False):
            if after.input_size != before.channels or after.channels != before.head_size:
                raise SnapshotError(
                    f"layer arrays do not fit: {before.channels} channels and a head of {before.head_size} "
                    f"lead into an input of {after.input_size} and {after.channels} channels"
                )

    @property
    def num_knobs(self) -> int:
        """Always 0: WaveNets here take audio alone."""
        return 0

    @property
    def receptive_field(self) -> int:
        """Samples of input that one output sample depends on."""
        return 1 + sum(array.receptive_field - 1 for array in self.arrays)

    def required_shapes(self) -> Shapes:
        """The tensors that must be there."""
        shapes: Shapes = {"head_scale": (1,)}
        for index, array in enumerate(self.arrays):
            shapes.update(array.shapes(f"arrays.{index}."))
        return shapes

    def optional_shapes(self) -> Shapes:
        """None."""
        return {}

    def to_json(self) -> dict[str, Any]:
        """A description from which `architecture_from_json` makes this architecture again."""
        return {"type": "WaveNet", "arrays": [asdict(array) for array in self.arrays]}

    def __str__(self) -> str:
        return f"WaveNet-{'/'.join(str(array.channels) for array in self.arrays)}"


@dataclass(frozen=True, slots=True)
class Submodel:
    """One size of a slimmable model: chosen for wanted sizes up to ``max_value``."""

    max_value: float
    architecture: WaveNet


@dataclass(frozen=True, slots=True)
class Slimmable:
    """Several WaveNets of one device, smallest first, one of which plays (NAM's SlimmableContainer, "A2").

    Tensors carry the prefix ``submodels.N.``.
    """

    submodels: tuple[Submodel, ...]

    def __post_init__(self) -> None:
        _bounded("the number of submodels", len(self.submodels), 1, MAX_SUBMODELS)
        sizes = [submodel.max_value for submodel in self.submodels]
        if sizes != sorted(set(sizes)) or not 0.0 < sizes[0] <= sizes[-1] <= 1.0:
            raise SnapshotError(f"submodel sizes are {sizes}; rising values from above 0 to 1 are expected")

    @property
    def num_knobs(self) -> int:
        """Always 0."""
        return 0

    def index_for(self, size: float) -> int:
        """The first submodel whose ``max_value`` is at least ``size``; the largest when none is."""
        fits = (i for i, submodel in enumerate(self.submodels) if size <= submodel.max_value)
        return next(fits, len(self.submodels) - 1)

    def required_shapes(self) -> Shapes:
        """The tensors of every submodel."""
        return {
            f"submodels.{index}.{name}": shape
            for index, submodel in enumerate(self.submodels)
            for name, shape in submodel.architecture.required_shapes().items()
        }

    def optional_shapes(self) -> Shapes:
        """None."""
        return {}

    def to_json(self) -> dict[str, Any]:
        """A description from which `architecture_from_json` makes this architecture again."""
        submodels = [
            {"max_value": s.max_value, "architecture": s.architecture.to_json()} for s in self.submodels
        ]
        return {"type": "Slimmable", "submodels": submodels}

    def __str__(self) -> str:
        return f"WaveNet-{'|'.join(str(s.architecture).removeprefix('WaveNet-') for s in self.submodels)} slimmable"


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
    except (KeyError, TypeError, AttributeError) as error:
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
