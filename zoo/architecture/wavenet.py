"""WaveNets as NAM builds them: stacks of dilated causal convolutions; kernels ``[out][in][tap]``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from zoo.architecture.bounds import Shapes, bounded, flag
from zoo.errors import SnapshotError

MAX_CHANNELS, MAX_ARRAYS, MAX_CONV_LAYERS, MAX_KERNEL, MAX_RECEPTIVE_FIELD = 256, 8, 64, 256, 1 << 20

ActivationName = Literal["Tanh", "ReLU", "LeakyReLU", "Sigmoid", "Softsign", "SiLU", "Hardtanh", "HardSwish"]
ACTIVATIONS: tuple[str, ...] = get_args(ActivationName)


@dataclass(frozen=True, slots=True)
class Activation:
    """A named activation; ``negative_slope`` counts for LeakyReLU alone."""

    name: str
    negative_slope: float = 0.01

    def __post_init__(self) -> None:
        if self.name not in ACTIVATIONS:
            raise SnapshotError(f"the activation {self.name!r} is unknown; one of {', '.join(ACTIVATIONS)}")
        if not 0.0 <= self.negative_slope <= 1.0:
            raise SnapshotError(
                f"a negative slope of {self.negative_slope} is out of bounds; 0 to 1 is expected"
            )


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
            bounded(f"a layer array's {what}", getattr(self, what), 1, MAX_CHANNELS)
        bounded("the head's kernel size", self.head_kernel_size, 1, MAX_KERNEL)
        flag("the head's bias", self.head_bias)
        bounded("the number of layers in an array", len(self.dilations), 1, MAX_CONV_LAYERS)
        if not len(self.kernel_sizes) == len(self.dilations) == len(self.activations):
            raise SnapshotError(
                f"a layer array has {len(self.kernel_sizes)} kernel sizes, {len(self.dilations)} dilations "
                f"and {len(self.activations)} activations; one of each for every layer is expected"
            )
        for kernel, dilation in zip(self.kernel_sizes, self.dilations, strict=True):
            bounded("a kernel size", kernel, 1, MAX_KERNEL)
            bounded("a dilation", dilation, 1, MAX_RECEPTIVE_FIELD)
        bounded("the receptive field of an array", self.receptive_field, 1, MAX_RECEPTIVE_FIELD)

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
    """Layer arrays in series, their heads chained; tensors ``arrays.N.*`` and ``head_scale``."""

    arrays: tuple[LayerArray, ...]

    def __post_init__(self) -> None:
        bounded("the number of layer arrays", len(self.arrays), 1, MAX_ARRAYS)
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
